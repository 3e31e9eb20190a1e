//! `weir log stat`: how large a log is, and where its readers are.

use super::inspected::{Reported, hexadecimal};
use crate::stop::{Outcome, Stop};
use crate::terminal::{self, Paint};
use clap::Args;
use serde_json::{Value, json};
use weir_author::words::plural;
use weir_log::Stat;

const LONG_ABOUT: &str = "\
Say how large a log is, how many entries it has had, and how far each reader is. Only headers and the last segment are read.";

const EXAMPLES: &str = "\
Examples:
  weir log stat data/log
  weir log stat data/log --format json

Exit codes: 0; 2 if there is no log, or it cannot be read.";

/// Say how large a log is, and where its readers are
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    log: Reported,
}

/// Runs the command.
///
/// # Errors
/// Where there is no log, it cannot be read, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let (_, stat) = arguments.log.look()?;
    arguments.log.print(|| text(&stat, paint), || json(&stat))?;
    Ok(Outcome::Well)
}

fn text(stat: &Stat, paint: Paint) -> String {
    let bytes: u64 = stat.segments.iter().map(|segment| segment.bytes).sum();
    let segments = stat.segments.len() as u64;
    let mut out = format!(
        "log {}: {} {}, {segments} {} of {bytes} bytes\n",
        hexadecimal(&stat.id.unwrap_or_default()),
        stat.entries,
        plural(stat.entries, "entry", "entries"),
        plural(segments, "segment", "segments"),
    );
    for reader in &stat.readers {
        let behind = stat.entries.saturating_sub(reader.number);
        out += &format!("reader {}: {behind} behind, at block {}\n", reader.name, reader.next);
    }
    for segment in stat.segments.iter().filter(|segment| segment.header.is_none()) {
        out += &format!("{} {}: both copies of its header\n", terminal::red("damage:", paint.stdout), segment.name);
    }
    out
}

fn json(stat: &Stat) -> Value {
    let segments = stat.segments.iter().map(|segment| {
        json!({"name": segment.name, "bytes": segment.bytes, "entries_before": segment.header.map(|header| header.number)})
    });
    let readers = stat.readers.iter().map(|reader| {
        let behind = stat.entries.saturating_sub(reader.number);
        json!({"name": reader.name, "next": reader.next, "entries_before": reader.number, "entries_behind": behind})
    });
    json!({
        "id": hexadecimal(&stat.id.unwrap_or_default()),
        "entries": stat.entries,
        "end": stat.end,
        "torn_to": stat.torn,
        "segments": segments.collect::<Vec<_>>(),
        "readers": readers.collect::<Vec<_>>(),
    })
}
