//! Dates against what Python makes of them: rows of `tests/dates/*.tsv`.

use weir::diagnostic::{Diagnostics, SourceId, Span};
use weir::extract::{CompiledExtractor, Properties, ResultSink, find};
use weir::json::KeyOrder;
use weir::time::{self, DateFormat};
use weir::value::{Arena, Constant, ConstantKind, Value};

/// 2026-07-01T00:00:00Z
const NOW: i64 = 1_782_864_000;

#[test]
fn detection_agrees_with_dateutil() {
    check(include_str!("dates/detected.tsv"), |row| (date(&[]), row[0]));
}

#[test]
fn formats_agree_with_strptime() {
    check(include_str!("dates/formats.tsv"), |row| (date(&[("format", row[0])]), row[1]));
}

#[test]
fn numbers_are_seconds_since_1970_or_smaller_units() {
    check(include_str!("dates/epochs.tsv"), |row| {
        let format = Some(("format", row[0])).filter(|(_, format)| *format != "-");
        (date(format.as_slice()), row[1])
    });
}

#[test]
fn dates_without_a_zone_are_in_the_one_that_is_given() {
    check(include_str!("dates/zones.tsv"), |row| (date(&[("timezone", row[0])]), row[1]));
}

#[test]
fn numbers_need_not_be_text() {
    for parse in [date(&[]), date(&[("format", "timestamp")])] {
        for line in rows(include_str!("dates/numbers.tsv")) {
            let (number, expected) = line.split_once('\t').expect("two columns");
            let value = match number.parse() {
                Ok(number) => Value::Int(number),
                Err(_) => Value::Float(number.parse().expect("a number")),
            };
            assert_eq!(run(&parse, value), expected, "{number}");
        }
    }
    // Where a format is given, the digits of the number may have it; else the number counts.
    let parse = date(&[("format", "%Y%m%d")]);
    assert_eq!(run(&parse, Value::Int(20_240_305)), "2024-03-05T00:00:00.000000Z");
    assert_eq!(run(&parse, Value::Int(1_709_618_828)), "2024-03-05T06:07:08.000000Z");
    let parse = date(&[]);
    for refused in [Value::Float(f64::NAN), Value::Float(f64::INFINITY), Value::None, Value::Bool(true)] {
        assert_eq!(run(&parse, refused), "-", "{refused:?}");
    }
}

/// Text, its format or `-`, and whether it lies more than a day ahead since it got its year.
const AHEAD: &[(&str, &str, bool)] = &[
    ("Dec 31 23:59:59", "-", true),
    ("Jul  2 00:00:01", "-", true),
    ("Jul  1 23:59:59", "-", false),
    ("Jun 30 06:07:08", "-", false),
    ("Dec 31 2026 23:59:59", "-", false),
    ("2026-12-31T23:59:59Z", "-", false),
    ("06:07:08", "-", false),
    ("1900000000", "-", false),
    ("Nov 07 06:07:08", "%b %d %H:%M:%S", true),
    ("Nov 07 2026 06:07:08", "%b %d %Y %H:%M:%S", false),
];

#[test]
fn a_date_that_names_no_year_is_told_where_it_lies_ahead() {
    for (text, format, expected) in AHEAD {
        let moment = match *format {
            "-" => time::read(text, None, NOW),
            format => DateFormat::new(format).expect("a format").read(&Arena::default(), text, None, NOW),
        };
        assert_eq!(moment.expect("a date").is_ahead(NOW), *expected, "{text}");
    }
}

#[test]
fn where_detection_differs_from_dateutil_a_reason_says_why() {
    for line in rows(include_str!("dates/differs.tsv")) {
        let row: Vec<&str> = line.split('\t').collect();
        let &[text, theirs, ours, reason] = row.as_slice() else { unreachable!("four columns: {line}") };
        assert_ne!(theirs, ours, "{text}: no difference; its place is in detected.tsv");
        assert_eq!(run(&date(&[]), Value::Text(text)), ours, "{text}: {reason}");
    }
}

#[test]
fn a_zone_may_come_from_a_template() {
    let parse = date(&[("timezone", "{{ original.zone }}")]);
    assert_eq!(parse.templates.len(), 1);
    let arena = Arena::default();
    let order = KeyOrder::default();
    let sink = ResultSink { now: NOW, ..ResultSink::new(&arena, &order) };
    let read = |zone| {
        let result =
            parse.function.extract(Value::Text("2024-07-01 12:00"), &ResultSink { properties: &[zone], ..sink });
        result.ok().and_then(|value| value.as_text())
    };
    assert_eq!(read(Value::Text("CEST")), Some("2024-07-01T10:00:00.000000Z"));
    assert_eq!(read(Value::Undefined), Some("2024-07-01T12:00:00.000000Z"));
}

#[test]
fn hostile_texts_are_refused_at_once() {
    let parse = date(&[]);
    for text in
        ["9".repeat(100_000), "Jan ".repeat(50_000), "1:".repeat(50_000), "\u{1F600}".repeat(30_000), "\0".repeat(1000)]
    {
        assert_eq!(run(&parse, Value::Text(&text)), "-");
    }
    let mut findings = Diagnostics::new();
    let long = "%d".repeat(5_000);
    for format in [long.as_str(), "%Q", "%"] {
        let parse = compile(&[("format", format)], &mut findings).expect("a mistake that is ignored");
        assert_eq!(run(&parse, Value::Text("2024-03-05")), "-", "{format}");
        assert_eq!(run(&parse, Value::Text("1709618828")), "2024-03-05T06:07:08.000000Z", "{format}");
    }
    assert_eq!(findings.len(), 3);
}

/// Checks the rows of a table: tabs between, the expected moment last, `-` for none.
fn check<'t>(table: &'t str, mut case: impl FnMut(&[&'t str]) -> (CompiledExtractor, &'t str)) {
    let mut wrong = Vec::new();
    let rows: Vec<&str> = rows(table).collect();
    assert!(!rows.is_empty());
    for line in &rows {
        let row: Vec<&str> = line.split('\t').collect();
        let (parse, input) = case(&row);
        let found = run(&parse, Value::Text(input));
        if found != row[row.len() - 1] {
            wrong.push(format!("{line}\n    gives {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// The lines of a table that are no comment.
fn rows(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

fn run(parse: &CompiledExtractor, input: Value<'_>) -> String {
    let arena = Arena::default();
    // The input outlives the arena's values only in type: it is copied in.
    let input = match input {
        Value::Text(text) => Value::Text(arena.text(text).expect("room for a text")),
        Value::Int(number) => Value::Int(number),
        Value::Float(number) => Value::Float(number),
        Value::Bool(value) => Value::Bool(value),
        _ => Value::None,
    };
    let order = KeyOrder::default();
    let sink = ResultSink { now: NOW, ..ResultSink::new(&arena, &order) };
    match parse.function.extract(input, &sink) {
        Ok(value) => value.as_text().expect("a date is text").to_owned(),
        Err(_) => "-".to_owned(),
    }
}

fn date(properties: &[(&str, &str)]) -> CompiledExtractor {
    compile(properties, &mut Diagnostics::new()).expect("properties that compile")
}

fn compile(properties: &[(&str, &str)], findings: &mut Diagnostics) -> Option<CompiledExtractor> {
    let text = |text: &str| Constant { span: Span::new(SourceId(0), 0, 0), kind: ConstantKind::Text(text.into()) };
    let entries: Vec<_> = properties.iter().map(|(name, value)| (text(name), text(value))).collect();
    let entry = find("date.parse").expect("the extractor is there");
    (entry.compile)(&Properties { span: Span::new(SourceId(0), 0, 0), entries: &entries }, findings)
}
