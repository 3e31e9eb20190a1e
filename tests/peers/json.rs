//! `json.parse-json` beside Python's `json`: texts that must be read, must be refused, and may be either, and those with
//! a piece changed at random.

use crate::chance::Chance;
use crate::extractors::{compiled, result};
use crate::python;
use crate::tally::Tally;
use serde_json::{Value, json};

const PEER: &str = "json";

const CHANGED: usize = 40;

/// Texts of every kind of value and of every kind of mistake.
const TEXTS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "12",
    "0.5",
    "-0.0",
    "1e3",
    "1E+3",
    "1e-3",
    "1.25e2",
    "123456789012345678",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "1e400",
    "-1e400",
    "1e-400",
    "0.1e1",
    "\"\"",
    "\"a\"",
    "\"é\"",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00x\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\u{7f}\"",
    "\"\u{2028}\"",
    "\"\\u0000\"",
    "[]",
    "[ ]",
    "[1]",
    "[1, 2]",
    "[[], {}]",
    "[null, true, 1.5, \"x\"]",
    "{}",
    "{\"a\": 1}",
    "{\"a\": 1, \"b\": [2]}",
    "{\"\": 0}",
    "{\"a\": 1, \"a\": 2}",
    "{\"a\\u0000\": 1}",
    " 1 ",
    "\t[\n1\r]\n",
    "{\"a\":{\"b\":{\"c\":[1,{\"d\":\"e\"}]}}}",
    "",
    " ",
    "nul",
    "nulll",
    "True",
    "tru",
    "00",
    "01",
    "-",
    "-a",
    "+1",
    ".5",
    "1.",
    "1.e1",
    "1e",
    "1e+",
    "0x10",
    "1_000",
    "١",
    "\"",
    "\"a",
    "a\"",
    "'a'",
    "\"\t\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u00g0\"",
    "[",
    "]",
    "[1",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1,,2]",
    "{",
    "}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a: 1}",
    "{1: 1}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "1 2",
];

/// What takes the place of a letter.
const PIECES: &[&str] =
    &["", "", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "9", "-", ".", "e", " ", "\n", "\0", "u", "é"];

#[test]
fn texts_are_read_as_the_json_module_reads_them() {
    let mut chance = Chance::new(3);
    let changed = TEXTS.iter().flat_map(|text| [*text; CHANGED]).map(|text| change(&mut chance, text));
    let texts: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).chain(changed).collect();
    let questions: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
    let Some(answers) = python::ask(PEER, "json_texts.py", &questions) else { return };
    let extractor = compiled("json.parse-json", "{}");
    let mut tally = Tally::new(PEER);
    for (text, theirs) in texts.iter().zip(answers) {
        let ours = result(&extractor, text).map_or(json!(["error"]), |value| json!([value.to_string()]));
        tally.take(text, &ours.to_string(), &theirs.to_string(), || difference(text, &ours));
    }
    tally.finish();
}

fn difference(text: &str, ours: &Value) -> Option<&'static str> {
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    if has(&["\\ud", "\\uD"]) {
        return Some("half-of-a-pair");
    }
    if has(&["9223372036854775808", "123456789012345678"]) || text.bytes().filter(u8::is_ascii_digit).count() > 18 {
        return Some("wide-integer");
    }
    // Where it stands in a list, the value is null as well.
    ours[0].as_str().is_some_and(|value| value.contains("null")).then_some("number-beyond-all-bounds")
}

fn change(chance: &mut Chance, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let place = chance.below(letters.len() + 1);
    let piece = chance.pick(PIECES);
    let kept = chance.below(2);
    letters[..place].iter().collect::<String>()
        + piece
        + &letters[(place + kept).min(letters.len())..].iter().collect::<String>()
}
