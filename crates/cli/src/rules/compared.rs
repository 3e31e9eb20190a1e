//! Which rules a change of a format gains or loses.

use serde::Serialize;
use std::fmt::Write;
use weir_author::words::plural;
use weir_detect::assess::{Assessed, Assessment, Verdict};
use weir_formats::RuleFiles;

/// The rules whose answer changes.
#[derive(Debug, Default, Serialize)]
pub struct RuleChanges {
    /// Rules that can match now, and could not before.
    gained: Vec<RuleChange>,
    /// Rules that could match, and cannot any more.
    lost: Vec<RuleChange>,
}

#[derive(Debug, Serialize)]
struct RuleChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    title: String,
    place: String,
    /// The fields that it waited for, or waits for now.
    fields: Vec<String>,
}

impl RuleChanges {
    /// Compares what is said of the same rules.
    pub fn of(old: &Assessment, new: &Assessment, files: &RuleFiles) -> Self {
        let mut changes = RuleChanges::default();
        let both = |pick: fn(&Assessment) -> &[Assessed]| pairs(pick(old), pick(new));
        for (before, after) in both(|all| &all.rules).chain(both(|all| &all.correlations)) {
            let can = |rule: Option<&Assessed>| rule.is_some_and(|rule| !rule.verdict.is_never());
            match (can(before), can(after)) {
                (false, true) => changes.gained.extend(after.map(|rule| change(rule, before, files))),
                (true, false) => changes.lost.extend(before.map(|rule| change(rule, after, files))),
                _ => {}
            }
        }
        changes
    }

    /// Whether no answer changes.
    pub fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }

    /// The changes for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (verb, changes) in [("can match now", &self.gained), ("cannot match any more", &self.lost)] {
            if changes.is_empty() {
                continue;
            }
            let count = changes.len() as u64;
            // Writing to a String cannot fail.
            let _ = writeln!(out, "\n{count} {} {verb}", plural(count, "rule", "rules"));
            for RuleChange { title, place, fields, .. } in changes {
                let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
                let _ = writeln!(out, "  {title}{fields}  {place}");
            }
        }
        out
    }
}

fn change(rule: &Assessed, other: Option<&Assessed>, files: &RuleFiles) -> RuleChange {
    let fields = match other.map(|other| &other.verdict) {
        Some(Verdict::NoField { fields, .. } | Verdict::NoValue(fields)) => fields.clone(),
        _ => Vec::new(),
    };
    let about = &rule.about;
    RuleChange { id: about.id.clone(), title: about.title.clone(), place: files.place(about.span), fields }
}

/// What is said of each rule before and after: nothing, where it is about other events.
fn pairs<'a>(
    old: &'a [Assessed],
    new: &'a [Assessed],
) -> impl Iterator<Item = (Option<&'a Assessed>, Option<&'a Assessed>)> {
    let find = |all: &'a [Assessed], number: usize| {
        all.binary_search_by_key(&number, |rule| rule.number).ok().map(|place| &all[place])
    };
    let gone = old.iter().filter(move |rule| find(new, rule.number).is_none()).map(|rule| (Some(rule), None));
    new.iter().map(move |rule| (find(old, rule.number), Some(rule))).chain(gone)
}
