//! Which recorded pairs a page shows: few, and as different as can be.

use serde_json::Value;
use std::collections::BTreeSet;
use weir::diagnostic::{Diagnostics, SourceId};
use weir::spec;

/// How many pairs are shown at most.
const MOST: usize = 4;

/// What a new categorization counts for, in fields that no other sample has.
const CATEGORIZATION: usize = 5;

/// A recorded pair as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What it claims, from the name of its file.
    pub claim: String,
    /// The raw text.
    pub message: String,
    /// The event, without the message.
    pub event: Value,
}

/// A pair with what sets it apart: the fields of its event, and the values that categorize it.
struct Candidate<'p> {
    name: &'p str,
    message: String,
    event: Value,
    fields: BTreeSet<String>,
    categories: BTreeSet<String>,
}

/// Chooses pairs, each for what no one before it shows. A pair whose event failed is none to learn from.
pub fn choose(pairs: &[(String, String)]) -> Vec<Sample> {
    let mut left: Vec<Candidate<'_>> = pairs.iter().filter_map(|(name, text)| candidate(name, text)).collect();
    left.sort_by_key(|candidate| candidate.name);
    let (mut fields, mut categories) = (BTreeSet::new(), BTreeSet::new());
    let mut chosen = Vec::new();
    while chosen.len() < MOST {
        let news = |candidate: &Candidate<'_>| {
            let new = candidate.categories.difference(&categories).count();
            candidate.fields.difference(&fields).count() + CATEGORIZATION * new
        };
        // Of equals the first by name.
        let best = (0..left.len()).rev().max_by_key(|place| news(&left[*place]));
        let Some(place) = best.filter(|place| chosen.is_empty() || news(&left[*place]) > 0) else { break };
        let Candidate { name, message, event, fields: own, categories: kinds } = left.remove(place);
        fields.extend(own);
        categories.extend(kinds);
        chosen.push(Sample { claim: claim(name), message, event });
    }
    chosen
}

fn candidate<'p>(name: &'p str, text: &str) -> Option<Candidate<'p>> {
    let mut findings = Diagnostics::new();
    let pair = spec::read_test(text, SourceId(0), &mut findings)?;
    let input: Value = serde_json::from_str(pair.input).ok()?;
    let mut event: Value = serde_json::from_str(pair.expected).ok()?;
    event.as_object_mut()?.shift_remove("message");
    if event.get("sekoiaio").is_some() {
        return None;
    }
    let message = input.get("message")?.as_str()?.to_owned();
    let (mut fields, mut categories) = (BTreeSet::new(), BTreeSet::new());
    gather(&event, "", &mut fields);
    for field in ["kind", "category", "type"] {
        let value = &event["event"][field];
        let values = value.as_array().map_or_else(|| vec![value.clone()], Clone::clone);
        categories.extend(values.iter().filter_map(Value::as_str).map(|value| format!("{field} {value}")));
    }
    Some(Candidate { name, message, event, fields, categories })
}

/// The dotted names of all single values and lists.
fn gather(value: &Value, above: &str, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
                gather(value, &name, names);
            }
        }
        _ => _ = names.insert(above.to_owned()),
    }
}

/// `login_denied` → `Login denied`.
fn claim(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
