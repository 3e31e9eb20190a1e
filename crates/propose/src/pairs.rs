//! The recorded pairs of a draft: samples that show the most, and what comes out of them.

use crate::decision::Decision;
use crate::probe::NOW;
use serde_json::{Value, json};
use std::collections::HashSet;
use weir::{Format, Input, Record, Scratch};
use weir_author::pairs::{accept, new_pair};

/// How many samples become recorded pairs.
const MOST: usize = 10;

/// How many do, whether or not they show anything new.
const LEAST: usize = 3;

/// Fields that the event of every record has.
const OF_ALL: &[&str] = &["message", "event.kind", "event.dataset"];

/// How many samples the draft reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub records: usize,
    /// Those of which the event has more than the message and what every event has.
    pub read: usize,
    /// Those with a date.
    pub dated: usize,
    /// Those of which something was left out.
    pub partial: usize,
}

/// Recorded pairs as files, and what came to light on the way.
#[derive(Default)]
pub struct Pairs {
    /// Path below the format's directory, and text.
    pub files: Vec<(String, String)>,
    /// Samples that the draft does not run through without a word.
    pub decisions: Vec<Decision>,
    /// What came of all samples.
    pub tally: Tally,
}

/// Runs the samples, and records the first, and those that show a field, or a type of its values, which none before did.
pub fn pairs(format: &Format, samples: &[String]) -> Pairs {
    let mut pairs = Pairs::default();
    let Some(plan) = &format.plan else { return pairs };
    let (mut scratch, mut event, mut seen) = (Scratch::default(), Vec::new(), HashSet::new());
    for (number, sample) in (1..).zip(samples) {
        event.clear();
        let record = Record { input: Input::Message(sample.as_bytes()), now: NOW, event_id: None };
        let report = plan.run(&mut scratch, &record, &mut event);
        for omission in report.omissions() {
            let field = omission.field.as_deref().unwrap_or_default().to_owned();
            let question = format!("In record {number}: {}. Is its type right?", omission.fault.reason());
            let is_new = !pairs.decisions.iter().any(|decision: &Decision| decision.field == field);
            if is_new {
                pairs.decisions.push(Decision { field, question });
            }
        }
        let came = serde_json::from_slice(&event).unwrap_or_default();
        let mut shown = HashSet::new();
        fields("", &came, &mut shown);
        pairs.tally.records += 1;
        pairs.tally.read += usize::from(shown.iter().any(|(name, _)| !OF_ALL.contains(&&**name)));
        pairs.tally.dated += usize::from(!came["@timestamp"].is_null());
        pairs.tally.partial += usize::from(!report.omissions().is_empty());
        let before = seen.len();
        seen.extend(shown);
        let is_new = seen.len() > before;
        if (is_new || pairs.files.len() < LEAST) && pairs.files.len() < MOST {
            let input = new_pair(&json!({"message": sample}).to_string());
            let name = format!("tests/sample_{}.json", pairs.files.len() + 1);
            pairs.files.extend(accept(&input, &event).ok().map(|text| (name, text)));
        }
    }
    pairs
}

/// The fields of an event, each with the kind of its value.
fn fields(name: &str, value: &Value, found: &mut HashSet<(String, u8)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                fields(&name, value, found);
            }
        }
        value => {
            let kind = match value {
                Value::Array(_) => 1,
                Value::Number(_) => 2,
                Value::Bool(_) => 3,
                _ => 0,
            };
            found.insert((name.to_owned(), kind));
        }
    }
}
