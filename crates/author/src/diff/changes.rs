//! The changes found so far, by their cause.

use super::cause::{Side, cause, cause_of_failure};
use crate::compare::{Difference, differences};
use crate::json::Json;
use crate::styled::{Pen, StyledText, Writer};
use crate::words::{cut, plural};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

/// How many characters of a value are shown.
const SHOWN: usize = 200;

/// How many characters of an example's value are kept.
const KEPT: usize = 2000;

/// How many fields of a cause are kept apart: dicts may have other keys in every event.
const FIELDS: usize = 1000;

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
    /// How many changes of fields beyond the first thousand.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: u64,
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
    pub old: Option<Json>,
    /// What the new version has.
    pub new: Option<Json>,
}

impl Changes {
    /// Adds what differs in the events of one record.
    pub(super) fn add(&mut self, sides: &[Side<'_>; 2], record: &str) {
        let [old, new] = sides;
        let all = differences(&old.event, &new.event);
        let failure = failure(old, new);
        self.changed += u64::from(!all.is_empty() || failure.is_some());
        let mut touched = BTreeSet::new();
        // What stands below a field that both versions know as a whole has its cause.
        let mut causes: BTreeMap<String, String> = BTreeMap::new();
        for Difference { field, expected, got } in all.into_iter().flat_map(leaves) {
            let known = [new, old].iter().filter_map(|side| side.version.known(&field)).max_by_key(|name| name.len());
            let known = known.unwrap_or(&field);
            let cause = causes.entry(known.to_owned()).or_insert_with(|| cause(sides, known)).clone();
            self.causes.entry(cause.clone()).or_default().add(field, expected, got, record);
            touched.insert(cause);
        }
        if let Some(Difference { field, expected, got }) = failure {
            let cause = cause_of_failure(sides);
            self.causes.entry(cause.clone()).or_default().add(field, expected, got, record);
            touched.insert(cause);
        }
        for cause in touched {
            self.causes.entry(cause).or_default().events += 1;
        }
    }

    /// The changes as one JSON object.
    ///
    /// # Errors
    /// None that an input could cause.
    pub fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The changes for people, the most frequent cause first.
    pub fn text(&self) -> StyledText {
        let pen = Pen::default();
        let mut out = pen.writer();
        let mut causes: Vec<(&String, &Cause)> = self.causes.iter().collect();
        causes.sort_by_key(|(_, cause)| std::cmp::Reverse(cause.events));
        // Writing to a text cannot fail.
        for (name, cause) in causes {
            let _ = cause.show(&mut out, name, &pen);
        }
        let records = plural(self.records, "record", "records");
        let changed = plural(self.changed, "event changes", "events change");
        let _ = writeln!(out, "{} {records}; {} {changed}", self.records, self.changed);
        out.done()
    }
}

/// The name under which a failed run is shown.
const FAILURE: &str = "sekoiaio.intake.parsing_error";

/// Failures do not count among an event's fields, but one that is new or gone does here.
fn failure(old: &Side<'_>, new: &Side<'_>) -> Option<Difference> {
    let text = |side: &Side<'_>| side.trace.report.failure().map(|failure| Json::Text(failure.to_string()));
    let (expected, got) = (text(old), text(new));
    (expected.is_some() != got.is_some()).then(|| Difference { field: FAILURE.to_owned(), expected, got })
}

/// A difference field by field, where one version has a whole dict.
fn leaves(difference: Difference) -> Vec<Difference> {
    let Difference { field, expected, got } = difference;
    let mut found = Vec::new();
    if let Some(expected) = expected {
        leaf(field.clone(), expected, &mut |field, value| {
            found.push(Difference { field, expected: Some(value), got: None });
        });
    }
    let only_old = found.len();
    if let Some(got) = got {
        leaf(field, got, &mut |field, value| match found[..only_old].iter_mut().find(|old| old.field == field) {
            Some(old) => old.got = Some(value),
            None => found.push(Difference { field, expected: None, got: Some(value) }),
        });
    }
    found
}

fn leaf(name: String, value: Json, found: &mut dyn FnMut(String, Json)) {
    match value {
        Json::Object(members) if !members.is_empty() => {
            members.into_iter().for_each(|(key, value)| leaf(format!("{name}.{key}"), value, found));
        }
        value => found(name, value),
    }
}

impl Cause {
    fn add(&mut self, field: String, old: Option<Json>, new: Option<Json>, record: &str) {
        let (had, has) = (old.is_some(), new.is_some());
        if self.fields.len() >= FIELDS && !self.fields.contains_key(&field) {
            self.more += 1;
            return;
        }
        let counts = self.fields.entry(field).or_insert_with(|| {
            let [old, new] = [old, new].map(|value| value.map(kept));
            FieldChanges { added: 0, removed: 0, changed: 0, example: Example { record: record.to_owned(), old, new } }
        });
        match (had, has) {
            (false, _) => counts.added += 1,
            (_, false) => counts.removed += 1,
            _ => counts.changed += 1,
        }
    }

    fn show(&self, out: &mut Writer<'_>, name: &str, pen: &Pen) -> fmt::Result {
        let events = plural(self.events, "event", "events");
        writeln!(out, "{}  in {} {events}", pen.name(name), self.events)?;
        for (field, changes) in &self.fields {
            let FieldChanges { added, removed, changed, example } = changes;
            let counts = [(added, "added"), (changed, "changed"), (removed, "removed")];
            let counts: Vec<String> =
                counts.iter().filter(|(count, _)| **count > 0).map(|(count, word)| format!("{count} {word}")).collect();
            writeln!(out, "  {}: {}", cut(field, SHOWN), counts.join(", "))?;
            writeln!(out, "    {}", example.record)?;
            writeln!(out, "    - {}", pen.bad(shown(example.old.as_ref())))?;
            writeln!(out, "    + {}", pen.good(shown(example.new.as_ref())))?;
        }
        if self.more > 0 {
            writeln!(out, "  and {} more changes in other fields", self.more)?;
        }
        writeln!(out)
    }
}

fn shown(value: Option<&Json>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| cut(&value.to_string(), SHOWN))
}

/// A value as an example: a long one as the beginning of its JSON.
fn kept(value: Json) -> Json {
    let text = value.to_string();
    match text.char_indices().nth(KEPT) {
        Some((end, _)) => Json::Text(format!("{}…", &text[..end])),
        None => value,
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
