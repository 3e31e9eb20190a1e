//! Random records.

use super::generate::Choices;
use std::fmt::Write;

/// Values as JSON.
const VALUES: &[&str] = &[
    "\"a\"",
    "\"A\"",
    "\"b\"",
    "1",
    "0",
    "5",
    "\"1\"",
    "\"\"",
    "null",
    "true",
    "false",
    "\"None\"",
    "\"-\"",
    "\"x y\"",
    "1.0",
    "2.5",
    "NaN",
    "9007199254740992",
    "9007199254740993",
    "[]",
    "[\"a\", \"b\"]",
    "[\"b\", 1, null]",
    "{\"a\": \"b\"}",
    "{}",
    "\"ß\"",
    "\"192.0.2.1\"",
    "-1",
];
const LISTS: &[&str] = &[
    "[\"a\", \"b\"]",
    "[\"a\"]",
    "[]",
    "[\"b\", \"a\", \"a\"]",
    "[1, 2, 3]",
    "[{\"a\": \"b\"}, {}]",
    "null",
    "\"ab\"",
    "{\"a\": 1}",
];
const LINES: &[&str] =
    &["a b", "GET a", "a=b c=d", "a=A", "a,b,c", "b", "", "a=1 a=2", "1 2", "ab", "2024-05-06 07:08:09", "2024-05-06"];

pub fn record(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let mut json = String::new();
    for key in ["a", "b"] {
        if !choices.once_in(5) {
            let _ = write!(json, "\"{key}\": {}, ", choices.of(VALUES));
        }
    }
    let _ = write!(json, "\"l\": {}", choices.of(LISTS));
    let whole = if choices.once_in(12) { "broken {".to_owned() } else { format!("{{{json}}}") };
    let (k, j) = (choices.of(LINES), choices.of(VALUES).replace("NaN", "7"));
    format!("{{\"message\": {whole:?}, \"k\": {k:?}, \"j\": {j}}}")
}

/// A record for the planted mistakes, with the keys that those read.
pub fn planted_record(choices: &mut Choices) -> String {
    let keys = ["a", "code", "items", "kind", "level", "name", "reason", "role", "text", "verb"];
    let of_key =
        |key: &&str| format!("\"{key}\": {}", if *key == "items" { choices.of(LISTS) } else { choices.of(VALUES) });
    let members: Vec<String> = keys.iter().map(of_key).collect();
    let message = match choices.below(2) {
        0 => format!("{{{}}}", members.join(", ")),
        _ => choices.of(LINES).to_owned(),
    };
    let others = members.join(", ").replace("NaN", "7");
    format!("{{\"message\": {message:?}, \"ok\": true, \"ip\": \"192.0.2.1\", {others}}}")
}
