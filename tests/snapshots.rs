//! What comes out for people to read, as files: a plan that explains itself, events, findings, reports → `snapshots/`.

#![allow(clippy::panic, reason = "a test fails by it")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use weir::diagnostic::{Position, render};
use weir::{Format, FormatText, Input, Plan, Record, Report, Scratch, compile};

/// 2024-06-01T12:00:00Z.
const NOW: i64 = 1_717_243_200;
const FORMAT: &str = "specs/cloudflare/access_requests";

#[test]
fn a_plan_explains_itself() {
    let format = from_folder(FORMAT);
    snapshot("plan", "access_requests", &plan(&format).explain());
}

#[test]
fn every_sample_becomes_an_event() {
    let format = from_folder(FORMAT);
    let samples = read(&format!("{FORMAT}/samples/access_requests.ndjson"));
    let mut out = String::new();
    for line in samples.lines() {
        let (event, report) = run(&format, Input::Message(line.as_bytes()));
        assert!(report.omissions().is_empty() && report.failure().is_none(), "{line}: {report:?}");
        out.push_str(&event);
        out.push('\n');
    }
    assert!(samples.lines().count() > 10, "the samples are there");
    snapshot("event", "access_requests_samples", &out);
}

#[test]
fn the_sample_of_the_page_becomes_its_event() {
    let format = from_folder(FORMAT);
    let test: serde_json::Value =
        serde_json::from_str(&read(&format!("{FORMAT}/tests/page_sample.json"))).expect("a recorded test");
    let input = test["input"].to_string();
    let (event, _) = run(&format, Input::Event(input.as_bytes()));
    snapshot("event", "access_requests_page_sample", &event);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&event).expect("an event is JSON"), test["expected"]);
}

/// A finding of the planted spec: its code, its place, and a word of its help.
type Planted = (&'static str, &'static str, u32, u32, Option<&'static str>);

const PLANTED: [Planted; 9] = [
    ("unknown-type", "fields.yml", 9, 9, Some("`keyword`")),
    ("unknown-key", "parser.yml", 3, 1, Some("`ignored_values`")),
    ("unknown-pattern", "parser.yml", 13, 19, Some("`IPORHOST`")),
    ("unknown-stage", "parser.yml", 15, 11, Some("`finish`")),
    ("unknown-filter", "parser.yml", 21, 49, Some("`lower`")),
    ("unknown-name", "parser.yml", 22, 31, Some("`parsed`")),
    ("uncastable-value", "parser.yml", 23, 24, Some("number")),
    ("unknown-field", "parser.yml", 24, 11, Some("`event.reason`")),
    ("template-syntax", "parser.yml", 25, 51, None),
];

#[test]
fn each_planted_mistake_is_found_once_where_it_stands() {
    let format = compile(&FormatText {
        parser: ("parser.yml".to_owned(), read("tests/planted/parser.yml")),
        fields: vec![("fields.yml".to_owned(), read("tests/planted/fields.yml"))],
    });
    let rendered: Vec<String> =
        format.findings.iter().map(|finding| render(finding, &format.sources, true, false)).collect();
    snapshot("error", "whole-format", &rendered.join("\n\n"));
    let mut found = Vec::new();
    for finding in &format.findings {
        let (file, Position { line, column }) = format.sources.locate(finding.span()).expect("a place");
        found.push((finding.code.0, file, line, column, finding.help.as_deref()));
    }
    assert_eq!(found.len(), PLANTED.len(), "{}", rendered.join("\n\n"));
    for (code, file, line, column, word) in PLANTED {
        let is_it = |(c, f, l, k, help): &&(&str, &str, u32, u32, Option<&str>)| {
            (*c, *f, *l, *k) == (code, file, line, column)
                && word.is_none_or(|word| help.is_some_and(|help| help.contains(word)))
        };
        assert!(found.iter().any(|finding| is_it(&finding)), "{code} at {line}:{column} in {found:?}");
    }
    assert!(format.plan.is_some(), "an error keeps a part from running, not the format");
}

#[test]
fn an_event_that_fails_says_why() {
    let format =
        compile(&FormatText { parser: ("parser.yml".to_owned(), read("tests/planted/failing.yml")), fields: vec![] });
    let mut out = String::new();
    for message in [r#"{"port": "none", "when": "sometime"}"#, "no JSON"] {
        let (event, report) = run(&format, Input::Message(message.as_bytes()));
        let _ = writeln!(out, "{message}\n{event}\n{}", report.status().name());
        report.failure().iter().for_each(|failure| out += &format!("failure: {failure}\n"));
        report.omissions().iter().for_each(|warning| out += &format!("warning: {warning}\n"));
        out.push('\n');
    }
    snapshot("error", "report", &out);
}

fn snapshot(folder: &str, name: &str, content: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("../snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, content));
}

/// Runs one record for its event, indented, and its report.
fn run(format: &Format, input: Input<'_>) -> (String, Report) {
    let mut out = Vec::new();
    let record = Record { input, now: NOW, event_id: None };
    let report = plan(format).run(&mut Scratch::default(), &record, &mut out).clone();
    let event: serde_json::Value = serde_json::from_slice(&out).expect("an event is JSON");
    (serde_json::to_string_pretty(&event).expect("JSON"), report)
}

fn plan(format: &Format) -> &Plan {
    format.plan.as_ref().unwrap_or_else(|| panic!("{:?}", format.findings))
}

fn from_folder(folder: &str) -> Format {
    let file = |name: &str| (name.to_owned(), read(&format!("{folder}/{name}")));
    compile(&FormatText { parser: file("ingest/parser.yml"), fields: vec![file("_meta/fields.yml")] })
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}
