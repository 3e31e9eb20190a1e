//! `weir check`: all findings, their places and exit codes.

use crate::weir::{Folder, PARSER, json_lines};
use serde_json::{Value, json};

/// One mistake of each kind; the snapshot of `weir check` shows them.
pub const PLANTED: &str = r#"name: planted
ignored_value: [""]

pipeline:
  - name: parsed
    external:
      name: grok.match
      properties:
        input_field: original.message
        output_field: message
        pattern: "%{IPP:address} %{WORD:who}"
  - name: set_evnet
  - name: set_user

stages:
  set_event:
    actions:
      - set:
          event.kind: event
  set_user:
    actions:
      - set:
          user.domain: "{{parsed.message.who | lowerr}}"
          user.name: "{{prased.message.who}}"
          source.port: "eighty"
"#;

/// Code, line, column, and whether there is help.
fn told(finding: &Value) -> (&str, u64, u64, bool) {
    let number = |key: &str| finding[key].as_u64().unwrap_or_default();
    (finding["code"].as_str().unwrap_or_default(), number("line"), number("column"), finding["help"].is_string())
}

#[test]
fn planted_mistakes_are_found_together_each_once_with_place_and_help() {
    let folder = Folder::new();
    folder.write("planted/ingest/parser.yml", PLANTED);
    let findings = json_lines(&folder.run(&["check", "planted", "--format", "json"]).exits(1).out);
    let expected = [
        ("unknown-key", 2, 1, true),
        ("unknown-pattern", 11, 19, true),
        ("unknown-stage", 12, 11, true),
        ("unknown-filter", 23, 48, true),
        ("unknown-name", 24, 25, true),
        ("uncastable-value", 25, 24, true),
    ];
    assert_eq!(findings.iter().map(told).collect::<Vec<_>>(), expected, "{findings:#?}");
    let keys: Vec<&String> = findings[0].as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["file", "line", "column", "code", "severity", "title", "help", "fix"]);
    assert_eq!(findings[0]["file"], "planted/ingest/parser.yml");
    assert_eq!(findings[0]["help"], "did you mean `ignored_values`?");
}

#[test]
fn what_the_public_engine_ignores_is_an_error_here() {
    let folder = Folder::new();
    let known: Vec<&str> = PARSER.lines().filter(|line| !line.contains("gate.")).collect();
    folder.write("odd/ingest/parser.yml", format!("stagse: {{}}\n{}", known.join("\n")));
    let ran = folder.run(&["check", "odd"]).exits(1);
    assert!(ran.out.contains("error[unknown-key]") && ran.out.contains("did you mean `stages`?"), "{}", ran.out);
    assert!(ran.out.contains("1 error, 0 warnings in 1 format"), "{}", ran.out);
}

#[test]
fn warnings_alone_are_well_unless_they_are_denied() {
    let folder = Folder::new();
    folder.run(&["check"]).exits(0);
    folder.run(&["check", "--deny-warnings"]).exits(0);
    folder.write("gates/gate/ingest/parser.yml", PARSER.replace("name: gate\n", ""));
    let ran = folder.run(&["check"]).exits(0);
    assert!(ran.out.contains("warning[missing-name]"), "{}", ran.out);
    folder.run(&["check", "--deny-warnings"]).exits(1);
}

#[test]
fn every_file_of_a_format_and_its_module_is_checked_once() {
    let folder = Folder::new();
    folder.write("gates/other/ingest/parser.yml", PARSER.replace("name: gate\n", "name: other\n"));
    folder.write("gates/_meta/fields.yml", "a:\n  name: b\n  type: keyword\n");
    folder.write("gates/_meta/manifest.yml", "name: x\n");
    folder.write("gates/gate/_meta/manifest.yml", "uuid: 1\nname: x\nslug: x\ndescription: x\n");
    folder.write("gates/gate/_meta/fields.yml", "gate.tags:\n  name: gate.tags\n  type: arrray\n");
    folder.write("gates/gate/_meta/smart-descriptions.json", "[{\"value\": \"x\"}]");
    folder.write("gates/gate/tests/a.json", "{\"input\": {}}");
    folder.write(
        "gates/gate/tests/b.json",
        "{\"input\": {},\n\"expected\": {\"user\": {\"nmae\": \"x\"}, \"gate\":{\"note\": 1}}}",
    );
    let findings = json_lines(&folder.run(&["check", "--format", "json"]).exits(1).out);
    let found =
        |file: &str, code: &str| findings.iter().filter(|one| one["file"] == file && one["code"] == code).count();
    assert_eq!(found("gates/_meta/fields.yml", "field-name"), 1, "{findings:#?}");
    assert_eq!(found("gates/_meta/manifest.yml", "manifest-key"), 3);
    assert_eq!(found("gates/gate/_meta/manifest.yml", "malformed-uuid"), 1);
    assert_eq!(found("gates/gate/_meta/fields.yml", "unknown-type"), 1);
    assert_eq!(found("gates/gate/_meta/smart-descriptions.json", "description-key"), 1);
    assert_eq!(found("gates/gate/tests/a.json", "test-key"), 1);
    let expectation =
        findings.iter().find(|one| one["title"].as_str().is_some_and(|title| title.contains("user.nmae")));
    let expectation = expectation.expect("the expectation is found");
    assert_eq!((&expectation["line"], &expectation["column"]), (&json!(2), &json!(31)));
    assert_eq!(expectation["help"], "did you mean `user.name`?");
}

#[test]
fn formats_that_are_not_there_or_not_readable_exit_with_two() {
    let folder = Folder::new();
    folder.write("empty/readme", "");
    folder.run(&["check", "empty"]).exits(2);
    folder.run(&["check", "nowhere"]).exits(2);
    folder.write("gates/gate/ingest/parser.yml", b"name: \xff\n");
    let ran = folder.run(&["check"]).exits(2);
    assert!(ran.err.contains("not UTF-8 at byte 6"), "{}", ran.err);
}

#[test]
fn a_broken_spec_does_not_panic() {
    let folder = Folder::new();
    for text in [
        "",
        "[",
        "name: [",
        "a: &a [*a]",
        "pipeline: 1",
        "\u{feff}",
        "\0",
        "stages: {x: {actions: [{set: {a: '{{'}}]}}",
    ] {
        folder.write("gates/gate/ingest/parser.yml", text);
        let ran = folder.run(&["check", "gates/gate"]);
        assert!([0, 1].contains(&ran.code), "{text:?}: {ran:?}");
    }
}

#[test]
fn values_of_manifests_and_contracts_that_mean_nothing_are_found() {
    let folder = Folder::new();
    let manifest =
        |slug: &str| format!("uuid: 00000000-0000-4000-8000-000000000000\nname: Gate\nslug: {slug}\ndescription: d\n");
    folder
        .write("gates/gate/tests/a.json", r#"{"input": {"message": "{}"}, "expected": {"event": {"kind": "event"}}}"#);
    for (slug, expected) in [
        ("gate-7", None),
        ("Gate Seven", Some("did you mean `gate-seven`?")),
        ("7gate", Some("`7gate` is not a valid slug")),
        ("gate_seven", Some("did you mean `gate-seven`?")),
    ] {
        folder.write("gates/gate/_meta/manifest.yml", manifest(slug));
        let ran = folder.run(&["check", "gates"]).exits(i32::from(expected.is_some()));
        assert!(ran.out.contains(expected.unwrap_or("0 errors")), "{slug}: {}", ran.out);
    }
    let sources = "data_sources: {Mail server: m, DNS record: d, Weather: w}\n";
    folder.write("gates/gate/_meta/manifest.yml", manifest("gate") + sources);
    let found = json_lines(&folder.run(&["check", "gates", "--format", "json"]).exits(0).out);
    let found = found.iter().filter(|finding| finding["code"] == "unknown-data-source");
    let found: Vec<String> = found.map(|finding| format!("{}, {}", finding["title"], finding["help"])).collect();
    let expected = [
        "\"there is no data source `DNS record`\", \"did you mean `DNS records`?\"",
        "\"there is no data source `Weather`\", null",
    ];
    assert_eq!(found, expected);
    folder.write("gates/gate/_meta/manifest.yml", manifest("gate"));
    folder.write("gates/gate/dataset.yml", "name: gate\nscope: zoen\nfields: {who: {type: string}}\n");
    let ran = folder.run(&["check", "gates"]).exits(1);
    assert!(ran.out.contains("contract-value") && ran.out.contains("did you mean `zone`?"), "{}", ran.out);
}
