//! What `weir check` claims of a spec holds when it runs: without what a finding calls needless, all events are the same.
//!
//! A finding says what could be taken out. Here it is taken out, for each finding of the project's formats and of a
//! repository of formats beside it, and all recorded inputs run with and without it.

#![allow(clippy::panic, reason = "a test fails by it")]
#![allow(clippy::print_stderr, reason = "a test that read nothing must say so")]

mod repository;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostic, Diagnostics, SourceId, Span};
use weir::{Format, FormatText, Input, Plan, Record, Scratch, compile, spec};

/// A field that nothing declares and nothing reads: what it is set to does not come out, but for an empty `claims`.
const NOWHERE: &str = "claims.nowhere";

#[test]
fn what_own_formats_are_told_is_needless_changes_no_event() {
    check_below("specs");
}

#[test]
fn what_public_formats_are_told_is_needless_changes_no_event() {
    let Some(folder) = repository::public() else { return };
    let (claims, events) = check_below(folder);
    eprintln!("{claims} claims held against {events} events");
    assert!(claims > 10 && events > 0, "only {claims} claims were found, and {events} events");
}

/// A format of the kind that findings are about, with records for which a claim that looks right is wrong.
#[test]
fn no_claim_is_made_that_a_record_disproves() {
    const CASES: [(&str, &str); 8] = [
        // What a constant sets is looked at as it is written, blanks and all.
        ("ignored_values: ['-']", "event.action: first}\n      - set: {event.action: '-'"),
        ("ignored_values: ['-']", "event.action: first}\n      - set: {event.action: 'None'"),
        ("ignored_values: ['-']", "event.action: first}\n      - set: {event.action: ''"),
        ("ignored_values: ['-']", "event.action: first}\n      - set: {event.action: '{# nothing #}'"),
        // A value that its type refuses leaves the one before.
        ("name: a", "source.ip: 192.0.2.1}\n      - set: {source.ip: unknown"),
        // What a template reads changes in between.
        (
            "name: a",
            "event.action: '{{ final.event.code }}'}\n      - set: {event.code: '1'}\n      - set: {event.action: '{{ final.event.code }}'",
        ),
        (
            "name: a",
            "event.code: '7'}\n      - set: {event.action: first}\n        filter: \"{{ json.message.a }}\"\n      - set: {event.action: '{{ json.message.b }}'",
        ),
        ("name: a", "event.action: first}\n      - set: {event.action: ['{{ json.message.b.c.d }}']"),
    ];
    for (top, sets) in CASES {
        let parser = format!(
            "{top}\npipeline:\n  - name: json\n    external: {{name: json.parse-json, properties: {{input_field: original.message}}}}\n  - name: stage\nstages:\n  stage:\n    actions:\n      - set: {{{sets}}}\n"
        );
        let text = FormatText { parser: ("parser.yml".to_owned(), parser), fields: Vec::new() };
        let format = compile(&text);
        let records = [r#"{"a": 1}"#, r#"{"a": 1, "b": "x"}"#, "{}"].map(str::as_bytes);
        let inputs: Vec<Input<'_>> = records.into_iter().map(Input::Message).collect();
        let events = events(&format, &inputs);
        needless(&format).into_iter().for_each(|claim| claim.check(&text, &inputs, &events, Path::new(sets)));
    }
}

/// The claims about all formats below a folder, held against their recorded inputs; how many claims and events there were.
fn check_below(folder: &str) -> (usize, usize) {
    let (mut claims, mut ran) = (0, 0);
    let parsers = repository::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    for parser in parsers.iter().filter(|path| path.ends_with("ingest/parser.yml")) {
        let Some(root) = parser.ancestors().nth(2) else { continue };
        let Some(text) = text_of(root) else { continue };
        let format = compile(&text);
        let needless = needless(&format);
        if needless.is_empty() {
            continue;
        }
        let recorded: Vec<String> = repository::files(&root.join("tests")).into_iter().filter_map(input).collect();
        let inputs: Vec<Input<'_>> = recorded.iter().map(|input| Input::Event(input.as_bytes())).collect();
        let events = events(&format, &inputs);
        (claims, ran) = (claims + needless.len(), ran + needless.len() * events.len());
        needless.into_iter().for_each(|claim| claim.check(&text, &inputs, &events, root));
    }
    (claims, ran)
}

fn text_of(root: &Path) -> Option<FormatText> {
    let file = |path: PathBuf| Some((path.display().to_string(), fs::read_to_string(path).ok()?));
    let fields = [root.join("../_meta/fields.yml"), root.join("_meta/fields.yml")].into_iter().filter_map(file);
    Some(FormatText { parser: file(root.join("ingest/parser.yml"))?, fields: fields.collect() })
}

fn input(path: PathBuf) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(spec::read_test(&text, SourceId(0), &mut Diagnostics::new())?.input.to_owned())
}

fn events(format: &Format, inputs: &[Input<'_>]) -> Vec<Value> {
    let run = |plan: &Plan| {
        let mut scratch = Scratch::default();
        let event = |input: &Input<'_>| {
            let mut out = Vec::new();
            plan.run(&mut scratch, &Record { input: *input, now: 1_767_225_600, event_id: None }, &mut out);
            let mut event: Value = serde_json::from_slice(&out).unwrap_or_default();
            event.as_object_mut().and_then(|event| event.remove("claims"));
            event
        };
        inputs.iter().map(event).collect()
    };
    format.plan.as_ref().map(run).unwrap_or_default()
}

/// What a finding says can be changed without a change of any event.
struct Claim {
    code: &'static str,
    span: Span,
    instead: &'static str,
}

fn needless(format: &Format) -> Vec<Claim> {
    let claim = |finding: &Diagnostic| {
        let instead = match finding.code.0 {
            "overwritten" | "set-twice" if finding.title.matches('`').count() == 2 => NOWHERE,
            "unreachable-branch" => "false",
            "never-true" if is_within_template(format, finding.span()) => "false",
            "always-true" if is_within_template(format, finding.span()) => "true",
            _ => return None,
        };
        Some(Claim { code: finding.code.0, span: finding.span(), instead })
    };
    format.findings.iter().filter_map(claim).collect()
}

/// Whether a place is a part of a template, and not the whole of a value.
fn is_within_template(format: &Format, span: Span) -> bool {
    let source = format.sources.get(span.source);
    let text = source.and_then(|source| source.text.get(span.start as usize..span.end as usize));
    text.is_some_and(|text| !text.contains("{{") && !text.contains("{%") && !text.contains('\n'))
}

impl Claim {
    fn check(&self, text: &FormatText, inputs: &[Input<'_>], events: &[Value], root: &Path) {
        let mut changed = text.clone();
        let parser = &mut changed.parser.1;
        let place = self.span.start as usize..self.span.end as usize;
        let was = parser.get(place.clone()).unwrap_or_default().to_owned();
        parser.replace_range(place, self.instead);
        let mut found = self::events(&compile(&changed), inputs);
        for event in found.iter_mut().filter_map(Value::as_object_mut) {
            event.remove("claims");
        }
        assert_eq!(events.len(), found.len());
        for ((event, found), input) in events.iter().zip(&found).zip(inputs) {
            if event != found {
                let input = String::from_utf8_lossy(input.bytes());
                panic!("{}: {} of `{was}`\n{input}\nwith {event}\nwithout {found}", root.display(), self.code);
            }
        }
    }
}
