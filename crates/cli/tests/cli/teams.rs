//! What teams use: fixes, files that stand for formats, what a repository asks, patterns, help, and options that mean the same.

use crate::weir::{Folder, PARSER, json_lines};
use serde_json::json;

/// The parser with mistakes that have one right answer each.
fn slips() -> String {
    PARSER
        .replace("          user.name:", "          # The comment stays.\n          user.nme:")
        .replace("{{parsed.message.n}}", "{{parsed.message.n | tolower}}")
        .replace("\"{{parsed.message.tags}}\"", "parsed.message.tags")
}

#[test]
fn what_has_one_right_answer_is_mended_and_nothing_else_changes() {
    let folder = Folder::new();
    folder.write("gates/gate/ingest/parser.yml", slips());
    let ran = folder.run(&["check", "--fix", "--dry-run"]).exits(1);
    assert!(ran.out.contains("-          user.nme:") && ran.out.contains("+          user.name:"), "{}", ran.out);
    assert_eq!(folder.read("gates/gate/ingest/parser.yml"), slips(), "a dry run writes nothing");
    let ran = folder.run(&["check", "--fix"]).exits(0);
    assert!(ran.out.contains("fixed gates/gate/ingest/parser.yml:"), "{}", ran.out);
    let expected = PARSER
        .replace("          user.name:", "          # The comment stays.\n          user.name:")
        .replace("{{parsed.message.n}}", "{{parsed.message.n | lower}}")
        .replace("{{parsed.message.tags}}", "{{ parsed.message.tags }}");
    assert_eq!(folder.read("gates/gate/ingest/parser.yml"), expected);
    let ran = folder.run(&["check", "--fix", "--dry-run"]).exits(0);
    assert!(ran.out.is_empty() && ran.err.contains("0 fixes in 0 files"), "{ran:?}");
}

#[test]
fn a_fix_after_which_a_pair_fails_is_told() {
    let folder = Folder::new();
    folder.write("gates/gate/ingest/parser.yml", slips());
    folder.write(
        "gates/gate/tests/one.json",
        r#"{"input":{"message":"{\"who\":\"ada\",\"tags\":\"x\"}"},"expected":{}}"#,
    );
    folder.run(&["test", "gates/gate", "--accept"]).exits(0);
    let ran = folder.run(&["check", "--fix"]).exits(1);
    assert!(ran.err.contains("gates/gate: 1 pair that passed fails with the fixes"), "{}", ran.err);
    folder.run(&["test", "gates/gate"]).exits(1);
    folder.run(&["check", "--fix"]).exits(0);
}

#[test]
fn own_fields_are_declared_and_unused_ones_removed_where_someone_says_so() {
    let folder = Folder::new();
    folder.write("door/ingest/parser.yml", "name: door\npipeline:\n- name: s\nstages:\n  s:\n    actions:\n    - set: {door.floor: 3, door.open: \"{{ original.open }}\"}\n");
    folder.run(&["check", "door", "--fix"]).exits(0);
    let declared = "door.floor:\n  description: door.floor\n  name: door.floor\n  type: long\ndoor.open:\n  description: door.open\n  name: door.open\n  type: keyword\n";
    assert_eq!(folder.read("door/_meta/fields.yml"), declared);
    folder.write(
        "door/_meta/fields.yml",
        format!("# Ours.\ndoor.gone:\n  name: door.gone\n  type: keyword\n\n{declared}"),
    );
    folder.run(&["check", "door", "--fix"]).exits(0);
    assert!(folder.read("door/_meta/fields.yml").contains("door.gone"), "a hint is not mended unasked");
    folder.run(&["check", "door", "--fix", "--also", "unused-field"]).exits(0);
    assert_eq!(folder.read("door/_meta/fields.yml"), format!("# Ours.\n{declared}"));
    let ran = folder.run(&["check", "door", "--fix", "--also", "unused-fields"]).exits(2);
    assert!(ran.err.contains("did you mean `unused-field`?"), "{}", ran.err);
}

#[test]
fn a_fix_is_in_the_output_for_machines() {
    let folder = Folder::new();
    folder.write("gates/gate/ingest/parser.yml", slips());
    let findings = json_lines(&folder.run(&["check", "--format", "json"]).exits(1).out);
    let misspelt = findings.iter().find(|finding| finding["code"] == "unknown-field").expect("the field");
    let start = slips().find("user.nme").expect("its place");
    let edit = json!({"file": "gates/gate/ingest/parser.yml", "range": {"start": start, "end": start + 8}, "text": "user.name"});
    assert_eq!(misspelt["fix"], json!({"title": "write `user.name`", "is_certain": true, "edits": [edit]}));
    let log: serde_json::Value =
        serde_json::from_str(&folder.run(&["check", "--format", "sarif"]).exits(1).out).expect("JSON");
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(findings.len()));
}

#[test]
fn a_file_beside_the_spec_stands_for_its_format_or_module() {
    let folder = Folder::new();
    folder.write("gates/gate/ingest/parser.yml", slips());
    for file in ["gates/gate/_meta/fields.yml", "gates/_meta/fields.yml", "gates/gate/ingest/parser.yml"] {
        let ran = folder.run(&["check", file]).exits(1);
        assert!(ran.out.contains("user.nme") && ran.out.contains("in 1 format"), "{file}: {}", ran.out);
    }
}

#[test]
fn what_a_repository_asks_is_checked_where_someone_asks() {
    let folder = Folder::new();
    let codes = |folder: &Folder, code: i32| -> Vec<String> {
        let ran = folder.run(&["check", "gates", "--publish", "--format", "json"]).exits(code);
        let mut codes: Vec<String> = json_lines(&ran.out)
            .iter()
            .map(|finding| finding["code"].as_str().unwrap_or_default().to_owned())
            .collect();
        codes.sort();
        codes.dedup();
        codes
    };
    folder.run(&["check", "gates"]).exits(0);
    let lacks = ["changelog", "coverage", "descriptions", "logo", "manifest"].map(|what| format!("unpublished-{what}"));
    assert_eq!(codes(&folder, 1), lacks);
    let manifest = |uuid: u32| {
        format!(
            "uuid: 00000000-0000-4000-8000-00000000000{uuid}\nname: Gate\nslug: gate\ndescription: d\ndata_sources: {{Web logs: all}}\n"
        )
    };
    let mut logo = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x40\0\0\0\x40\x08\x06\0\0\0".to_vec();
    logo.extend([0; 16]);
    for (root, uuid) in [("gates", 1), ("gates/gate", 1)] {
        folder.write(&format!("{root}/_meta/logo.png"), &logo);
        folder.write(&format!("{root}/_meta/manifest.yml"), manifest(uuid));
    }
    folder.write("gates/gate/CHANGELOG.md", "# Changelog\n\n## [1.0.0] - 2026-01-31\n");
    folder.write(
        "gates/gate/_meta/smart-descriptions.json",
        r#"[{"value": "{user.name}", "conditions": [{"field": "user.name"}]}]"#,
    );
    let message = r#"{\"who\":\"ada@acme.eu\",\"from\":\"192.0.2.7\",\"n\":1,\"tags\":\"a\"}"#;
    let pair =
        format!(r#"{{"input": {{"message": "{message}", "note": "x"}}, "expected": {{"message": "{message}"}}}}"#);
    folder.write("gates/gate/tests/one.json", pair);
    assert_eq!(codes(&folder, 1), ["repeated-uuid", "unpublished-sample"]);
    folder.write("gates/gate/_meta/manifest.yml", manifest(2));
    assert_eq!(codes(&folder, 0), ["unpublished-sample"]);
}

#[test]
fn patterns_are_listed_shown_and_tried() {
    let folder = Folder::new();
    let ran = folder.run(&["grok", "hostname"]).exits(0);
    assert!(ran.out.starts_with("Networks\n  HOSTNAME"), "{}", ran.out);
    let ran = folder.run(&["grok", "HOSTPRT"]).exits(1);
    assert!(ran.err.contains("did you mean `HOSTPORT`?"), "{}", ran.err);
    let ran = folder.run(&["grok", "HOSTPORT"]).exits(0);
    assert!(ran.out.contains("%{IPORHOST}:%{POSINT}") && ran.out.contains("gives"), "{}", ran.out);
    let ran = folder.run(&["grok", "%{IP:[source][ip]} %{INT:n:int}", "192.0.2.7 12"]).exits(0);
    assert_eq!(ran.out, "it matches\n  source.ip = \"192.0.2.7\"\n  n = 12\n");
    let ran = folder.run(&["grok", "%{IP:ip} - %{INT:n}", "é 192.0.2.7 - x"]).exits(1);
    assert!(ran.out.contains("%{IP:ip} does not match the beginning"), "{}", ran.out);
    let ran = folder.run(&["grok", "é %{IP:ip} - %{INT:n}", "é 192.0.2.7 - x"]).exits(1);
    assert!(ran.out.contains("before character 15; there %{INT:n} does not match `x`"), "{}", ran.out);
    assert!(ran.out.ends_with("    é 192.0.2.7 - x\n                  ^\n"), "{}", ran.out);
    let ran = folder.run(&["grok", "IP", "from 192.0.2.7"]).exits(1);
    assert!(ran.out.contains("a part of the text matches: 192.0.2.7"), "{}", ran.out);
    for broken in ["%{IPP:x}", "(", "[", "%{"] {
        let ran = folder.run(&["grok", broken, "-"]);
        assert!([1, 2].contains(&ran.code), "{broken}: {ran:?}");
    }
    assert!(folder.run(&["grok", "%{IPP:x}", "a"]).exits(2).err.contains("did you mean `IP`?"));
}

#[test]
fn help_is_about_commands_pages_and_codes() {
    let folder = Folder::new();
    let ran = folder.run(&["help"]).exits(0);
    assert!(ran.out.contains("  check ") && ran.out.contains("  dates "), "{}", ran.out);
    assert!(folder.run(&["help", "logpush", "job"]).exits(0).out.contains("Usage: weir logpush job"));
    assert!(folder.run(&["help", "dates"]).exits(0).out.starts_with("Dates\n"));
    assert!(folder.run(&["help", "unmet-key"]).exits(0).out.starts_with("unmet-key (warning)"));
    assert!(folder.run(&["help", "chekc"]).exits(2).err.contains("did you mean `check`?"));
    assert!(folder.run(&["man", "logpush", "job"]).exits(0).out.contains(".TH weir-logpush-job 1"));
    folder.run(&["man", "nothing"]).exits(2);
}

#[test]
fn records_are_read_alike_by_every_command() {
    let folder = Folder::new();
    folder.write(
        "export.json",
        r#"{"Records": [{"who": "ada", "from": "192.0.2.7"}, {"who": "bob", "from": "192.0.2.9"}]}"#,
    );
    folder.write("events", "{\"message\": \"{\\\"who\\\": \\\"eve\\\"}\"}\n");
    let records = ["--records", "$.Records[*]"];
    let with = |arguments: &[&str], options: &[&str]| folder.run(&[arguments, options].concat());
    let ran = with(&["run", "gates/gate", "export.json"], &records).exits(0);
    assert_eq!(ran.events()[1]["user"]["name"], "bob");
    let ran =
        with(&["explain", "gates/gate", "export.json", "--record", "2", "--field", "user.name"], &records).exits(0);
    assert!(ran.out.contains("\"bob\""), "{}", ran.out);
    let ran = folder.run(&["explain", "gates/gate", "events", "--input", "events", "--field", "user.name"]).exits(0);
    assert!(ran.out.contains("\"eve\""), "{}", ran.out);
    folder.write("other/ingest/parser.yml", PARSER.replace("{{parsed.message.who}}", "{{parsed.message.from}}"));
    let ran = with(&["diff", "gates/gate", "other", "export.json", "--format", "json"], &records).exits(1);
    assert!(ran.out.contains("\"records\": 2"), "{}", ran.out);
    with(&["bench", "gates/gate", "export.json", "--seconds", "0", "--no-instructions"], &records).exits(0);
    with(&["test", "gates/gate", "--add", "export.json"], &records).exits(0);
    assert!(folder.read("gates/gate/tests/export_2.json").contains("bob"));
    with(&["explain", "gates/gate", "export.json"], &["--records", "$["]).exits(2);
}

#[test]
fn indented_events_are_coloured_where_someone_wants_colours() {
    let folder = Folder::new();
    let line = b"{\"who\":\"ada\"}\n";
    let plain = folder.pipe(&["run", "gates/gate", "--pretty"], line).exits(0).out;
    assert!(!plain.contains('\x1b'));
    let coloured = folder.pipe(&["run", "gates/gate", "--pretty", "--color", "always"], line).exits(0).out;
    assert!(coloured.contains("\x1b[34m\"name\"\x1b[0m: \x1b[32m\"ada\"\x1b[0m"), "{coloured}");
    let file = folder.pipe(&["run", "gates/gate", "--pretty", "--color", "always", "--output", "out"], line).exits(0);
    assert!(file.out.is_empty() && folder.read("out") == plain);
}
