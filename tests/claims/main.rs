//! What `weir check` claims of a spec holds when it runs.
//!
//! A finding says what could be written otherwise, or what a value is. Here the text is changed so, for each finding of the
//! project's formats, of a repository of formats beside it, of the planted mistakes and of generated specs; all records run with
//! and without the change, and give the same events. `table.rs` has the change for each kind of finding.

#![allow(clippy::panic, reason = "a test fails by it")]
#![allow(clippy::print_stderr, reason = "a test that read nothing must say so")]

mod conditions;
mod edits;
mod generate;
mod records;
#[path = "../repository/mod.rs"]
mod repository;
mod run;
mod table;
mod values;

use edits::Subject;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRng, TestRunner};
use run::{Claim, Run};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostic, Diagnostics, SourceId};
use weir::{Format, FormatText, Input, compile, extract, lint, plan, spec};

/// How many claims of each code were tried.
type Counts = BTreeMap<&'static str, usize>;

#[test]
fn every_kind_of_finding_is_tried_or_has_a_reason_why_not() {
    let rooms = [lint::findings::KINDS, plan::findings::KINDS, extract::findings::KINDS];
    let kinds = rooms.into_iter().flatten();
    // Where an extractor has an error, its entry does not run.
    let kinds =
        kinds.filter(|kind| !extract::findings::KINDS.iter().any(|other| other.code == kind.code && is_error(kind)));
    let declared: BTreeSet<&str> = kinds.map(|kind| kind.code).chain(["unused-stage"]).collect();
    let tried = table::TRIED.iter().map(|(code, ..)| *code);
    let known: Vec<&str> = tried.chain(table::NOT_TRIED.iter().flat_map(|(_, codes)| codes.iter().copied())).collect();
    assert_eq!(known.iter().copied().collect::<BTreeSet<&str>>(), declared);
    assert_eq!(known.len(), declared.len(), "a code stands in one table");
}

fn is_error(kind: &weir::diagnostic::Kind) -> bool {
    kind.severity == weir::diagnostic::Severity::Error
}

#[test]
fn what_is_claimed_of_own_formats_holds() {
    check_below("specs");
}

#[test]
fn what_is_claimed_of_public_formats_holds() {
    let Some(folder) = repository::public() else { return };
    let counts = check_below(folder);
    eprintln!("public formats: {}", shown(&counts));
    assert!(counts.values().sum::<usize>() > 100, "few claims were found: {}", shown(&counts));
}

/// The planted mistakes are of each kind; the records are generated.
#[test]
fn what_is_claimed_of_planted_mistakes_holds() {
    let mut counts = Counts::new();
    let records: Vec<String> =
        (0..120_u16).map(|seed| records::planted_record(&mut generate::Choices::seeded(seed))).collect();
    let inputs: Vec<Input<'_>> = records.iter().map(|record| Input::Event(record.as_bytes())).collect();
    for path in repository::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors/formats")) {
        let parser = (path.display().to_string(), fs::read_to_string(&path).expect("a spec"));
        let text = FormatText { parser, fields: Vec::new() };
        check(&text, &compile(&text), &inputs, &mut counts).unwrap_or_else(|disproof| panic!("{disproof}"));
    }
    eprintln!("planted mistakes: {}", shown(&counts));
    let untried: Vec<&str> =
        table::TRIED.iter().map(|(code, ..)| *code).filter(|code| !counts.contains_key(code)).collect();
    assert_eq!(untried, ["unused-stage"], "each kind but this is planted there");
}

/// Random specs whose names, values and conditions are few, so that findings are many.
#[test]
fn what_is_claimed_of_generated_specs_holds() {
    let (counts, specs) = (RefCell::new(Counts::new()), RefCell::new(0));
    let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 1000, ..Config::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let checked = TestRunner::new_with_rng(config, rng).run(&generate::choices(), |choices| {
        let (text, records) = generate::format(&choices);
        let inputs: Vec<Input<'_>> = records.iter().map(|record| Input::Event(record.as_bytes())).collect();
        let format = compile(&text);
        *specs.borrow_mut() += usize::from(format.plan.is_some());
        check(&text, &format, &inputs, &mut counts.borrow_mut()).map_err(TestCaseError::fail)
    });
    let counts = counts.into_inner();
    eprintln!("{} generated specs: {}", specs.into_inner(), shown(&counts));
    match checked {
        Err(TestError::Fail(disproof, _)) => panic!("{disproof}"),
        checked => checked.expect("no spec is refused"),
    }
    for (code, floor) in FLOORS {
        let count = counts.get(code).copied().unwrap_or_default();
        assert!(count >= *floor, "{code}: only {count} claims were tried, of {floor}");
    }
}

/// How many specs are generated.
const CASES: u32 = 700;

/// The least claims of each code that generated specs must have.
const FLOORS: &[(&str, usize)] = &[
    ("always-true", 169),
    ("covered-alternative", 41),
    ("emptied-variable", 107),
    ("field-depth", 186),
    ("index-in-path", 12),
    ("invalid-regex", 6),
    ("loop-alone", 7),
    ("lost-variable", 103),
    ("never-equal", 532),
    ("never-true", 153),
    ("not-callable", 13),
    ("null-as-text", 41),
    ("overwritten", 15),
    ("owned-field", 195),
    ("partly-safe", 105),
    ("read-too-early", 234),
    ("repeated-condition", 145),
    ("repeated-key", 45),
    ("reserved-name", 23),
    ("set-twice", 17),
    ("template-syntax", 7),
    ("uncastable-value", 258),
    ("unknown-field", 212),
    ("unknown-filter", 7),
    ("unknown-function", 7),
    ("unknown-key-of-result", 14),
    ("unknown-method", 14),
    ("unknown-name", 2134),
    ("unknown-of-loop", 4),
    ("unknown-output", 210),
    ("unknown-property", 83),
    ("unknown-test", 8),
    ("unknown-timezone", 17),
    ("unreachable-branch", 201),
    ("unreachable-key", 190),
    ("unread-result", 121),
    ("unread-variable", 71),
    ("unused-pattern", 20),
    ("unused-stage", 420),
    ("wrong-arguments", 3),
];

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
        check(&text, &format, &inputs, &mut Counts::new()).unwrap_or_else(|disproof| panic!("{disproof}"));
    }
}

/// The claims about all formats below a folder, held against their recorded inputs.
fn check_below(folder: &str) -> Counts {
    let mut counts = Counts::new();
    let parsers = repository::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    for parser in parsers.iter().filter(|path| path.ends_with("ingest/parser.yml")) {
        let Some(root) = parser.ancestors().nth(2) else { continue };
        let Some(text) = text_of(root) else { continue };
        let format = compile(&text);
        if claims(&format).is_empty() {
            continue;
        }
        let recorded: Vec<String> = repository::files(&root.join("tests")).into_iter().filter_map(input).collect();
        let inputs: Vec<Input<'_>> = recorded.iter().map(|input| Input::Event(input.as_bytes())).collect();
        check(&text, &format, &inputs, &mut counts).unwrap_or_else(|disproof| panic!("{disproof}"));
    }
    counts
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

/// Tries all claims about a format; what disproves one.
fn check(text: &FormatText, format: &Format, inputs: &[Input<'_>], counts: &mut Counts) -> Result<(), String> {
    let claims = claims(format);
    if claims.is_empty() || inputs.is_empty() || format.plan.is_none() {
        return Ok(());
    }
    claims.iter().for_each(|(finding, _)| *counts.entry(finding.code.0).or_default() += 1);
    Run::new(text, format, inputs).disproof(&claims).map_or(Ok(()), Err)
}

/// The findings of a format with what each claims.
fn claims(format: &Format) -> Vec<(&Diagnostic, Claim)> {
    let claim = |finding| table::of(finding)?(Subject { format, finding }).map(|claim| (finding, claim));
    format.findings.iter().filter_map(claim).collect()
}

fn shown(counts: &Counts) -> String {
    let mut out = format!("{} claims", counts.values().sum::<usize>());
    counts.iter().for_each(|(code, count)| _ = write!(out, "\n  {code} {count}"));
    out
}
