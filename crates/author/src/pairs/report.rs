//! Results of recorded pairs for machines: JSON, and the XML of JUnit that build servers read.

use super::{FormatResult, PairResult, Results};
use crate::json::Json;
use crate::xml::escaped;
use std::fmt::Write;

/// One JSON object: how many pairs passed, then by format and pair what differs and what the runs say of themselves.
///
/// # Errors
/// None that an input could cause.
pub fn json(results: &Results) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(results)? + "\n")
}

/// The XML of JUnit: a suite for each format, a case for each pair.
pub fn junit(results: &Results) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (tests, failures) =
        results.formats.iter().map(counts).fold((0, 0), |(tests, failures), one| (tests + one.0, failures + one.1));
    // Writing to a String cannot fail.
    let _ = writeln!(out, "<testsuites name=\"weir\" tests=\"{tests}\" failures=\"{failures}\">");
    results.formats.iter().for_each(|result| suite(result, &mut out));
    out.push_str("</testsuites>\n");
    out
}

/// How many test cases a format has and how many of them fail: its pairs, and that it compiles, where that is in question.
fn counts(result: &FormatResult) -> (usize, usize) {
    let broken = usize::from(result.error.is_some());
    (result.total + broken, result.total - result.passed + broken)
}

fn suite(result: &FormatResult, out: &mut String) {
    let (name, (total, failures)) = (escaped(&result.format), counts(result));
    let _ = writeln!(out, "  <testsuite name=\"{name}\" tests=\"{total}\" failures=\"{failures}\">");
    if let Some(error) = &result.error {
        let failure = format!("      <failure message=\"{}\"></failure>\n", escaped(error));
        let _ = writeln!(out, "    <testcase classname=\"{name}\" name=\"(the format)\">\n{failure}    </testcase>");
    }
    for pair in &result.pairs {
        let case = format!("    <testcase classname=\"{name}\" name=\"{}\"", escaped(&pair.pair));
        let _ = match pair.passed {
            true => writeln!(out, "{case}/>"),
            false => writeln!(out, "{case}>\n{}    </testcase>", failure(pair)),
        };
    }
    out.push_str("  </testsuite>\n");
}

fn failure(pair: &PairResult) -> String {
    let title = pair.error.clone().unwrap_or_else(|| {
        let fields: Vec<&str> = pair.differences.iter().map(|difference| &*difference.field).collect();
        format!("differs in {}", fields.join(", "))
    });
    let mut lines = String::new();
    for difference in &pair.differences {
        let text = |value: &Option<Json>| value.as_ref().map_or("nothing".to_owned(), ToString::to_string);
        let (expected, got) = (text(&difference.expected), text(&difference.got));
        let _ = writeln!(lines, "{}: expected {expected}, got {got}", difference.field);
    }
    format!("      <failure message=\"{}\">{}</failure>\n", escaped(&title), escaped(&lines))
}
