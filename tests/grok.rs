//! Grok: the language in `tests/extractors/grok.toml`, each customary pattern in `tests/extractors/grok_library.toml`, and
//! that none is missing in `tests/extractors/grok_names.tsv`.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use weir::diagnostic::{Diagnostics, SourceId, Span};
use weir::extract::{CompiledExtractor, Extractor, Properties, ResultSink, expanded_grok, find};
use weir::json::{self, KeyOrder, Projection};
use weir::value::{Arena, Constant, ConstantKind, Fault, Value};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    pattern: String,
    #[serde(default)]
    custom: BTreeMap<String, String>,
    input: Option<String>,
    result: Option<String>,
    fault: Option<String>,
    #[serde(default)]
    findings: Vec<String>,
}

#[test]
fn the_language() {
    let cases: Cases = toml::from_str(include_str!("extractors/grok.toml")).expect("cases");
    let wrong: Vec<String> =
        cases.case.iter().filter_map(|case| Some(format!("{}: {}", case.name, failure(case)?))).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.case.len(), wrong.join("\n"));
}

#[test]
fn a_pattern_is_written_out_with_the_names_of_its_groups() {
    let custom = [("CODE", "%{DIGITS:digits}-[A-Z]"), ("DIGITS", "[0-9]+")];
    let (pattern, names) = expanded_grok("^%{CODE}(?: (?P<rest>.*))?$", &custom).expect("it compiles");
    assert_eq!(pattern, "^(([0-9]+)-[A-Z])(?: (.*))?$");
    assert_eq!(names, ["CODE", "digits", "rest"].map(|name| Some(name.to_owned())));
    assert_eq!(expanded_grok("%{NOWHERE}", &custom), None);
}

fn failure(case: &Case) -> Option<String> {
    let (compiled, findings) = grok(&case.pattern, &case.custom);
    let differs = findings.len() != case.findings.len()
        || findings.iter().zip(&case.findings).any(|(found, expected)| !found.starts_with(expected.as_str()));
    if differs {
        return Some(format!("findings {findings:?}"));
    }
    let Some(input) = &case.input else { return compiled.is_some().then(|| "compiles".to_owned()) };
    let Some(compiled) = compiled else { return Some("does not compile".to_owned()) };
    match (run(&*compiled.function, input, &Projection::WHOLE), &case.result, &case.fault) {
        (Ok(found), Some(expected), _) => {
            let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
            (parse(&found) != parse(expected)).then_some(found)
        }
        (Err(fault), _, Some(expected)) => (fault.code().name() != expected).then(|| fault.to_string()),
        (Ok(found), ..) => Some(found),
        (Err(fault), ..) => Some(fault.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Examples {
    matches: Vec<String>,
    refuses: Vec<String>,
    /// What is captured from the first match, as JSON; what is null and the pattern's own name are left out.
    captures: Option<String>,
}

/// The files of the library.
const LIBRARY: &[&str] = &[
    include_str!("../src/extract/grok/library/plain.txt"),
    include_str!("../src/extract/grok/library/systems.txt"),
    include_str!("../src/extract/grok/library/services.txt"),
    include_str!("../src/extract/grok/library/web.txt"),
    include_str!("../src/extract/grok/library/firewalls.txt"),
    include_str!("../src/extract/grok/library/common_schema.txt"),
];

#[test]
fn each_customary_pattern_matches_what_it_names_and_refuses_what_it_does_not() {
    let examples: BTreeMap<String, Examples> =
        toml::from_str(include_str!("extractors/grok_library.toml")).expect("examples");
    let mut wrong = Vec::new();
    for (name, examples) in &examples {
        let (compiled, findings) = grok(&format!("%{{{name}}}"), &BTreeMap::new());
        let Some(compiled) = compiled else {
            wrong.push(format!("{name}: {findings:?}"));
            continue;
        };
        if examples.matches.is_empty() {
            wrong.push(format!("{name}: no example that matches"));
        }
        let inputs = examples.matches.iter().map(|text| (text, true));
        for (input, expected) in inputs.chain(examples.refuses.iter().map(|text| (text, false))) {
            if run(&*compiled.function, input, &Projection::WHOLE).is_ok() != expected {
                wrong.push(format!("{name}: {input:?} should {}match", if expected { "" } else { "not " }));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known: BTreeSet<&str> = LIBRARY.iter().flat_map(|text| text.lines()).filter_map(defined).collect();
    let shown: BTreeSet<&str> = examples.keys().map(String::as_str).collect();
    assert_eq!(known, shown, "each pattern of the library has examples");
}

/// The name that a line of the library defines.
fn defined(line: &str) -> Option<&str> {
    (!line.starts_with(['#', ' '])).then(|| Some(line.split_once(' ')?.0))?
}

#[test]
fn a_customary_pattern_captures_what_it_is_known_for() {
    let examples: BTreeMap<String, Examples> =
        toml::from_str(include_str!("extractors/grok_library.toml")).expect("examples");
    let mut wrong = Vec::new();
    for (name, examples) in &examples {
        let mut found = captured(name, &examples.matches[0]);
        let expected = examples.captures.as_deref().unwrap_or("{}");
        drop_nulls(&mut found);
        if found != serde_json::from_str::<serde_json::Value>(expected).expect("JSON") {
            wrong.push(format!("{name}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_customary_name_is_missing_and_none_captures_under_other_names() {
    let examples: BTreeMap<String, Examples> =
        toml::from_str(include_str!("extractors/grok_library.toml")).expect("examples");
    let mut wrong = Vec::new();
    for line in include_str!("extractors/grok_names.tsv").lines().filter(|line| !line.starts_with('#')) {
        let (name, keys) = line.split_once('\t').unwrap_or((line, ""));
        let Some(text) = examples.get(name).and_then(|examples| examples.matches.first()) else {
            wrong.push(format!("{name} is missing"));
            continue;
        };
        let expected: BTreeSet<String> = keys.split_whitespace().map(path).collect();
        let mut found = BTreeSet::new();
        leaves(&captured(name, text), String::new(), &mut found);
        if found != expected {
            wrong.push(format!("{name}: {:?}", found.symmetric_difference(&expected).collect::<Vec<_>>()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a pattern captures, beside itself.
fn captured(name: &str, text: &str) -> serde_json::Value {
    let (compiled, _) = grok(&format!("%{{{name}}}"), &BTreeMap::new());
    let result = run(&*compiled.expect("compiles").function, text, &Projection::WHOLE).expect("matches");
    let mut result: serde_json::Value = serde_json::from_str(&result).expect("JSON");
    result.as_object_mut().expect("a dict").remove(name);
    result
}

fn drop_nulls(value: &mut serde_json::Value) {
    let Some(map) = value.as_object_mut() else { return };
    map.values_mut().for_each(drop_nulls);
    map.retain(|_, value| !value.is_null());
}

/// The paths to what is no dict.
fn leaves(value: &serde_json::Value, at: String, found: &mut BTreeSet<String>) {
    match value.as_object() {
        Some(map) => map.iter().for_each(|(key, value)| leaves(value, format!("{at}/{key}"), found)),
        None => drop(found.insert(at)),
    }
}

/// The path that a key names: `a` or `[a][b]`.
fn path(key: &str) -> String {
    key.split(['[', ']']).filter(|part| !part.is_empty()).map(|part| format!("/{part}")).collect()
}

#[test]
fn findings_lie_inside_the_scalar() {
    let pattern = "%{WORD:a} %{NUMBR:b}";
    // As in a source: the scalar in quotes after ten bytes.
    let span = Span::new(SourceId(0), 10, 12 + pattern.len() as u32);
    let entries = [(text("pattern"), Constant { span, ..text(pattern) })];
    let mut findings = Diagnostics::new();
    let entry = find("grok.match").expect("the extractor is there");
    assert!((entry.compile)(&Properties { span, entries: &entries }, &mut findings).is_none());
    let place = findings.iter().next().expect("a finding").span();
    assert_eq!((place.start, place.end), (21, 31));
}

#[test]
fn only_what_is_wanted_is_made() {
    let compiled = grok("%{WORD:a} %{WORD:b.c} %{WORD:b.d}", &BTreeMap::new()).0.expect("compiles");
    let mut wanted = Projection::nothing();
    wanted.add(["b", "d"]);
    let compiled = compiled.function.narrowed(&wanted).expect("only some of it is read");
    let found = run(&*compiled, "x y z", &wanted).expect("matches");
    assert_eq!(found, r#"{"b":{"d":"z"}}"#);
}

#[test]
fn what_is_inside_a_customary_pattern_is_made_where_it_is_wanted() {
    let custom = BTreeMap::from([("CODE".to_owned(), "(?P<q>')?%{INT:n}(?P=q)?".to_owned())]);
    for (pattern, input, path, expected) in [
        ("%{TIME} %{IP:a}", "12:34:56 192.0.2.7", "MINUTE", r#"{"MINUTE":"34"}"#),
        ("%{TIME} %{IP:a}", "12:34:56 192.0.2.7", "a", r#"{"a":"192.0.2.7"}"#),
        ("%{NUMBER} %{NUMBER:b}", "1.5 -2", "NUMBER", r#"{"NUMBER":"1.5"}"#),
        ("%{NUMBER} %{NUMBER:b}", "1.5 -2", "c", "{}"),
        ("%{CODE}|%{WORD}", "'7'", "n", r#"{"n":"7"}"#),
        ("%{CODE}|%{WORD}", "x", "WORD", r#"{"WORD":"x"}"#),
        ("(?:%{CODE}|%{WORD})", "'7'", "CODE", r#"{"CODE":"'7'"}"#),
    ] {
        let (compiled, findings) = grok(pattern, &custom);
        let compiled = compiled.unwrap_or_else(|| unreachable!("{pattern}: {findings:?}"));
        let mut wanted = Projection::nothing();
        wanted.add([path]);
        let compiled = compiled.function.narrowed(&wanted).expect("only some of it is read");
        assert_eq!(run(&*compiled, input, &wanted).expect("matches"), expected, "{pattern} for {path}");
    }
}

#[test]
fn a_key_chooses_the_pattern() {
    let patterns =
        [(Constant { kind: ConstantKind::Int(7), ..text("") }, text("seven %{INT:n}")), (text("x"), text("%{WORD:w}"))];
    let patterns = Constant { kind: ConstantKind::Map(patterns.to_vec()), ..text("") };
    let entries = [(text("pattern_key"), text("{{ original.key }}")), (text("patterns"), patterns)];
    let entry = find("grok.case_match").expect("the extractor is there");
    let properties = Properties { span: Span::default(), entries: &entries };
    let compiled = (entry.compile)(&properties, &mut Diagnostics::new()).expect("compiles");
    assert_eq!(compiled.templates.len(), 1);
    let arena = Arena::default();
    let order = KeyOrder::default();
    let read = |key, input| {
        let sink = ResultSink { properties: &[key], ..ResultSink::new(&arena, &order) };
        shown(compiled.function.extract(Value::Text(input), &sink))
    };
    assert_eq!(read(Value::Text("7"), "seven 8").expect("matches"), r#"{"n":"8"}"#);
    assert_eq!(read(Value::Int(7), "seven 8").expect("matches"), r#"{"n":"8"}"#);
    assert_eq!(read(Value::Text("x"), "y").expect("matches"), r#"{"w":"y"}"#);
    assert!(read(Value::Text("y"), "y").is_err());
    assert!(read(Value::Undefined, "y").is_err());
}

#[test]
fn patterns_that_look_exponential_take_no_time() {
    let patterns = [
        "(%{WORD:a}|%{DATA:b}|%{IP:c})*!",
        "(a*)*(a*)*(a*)*b%{INT:n}",
        "%{GREEDYDATA}%{NUMBER:n}%{GREEDYDATA}%{IPV4:i}x",
    ];
    let inputs = ["a".repeat(60_000), "1.2.3.4 ".repeat(8_000), "a 1 ".repeat(15_000)];
    for pattern in patterns {
        let (compiled, _) = grok(pattern, &BTreeMap::new());
        let compiled = compiled.expect("compiles");
        for input in &inputs {
            let start = Instant::now();
            assert!(run(&*compiled.function, input, &Projection::WHOLE).is_err());
            assert!(start.elapsed() < Duration::from_secs(5), "{pattern} took {:?}", start.elapsed());
        }
    }
}

fn grok(pattern: &str, custom: &BTreeMap<String, String>) -> (Option<CompiledExtractor>, Vec<String>) {
    let custom = custom.iter().map(|(name, pattern)| (text(name), text(pattern))).collect();
    let custom = Constant { kind: ConstantKind::Map(custom), ..text("") };
    let entries = [(text("pattern"), text(pattern)), (text("custom_patterns"), custom)];
    let mut findings = Diagnostics::new();
    let entry = find("grok.match").expect("the extractor is there");
    let compiled = (entry.compile)(&Properties { span: Span::default(), entries: &entries }, &mut findings);
    let line = |finding: &weir::diagnostic::Diagnostic| match &finding.help {
        Some(help) => format!("{}: {} ({help})", finding.code, finding.title),
        None => format!("{}: {}", finding.code, finding.title),
    };
    (compiled, findings.iter().map(line).collect())
}

fn run(extractor: &dyn Extractor, input: &str, wanted: &Projection) -> Result<String, Fault> {
    let arena = Arena::default();
    let input = Value::Text(arena.text(input).expect("room for a text"));
    shown(extractor.extract(input, &ResultSink { wanted, ..ResultSink::new(&arena, &KeyOrder::default()) }))
}

fn shown(result: Result<Value<'_>, Fault>) -> Result<String, Fault> {
    let mut out = Vec::new();
    json::write(&mut out, result?)?;
    Ok(String::from_utf8(out).expect("JSON is UTF-8"))
}

fn text(text: &str) -> Constant {
    Constant { span: Span::default(), kind: ConstantKind::Text(text.into()) }
}
