//! Dates without a format beside dateutil: the texts of its own tests, and texts made at random of what dates are made of.

use crate::chance::Chance;
use crate::extractors::{compiled, result_at};
use crate::python;
use crate::tally::Tally;
use serde_json::{Value, json};

const PEER: &str = "dateutil";

const CASES: usize = 20_000;

/// 2026-07-01T00:00:00Z
const NOW: i64 = 1_782_864_000;

const PIECES: [&str; 40] = [
    "2024", "24", "03", "3", "5", "05", "13", "31", "60", "Mar", "march", "Tue", "Tuesday", "-", "-", "/", ".", ":",
    ":", " ", " ", ",", "T", "06:07:08", "06:07", "6", "PM", "am", "Z", "UTC", "+0100", "-05:00", "+1", "h", ".25",
    "20240305", "060708", "1st", "of", "EST",
];

#[test]
fn texts_are_read_as_dateutil_reads_them() {
    let Some(texts) = python::ask(PEER, "dates.py", &[Value::Null]) else { return };
    let mut texts: Vec<String> =
        texts[0].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut chance = Chance::new(7);
    texts.extend((0..CASES).map(|_| chance.text(&PIECES, 9)));
    let questions: Vec<Value> = texts.iter().map(|text| json!({"text": text, "now": NOW})).collect();
    let Some(answers) = python::ask(PEER, "dates.py", &questions) else { return };
    let parse = compiled("date.parse", "{}");
    let mut tally = Tally::new(PEER);
    for (text, theirs) in texts.iter().zip(answers) {
        let ours = result_at(&parse, text, NOW).unwrap_or(Value::Null);
        tally.take(&format!("{text:?}"), &ours.to_string(), &theirs.to_string(), || difference(text, &ours, &theirs));
    }
    tally.finish();
}

/// The known difference that a case shows.
fn difference(text: &str, ours: &Value, theirs: &Value) -> Option<&'static str> {
    let numeric = text.trim().bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    match (ours.is_null(), theirs.is_null()) {
        (false, _) if numeric && text.bytes().filter(u8::is_ascii_digit).count() >= 9 => Some("number"),
        (false, true) if text.contains('W') => Some("week"),
        (false, true) if numeric && text.len() >= 7 => Some("day of the year"),
        (false, true) if text.contains("Tue") => Some("day of the week behind digits"),
        _ => None,
    }
}
