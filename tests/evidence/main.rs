//! How often rules held over the recorded pairs of a repository of formats beside this one: each rule of inference, each type of
//! field that casts, and rules of the language that a run shows.

#![allow(clippy::print_stderr, reason = "a test that read nothing must say so")]

mod language;
#[path = "../repository/mod.rs"]
mod repository;

use serde_json::Value;
use serde_yaml::Value as Yaml;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
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
    let Some(folder) = repository::public() else { return };
    for (root, format) in repository::formats(folder) {
        let types = own_types(&root);
        for path in repository::files(&root.join("tests")) {
            let pair: Value = serde_json::from_slice(&fs::read(&path).expect("a pair")).expect("JSON");
            pairs += 1;
            count(&format, &pair, &types, &mut counts);
        }
    }
    let written: BTreeMap<String, Count> = toml::from_str(include_str!("counts.toml")).expect("a table");
    for (rule, Count { held, against }) in &counts {
        eprintln!("{rule:24} held {held:5}, against {against}");
    }
    let others: Vec<_> = counts.iter().filter(|(rule, count)| written.get(*rule) != Some(count)).collect();
    assert!(others.is_empty() && counts.len() == written.len(), "{pairs} pairs tell otherwise: {others:?}");
}

fn count(format: &Format, pair: &Value, types: &language::Types, counts: &mut BTreeMap<String, Count>) {
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
        add(counts, rule, expected.is_some_and(|expected| sorted(expected) == sorted(&value)));
    }
    language::rules(&trace, &pair["expected"], types, |rule, holds| add(counts, rule.to_owned(), holds));
}

fn add(counts: &mut BTreeMap<String, Count>, rule: String, holds: bool) {
    let count = counts.entry(rule).or_default();
    match holds {
        true => count.held += 1,
        false => count.against += 1,
    }
}

/// The types of a format's own fields and its module's, in the files' own words.
fn own_types(root: &Path) -> language::Types {
    let files = [root.join("../_meta/fields.yml"), root.join("_meta/fields.yml")];
    let texts = files.iter().filter_map(|path| fs::read_to_string(path).ok());
    let declared = texts.filter_map(|text| serde_yaml::from_str::<HashMap<String, HashMap<String, Yaml>>>(&text).ok());
    let kind = |(name, field): (String, HashMap<String, Yaml>)| Some((name, field.get("type")?.as_str()?.to_owned()));
    declared.flatten().filter_map(kind).collect()
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
