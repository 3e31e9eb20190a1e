//! `weir test`: recorded pairs, their comparison, reports and new expectations.

use crate::weir::{BROKEN_ENTRY, FIELDS, Folder, PARSER};
use serde_json::{Value, json};

const PASSING: &str = r#"{"input": {"message": "{\"who\":\"ada\",\"n\":1}"},
"expected": {"message": "…", "event": {"kind": "event"}, "user": {"name": "ada"}, "related": {"user": ["ada"]}, "gate": {"count": 1.0}}}"#;

const FAILING: &str = r#"{"input": {"message": "{\"who\":\"ada\"}"},
"expected": {"event": {"kind": "alert"}, "user": {"name": "ada"}, "related": {"user": ["ada"]}, "host": {"name": "é"}}}"#;

fn with_pairs() -> Folder {
    let folder = Folder::new();
    folder.write("gates/gate/tests/good.json", PASSING);
    folder.write("gates/gate/tests/bad.json", FAILING);
    folder
}

#[test]
fn failing_pairs_are_shown_field_by_field_with_totals() {
    let folder = with_pairs();
    let ran = folder.run(&["test"]).exits(1);
    for line in [
        "failed gates/gate bad",
        "  event.kind\n    expected \"alert\"\n    got      \"event\"",
        "  host\n    expected {\"name\":\"é\"}\n    got      nothing",
        "gates/gate     1 / 2",
        "1 of 2 pairs passes",
    ] {
        assert!(ran.out.contains(line), "{line}\n--\n{}", ran.out);
    }
    assert!(!ran.out.contains('\u{1b}'), "no colours in a pipe");
    let coloured = folder.run(&["test", "--color", "always"]).exits(1);
    assert!(coloured.out.contains("\u{1b}[1;31mfailed"), "{}", coloured.out);
    folder.run(&["test", "gates/gate/tests/good.json"]).exits(0);
    folder.run(&["test", "gates/gate/tests/bad.json"]).exits(1);
}

#[test]
fn what_runs_say_of_themselves_is_shown_and_reported() {
    let folder = Folder::new();
    for (name, message) in [("failed", "no JSON"), ("partial", "{\\\"from\\\":\\\"nowhere\\\"}")] {
        let pair = format!("{{\"input\": {{\"message\": \"{message}\"}}, \"expected\": {{\"x\": 1}}}}");
        folder.write(&format!("gates/gate/tests/{name}.json"), pair);
    }
    let ran = folder.run(&["test"]).exits(1);
    for line in [
        "  parsing error: parsed: ",
        "  parsing warning: set_fields, action 1 (set), source.ip: ",
        "parsing: 1 with an error, 1 with warnings",
        "  1 × set_fields, action 1 (set), source.ip: ",
    ] {
        assert!(ran.out.contains(line), "{line}\n--\n{}", ran.out);
    }
    let report: Value = serde_json::from_str(&folder.run(&["test", "--report", "json"]).exits(1).out).expect("JSON");
    let pairs = &report["formats"][0]["pairs"];
    assert_eq!([&pairs[0]["parsing_status"], &pairs[1]["parsing_status"]], ["failure", "success"]);
    assert!(pairs[0]["parsing_error"].is_string() && pairs[1]["parsing_warnings"][0].is_string(), "{pairs}");
}

#[test]
fn long_values_are_cut() {
    let folder = Folder::new();
    let pair = format!("{{\"input\":{{\"message\":\"{{}}\"}},\"expected\":{{\"x\":\"{}\"}}}}", "é".repeat(10_000));
    folder.write("gates/gate/tests/long.json", pair);
    let ran = folder.run(&["test"]).exits(1);
    assert!(ran.out.len() < 2000 && ran.out.contains("(10002 characters)"), "{}", ran.out);
}

#[test]
fn formats_are_found_below_paths_but_not_in_hidden_and_built_folders() {
    let folder = with_pairs();
    for other in ["z/deep/down", ".hidden/f", "target/f", "a/node_modules/f", "a/b"] {
        folder.write(&format!("{other}/ingest/parser.yml"), PARSER);
        folder.write(&format!("{other}/_meta/fields.yml"), FIELDS);
        folder.write(&format!("{other}/tests/t.json"), FAILING);
    }
    let json = folder.run(&["test", "--report", "json"]).exits(1).out;
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let formats: Vec<&Value> = report["formats"].as_array().expect("a list").iter().map(|one| &one["format"]).collect();
    assert_eq!(formats, ["a/b", "gates/gate", "z/deep/down"]);
    let twice = folder.run(&["test", "gates", "gates/gate", "./gates/gate/ingest/parser.yml"]).exits(1);
    assert!(twice.out.contains("1 of 2 pairs"), "{}", twice.out);
    assert!(folder.run(&["test", ".hidden/f"]).exits(1).out.contains("0 of 1 pair passes"), "where asked for");
}

#[test]
fn nothing_found_is_an_error_of_its_own() {
    let folder = Folder::new();
    folder.write("empty/readme", "");
    folder.write("gates/gate/tests/readme", "");
    folder.write("half/ingest/parser.yaml", PARSER);
    for (path, reason) in [
        ("empty", "error: there are no formats at or below empty: no directory has an ingest/parser.yml"),
        ("gates", "error: there are no recorded pairs in gates (1 format), so nothing was tested there"),
        ("nowhere", "error: cannot read nowhere: "),
        ("half", "no directory has an ingest/parser.yml; there is half/ingest/parser.yaml"),
        ("gates/gate/tests", "it is inside the format "),
    ] {
        let ran = folder.run(&["test", path]).exits(2);
        assert!(ran.err.contains(reason), "{reason}: {}", ran.err);
    }
    folder.write("gates/gate/tests/good.json", PASSING);
    folder.run(&["test", "gates"]).exits(0);
    let ran = folder.run(&["test", "gates", "empty"]).exits(2);
    assert!(ran.err.contains("no formats at or below empty"), "beside one that has some: {}", ran.err);
}

#[test]
fn formats_without_pairs_are_told_and_those_that_do_not_compile_fail() {
    let folder = Folder::new();
    folder.write("gates/gate/tests/good.json", PASSING);
    folder.write("gates/silent/ingest/parser.yml", PARSER);
    let ran = folder.run(&["test", "gates"]).exits(0);
    assert!(ran.out.contains("gates/silent     no pairs\n"), "{}", ran.out);
    assert!(
        ran.out.ends_with("1 of 1 pair passes; all pairs pass in 1 of 2 formats, 1 format has no pairs\n"),
        "{}",
        ran.out
    );
    folder.write("gates/broken/ingest/parser.yml", "name: x\npipeline: 5\n");
    let ran = folder.run(&["test", "gates", "--quiet"]).exits(1);
    for line in [
        "failed gates/broken\n  the format does not compile: gates/broken/ingest/parser.yml:2:11: ",
        "gates/broken     0 / 0  does not compile\n",
        "1 of 1 pair passes; all pairs pass in 1 of 3 formats, 1 format does not compile, 1 format has no pairs\n",
    ] {
        assert!(ran.out.contains(line), "{line}\n--\n{}", ran.out);
    }
    let xml = folder.run(&["test", "gates", "--report", "junit"]).exits(1).out;
    assert!(xml.contains("<testsuites name=\"weir\" tests=\"2\" failures=\"1\">"), "{xml}");
    assert!(xml.contains("<testcase classname=\"gates/broken\" name=\"(the format)\">"), "{xml}");
    let json: Value =
        serde_json::from_str(&folder.run(&["test", "gates", "--report", "json"]).exits(1).out).expect("JSON");
    assert!(json["formats"][0]["error"].as_str().is_some_and(|error| error.contains("does not compile")), "{json}");
    let alone = folder.run(&["test", "gates/broken"]).exits(2);
    assert!(alone.out.contains("does not compile") && alone.err.contains("no recorded pairs"), "{alone:?}");
}

#[test]
fn files_that_are_no_single_pair_are_not_rewritten() {
    let folder = Folder::new();
    let pair = r#"{"input": {"message": "{}"}, "expected": {"event": {"kind": "event"}}}"#;
    for (text, reason) in [
        (r#"[{"input": {"message": "{\"who\":\"eve\"}"}}]"#.to_owned(), "write each item of the list to a file"),
        (r#" [ {"message": "{}"} ]"#.to_owned(), "write each item of the list to a file"),
        (format!("[{pair}, {pair}]"), "write each item of the list to a file"),
        (r#"[{"message": "{}"}, {"user": {"name": "eve"}}]"#.to_owned(), "must be an object"),
        (r#"{"input": ["{}"]}"#.to_owned(), "must be an object"),
        (r#"{"input": "text", "expected": {}}"#.to_owned(), "must be an object"),
        (format!("{pair}{pair}"), "text after the document"),
        ("\"text\"".to_owned(), "must be an object"),
        ("null".to_owned(), "must be an object"),
        (String::new(), "the document ends too early"),
    ] {
        folder.write("gates/gate/tests/odd.json", &text);
        let ran = folder.run(&["test", "--accept"]).exits(1);
        assert!(ran.out.contains(reason) && !ran.out.contains("accepted"), "{text}: {}", ran.out);
        assert_eq!(folder.read("gates/gate/tests/odd.json"), text);
    }
    folder.write("gates/gate/tests/odd.json", r#"{"input": {"message": "{}"}}"#);
    let ran = folder.run(&["test"]).exits(1);
    assert!(ran.out.contains("`weir test --accept` records the event"), "{}", ran.out);
}

#[test]
fn numbers_of_any_size_are_compared_accepted_and_explained() {
    let folder = Folder::new();
    let digits = "7".repeat(350);
    let spec = PARSER.replace("gate.tags: \"{{parsed.message.tags}}\"", &format!("gate.tags: [{digits}, 5e-324]"));
    folder.write("gates/gate/ingest/parser.yml", spec);
    folder.write("records.ndjson", r#"{"who":"ada","tags":[1e999,-1e999]}"#);
    folder.write("gates/gate/tests/n.json", r#"{"input": {"message": "{\"who\":\"ada\"}"}}"#);
    folder.run(&["test", "--accept"]).exits(0);
    let ran = folder.run(&["test"]).exits(0);
    assert!(ran.out.contains("all pairs pass: 1 pair"), "{}", ran.out);
    let pair = folder.read("gates/gate/tests/n.json");
    let changed = pair.replace(&digits, &format!("{}8", &digits[1..]));
    assert_ne!(pair, changed, "{pair}");
    folder.write("gates/gate/tests/n.json", changed);
    let ran = folder.run(&["test"]).exits(1);
    assert!(ran.out.contains("  gate.tags\n    expected [777"), "{}", ran.out);
    let ran = folder.run(&["explain", "gates/gate", "records.ndjson", "--field", "gate.tags"]).exits(0);
    assert!(ran.out.starts_with("gate.tags = [777"), "{}", ran.out);
    folder.run(&["diff", "gates/gate", "gates/gate", "records.ndjson"]).exits(0);
    folder.write("gates/gate/tests/n.json", r#"{"input": {"message": "{}"}, "expected": {"gate": {"tags": [1e999]}}}"#);
    let ran = folder.run(&["test"]).exits(1);
    assert!(ran.out.contains("expected {\"tags\":[1e999]}") || ran.out.contains("expected [1e999]"), "{}", ran.out);
}

#[test]
fn pairs_that_cannot_be_compared_fail() {
    let folder = Folder::new();
    for (name, text) in [
        ("a", "{\"input\": {}"),
        ("b", "[]"),
        ("c", "{\"input\": {\"message\": \"{}\"}}"),
        ("d", "{\"input\": \"x\", \"expected\": {}}"),
    ] {
        folder.write(&format!("gates/gate/tests/{name}.json"), text);
    }
    let ran = folder.run(&["test"]).exits(1);
    assert!(ran.out.contains("0 of 4 pairs") && ran.out.contains("a.json:1:"), "{}", ran.out);
}

#[test]
fn pairs_of_a_format_that_does_not_compile_fail() {
    let folder = with_pairs();
    folder.write("gates/gate/ingest/parser.yml", "name: x\npipeline:\n  - name: nothing\n");
    let ran = folder.run(&["test"]).exits(1);
    assert!(ran.out.contains("0 of 2 pairs"), "{}", ran.out);
    assert!(ran.out.contains("a part of the format does not compile: gates/gate/ingest/parser.yml:3:"), "{}", ran.out);
    folder.write("gates/gate/ingest/parser.yml", "name: x\n");
    let ran = folder.run(&["test"]).exits(1);
    assert!(ran.out.contains("0 of 2 pairs"), "{}", ran.out);
    assert_eq!(
        ran.out.matches("\n  the format does not compile: gates/gate/ingest/parser.yml:").count(),
        2,
        "{}",
        ran.out
    );
}

#[test]
fn pairs_that_pass_do_not_prove_a_format_with_a_broken_part_and_nothing_is_accepted() {
    let folder = with_pairs();
    folder.write("gates/gate/ingest/parser.yml", PARSER.replace("pipeline:\n", BROKEN_ENTRY));
    let whole = folder.run(&["test", "gates/gate/tests/good.json"]).exits(1);
    let place = "gates/gate/ingest/parser.yml:4:11: there is no stage `nothing`";
    assert!(whole.out.starts_with(&format!("failed gates/gate\n  a part of the format does not compile: {place}\n")));
    assert!(whole.out.contains("gates/gate     1 / 1  does not compile\n"), "{}", whole.out);
    assert!(whole.out.contains("1 of 1 pair passes, 1 format does not compile\n"), "{}", whole.out);
    let ran = folder.run(&["test", "--accept"]).exits(1);
    assert!(ran.out.contains("1 of 2 pairs") && !ran.out.contains("accepted"), "{}", ran.out);
    assert_eq!(folder.read("gates/gate/tests/bad.json"), FAILING);
    let xml = folder.run(&["test", "--report", "junit"]).exits(1).out;
    assert!(xml.contains("<testsuites name=\"weir\" tests=\"3\" failures=\"2\">"), "{xml}");
}

#[test]
fn accepted_expectations_pass_and_leave_the_rest_of_the_file_alone() {
    let folder = with_pairs();
    folder
        .write("gates/gate/tests/new.json", "{\"input\": {\"message\": \"{\\\"who\\\":\\\"é\\\"}\", \"note\": \"n\"}}");
    let ran = folder.run(&["test", "--accept"]).exits(0);
    assert!(ran.out.contains("accepted gates/gate bad") && ran.out.contains("accepted gates/gate new"), "{}", ran.out);
    assert_eq!(folder.read("gates/gate/tests/good.json"), PASSING, "a passing pair is not touched");
    let bad = folder.read("gates/gate/tests/bad.json");
    let expected = "{\"input\": {\"message\": \"{\\\"who\\\":\\\"ada\\\"}\"},\n\"expected\": {\n    \"message\": \
                    \"{\\\"who\\\":\\\"ada\\\"}\",\n    \"event\": {\n      \"kind\": \"event\"\n    },\n    \"related\": {\n      \
                    \"user\": [\n        \"ada\"\n      ]\n    },\n    \"user\": {\n      \"name\": \"ada\"\n    }\n  }}";
    assert_eq!(bad, expected);
    let new = folder.read("gates/gate/tests/new.json");
    assert!(new.starts_with("{\n  \"input\": {\n    \"message\": "), "{new}");
    assert!(new.contains("\"gate\": {\n      \"note\": \"n\"\n    }") && new.contains("\"é\""), "{new}");
    assert!(new.ends_with("\n  }\n}\n"), "{new}");
    assert!(folder.run(&["test"]).exits(0).out.contains("all pairs pass: 3 pairs"));
}

#[test]
fn reports_for_machines_say_the_same() {
    let folder = with_pairs();
    let ran = folder.run(&["test", "--report", "json", "--report-file", "report.json"]).exits(1);
    assert!(ran.out.contains("1 of 2 pairs"), "people are told too: {}", ran.out);
    let report: Value = serde_json::from_str(&folder.read("report.json")).expect("JSON");
    assert_eq!((&report["passed"], &report["total"]), (&json!(1), &json!(2)));
    let pair = &report["formats"][0]["pairs"][0];
    assert_eq!((&pair["pair"], &pair["passed"]), (&json!("bad"), &json!(false)));
    assert_eq!(pair["differences"][0], json!({"field": "event.kind", "expected": "alert", "got": "event"}));
    assert_eq!(pair["differences"][1], json!({"field": "host", "expected": {"name": "é"}}));

    let xml = folder.run(&["test", "--report", "junit"]).exits(1).out;
    assert!(xml.starts_with("<?xml"), "{xml}");
    for part in [
        "<testsuites name=\"weir\" tests=\"2\" failures=\"1\">",
        "<testcase classname=\"gates/gate\" name=\"good\"/>",
        "<failure message=\"differs in event.kind, host\">event.kind: expected &quot;alert&quot;, got &quot;event&quot;",
    ] {
        assert!(xml.contains(part), "{part}\n--\n{xml}");
    }
    folder.run(&["test", "--report-file", "x"]).exits(2);
}

#[test]
fn dates_without_a_year_do_not_depend_on_the_day() {
    let folder = Folder::new();
    let parser = "name: dates\npipeline:\n  - name: date\n    external:\n      name: date.parse\n      properties:\n        \
                  input_field: original.message\n        output_field: at\n        format: \"%b %d %H:%M\"\n  - name: set\n\
                  stages:\n  set:\n    actions:\n      - set:\n          \"@timestamp\": \"{{date.at}}\"\n";
    folder.write("dates/ingest/parser.yml", parser);
    let pair = "{\"input\":{\"message\":\"Feb 03 04:05\"},\"expected\":{\"@timestamp\":\"2026-02-03T04:05:00Z\"}}";
    folder.write("dates/tests/a.json", pair);
    folder.run(&["test", "dates"]).exits(0);
    folder.run(&["test", "dates", "--now", "2027-01-01T00:00:00Z"]).exits(1);
}
