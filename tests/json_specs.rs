//! Formats written as JSON: the same document gives the same constants, the same plan and the same findings as YAML.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostics, SourceId};
use weir::spec::{document, yaml};
use weir::value::{Constant, ConstantKind};
use weir::{Format, FormatText, compile};

/// JSON, and what it reads as in YAML's notation; those that YAML reads the same way stand alone.
const SAME: [(&str, &str); 12] = [
    (r#"{"a": [1, -2, "x", null, true, {"b": {}}], "c": []}"#, ""),
    ("\t{\"a\":\n\t[1,\r\n\t2 ] }\n", "a: [1, 2]"),
    (r#"[1e5, 1E400, -1.5e-3, 0.5]"#, "[100000.0, .inf, -0.0015, 0.5]"),
    (r#"[0, -0, 9223372036854775807, 9223372036854775808]"#, "[0, 0, 9223372036854775807, 9223372036854775808]"),
    (r#"["yes", "010", "1:30", "~", "2024-13-01", "<<"]"#, r#"["yes", "010", "1:30", "~", "2024-13-01", "<<"]"#),
    (r#"{"<<": {"a": 1}, "b": 2}"#, r#"{"<<": {"a": 1}, "b": 2}"#),
    (r#"["\/", "\\", "\"", "\n\t\b", "é"]"#, r#"["/", "\\", "\"", "\n\t\b", "é"]"#),
    (r#"["\ud83d\ude00 \u00e9"]"#, "[😀 é]"),
    (r#"["\u0000\u001f\u007f"]"#, r#"["\0\x1F\x7F"]"#),
    ("[\"\u{7f}\u{9f}\u{2028}\u{feff}\u{fffe}\"]", r#"["\x7F\x9F\L\uFEFF\uFFFE"]"#),
    (r#"{"a": 1, "b": 2, "a": 3}"#, ""),
    (r#""{{ a }}""#, ""),
];

#[test]
fn the_same_document_gives_the_same_constants() {
    for (json, other) in SAME {
        let other = if other.is_empty() { json } else { other };
        let (left, right) = (read(json, document::read), read(other, yaml::read));
        assert_eq!(left.0, right.0, "{json}");
        assert_eq!(left.1, right.1, "{json}");
    }
}

#[test]
fn a_long_key_and_a_long_text_are_read() {
    let long = "k".repeat(200_000);
    let (found, codes) = read(&format!(r#"{{"{long}": "{long}"}}"#), document::read);
    let ConstantKind::Map(pairs) = found.kind else { unreachable!("an object is a mapping") };
    assert_eq!((pairs[0].0.as_text(), pairs[0].1.as_text()), (Some(&*long), Some(&*long)));
    assert!(codes.is_empty());
}

#[test]
fn what_is_no_json_has_one_finding_with_its_place() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let hollow = "[".repeat(100_000);
    for (text, code, byte) in [
        ("", "json-syntax", 0),
        ("{\"a\": 1,}", "json-syntax", 8),
        ("[1] x", "json-syntax", 4),
        ("[NaN]", "json-syntax", 1),
        ("[01]", "json-syntax", 2),
        ("[\"a\tb\"]", "json-syntax", 3),
        (r#"["ok", "\ud83d"]"#, "json-syntax", 7),
        (&*deep, "yaml-depth", 100),
        (&*hollow, "json-syntax", 100_000),
    ] {
        let mut findings = Diagnostics::new();
        assert!(document::read(text, SourceId(0), &mut findings).is_none(), "{text:.40}");
        let found: Vec<_> = findings.iter().map(|finding| (finding.code.0, finding.span().start)).collect();
        assert_eq!(found, [(code, byte)], "{text:.40}");
    }
}

#[test]
fn a_number_too_long_is_told_and_stays_text() {
    let digits = "1".repeat(4301);
    let (found, codes) = read(&digits, document::read);
    assert_eq!((found.as_text(), codes), (Some(&*digits), vec!["yaml-value"]));
    assert!(matches!(read(&format!("-{}", &digits[1..]), document::read).0.kind, ConstantKind::BigInt(_)));
}

/// Every parser and every file of fields that is here, and in a repository of formats beside this one.
#[test]
fn a_format_as_json_compiles_to_the_same_plan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let parsers = [root.join("specs"), root.join("../shared/corpus")].into_iter().flat_map(|folder| parsers(&folder));
    let mut compiled = 0;
    for parser in parsers {
        let text = fs::read_to_string(&parser).expect("a spec is text");
        let fields = parser.with_file_name("../_meta/fields.yml");
        let fields = fs::read_to_string(fields).unwrap_or_default();
        let from_yaml = compile_as("yml", text.clone(), fields.clone());
        let mut declared = json(&yaml(&fields));
        if let Value::Object(members) = &declared {
            declared = members.values().cloned().collect();
        }
        let from_json = compile_as("json", json(&yaml(&text)).to_string(), declared.to_string());
        let plans = [from_yaml.plan, from_json.plan].map(|plan| plan.map(|plan| plan.explain()));
        assert!(plans[0].is_some(), "{}", parser.display());
        assert_eq!(plans[0], plans[1], "{}", parser.display());
        compiled += 1;
    }
    assert!(compiled > 0);
}

#[test]
fn findings_in_json_point_at_what_was_written() {
    let text = r#"{"name": "x", "pipeline": [{"name": "s"}], "stages": {"s": {"actions": [
        {"set": {"event.action": "\ud83d\ude00\/{{ original.message | lowr }}", "acme.x": "1"}}]}}}"#;
    let found =
        compile_as("json", text.to_owned(), r#"[{"name": "acme.x", "type": "kyword"}, {"type": "long"}]"#.into());
    let told: Vec<(&str, &str)> = found
        .findings
        .iter()
        .map(|finding| {
            let span = finding.span();
            let source = found.sources.get(span.source).expect("a source");
            (finding.code.0, &source.text[span.start as usize..span.end as usize])
        })
        .collect();
    let expected = [("unknown-filter", "lowr"), ("unknown-type", "\"kyword\""), ("missing-key", "\"type\"")];
    assert_eq!(told, expected);
    assert!(found.plan.is_some(), "what is wrong costs itself alone");
}

/// Compiles texts whose names end in `extension`.
fn compile_as(extension: &str, parser: String, fields: String) -> Format {
    let fields =
        if fields.is_empty() || fields == "null" { vec![] } else { vec![(format!("fields.{extension}"), fields)] };
    compile(&FormatText { parser: (format!("parser.{extension}"), parser), fields })
}

type Read = fn(&str, SourceId, &mut Diagnostics) -> Option<Constant>;

/// What a text reads as, with the codes of all findings.
fn read(text: &str, read: Read) -> (Constant, Vec<&'static str>) {
    let mut findings = Diagnostics::new();
    let found = read(text, SourceId(0), &mut findings);
    (found.expect("it can be read"), findings.iter().map(|finding| finding.code.0).collect())
}

fn yaml(text: &str) -> Constant {
    read(text, yaml::read).0
}

/// A constant as JSON. Keys that are not text become what the plan looks them up by.
fn json(constant: &Constant) -> Value {
    match &constant.kind {
        ConstantKind::Null => Value::Null,
        ConstantKind::Bool(value) => (*value).into(),
        ConstantKind::Int(value) => (*value).into(),
        ConstantKind::BigInt(digits) => serde_json::from_str(digits).expect("digits are a number"),
        ConstantKind::Float(value) => (*value).into(),
        ConstantKind::Text(text) => (**text).into(),
        ConstantKind::List(items) => items.iter().map(json).collect(),
        ConstantKind::Map(pairs) => pairs.iter().map(|(key, value)| (word(key), json(value))).collect(),
    }
}

fn word(key: &Constant) -> String {
    match &key.kind {
        ConstantKind::Text(text) => text.to_string(),
        ConstantKind::Bool(true) => "True".to_owned(),
        ConstantKind::Bool(false) => "False".to_owned(),
        ConstantKind::Null => "None".to_owned(),
        _ => json(key).to_string(),
    }
}

/// All specs below a folder; none if it is not there.
fn parsers(folder: &Path) -> Vec<PathBuf> {
    let below = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let found = below.flat_map(|path| if path.is_dir() { parsers(&path) } else { vec![path] });
    found.filter(|path| path.file_name().is_some_and(|name| name == "parser.yml")).collect()
}
