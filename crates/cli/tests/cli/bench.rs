//! `weir bench`: its figures agree with each other, and it says why there are none.

use crate::weir::{Folder, binary};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

const FORMAT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/cloudflare/access_requests");

#[test]
fn a_format_is_measured_entry_by_entry() {
    let measured = measured(&mut binary(&["bench", FORMAT, "--no-instructions"]));
    let number = |name: &str| measured[name].as_f64().expect("a number");
    assert!(number("records") >= 5.0 && number("event_bytes") > number("bytes"));
    assert!(number("nanoseconds") <= number("median_nanoseconds"));
    let product = number("megabytes_per_second") * number("nanoseconds") / 1e3;
    assert!((product / number("bytes") - 1.0).abs() < 1e-6, "{product}");
    let steps = measured["steps"].as_array().expect("steps");
    let names: Vec<&str> = steps.iter().filter_map(|step| step["name"].as_str()).collect();
    assert_eq!(names[..4], ["record", "access_request", "created_at", "set_event"]);
    assert_eq!(names[names.len() - 3..], ["set_cloudflare", "inference", "writing"]);
    assert_eq!(steps[1]["extractor"], "json.parse-json");
    let sum = |key: &str| steps.iter().filter_map(|step| step[key].as_f64()).sum::<f64>();
    assert!((sum("share") - 1.0).abs() < 1e-6 && (sum("nanoseconds") / number("nanoseconds") - 1.0).abs() < 1e-6);
}

#[test]
fn it_is_told_as_a_table_too_and_over_other_records() {
    let folder = Folder::new();
    folder.write("records", "{\"who\":\"ada\"}\n\n{\"who\":\"bob\"}\n");
    let ran = folder.run(&["bench", "gates/gate", "records", "--seconds", "0", "--no-instructions"]).exits(0);
    assert!(ran.out.starts_with("2 records of 13 bytes on average, events of "), "{}", ran.out);
    assert!(ran.out.contains(" MB/s") && ran.out.contains("writing "), "{}", ran.out);
    assert!(ran.out.contains(" an event; instructions are not counted: --no-instructions\n"), "{}", ran.out);
    assert!(ran.out.lines().filter(|line| line.ends_with(" -")).count() == 5, "{}", ran.out);
}

/// A format with pairs in brackets, whose reader takes memory from the system.
const GREEDY: &str = r#"
name: greedy
pipeline:
  - name: named
    external:
      name: kv.parse-kv
      properties:
        input_field: original.message
        groups: true
  - name: set_user
stages:
  set_user:
    actions:
      - set:
          event.kind: event
          user.name: "{{named.message.who}}"
"#;

#[test]
fn allocations_are_counted_in_the_step_that_asks_for_memory() {
    let folder = Folder::new();
    folder.write("greedy/ingest/parser.yml", GREEDY);
    folder.write("records", "who=ada [login kind=2]\nwho=bob [login kind=3]\n");
    let greedy = measured(&mut folder.weir(&["bench", "greedy", "records", "--no-instructions"]));
    let allocations = steps(&greedy, "allocations");
    assert!(allocations["named"] >= 1.0, "brackets take memory: {greedy}");
    assert_eq!(allocations["set_user"] + allocations["writing"], 0.0, "{greedy}");
    assert_eq!(greedy["allocations"].as_f64(), Some(allocations.values().sum()), "{greedy}");
}

#[test]
fn a_format_that_asks_for_no_memory_has_no_allocations() {
    let folder = Folder::new();
    let records = std::fs::read_to_string(format!("{FORMAT}/samples/access_requests.ndjson")).expect("the samples");
    let records: Vec<&str> = records.lines().collect();
    assert!(records.len() > 5, "{records:?}");
    folder.write("records", records.join("\n"));
    let frugal = measured(&mut folder.weir(&["bench", FORMAT, "records", "--no-instructions"]));
    assert_eq!(frugal["allocations"].as_f64(), Some(0.0), "{frugal}");
    assert!(steps(&frugal, "allocations").values().all(|count| *count == 0.0), "{frugal}");
}

#[test]
fn instructions_are_counted_step_by_step_where_there_is_valgrind() {
    let measured = measured(&mut binary(&["bench", FORMAT]));
    if Command::new("valgrind").arg("--version").output().is_err() {
        assert_eq!(measured["not_counted"], "valgrind is not on PATH; install it to count them");
        return;
    }
    assert!(measured["not_counted"].is_null(), "{}", measured["not_counted"]);
    let total = measured["instructions"].as_f64().expect("a number");
    assert!((5e3..5e5).contains(&total), "{total} an event");
    let steps = steps(&measured, "instructions");
    let sum: f64 = steps.values().sum();
    assert!((sum / total - 1.0).abs() < 0.1, "{sum} in the steps, {total} in the event");
    assert!(steps["writing"] > steps["set_event"] && steps["set_event"] > 0.0, "{steps:?}");
    let counted = measured["counted_records"].as_u64().expect("a number");
    assert!((2..=64).contains(&counted), "{counted} records");
}

#[test]
#[cfg(unix)]
fn why_no_instructions_were_counted_is_told() {
    let folder = Folder::new();
    folder.write("records", "{\"who\":\"ada\"}\n");
    for (valgrind, reason) in [
        (None, "valgrind is not on PATH"),
        (Some("exit 3"), "valgrind ended with exit status: 3"),
        (Some("while read -r _; do :; done; echo 'totals: 12'; echo 'totals: 34'"), "its symbols were stripped"),
    ] {
        let path = folder.path("programs");
        if let Some(script) = valgrind {
            use std::os::unix::fs::PermissionsExt;
            let program = folder.write("programs/valgrind", format!("#!/bin/sh\n{script}\n"));
            std::fs::set_permissions(program, PermissionsExt::from_mode(0o755)).expect("a program");
        }
        let measured = measured(folder.weir(&["bench", "gates/gate", "records"]).env("PATH", path));
        let told = measured["not_counted"].as_str().expect("a reason");
        assert!(told.contains(reason), "{told}");
        assert!(measured["instructions"].is_null() && measured["steps"][0]["instructions"].is_null(), "{measured}");
        assert!(measured["allocations"].is_number(), "{measured}");
    }
}

#[test]
fn without_records_there_is_nothing_to_measure() {
    let folder = Folder::new();
    folder.write("records", "\n");
    for arguments in [
        ["bench", "gates/gate", "records"].as_slice(),
        &["bench", "gates/gate", "nowhere"],
        &["bench", "nowhere"],
        &["bench", "gates/gate", "--seconds", "-1"],
        &["bench", "gates/gate", "--seconds", "NaN"],
    ] {
        assert!(!folder.run(arguments).exits(2).err.is_empty(), "{arguments:?}");
    }
}

/// What a run of `weir bench` tells.
fn measured(command: &mut Command) -> Value {
    let output = command.args(["--seconds", "0", "--format", "json"]).output().expect("a run");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A figure of each step; the steps have names of their own.
fn steps(measured: &Value, figure: &str) -> BTreeMap<String, f64> {
    let steps = measured["steps"].as_array().expect("steps").iter();
    let named = |step: &Value| Some((step["name"].as_str()?.to_owned(), step[figure].as_f64()?));
    steps.map(|step| named(step).expect("a step with the figure")).collect()
}
