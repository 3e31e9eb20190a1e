//! The values that a spec can give a field, against those that records show: none may be missing.

mod repository;

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use weir::possible::PossibleValues;
use weir::{FormatText, Input, Plan, Record, Scratch};

/// The fields of the table of event categories.
const CATEGORIES: [&str; 3] = ["event.kind", "event.category", "event.type"];

#[test]
fn every_value_of_an_own_event_was_foreseen() {
    let seen = check(&formats("specs"));
    assert!(seen > 10_000, "only {seen} values were looked at");
}

#[test]
fn every_value_of_a_public_event_was_foreseen() {
    let Some(folder) = repository::public() else { return };
    let seen = check(&formats(folder));
    assert!(seen > 10_000, "only {seen} values were looked at");
}

#[test]
fn every_category_of_an_own_format_is_found() {
    for (root, format) in formats("specs") {
        let plan = format.plan.expect("own formats compile");
        let possible = PossibleValues::new(&plan);
        for field in CATEGORIES {
            let values = possible.of(field);
            assert!(!values.others && !values.known.is_empty(), "{}: {field}: {values:?}", root.display());
        }
    }
}

/// A claim of `tests/possible/values.toml`.
#[derive(Deserialize)]
struct Claim {
    name: String,
    also: Option<String>,
    value: String,
    #[serde(default)]
    known: BTreeSet<String>,
    #[serde(default)]
    others: bool,
}

#[derive(Deserialize)]
struct Claims {
    claim: Vec<Claim>,
}

#[test]
fn claims_hold() {
    let claims: Claims = toml::from_str(include_str!("possible/values.toml")).expect("a table of claims");
    for claim in claims.claim {
        let set = |value: &String| format!("      - set: {{event.type: {}}}\n", Value::from(value.as_str()));
        let actions: String = claim.also.iter().chain([&claim.value]).map(set).collect();
        let parser = format!("{SPEC}{actions}");
        let format = weir::compile(&FormatText { parser: ("parser.yml".into(), parser), fields: vec![] });
        let plan = format.plan.ok_or(&claim.name).expect("the claim's spec compiles");
        let values = PossibleValues::new(&plan).of("event.type");
        assert_eq!((values.known, values.others), (claim.known, claim.others), "{}", claim.name);
    }
}

/// A spec up to the actions of its stage.
const SPEC: &str = "
pipeline:
  - name: json
    external: {name: json.parse-json, properties: {input_field: original.message}}
  - name: set_type
stages:
  set_type:
    actions:
";

/// Runs the messages of all pairs and looks at each field that an action sets; gives how many values there were.
fn check(formats: &[(PathBuf, weir::Format)]) -> usize {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (root, format) in formats {
        let Some(plan) = &format.plan else { continue };
        let possible = PossibleValues::new(plan);
        let mut scratch = Scratch::default();
        for message in messages(root) {
            let event = event(plan, &mut scratch, &message);
            for field in plan.sets() {
                let values = possible.of(field);
                for value in leaves(&event, field) {
                    seen += 1;
                    if !values.others && !values.known.contains(&value) {
                        wrong.push(format!("{}: {field}: `{value}` is none of {:?}", root.display(), values.known));
                    }
                }
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{} values were not foreseen:\n{}", wrong.len(), wrong.join("\n"));
    seen
}

fn event(plan: &Plan, scratch: &mut Scratch, message: &str) -> Value {
    let record = Record { input: Input::Message(message.as_bytes()), now: 1_767_225_600, event_id: None };
    let mut out = Vec::new();
    plan.run(scratch, &record, &mut out);
    serde_json::from_slice(&out).expect("an event is JSON")
}

/// The single values of a field, as text.
fn leaves(event: &Value, field: &str) -> BTreeSet<String> {
    let value = field.split('.').try_fold(event, |value, key| value.get(key));
    match value {
        None | Some(Value::Null | Value::Object(_)) => BTreeSet::new(),
        Some(Value::Array(items)) => items.iter().filter_map(text).collect(),
        Some(single) => text(single).into_iter().collect(),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The messages of a format's recorded pairs.
fn messages(root: &Path) -> Vec<String> {
    let files = fs::read_dir(root.join("tests")).into_iter().flatten().flatten().map(|file| file.path());
    let pairs = files.filter_map(|path| fs::read_to_string(path).ok());
    let pairs = pairs.filter_map(|text| serde_json::from_str::<Value>(&text).ok());
    pairs.filter_map(|pair| pair["input"]["message"].as_str().map(str::to_owned)).collect()
}

/// The formats of the modules in a folder beside or in the project.
fn formats(folder: &str) -> Vec<(PathBuf, weir::Format)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let modules = fs::read_dir(folder).into_iter().flatten().flatten().map(|module| module.path());
    let roots = modules.flat_map(|module| fs::read_dir(module).into_iter().flatten()).flatten().map(|root| root.path());
    let mut found: Vec<_> = roots.filter_map(|root| Some((root.clone(), compiled(&root)?))).collect();
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    found
}

fn compiled(root: &Path) -> Option<weir::Format> {
    let parser = fs::read_to_string(root.join("ingest/parser.yml")).ok()?;
    let fields = [root.parent()?, root].map(|folder| folder.join("_meta/fields.yml"));
    let fields = fields.iter().filter_map(|path| Some((path.display().to_string(), fs::read_to_string(path).ok()?)));
    Some(weir::compile(&FormatText { parser: ("parser.yml".into(), parser), fields: fields.collect() }))
}
