//! What the workbench says of texts alone: claims in `claims/*.toml`, one table for each module.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use weir::run::Coverage;
use weir::{Format, FormatText, Input, Record, Scratch};
use weir_author::coverage::{self, Covered, Summary};
use weir_author::diff::Comparison;
use weir_author::explain::Explained;
use weir_author::gaps::Gaps;
use weir_author::pairs::{self, NOW, Runner};
use weir_author::styled::{Style, StyledText};
use weir_author::{Finding, FormatFolder, ModuleFolder, NamedText, check};

fn table<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/claims").join(name);
    toml::from_str(&fs::read_to_string(path).expect("a table")).expect("claims")
}

fn format(parser: &str, fields: &str) -> Format {
    let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    weir::compile(&FormatText { parser: text("parser.yml", parser), fields: vec![text("fields.yml", fields)] })
}

fn message(message: &str) -> Record<'_> {
    Record { input: Input::Message(message.as_bytes()), now: NOW, event_id: None }
}

/// Texts by the name that they have in a folder.
type Texts = BTreeMap<String, String>;

#[derive(Deserialize)]
struct Checked {
    claim: String,
    #[serde(default)]
    module: Texts,
    #[serde(default)]
    format: Texts,
    findings: Vec<String>,
}

#[test]
fn a_check_finds_what_texts_have_wrong() {
    let cases: BTreeMap<String, Vec<Checked>> = table("check.toml");
    for Checked { claim, module, format, findings } in &cases["case"] {
        let checked = check::format(&folder(format, module));
        let found = if module.is_empty() { checked } else { check::module(&shared(module), &checked.written) };
        let found: Vec<String> = found.findings().map(|finding| in_one_line(&finding)).collect();
        assert_eq!(found, *findings, "{claim}");
    }
}

fn named(texts: &Texts, name: &str) -> Option<NamedText> {
    texts.get(name).map(|text| (name.to_owned(), text.clone()))
}

fn folder(texts: &Texts, module: &Texts) -> FormatFolder {
    FormatFolder {
        parser: named(texts, "parser.yml").unwrap_or_default(),
        module_fields: named(module, "fields.yml"),
        fields: named(texts, "fields.yml"),
        manifest: named(texts, "manifest.yml"),
        descriptions: named(texts, "descriptions.json"),
        contract: named(texts, "dataset.yml"),
        pairs: named(texts, "pair.json").into_iter().collect(),
    }
}

fn shared(texts: &Texts) -> ModuleFolder {
    ModuleFolder {
        manifest: named(texts, "manifest.yml"),
        routing: named(texts, "routing.yml"),
        fields: named(texts, "fields.yml"),
        contracts: named(texts, "dataset.yml").into_iter().collect(),
    }
}

fn in_one_line(finding: &Finding<'_>) -> String {
    let Finding { file, line, column, severity, code, .. } = finding;
    format!("{file}:{line}:{column} {severity} {code}")
}

#[derive(Deserialize)]
struct Pairs {
    parser: String,
    case: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    claim: String,
    pair: String,
    passed: bool,
    #[serde(default)]
    differences: Vec<String>,
    error: Option<String>,
    accepted: Option<String>,
}

#[test]
fn a_pair_passes_differs_or_is_accepted() {
    let Pairs { parser, case } = table("pairs.toml");
    let format = format(&parser, "");
    let plan = format.plan.as_ref().expect("it compiles");
    for Pair { claim, pair, passed, differences, error, accepted } in &case {
        let ran = pairs::run(plan, "pair.json", pair);
        assert_eq!(ran.result.passed, *passed, "{claim}");
        assert_eq!(ran.result.error, *error, "{claim}");
        let fields: Vec<&String> = ran.result.differences.iter().map(|difference| &difference.field).collect();
        assert_eq!(fields, differences.iter().collect::<Vec<_>>(), "{claim}");
        let mut runner = Runner { plan, now: NOW, scratch: &mut Scratch::default(), coverage: None };
        let (result, text) = runner.record("pair.json", pair);
        assert_eq!((&text, result.accepted), (accepted, accepted.is_some()), "{claim}");
        if let Some(text) = text {
            assert!(pairs::run(plan, "pair.json", &text).result.passed, "{claim}: what was accepted passes");
            assert_eq!(pairs::input(&text).is_some(), pairs::input(pair).is_some(), "{claim}");
        }
    }
}

#[test]
fn what_is_no_pair_is_not_recorded() {
    for text in ["", "[]", "{\"input\": 1}", "{\"input\": {}, \"expected\": {}"] {
        assert!(pairs::accept(text, b"{}").is_err(), "{text}");
        assert_eq!(pairs::input(text), None, "{text}");
    }
    assert!(pairs::accept("{\"input\": {}}", b"not JSON").is_err());
}

#[derive(Deserialize)]
struct Explanations {
    parser: String,
    case: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    claim: String,
    message: String,
    field: Option<String>,
    text: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    bad: Vec<String>,
    #[serde(default)]
    places: Vec<String>,
    #[serde(default)]
    unknown: bool,
}

#[test]
fn an_explanation_is_text_with_styles_and_places() {
    let Explanations { parser, case } = table("explain.toml");
    let format = format(&parser, "");
    for Question { claim, message: text, field, text: expected, names, bad, places, unknown } in &case {
        let explained = Explained::of(&format, &message(text)).expect("it runs");
        let (told, is_known) = match field {
            Some(field) => (explained.field(field).text, explained.field(field).is_known),
            None => (explained.steps(), true),
        };
        assert_eq!(told.to_string(), expected.as_str(), "{claim}");
        assert_eq!(is_known, !unknown, "{claim}");
        assert_eq!(in_style(&told, Style::Name), *names, "{claim}");
        assert_eq!(in_style(&told, Style::Bad), *bad, "{claim}");
        let spans = told.pieces.iter().filter_map(|piece| piece.span);
        let spans = spans
            .map(|span| &format.sources.get(span.source).expect("a text").text[span.start as usize..span.end as usize]);
        let first_lines: Vec<&str> = spans.map(|text| text.lines().next().unwrap_or_default()).collect();
        assert_eq!(first_lines, *places, "{claim}");
    }
}

fn in_style(text: &StyledText, style: Style) -> Vec<&str> {
    text.pieces.iter().filter(|piece| piece.style == style).map(|piece| &*piece.text).collect()
}

#[test]
fn what_does_not_compile_is_not_explained_and_not_compared() {
    let (broken, whole) = (format("", ""), format("name: gate\npipeline: []\nstages: {}\n", ""));
    assert!(Explained::of(&broken, &message("a")).is_err());
    assert!(Explained::of(&whole, &message("a")).is_ok());
    assert!(Comparison::new(&broken, &whole, NOW).is_err());
    assert!(Comparison::new(&whole, &broken, NOW).is_err());
}

#[derive(Deserialize)]
struct Coverages {
    parser: String,
    messages: Vec<String>,
    taken: usize,
    total: usize,
    missed: Vec<String>,
    lcov: String,
}

#[test]
fn a_coverage_counts_what_messages_take() {
    let Coverages { parser, messages, taken, total, missed, lcov } = table("coverage.toml");
    let format = format(&parser, "");
    let plan = format.plan.as_ref().expect("it compiles");
    let (mut coverage, mut scratch) = (Coverage::new(plan), Scratch::default());
    for text in &messages {
        plan.cover(&mut scratch, &message(text), &mut Vec::new(), &mut coverage);
    }
    let summary = Summary::of(&coverage);
    assert_eq!((summary.taken, summary.total), (taken, total));
    assert_eq!(coverage::share(&coverage), taken as f64 / total as f64);
    let found: Vec<String> =
        summary.missed.iter().map(|point| format!("{} {}", point.kind.name(), point.text)).collect();
    assert_eq!(found, missed);
    let all = [Covered { format: "gate".to_owned(), sources: format.sources, coverage }];
    assert_eq!(coverage::lcov(&all), lcov);
    let table = coverage::table(&all).to_string();
    assert!(table.starts_with(&format!("coverage of gate: {taken} of {total} ")), "{table}");
    assert!(coverage::cobertura(&all).contains("<class name=\"gate\" filename=\"parser.yml\""));
}

#[derive(Deserialize)]
struct Differences {
    parser: String,
    case: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    claim: String,
    from: String,
    to: String,
    messages: Vec<String>,
    changed: u64,
    #[serde(default)]
    causes: BTreeMap<String, Vec<String>>,
    text: String,
}

#[test]
fn a_change_of_a_format_is_found_in_events_with_its_cause() {
    let Differences { parser, case } = table("diff.toml");
    for Change { claim, from, to, messages, changed, causes, text } in &case {
        assert!(parser.contains(from), "{claim}");
        let (old, new) = (format(&parser, ""), format(&parser.replace(from, to), ""));
        let mut comparison = Comparison::new(&old, &new, NOW).expect("both compile");
        for (number, message) in messages.iter().enumerate() {
            let input = Input::Message(message.as_bytes());
            comparison.record(input, || format!("message {number}")).expect("an event is JSON");
        }
        let changes = comparison.changes();
        assert_eq!((changes.records, changes.changed), (messages.len() as u64, *changed), "{claim}");
        let found = changes.causes.iter().map(|(cause, found)| (cause.clone(), found.fields.keys().cloned().collect()));
        assert_eq!(found.collect::<BTreeMap<String, Vec<String>>>(), *causes, "{claim}");
        assert_eq!(changes.text().to_string(), text.as_str(), "{claim}");
    }
}

#[derive(Deserialize)]
struct Declared {
    claim: String,
    parser: String,
    fields: String,
    missing: Vec<String>,
    unused: Vec<String>,
}

#[test]
fn gaps_are_fields_that_are_set_or_declared_in_vain() {
    let cases: BTreeMap<String, Vec<Declared>> = table("gaps.toml");
    for Declared { claim, parser, fields, missing, unused } in &cases["case"] {
        let format = format(parser, fields);
        let gaps = Gaps::of(format.plan.as_ref().expect("it compiles"));
        assert_eq!((&gaps.missing, &gaps.unused), (missing, unused), "{claim}");
    }
}
