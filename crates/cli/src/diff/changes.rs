//! The changes found so far, by their cause.

use super::cause::{Side, cause};
use crate::compare::{Difference, differences};
use crate::stop::Stop;
use crate::tally::plural;
use crate::terminal::{bold, green, red};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// How many characters of a value are shown.
const SHOWN: usize = 200;

/// All that changed between two versions.
#[derive(Debug, Default, Serialize)]
pub struct Changes {
    /// How many records ran.
    pub records: u64,
    /// How many of their events differ.
    pub changed: u64,
    /// By cause.
    pub causes: BTreeMap<String, Cause>,
}

/// What one action, rule or type changes.
#[derive(Debug, Default, Serialize)]
pub struct Cause {
    /// In how many events.
    pub events: u64,
    /// By field.
    pub fields: BTreeMap<String, FieldChanges>,
}

/// How one field changes.
#[derive(Debug, Serialize)]
pub struct FieldChanges {
    /// In how many events only the new version has it.
    pub added: u64,
    /// In how many only the old one.
    pub removed: u64,
    /// In how many both have it, with other values.
    pub changed: u64,
    /// The first one.
    pub example: Example,
}

/// One change.
#[derive(Debug, Serialize)]
pub struct Example {
    /// Where the record is.
    pub record: String,
    /// What the old version has.
    pub old: Option<Value>,
    /// What the new version has.
    pub new: Option<Value>,
}

impl Changes {
    /// Adds what differs in the events of one record.
    pub fn add(&mut self, sides: &[Side<'_>; 2], record: &str) {
        let [old, new] = sides;
        let mut all = differences(&old.event, &new.event);
        all.extend(failure(old, new));
        self.changed += u64::from(!all.is_empty());
        let mut touched: Vec<String> = Vec::new();
        for Difference { field, expected, got } in all {
            let cause = if field == FAILURE { failed(old, new) } else { cause(sides, &field) };
            let group = self.causes.entry(cause.clone()).or_default();
            if !touched.contains(&cause) {
                group.events += 1;
                touched.push(cause);
            }
            group.add(field, expected, got, record);
        }
    }

    /// The changes as one JSON object.
    ///
    /// # Errors
    /// None that an input could cause.
    pub fn json(&self) -> Result<String, Stop> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Stop::Because(error.to_string()))?;
        Ok(text + "\n")
    }

    /// The changes for people, the most frequent cause first.
    pub fn text(&self, color: bool) -> String {
        let mut out = String::new();
        let mut causes: Vec<(&String, &Cause)> = self.causes.iter().collect();
        causes.sort_by_key(|(_, cause)| std::cmp::Reverse(cause.events));
        // Writing to a String cannot fail.
        for (name, cause) in causes {
            let _ = cause.show(&mut out, name, color);
        }
        let records = plural(self.records, "record", "records");
        let changed = plural(self.changed, "event changes", "events change");
        let _ = writeln!(out, "{} {records}; {} {changed}", self.records, self.changed);
        out
    }
}

/// The name under which a failed run is shown.
const FAILURE: &str = "sekoiaio.intake.parsing_error";

/// Failures do not count among an event's fields, but one that is new or gone does here.
fn failure(old: &Side<'_>, new: &Side<'_>) -> Option<Difference> {
    let text = |side: &Side<'_>| side.trace.report.failure().map(|failure| Value::from(failure.to_string()));
    let (expected, got) = (text(old), text(new));
    (expected.is_some() != got.is_some()).then(|| Difference { field: FAILURE.to_owned(), expected, got })
}

fn failed(old: &Side<'_>, new: &Side<'_>) -> String {
    let failure = new.trace.report.failure().or(old.trace.report.failure());
    failure.map_or_else(String::new, |failure| format!("{} fails in one version only", failure.stage))
}

impl Cause {
    fn add(&mut self, field: String, old: Option<Value>, new: Option<Value>, record: &str) {
        let (had, has) = (old.is_some(), new.is_some());
        let example = Example { record: record.to_owned(), old, new };
        let counts = self.fields.entry(field).or_insert(FieldChanges { added: 0, removed: 0, changed: 0, example });
        match (had, has) {
            (false, _) => counts.added += 1,
            (_, false) => counts.removed += 1,
            _ => counts.changed += 1,
        }
    }

    fn show(&self, out: &mut String, name: &str, color: bool) -> fmt::Result {
        let events = plural(self.events, "event", "events");
        writeln!(out, "{}  in {} {events}", bold(name, color), self.events)?;
        for (field, changes) in &self.fields {
            let FieldChanges { added, removed, changed, example } = changes;
            let counts = [(added, "added"), (changed, "changed"), (removed, "removed")];
            let counts: Vec<String> =
                counts.iter().filter(|(count, _)| **count > 0).map(|(count, word)| format!("{count} {word}")).collect();
            writeln!(out, "  {field}: {}", counts.join(", "))?;
            writeln!(out, "    {}", example.record)?;
            writeln!(out, "    - {}", red(&shown(example.old.as_ref()), color))?;
            writeln!(out, "    + {}", green(&shown(example.new.as_ref()), color))?;
        }
        writeln!(out)
    }
}

fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
