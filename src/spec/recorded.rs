//! A recorded test of a format: `tests/*.json`, an event and what comes out of it.

use super::findings::{TEST_KEY, UNKNOWN_KEY};
use super::json::JsonPart;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceId, Span};

/// An event with the result it must have; both are JSON objects, as written.
#[derive(Clone, Copy, Debug)]
pub struct RecordedTest<'t> {
    /// The event.
    pub input: &'t str,
    /// Its place.
    pub input_span: Span,
    /// The result.
    pub expected: &'t str,
    /// Its place.
    pub expected_span: Span,
}

/// Reads a recorded test; on `None` the findings say why.
pub fn read_test<'t>(text: &'t str, source: SourceId, findings: &mut Diagnostics) -> Option<RecordedTest<'t>> {
    match test(text, source, findings) {
        Ok(test) => test,
        Err(finding) => {
            findings.push(*finding);
            None
        }
    }
}

fn test<'t>(
    text: &'t str,
    source: SourceId,
    findings: &mut Diagnostics,
) -> Result<Option<RecordedTest<'t>>, Box<Diagnostic>> {
    let document = JsonPart::document(text, source)?;
    let members = document.members("a recorded test")?;
    for (key, value) in members.iter().filter(|(key, _)| !["input", "expected"].contains(&&***key)) {
        findings
            .push(UNKNOWN_KEY.at(value.key_span(key), &["a recorded test", key]).suggest(key, ["input", "expected"]));
    }
    let mut object = |key: &str| match members.get(key) {
        Some(part) => part.members(&format!("`{key}`")).map(|_| Some(*part)),
        None => {
            findings.push(TEST_KEY.at(document.start(), &[key]));
            Ok(None)
        }
    };
    let (input, expected) = (object("input")?, object("expected")?);
    Ok(input.zip(expected).map(|(input, expected)| RecordedTest {
        input: input.text,
        input_span: input.span(),
        expected: expected.text,
        expected_span: expected.span(),
    }))
}
