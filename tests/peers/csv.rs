//! `dsv.parse-dsv` beside Python's `csv`, over rows made at random of delimiters, quotes, blanks and line ends.

use crate::chance::Chance;
use crate::extractors::{compiled, result};
use crate::python;
use crate::tally::Tally;
use serde_json::{Value, json};

const PEER: &str = "csv";

const CASES: usize = 20_000;

const COLUMNS: [&str; 4] = ["a", "b", "c", "d"];

const DELIMITERS: &[&str] = &[",", ";", "|", "\t", " "];

#[test]
fn rows_are_read_as_the_csv_module_reads_them() {
    let mut chance = Chance::new(1);
    let questions: Vec<Value> = (0..CASES).map(|_| question(&mut chance)).collect();
    let Some(answers) = python::ask(PEER, "csv_rows.py", &questions) else { return };
    let mut tally = Tally::new(PEER);
    for (question, theirs) in questions.iter().zip(answers) {
        let (text, delimiter) = (question["text"].as_str(), question["delimiter"].as_str());
        let (text, delimiter) = (text.unwrap_or_default(), delimiter.unwrap_or_default());
        let properties = json!({"columnnames": COLUMNS, "delimiter": delimiter}).to_string();
        let ours = result(&compiled("dsv.parse-dsv", &properties), text);
        let ours = ours.map_or_else(|fault| fault.to_string(), |value| value.to_string());
        tally.take(&question.to_string(), &ours, &theirs.to_string(), || None);
    }
    tally.finish();
}

fn question(chance: &mut Chance) -> Value {
    let delimiter = chance.pick(DELIMITERS);
    let pieces =
        [delimiter, delimiter, delimiter, "\"", "\"", "\"\"", "x", "yz", " ", "'", "\\", "é", "\n", "\r\n", ",", "\0"];
    json!({"text": chance.text(&pieces, 12), "delimiter": delimiter, "columns": COLUMNS})
}
