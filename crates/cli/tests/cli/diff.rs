//! `weir diff`: causes, as `tests/compared/causes.toml` claims them; counts, examples, inputs and exit codes.

use crate::weir::{Folder, PARSER, workspace};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

/// A format, a record, and changes of the format.
#[derive(Deserialize)]
struct Table {
    parser: String,
    fields: String,
    record: String,
    change: Vec<Change>,
}

/// A change, and the fields that change by each cause.
#[derive(Deserialize)]
struct Change {
    claim: String,
    /// `fields`, or else the spec.
    #[serde(default)]
    r#in: String,
    from: String,
    to: String,
    causes: BTreeMap<String, Vec<String>>,
}

#[test]
fn each_change_is_found_to_be_the_cause() {
    let table = fs::read_to_string(workspace().join("crates/cli/tests/compared/causes.toml")).expect("claims");
    let table: Table = toml::from_str(&table).expect("claims");
    let mut wrong = String::new();
    for Change { claim, r#in, from, to, causes } in &table.change {
        let changed = |text: &str, here: bool| {
            assert!(!here || text.matches(&**from).count() == 1, "{claim}: {from}");
            if here { text.replace(&**from, to) } else { text.to_owned() }
        };
        let folder = Folder::new();
        folder.write("old/ingest/parser.yml", table.parser.trim_start());
        folder.write("old/_meta/fields.yml", table.fields.trim_start());
        folder.write("new/ingest/parser.yml", changed(table.parser.trim_start(), r#in != "fields"));
        folder.write("new/_meta/fields.yml", changed(table.fields.trim_start(), r#in == "fields"));
        let ran = folder.pipe(&["diff", "old", "new", "-", "--format", "json"], table.record.as_bytes());
        let ran = ran.exits(i32::from(!causes.is_empty()));
        let report: Value = serde_json::from_str(&ran.out).expect("JSON");
        let found: BTreeMap<String, Vec<String>> = members(&report["causes"])
            .map(|(cause, changes)| {
                (cause.clone(), members(&changes["fields"]).map(|(field, _)| field.clone()).collect())
            })
            .collect();
        if found != *causes {
            wrong += &format!("{claim}\n  expected {causes:#?}\n  found {found:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().expect("an object").iter()
}

/// Two versions of the usual format; the newer one takes no number and reads another name.
fn two_versions() -> Folder {
    let folder = Folder::new();
    let parser = PARSER
        .replace("parsed.message.who", "parsed.message.name")
        .replace("          gate.count: \"{{parsed.message.n}}\"\n", "");
    folder.write("new/gate/ingest/parser.yml", parser);
    folder.write("new/gate/_meta/fields.yml", crate::weir::FIELDS);
    folder.write("new/_meta/fields.yml", crate::weir::MODULE_FIELDS);
    folder
}

const RECORDS: &str =
    "{\"who\":\"ada\",\"n\":1}\n\n{\"n\":2}\n{\"name\":\"eve\"}\n{\"who\":\"bob\",\"name\":\"bob\"}\n";

#[test]
fn changes_are_counted_by_cause_with_an_example_of_each() {
    let folder = two_versions();
    folder.write("records", RECORDS);
    let ran = folder.run(&["diff", "gates/gate", "new/gate", "records"]).exits(1);
    assert_eq!(
        ran.out,
        "new/gate/ingest/parser.yml:16:11  set_fields, action 1 (set)  in 2 events
  related.user: 1 added, 1 removed
    records, record 1
    - [\"ada\"]
    + nothing
  user.name: 1 added, 1 removed
    records, record 1
    - \"ada\"
    + nothing

removed: gates/gate/ingest/parser.yml:18:11  set_fields, action 1 (set)  in 2 events
  gate.count: 2 removed
    records, record 1
    - 1
    + nothing

4 records; 3 events change
"
    );
    let ran = folder.run(&["diff", "gates/gate", "gates/gate", "records"]).exits(0);
    assert_eq!(ran.out, "4 records; 0 events change\n");
}

#[test]
fn json_says_the_same() {
    let folder = two_versions();
    let ran = folder.pipe(&["diff", "gates/gate", "new/gate", "-", "--format", "json"], RECORDS.as_bytes()).exits(1);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((&report["records"], &report["changed"]), (&json!(4), &json!(3)));
    let cause = &report["causes"]["removed: gates/gate/ingest/parser.yml:18:11  set_fields, action 1 (set)"];
    let example = json!({"record": "-, record 1", "old": 1, "new": null});
    let expected =
        json!({"events": 2, "fields": {"gate.count": {"added": 0, "removed": 2, "changed": 0, "example": example}}});
    assert_eq!(*cause, expected);
}

#[test]
fn without_files_the_recorded_pairs_of_both_versions_run() {
    let folder = two_versions();
    let pair = |who| format!("{{\"input\": {{\"message\": \"{{\\\"who\\\":\\\"{who}\\\"}}\"}}, \"expected\": {{}}}}");
    folder.run(&["diff", "gates/gate", "new/gate"]).exits(2);
    for (path, who) in
        [("gates/gate/tests/a.json", "old"), ("gates/gate/tests/b.json", "ada"), ("new/gate/tests/a.json", "eve")]
    {
        folder.write(path, pair(who));
    }
    let ran = folder.run(&["diff", "gates/gate", "new/gate"]).exits(1);
    assert!(ran.out.contains("    new/gate/tests/a.json\n    - \"eve\"\n"), "{}", ran.out);
    assert!(ran.out.ends_with("2 records; 2 events change\n"), "{}", ran.out);
    let one = folder.run(&["diff", "gates/gate", "new/gate", "gates/gate/tests/b.json"]).exits(1);
    assert!(one.out.contains("\"ada\"") && one.out.ends_with("1 record; 1 event changes\n"), "{}", one.out);
}

#[test]
fn a_failure_that_appears_is_a_change_of_the_extractor() {
    let folder = Folder::new();
    folder.write("old/ingest/parser.yml", PARSER.replace("raise_errors: true", "raise_errors: false"));
    folder.write("new/ingest/parser.yml", PARSER);
    let ran = folder.pipe(&["diff", "old", "new", "-"], b"no JSON\n{}\n").exits(1);
    assert!(ran.out.starts_with("new/ingest/parser.yml:4:5  parsed, json.parse-json  in 1 event\n"), "{}", ran.out);
    assert!(
        ran.out.contains("  sekoiaio.intake.parsing_error: 1 added\n    -, record 1\n    - nothing\n    + \"parsed: "),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("2 records; 1 event changes\n"), "{}", ran.out);
}

#[test]
fn unusable_versions_files_and_inputs_exit_with_two() {
    let folder = two_versions();
    folder.write("broken/ingest/parser.yml", "name: x\nstages: {}\n");
    folder.write("empty", "\n \n");
    folder.write("records", RECORDS);
    for arguments in [
        &["diff", "gates/gate"][..],
        &["diff", "gates/gate", "nowhere", "records"],
        &["diff", "gates/gate", "broken", "records"],
        &["diff", "broken", "gates/gate", "records"],
        &["diff", "gates/gate", "new/gate", "nowhere"],
        &["diff", "gates/gate", "new/gate", "empty"],
    ] {
        let ran = folder.run(arguments).exits(2);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn what_runs_of_a_version_with_a_broken_part_is_compared() {
    let folder = Folder::new();
    folder.write("new/gate/ingest/parser.yml", PARSER.replace("  - name: set_fields\n", "  - name: set_feelds\n"));
    let ran = folder.pipe(&["diff", "gates/gate", "new/gate", "-"], b"{\"who\":\"ada\"}\n").exits(1);
    assert!(ran.err.contains("error[unknown-stage]: there is no stage `set_feelds`"), "{}", ran.err);
    assert!(ran.out.contains("  user.name: 1 removed\n"), "{}", ran.out);
}

/// Keys and values that are others in every event.
#[test]
fn what_is_kept_of_many_and_large_changes_is_bounded() {
    let folder = Folder::new();
    let parser = |field: &str| {
        format!(
            "name: x\npipeline:\n  - name: parsed\n    external:\n      name: json.parse-json\n  - name: fill\nstages:\n  fill:\n    \
             actions:\n      - set: {{{field}: \"{{{{ parsed.message }}}}\"}}\n"
        )
    };
    let fields = "a.a: {name: a.a, type: flattened}\na.b: {name: a.b, type: flattened}\n";
    for (name, field) in [("old", "a.a"), ("new", "a.b")] {
        folder.write(&format!("{name}/ingest/parser.yml"), parser(field));
        folder.write(&format!("{name}/_meta/fields.yml"), fields);
    }
    let long = "é".repeat(5_000);
    let records: String = (0..2_000).map(|number| format!("{{\"k{number}\": \"{long}\"}}\n")).collect();
    let ran = folder.pipe(&["diff", "old", "new", "-", "--format", "json"], records.as_bytes()).exits(1);
    assert!(ran.out.len() < 16 << 20, "{}", ran.out.len());
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    for (cause, changes) in members(&report["causes"]) {
        assert_eq!((&changes["events"], &changes["more"]), (&json!(2000), &json!(1000)), "{cause}");
    }
    let hostile = "{\"\\u001b[2J\\u009b\": \"\\u009b\"}\n";
    let ran = folder.pipe(&["diff", "old", "new", "-"], hostile.as_bytes()).exits(1);
    assert!(!ran.out.contains(|letter: char| letter.is_control() && letter != '\n'), "{:?}", ran.out);
}
