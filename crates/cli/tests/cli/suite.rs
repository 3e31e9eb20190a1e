//! The five checks that authors of public formats run against a validation API, over a real socket: each event has no
//! warning, no error and nothing but what was recorded, and each taxonomy has neither unused nor missing fields.

use crate::serve::{Format, Server};
use crate::weir::{public_formats, workspace};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const NIL: &str = "00000000-0000-0000-0000-000000000000";

/// How many checks of the public formats beside the project must pass. Each other one has its reason in
/// `docs/compatibility.md`.
const PUBLIC: usize = 8_480;

#[test]
fn own_formats_pass_all_checks() {
    let suite = Suite::run(&workspace().join("specs"));
    assert!(suite.passed > 1000 && suite.failed.is_empty(), "{suite}");
}

#[test]
fn public_formats_pass_all_but_the_named_checks() {
    let Some(corpus) = public_formats() else { return };
    let suite = Suite::run(&corpus);
    assert!(suite.passed >= PUBLIC, "{suite}");
}

/// What came of the checks.
#[derive(Default)]
struct Suite {
    passed: usize,
    /// `check format pair`, and what was there instead.
    failed: Vec<String>,
}

impl std::fmt::Display for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} of {} checks pass", self.passed, self.passed + self.failed.len())?;
        self.failed.iter().take(40).try_for_each(|failed| writeln!(f, "  {failed:.300}"))
    }
}

impl Suite {
    /// Posts each format of each module below a folder.
    fn run(root: &Path) -> Suite {
        let (server, mut suite) = (Server::start(&[]), Suite::default());
        for module in below(root) {
            for format in below(&module).into_iter().filter(|format| format.join("ingest/parser.yml").is_file()) {
                suite.format(
                    &server,
                    &Format::read(&format),
                    &format.strip_prefix(root).expect("below").to_string_lossy(),
                );
            }
        }
        suite
    }

    fn format(&mut self, server: &Server, format: &Format, name: &str) {
        let (status, answer) = server.post(&format.body());
        let messages = answer["parsed_messages"].as_array();
        for (place, (pair, test)) in format.tests.iter().enumerate() {
            let event = messages.and_then(|messages| messages.get(place)).unwrap_or(&Value::Null);
            let intake = &event["sekoiaio"]["intake"];
            for (check, key) in [("warnings", "parsing_warnings"), ("errors", "parsing_error")] {
                self.check(status == 200 && is_nothing(&intake[key]), || {
                    format!("{check} {name} {pair}: {}", intake[key])
                });
            }
            let [wanted, got] = [in_order(wanted(&test["expected"])), in_order(counting(event))];
            self.check(wanted == got, || format!("expected {name} {pair}: {}", difference(&wanted, &got)));
        }
        for kind in ["unused", "missing"] {
            let found = &answer["taxonomy"][kind];
            self.check(status == 200 && found.as_array().is_some_and(Vec::is_empty), || {
                format!("{kind} {name}: {found}")
            });
        }
    }

    fn check(&mut self, passes: bool, why: impl Fn() -> String) {
        if passes { self.passed += 1 } else { self.failed.push(why()) }
    }
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// A recorded event with what the API adds to it.
fn wanted(recorded: &Value) -> Value {
    let intake = json!({"parsing_status": "success", "dialect": "test", "dialect_uuid": NIL});
    let mut event = recorded.clone();
    merge(&mut event, &json!({"sekoiaio": {"intake": intake}, "event": {"id": NIL}}));
    without_message(event)
}

/// What of the API's event is compared.
fn counting(event: &Value) -> Value {
    let mut event = event.clone();
    if let Some(intake) = event.pointer_mut("/sekoiaio/intake").and_then(Value::as_object_mut) {
        intake.remove("parsing_duration_ms");
    }
    without_message(event)
}

fn without_message(mut event: Value) -> Value {
    event.as_object_mut().map(|members| members.remove("message"));
    event
}

fn merge(into: &mut Value, more: &Value) {
    let (Some(members), Some(more)) = (into.as_object_mut(), more.as_object()) else { return };
    for (key, value) in more {
        match value {
            Value::Object(_) => merge(members.entry(key.clone()).or_insert_with(|| Map::new().into()), value),
            _ => _ = members.insert(key.clone(), value.clone()),
        }
    }
}

/// Lists sorted, names sorted, numbers by value.
fn in_order(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> =
                members.into_iter().map(|(key, value)| (key, in_order(value))).collect();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(in_order).collect();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15 => (float as i64).into(),
            _ => Value::Number(number),
        },
        other => other,
    }
}

/// The first member in which two events differ.
fn difference(wanted: &Value, got: &Value) -> String {
    let (Some(left), Some(right)) = (wanted.as_object(), got.as_object()) else { return format!("{wanted} / {got}") };
    let differs = left.keys().chain(right.keys()).find(|key| left.get(*key) != right.get(*key));
    differs.map_or_else(String::new, |key| format!("{key}: {:?} / {:?}", left.get(key), right.get(key)))
}
