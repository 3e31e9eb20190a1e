//! What was measured, as a table or as JSON.

use super::Measured;
use crate::stop::Stop;
use crate::tally::plural;
use crate::terminal;

/// A table.
pub fn text(measured: &Measured, color: bool) -> String {
    let Measured { records, bytes, event_bytes, nanoseconds, .. } = measured;
    let mut text = format!(
        "{records} {} of {bytes:.0} bytes on average, events of {event_bytes:.0}\n{}, {:.0} events/s\n\
         {nanoseconds:.0} ns an event, {:.0} in the median turn; {:.1} times a copy\n\n",
        plural(*records as u64, "record", "records"),
        terminal::bold(&format!("{:.1} MB/s", measured.megabytes()), color),
        measured.events(),
        measured.median_nanoseconds,
        nanoseconds / measured.copy_nanoseconds,
    );
    let name = |step: &super::measure::Share| match step.extractor {
        Some(extractor) => format!("{} ({extractor})", step.name),
        None => step.name.clone(),
    };
    let width = measured.steps.iter().map(|step| name(step).chars().count()).max().unwrap_or(0).min(60);
    for step in &measured.steps {
        let name = terminal::cut(&name(step), width);
        text += &format!("{name:<width$}  {:>7.0} ns  {:>5.1} %\n", step.nanoseconds, step.share * 100.0);
    }
    text
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
