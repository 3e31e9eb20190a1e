//! The extractors do what the tables in `tests/extractors` and their own examples say, and bear hostile input.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use serde::Deserialize;
use std::time::{Duration, Instant};
use weir::diagnostic::{Diagnostics, SourceId, Span};
use weir::extract::{self, CompiledExtractor, Description, Properties, ResultSink};
use weir::json::{self, KeyOrder, Projection};
use weir::spec;
use weir::value::{Arena, ConstantKind, Fault, FaultCode, Value};
use weir::{FormatText, Input as RecordInput, Record, Scratch};

#[derive(Deserialize)]
struct Table {
    extractor: String,
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    claim: String,
    #[serde(default)]
    properties: String,
    /// The paths that are read, keys separated by slashes; all where left out.
    wanted: Option<Vec<String>>,
    /// The input, where it is text.
    input: Option<String>,
    /// The input as JSON, where it is not.
    value: Option<String>,
    /// The result as JSON.
    expected: Option<String>,
    /// The name of the fault.
    fault: Option<String>,
    /// The code of what is found about the properties.
    finding: Option<String>,
    /// What is said of the input to who looks on.
    remarks: Option<Vec<String>>,
}

const TABLES: &[(&str, &str)] = &[
    ("json", include_str!("extractors/json.toml")),
    ("kv", include_str!("extractors/kv.toml")),
    ("dsv", include_str!("extractors/dsv.toml")),
    ("cef", include_str!("extractors/cef.toml")),
    ("leef", include_str!("extractors/leef.toml")),
    ("dict", include_str!("extractors/dict.toml")),
    ("xml", include_str!("extractors/xml.toml")),
    ("windows_event", include_str!("extractors/windows_event.toml")),
];

/// Extractors whose pattern depends on the event, which an example does not have.
const WITHOUT_EXAMPLE: &[&str] = &["grok.case_match"];

/// 2026-01-02T00:00:00Z.
const NOW: i64 = 1_767_312_000;

/// How long an extractor may take for an input of five million bytes in a build without optimisation; a quadratic one
/// would take hours.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn every_row_of_the_tables_holds() {
    let mut wrong = Vec::new();
    for (file, text) in TABLES {
        let table: Table = toml::from_str(text).unwrap_or_else(|error| panic!("{file}.toml: {error}"));
        let entry = extract::find(&table.extractor).expect("an extractor of that name");
        for row in &table.row {
            if let Err(difference) = check(entry, row) {
                wrong.push(format!("{file}: {}\n{difference}", row.claim));
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_example_gives_its_result() {
    let mut wrong = Vec::new();
    for entry in extract::all() {
        let needs_event = WITHOUT_EXAMPLE.contains(&entry.name);
        assert_eq!(entry.examples.is_empty(), needs_event, "{}'s examples", entry.name);
        for example in entry.examples {
            let result =
                compile(entry, example.properties).map_err(|findings| format!("{findings:?}")).and_then(|extractor| {
                    run(&extractor, Input::Text(example.input), &Projection::WHOLE).map_err(|fault| fault.to_string())
                });
            let expected = normal(example.result);
            if result.as_ref() != Ok(&expected) {
                wrong
                    .push(format!("{}: {:?}\n  expected {expected}\n  got      {result:?}", entry.name, example.input));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_name_is_found_in_any_of_its_spellings() {
    let spellings = [
        ("json.parse-json", "json.parse-json"),
        ("json.parse_json", "json.parse-json"),
        ("json.parseJSON", "json.parse-json"),
        ("JSON.ParseJson", "json.parse-json"),
        ("parse-json", "json.parse-json"),
        ("parseKV", "kv.parse-kv"),
        ("kv.parse_kv", "kv.parse-kv"),
        ("xml.parse_windows_event", "xml.parse-windows-event"),
        (" cef.parse-cef ", "cef.parse-cef"),
    ];
    for (written, meant) in spellings {
        assert_eq!(extract::find(written).map(|entry| entry.name), Some(meant), "{written}");
    }
    for unknown in ["parse", "", ".", "json", "json.parse", "jsonparse-json", "kv.parse-json", "json.parse-json.x"] {
        assert!(extract::find(unknown).is_none(), "{unknown}");
    }
}

#[test]
fn without_properties_the_message_is_read_and_the_result_is_a_message() {
    let cases = [
        ("json.parse-json", r#"{"message": "{\"a\": 1}"}"#, "p.message.a", "1"),
        ("kv.parse-kv", r#"{"message": "a=1 b=2", "@timestamp": "a=3"}"#, "p.message.a", "1"),
        ("cef.parse-cef", r#"{"message": "CEF:0|A|W|1|7|n|3|a=1"}"#, "p.message.Severity", "3"),
        ("leef.parse-leef", r#"{"message": "LEEF:1.0|A|W|1|7|a=1"}"#, "p.message.LEEFVersion", "1.0"),
        ("xml.parse-xml", r#"{"message": "<a>1</a>"}"#, "p.message.a", "1"),
        ("xml.parse-windows-event", r#"{"message": "<Event><a b='1'/></Event>"}"#, "p.message.a.b", "1"),
        ("dict.parse", r#"{"message": "{'a': 1}"}"#, "p.message.a", "1"),
        (
            "date.parse",
            r#"{"message": "no date", "@timestamp": "2026-03-04T05:06:07Z"}"#,
            "p.message",
            "2026-03-04T05:06:07.000000Z",
        ),
    ];
    for (extractor, event, read, expected) in cases {
        let parser = format!(
            "name: n\npipeline:\n- {{name: p, external: {{name: {extractor}}}}}\n- name: s\nstages:\n  s:\n    actions:\n    \
             - set: {{event.reason: \"{{{{ {read} }}}}\"}}\n"
        );
        let format = weir::compile(&FormatText { parser: ("parser.yml".to_owned(), parser), fields: Vec::new() });
        let plan = format.plan.unwrap_or_else(|| panic!("{:?}", format.findings));
        let record = Record { input: RecordInput::Event(event.as_bytes()), now: NOW, event_id: Some("id") };
        let mut out = Vec::new();
        plan.run(&mut Scratch::default(), &record, &mut out);
        let out = String::from_utf8(out).expect("an event is UTF-8");
        assert!(out.contains(&format!("\"reason\":\"{expected}\"")), "{extractor}: {out}");
    }
}

#[test]
fn every_entry_says_what_it_is() {
    for entry in extract::all() {
        assert_eq!(extract::find(entry.name).map(|found| found.name), Some(entry.name));
        assert!(entry.summary.ends_with('.'), "{}: {}", entry.name, entry.summary);
        for property in entry.properties {
            assert!(property.summary.ends_with('.'), "{}.{}: {}", entry.name, property.name, property.summary);
        }
    }
    assert_eq!(extract::names().count(), extract::all().count());
}

#[test]
fn a_finding_points_at_the_wrong_property() {
    let entry = extract::find("kv.parse-kv").expect("an extractor of that name");
    let text = "{value_sep: '=', item_sep: 5}";
    let findings = compile(entry, text).expect_err("a number is no separator");
    let span = findings.iter().next().expect("a finding").span();
    assert_eq!(&text[span.start as usize..span.end as usize], "5");
}

#[test]
fn hostile_text_takes_bounded_time_and_never_panics() {
    let size = 5_000_000;
    let blocks = [
        "a",
        " ",
        "=",
        ",",
        "\"",
        "'",
        "\\",
        "|",
        "\n",
        "\t",
        "\0",
        "a=",
        " a=",
        ",a=",
        "a=\"",
        ",a=\"",
        " a=\"",
        "=\\\"",
        " a='b\"",
        "a=b ",
        "a=b,",
        "\"\",",
        "\"a\",",
        ",\"",
        "\"\"",
        "csLabel=x ",
        " c1Label=l1 c1=",
        "é",
        " é=",
        "= \"",
        "=\"x\"",
        "]",
        "[a b=",
        " =a",
        "#011",
        "[",
        "{\"a\":",
        "{'a':",
        "<a>",
        "<a ",
        "<a b='' ",
        "&amp;",
        "&",
        "<",
        "<!--",
        "<![CDATA[",
    ];
    let heads = ["", "CEF:0|a|b|c|d|e|f|", "LEEF:2.0|a|b|c|d|^|", "<a>", "<a ", "\"", "a=\"", "a='"];
    // Each block with each head would take minutes; which head goes with which block makes no difference to the bound.
    for (number, block) in blocks.iter().enumerate() {
        for head in [heads[0], heads[1 + number % (heads.len() - 1)]] {
            let mut text = head.to_owned();
            text.push_str(&block.repeat(size / block.len() / if cfg!(debug_assertions) { 4 } else { 1 }));
            attack(&text, &format!("{head:?} and many {block:?}"));
        }
    }
}

#[test]
fn many_labels_distinct_keys_and_attributes_take_bounded_time() {
    let labels: String = (0..50_000).map(|number| format!("c{number}Label=l{number} c{number}=v ")).collect();
    attack(&format!("CEF:0|a|b|c|d|e|f|{labels}"), "many labels");
    let attributes: String = (0..50_000).map(|number| format!("a{number}='x' ")).collect();
    attack(&format!("<a {attributes}/>"), "many attributes");
    let children: String = (0..50_000).map(|number| format!("<a{number}/>")).collect();
    attack(&format!("<a>{children}</a>"), "many children");
}

#[test]
fn entities_do_not_grow() {
    let mut text = "<!DOCTYPE a [<!ENTITY l0 \"lol\">".to_owned();
    for level in 1..30 {
        text.push_str(&format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10)));
    }
    text.push_str("]><a>&l29;</a>");
    let extractor = compiled("xml.parse-xml", "{}");
    let fault = run(&extractor, Input::Text(&text), &Projection::WHOLE).expect_err("an unknown entity");
    assert_eq!(fault.code(), FaultCode::Parse);
}

/// Runs every extractor on a text; each gives a result or a fault, in time.
fn attack(text: &str, what: &str) {
    const PROPERTIES: &[(&str, &str)] = &[
        ("json.parse-json", "{}"),
        ("kv.parse-kv", "{}"),
        ("kv.parse-kv", "{item_sep: ','}"),
        ("kv.parse-kv", "{item_sep: ' '}"),
        ("kv.parse-kv", r"{item_sep: '\s+'}"),
        ("kv.parse-kv", "{groups: true}"),
        ("kv.parse-kv", "{groups: true, item_sep: ','}"),
        ("kv.parse-kv", "{item_sep: '[,;]', value_sep: '=|:'}"),
        ("dsv.parse-dsv", "{columnnames: [a, b]}"),
        ("cef.parse-cef", "{}"),
        ("leef.parse-leef", "{}"),
        ("dict.parse", "{}"),
        ("xml.parse-xml", "{}"),
        ("xml.parse-windows-event", "{}"),
    ];
    for (name, properties) in PROPERTIES {
        let extractor = compiled(name, properties);
        let arena = Arena::default();
        let started = Instant::now();
        let order = KeyOrder::default();
        let sink = ResultSink { now: NOW, ..ResultSink::new(&arena, &order) };
        let _ = extractor.function.extract(Value::Text(text), &sink);
        let took = started.elapsed();
        assert!(took < PATIENCE, "{name} {properties} took {took:?} for {what}");
    }
}

#[derive(Clone, Copy)]
enum Input<'t> {
    Text(&'t str),
    Json(&'t str),
}

fn check(entry: &'static Description, row: &Row) -> Result<(), String> {
    let extractor = match (compile(entry, &row.properties), &row.finding) {
        (Ok(extractor), None) => extractor,
        (Ok(_), Some(code)) => return Err(format!("  expected the finding {code}, got none")),
        (Err(findings), code) => {
            let found = findings.iter().next().map(|finding| finding.code.0.to_owned());
            return if found == *code { Ok(()) } else { Err(format!("  expected {code:?}, got {findings:?}")) };
        }
    };
    let wanted = wanted(row.wanted.as_deref());
    let input = match (&row.input, &row.value) {
        (Some(text), None) => Input::Text(text),
        (None, Some(value)) => Input::Json(value),
        _ => return Err("  a row has either `input` or `value`".to_owned()),
    };
    if let (Some(expected), Input::Text(text)) = (&row.remarks, input) {
        let found = extractor.remarks(Value::Text(text));
        if found != *expected {
            return Err(format!("  expected {expected:#?}\n  got      {found:#?}"));
        }
    }
    let result = run(&extractor, input, &wanted).map_err(|fault| fault.code().name().to_owned());
    let expected = match (&row.expected, &row.fault) {
        (Some(expected), None) => Ok(normal(expected)),
        (None, Some(fault)) => Err(fault.clone()),
        _ => return Err("  a row has one of `expected`, `fault` and `finding`".to_owned()),
    };
    if result == expected { Ok(()) } else { Err(format!("  expected {expected:?}\n  got      {result:?}")) }
}

fn wanted(paths: Option<&[String]>) -> Projection {
    let Some(paths) = paths else { return Projection::WHOLE };
    let mut wanted = Projection::nothing();
    for path in paths {
        wanted.add(path.split('/'));
    }
    wanted
}

fn compiled(name: &str, properties: &str) -> CompiledExtractor {
    let entry = extract::find(name).expect("an extractor of that name");
    compile(entry, properties).expect("properties without a finding")
}

fn compile(entry: &Description, properties: &str) -> Result<CompiledExtractor, Diagnostics> {
    let mut findings = Diagnostics::new();
    let yaml = spec::yaml::read(properties, SourceId(0), &mut findings).expect("properties are YAML");
    let entries = match &yaml.kind {
        ConstantKind::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let properties = Properties { span: Span::new(SourceId(0), 0, properties.len() as u32), entries };
    (entry.compile)(&properties, &mut findings).ok_or(findings)
}

/// The result as JSON, in one form.
fn run(extractor: &CompiledExtractor, input: Input<'_>, wanted: &Projection) -> Result<String, Fault> {
    let arena = Arena::default();
    let input = match input {
        Input::Text(text) => Value::Text(text),
        Input::Json(text) => json::read(&arena, text, &Projection::WHOLE)?,
    };
    let order = KeyOrder::default();
    let result =
        extractor.function.extract(input, &ResultSink { wanted, now: NOW, ..ResultSink::new(&arena, &order) })?;
    let mut out = Vec::new();
    json::write(&mut out, result)?;
    Ok(normal(std::str::from_utf8(&out).expect("JSON is UTF-8")))
}

fn normal(text: &str) -> String {
    let arena = Arena::default();
    let mut out = Vec::new();
    let value = json::read(&arena, text, &Projection::WHOLE).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    json::write(&mut out, value).expect("a value that can be written");
    String::from_utf8(out).expect("JSON is UTF-8")
}
