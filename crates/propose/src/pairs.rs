//! The recorded pairs of a draft: samples that show the most, and what comes out of them.

use super::decision::Decision;
use crate::record::{Observed, RawRecord};
use serde_json::{Value, json};
use std::collections::HashSet;
use weir::{Format, Input, Record, Scratch};

/// How many samples become recorded pairs.
const MOST: usize = 10;

/// 2026-01-01T00:00:00Z, as `weir test` has it.
const NOW: i64 = 1_767_225_600;

/// Recorded pairs as files, and what came to light on the way.
pub struct Pairs {
    /// Path below the format's directory, and text.
    pub files: Vec<(String, String)>,
    /// Samples that the draft does not run through without a word.
    pub decisions: Vec<Decision>,
}

/// Runs a choice of samples.
pub fn pairs(format: &Format, samples: &[String]) -> Pairs {
    let mut pairs = Pairs { files: Vec::new(), decisions: Vec::new() };
    let Some(plan) = &format.plan else { return pairs };
    let (mut scratch, mut event) = (Scratch::default(), Vec::new());
    for (number, sample) in (1..).zip(chosen(samples)) {
        event.clear();
        let record = Record { input: Input::Message(sample.as_bytes()), now: NOW, event_id: None };
        let report = plan.run(&mut scratch, &record, &mut event);
        for warning in report.omissions() {
            let field = warning.field.as_deref().unwrap_or_default().to_owned();
            let question = format!("In sample_{number}: {}. Is its type right?", warning.fault.reason());
            let decision = Decision { field, question };
            if !pairs.decisions.contains(&decision) {
                pairs.decisions.push(decision);
            }
        }
        let expected: Value = serde_json::from_slice(&event).unwrap_or_default();
        let pair = json!({"input": {"message": sample}, "expected": expected});
        let text = serde_json::to_string_pretty(&pair).unwrap_or_default() + "\n";
        pairs.files.push((format!("tests/sample_{number}.json"), text));
    }
    pairs
}

/// The samples that show a field filled, or a shape of it, which no sample before did.
fn chosen(samples: &[String]) -> Vec<&String> {
    let mut seen = HashSet::new();
    let mut chosen = Vec::new();
    for sample in samples {
        let Ok(record) = RawRecord::read(sample) else { continue };
        let mut is_new = false;
        for (name, value) in record.members() {
            let observed = Observed::of(value);
            is_new |= observed.is_filled && seen.insert((name.to_owned(), observed.shape));
        }
        if (is_new || chosen.is_empty()) && chosen.len() < MOST {
            chosen.push(sample);
        }
    }
    chosen
}
