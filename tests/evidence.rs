//! How often what the engine does without the spec held over the recorded pairs of a repository of formats beside this one:
//! each rule of inference, and each type of field that casts.

#![allow(clippy::print_stderr, reason = "a test that read nothing must say so")]

mod repository;

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use weir::run::Finish;
use weir::{Format, Input, Record, Scratch};

/// How often an expectation has the value that a rule gives, and how often it has another or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
struct Count {
    held: usize,
    against: usize,
}

#[test]
fn rules_hold_as_often_as_is_written_down() {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut pairs = 0;
    for (root, format) in repository::formats("../shared/corpus") {
        for path in repository::files(&root.join("tests")) {
            let pair: Value = serde_json::from_slice(&fs::read(&path).expect("a pair")).expect("JSON");
            pairs += 1;
            count(&format, &pair, &mut counts);
        }
    }
    if pairs == 0 {
        return eprintln!("skipped: there is no repository of formats here");
    }
    let written: BTreeMap<String, Count> = toml::from_str(include_str!("evidence.toml")).expect("a table");
    for (rule, Count { held, against }) in &counts {
        eprintln!("{rule:24} held {held:5}, against {against}");
    }
    let others: Vec<_> = counts.iter().filter(|(rule, count)| written.get(*rule) != Some(count)).collect();
    assert!(others.is_empty() && counts.len() == written.len(), "{pairs} pairs tell otherwise: {others:?}");
}

fn count(format: &Format, pair: &Value, counts: &mut BTreeMap<String, Count>) {
    let Some(plan) = &format.plan else { return };
    let input = pair["input"].to_string();
    let record = Record { input: Input::Event(input.as_bytes()), now: 1_767_225_600, event_id: None };
    let trace = plan.trace(&mut Scratch::default(), &record, &mut Vec::new());
    for step in trace.finishes() {
        let (rule, field, value) = match step {
            Finish::Inferred { rule, field, value, .. } => ((*rule).to_owned(), field, value),
            Finish::Cast { kind, field, after: Ok(after), .. } => (format!("type {kind}"), field, after),
            _ => continue,
        };
        // Long values are cut in a trace.
        let Ok(value) = serde_json::from_str::<Value>(value) else { continue };
        let expected = at(&pair["expected"], field);
        let count = counts.entry(rule).or_default();
        match expected.is_some_and(|expected| sorted(expected) == sorted(&value)) {
            true => count.held += 1,
            false => count.against += 1,
        }
    }
}

fn at<'v>(event: &'v Value, field: &str) -> Option<&'v Value> {
    field.split('.').try_fold(event, |value, key| value.get(key))
}

/// Lists are compared without regard to their order, as the public repository does.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        other => other.clone(),
    }
}
