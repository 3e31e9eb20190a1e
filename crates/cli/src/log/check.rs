//! `weir log check`: reads all of a log, and says what of it is damaged.

use super::inspected::Reported;
use crate::stop::{Outcome, Stop};
use crate::terminal::{self, Paint};
use clap::Args;
use serde_json::{Value, json};
use weir_author::words::plural;
use weir_log::{Check, Damage, Hit, Stat};

const LONG_ABOUT: &str = "\
Read all entries of a log with their checksums, and say what is damaged: entries and blocks that cannot be read, files that \
are missing, headers and positions of which one copy is damaged. The receiver passes all of this over and delivers what is \
before and after it; entries that it met and could not read are in DIR/quarantine.

What stands after the last whole frame is no damage: it is a write that goes on, or one that a crash cut.";

const EXAMPLES: &str = "\
Examples:
  weir log check data/log
  weir log check data/log --format json

Exit codes: 0 if all can be read; 1 if something is damaged; 2 if there is no log, or it cannot be read.";

/// Read all of a log, and say what is damaged
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
    let (inspection, stat) = arguments.log.look()?;
    let check = inspection.check()?;
    arguments.log.print(|| text(&stat, &check, paint), || json(&stat, &check))?;
    Ok(Outcome::failed_if(!check.damage.is_empty() || copies(&stat).next().is_some()))
}

fn text(stat: &Stat, check: &Check, paint: Paint) -> String {
    let Check { entries, body_bytes, range, damage, more_damage } = check;
    let range = range.map(|(first, last)| format!(", {} to {}", first.0, last.0)).unwrap_or_default();
    let mut out = format!("{entries} {}{range}; bodies of {body_bytes} bytes\n", plural(*entries, "entry", "entries"));
    let told = damage.iter().map(Damage::to_string).chain(copies(stat));
    told.for_each(|line| out += &format!("{} {line}\n", terminal::red("damage:", paint.stdout)));
    if *more_damage > 0 {
        out += &format!("and {more_damage} more\n");
    }
    if let Some(torn) = stat.torn {
        out += &format!("after the end: blocks {} to {torn}, a write that goes on or was cut\n", stat.end);
    }
    out
}

/// What is damaged of things that there are twice.
fn copies(stat: &Stat) -> impl Iterator<Item = String> {
    let headers = stat.segments.iter().filter(|segment| segment.header.is_none());
    let headers = headers.map(|segment| format!("{}: both copies of its header", segment.name));
    let positions = stat.damaged_positions.iter().map(|position| match position.is_lost {
        true => format!("position of {}: both slots; it starts again from the oldest entry", position.reader),
        false => format!("position of {}: one slot; the other one holds", position.reader),
    });
    headers.chain(positions)
}

fn json(stat: &Stat, check: &Check) -> Value {
    json!({
        "entries": check.entries,
        "body_bytes": check.body_bytes,
        "first": check.range.map(|(first, _)| first.0),
        "last": check.range.map(|(_, last)| last.0),
        "end": stat.end,
        "torn_to": stat.torn,
        "damage": check.damage.iter().map(damage).collect::<Vec<_>>(),
        "more_damage": check.more_damage,
        "damaged_copies": copies(stat).collect::<Vec<_>>(),
    })
}

fn damage(damage: &Damage) -> Value {
    let (kind, sequence) = match &damage.hit {
        Hit::Blocks => ("blocks", None),
        Hit::Entry { sequence, .. } => ("entry", Some(sequence)),
        Hit::Segment => ("segment", None),
    };
    json!({
        "kind": kind,
        "from": damage.from,
        "to": damage.to,
        "sequence": sequence,
        "lost": damage.lost,
        "was_synced": damage.was_synced,
        "reason": damage.to_string(),
    })
}
