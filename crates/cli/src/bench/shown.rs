//! What was measured, as a table or as JSON.

use super::measure::{Measured, Step};
use crate::stop::Stop;
use crate::terminal;
use weir_author::words::{cut, plural};

/// The widest name of a step.
const WIDEST: usize = 60;

/// A table.
pub fn text(measured: &Measured, color: bool) -> String {
    let Measured { records, bytes, event_bytes, nanoseconds, allocations, .. } = measured;
    let mut text = format!(
        "{records} {} of {bytes:.0} bytes on average, events of {event_bytes:.0}\n{}, {:.0} events/s\n\
         {nanoseconds:.0} ns an event, {:.0} in the median turn; {:.1} times a copy\n\
         {allocations:.2} allocations an event{}\n\n",
        plural(*records as u64, "record", "records"),
        terminal::bold(&format!("{:.1} MB/s", measured.megabytes()), color),
        measured.events(),
        measured.median_nanoseconds,
        nanoseconds / measured.copy_nanoseconds,
        instructions(measured),
    );
    let width = measured.steps.iter().map(|step| name(step).chars().count()).max().unwrap_or(0).min(WIDEST);
    text += &format!("{:width$}  {:>10}  {:>7}  {:>11}  {:>12}\n", "", "time", "", "allocations", "instructions");
    measured.steps.iter().for_each(|step| text += &row(step, width));
    text
}

/// The instructions of an event, or why there are none.
fn instructions(measured: &Measured) -> String {
    let over = match measured.counted_records {
        Some(some) if some < measured.records => format!(" (over {some} of the records)"),
        _ => String::new(),
    };
    match (measured.instructions, &measured.not_counted) {
        (Some(instructions), _) => format!(", {instructions:.0} instructions{over}"),
        (None, why) => format!("; instructions are not counted: {}", why.as_deref().unwrap_or_default()),
    }
}

fn row(step: &Step, width: usize) -> String {
    let name = cut(&name(step), width);
    let instructions = step.instructions.map_or("-".to_owned(), |count| format!("{count:.0}"));
    let Step { nanoseconds, share, allocations, .. } = step;
    let percent = share * 100.0;
    format!("{name:<width$}  {nanoseconds:>7.0} ns  {percent:>5.1} %  {allocations:>11.2}  {instructions:>12}\n")
}

fn name(step: &Step) -> String {
    match step.name.extractor {
        Some(extractor) => format!("{} ({extractor})", step.name.name),
        None => step.name.name.clone(),
    }
}

/// A JSON document.
///
/// # Errors
/// Never, in fact: numbers and text are JSON.
pub fn json(measured: &Measured) -> Result<String, Stop> {
    let mut document = serde_json::to_value(measured).map_err(|error| Stop::Because(error.to_string()))?;
    document["megabytes_per_second"] = measured.megabytes().into();
    document["events_per_second"] = measured.events().into();
    serde_json::to_string_pretty(&document).map(|text| text + "\n").map_err(|error| Stop::Because(error.to_string()))
}
