//! Results of recorded pairs for machines: JSON, and the XML of JUnit that build servers read.

use crate::json::Json;
use crate::replaced;
use crate::stop::Stop;
use crate::test::{FormatResult, PairResult, Results};
use clap::ValueEnum;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

/// What a report is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// The XML of JUnit
    Junit,
    /// One JSON object
    Json,
}

/// Writes a report to a file or standard output.
///
/// # Errors
/// Where it cannot be written.
pub fn write(kind: Kind, results: &Results, path: Option<&Path>) -> Result<(), Stop> {
    let text = match kind {
        Kind::Junit => junit(results),
        Kind::Json => json(results)?,
    };
    match path {
        Some(path) => replaced::write(path, text.as_bytes()),
        None => Ok(io::stdout().write_all(text.as_bytes())?),
    }
}

fn json(results: &Results) -> Result<String, Stop> {
    let text = serde_json::to_string_pretty(results).map_err(|error| Stop::Because(error.to_string()))?;
    Ok(text + "\n")
}

fn junit(results: &Results) -> String {
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

/// Text as XML has it; characters that XML cannot have become U+FFFD.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}
