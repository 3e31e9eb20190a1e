//! Dates against what Python makes of them: rows of `tests/dates/*.tsv`.

use weir::diagnostic::{Diagnostics, SourceId, Span};
use weir::extract::{Extractor, Job, Properties, find};
use weir::value::json::Wanted;
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
    let parse = date(&[]);
    let read = |value| run(&*parse, value);
    assert_eq!(read(Value::Int(0)), "1970-01-01T00:00:00.000000Z");
    assert_eq!(read(Value::Int(1_709_618_828_123)), "2024-03-05T06:07:08.123000Z");
    assert_eq!(read(Value::Float(1_709_618_828.25)), "2024-03-05T06:07:08.250000Z");
    for refused in [f64::NAN, f64::INFINITY, -1e300, 1e300] {
        assert_eq!(read(Value::Float(refused)), "-", "{refused}");
    }
    assert_eq!(read(Value::None), "-");
    assert_eq!(read(Value::Bool(true)), "-");
}

#[test]
fn a_zone_may_come_from_a_template() {
    let parse = date(&[("timezone", "{{ original.zone }}")]);
    assert_eq!(parse.templates().len(), 1);
    let arena = Arena::default();
    let job = Job { arena: &arena, wanted: &Wanted::WHOLE, now: NOW };
    let read = |zone| parse.extract_with(Value::Text("2024-07-01 12:00"), &[zone], &job).ok().and_then(Value::as_text);
    assert_eq!(read(Value::Text("CEST")), Some("2024-07-01T10:00:00.000000Z"));
    assert_eq!(read(Value::Undefined), Some("2024-07-01T12:00:00.000000Z"));
}

#[test]
fn hostile_texts_are_refused_at_once() {
    let parse = date(&[]);
    for text in
        ["9".repeat(100_000), "Jan ".repeat(50_000), "1:".repeat(50_000), "\u{1F600}".repeat(30_000), "\0".repeat(1000)]
    {
        assert_eq!(run(&*parse, Value::Text(&text)), "-");
    }
    let mut findings = Diagnostics::new();
    let long = "%d".repeat(5_000);
    assert!(compile(&[("format", &long)], &mut findings).is_none());
    assert!(compile(&[("format", "%Q")], &mut findings).is_none());
    assert_eq!(findings.len(), 2);
}

/// Checks the rows of a table: tabs between, the expected moment last, `-` for none.
fn check<'t>(table: &'t str, mut case: impl FnMut(&[&'t str]) -> (Box<dyn Extractor>, &'t str)) {
    let mut wrong = Vec::new();
    let rows: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(!rows.is_empty());
    for line in &rows {
        let row: Vec<&str> = line.split('\t').collect();
        let (parse, input) = case(&row);
        let found = run(&*parse, Value::Text(input));
        if found != row[row.len() - 1] {
            wrong.push(format!("{line}\n    gives {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn run(parse: &dyn Extractor, input: Value<'_>) -> String {
    let arena = Arena::default();
    // The input outlives the arena's values only in type: it is copied in.
    let input = match input {
        Value::Text(text) => Value::Text(arena.text(text).expect("room for a text")),
        Value::Int(number) => Value::Int(number),
        Value::Float(number) => Value::Float(number),
        Value::Bool(value) => Value::Bool(value),
        _ => Value::None,
    };
    let job = Job { arena: &arena, wanted: &Wanted::WHOLE, now: NOW };
    match parse.extract(input, &job) {
        Ok(value) => value.as_text().expect("a date is text").to_owned(),
        Err(_) => "-".to_owned(),
    }
}

fn date(properties: &[(&str, &str)]) -> Box<dyn Extractor> {
    compile(properties, &mut Diagnostics::new()).expect("properties that compile")
}

fn compile(properties: &[(&str, &str)], findings: &mut Diagnostics) -> Option<Box<dyn Extractor>> {
    let text = |text: &str| Constant { span: Span::new(SourceId(0), 0, 0), kind: ConstantKind::Text(text.into()) };
    let entries: Vec<_> = properties.iter().map(|(name, value)| (text(name), text(value))).collect();
    let entry = find("date.parse").expect("the extractor is there");
    (entry.compile)(&Properties { span: Span::new(SourceId(0), 0, 0), entries: &entries }, findings)
}
