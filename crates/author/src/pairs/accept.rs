//! Recorded pairs accepted: what came out becomes what is expected.

use crate::Error;
use crate::json::indent;
use weir::diagnostic::{Diagnostics, SourceId, Span};
use weir::json::raw;
use weir::spec::{self, RecordedTest};

/// The text of a pair that expects another event. `text` is the pair, of which all else stays as it is, or its input alone;
/// `event` is what came out.
///
/// # Errors
/// [`Error::NoPair`] where `text` is neither, or would be no pair with the event.
pub fn accept(text: &str, event: &[u8]) -> Result<String, Error> {
    let expected = read(text).map(|test| test.expected_span);
    let accepted = match (expected, lone_input(text)) {
        (Some(expected), _) => with_expected(text, expected, event),
        (None, Some(input)) => pair(input, event),
        (None, None) => return Err(Error::NoPair),
    };
    // What cannot be read back as a pair is not given out: the user's file stays as it is.
    let accepted = String::from_utf8(accepted).map_err(|_| Error::NoPair)?;
    if read(&accepted).is_none() { Err(Error::NoPair) } else { Ok(accepted) }
}

/// The input of a recorded pair, or of one that expects nothing yet: a JSON object as text. Nothing where the text is neither.
pub fn input(text: &str) -> Option<&str> {
    read(text).map(|test| test.input).or_else(|| lone_input(text))
}

/// The text of a pair that expects nothing yet. `input` is the incoming event as JSON.
pub fn new_pair(input: &str) -> String {
    format!("{{\"input\":{input}}}")
}

fn read(text: &str) -> Option<RecordedTest<'_>> {
    spec::read_test(text, SourceId(0), &mut Diagnostics::new())
}

/// The text of a pair with another expectation; all else stays as it is.
fn with_expected(text: &str, expected: Span, event: &[u8]) -> Vec<u8> {
    let (start, end) = (expected.start as usize, expected.end as usize);
    let mut out = text.as_bytes().get(..start).unwrap_or_default().to_vec();
    indent(event, 1, &mut out);
    out.extend(text.as_bytes().get(end..).unwrap_or_default());
    out
}

/// A whole pair.
fn pair(input: &str, event: &[u8]) -> Vec<u8> {
    let mut out = b"{\n  \"input\": ".to_vec();
    indent(input.as_bytes(), 1, &mut out);
    out.extend(b",\n  \"expected\": ");
    indent(event, 1, &mut out);
    out.extend(b"\n}\n");
    out
}

/// The input of a pair that has nothing else: its expectation is yet to be recorded.
pub(super) fn lone_input(text: &str) -> Option<&str> {
    let members = raw::members(text).ok()?;
    let [(key, input)] = &*members else { return None };
    (key == "input" && input.starts_with('{')).then_some(*input)
}
