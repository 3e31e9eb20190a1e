//! Recorded pairs written anew: what came out becomes what is expected.

use crate::layout;
use serde::Deserialize;
use serde_json::value::RawValue;
use weir::diagnostic::Span;

/// The text of a pair with another expectation; all else stays as it is.
pub fn with_expected(text: &str, expected: Span, event: &[u8]) -> Vec<u8> {
    let (start, end) = (expected.start as usize, expected.end as usize);
    let mut out = text.as_bytes().get(..start).unwrap_or_default().to_vec();
    layout::indent(event, 1, &mut out);
    out.extend(text.as_bytes().get(end..).unwrap_or_default());
    out
}

/// A whole pair.
pub fn pair(input: &str, event: &[u8]) -> Vec<u8> {
    let mut out = b"{\n  \"input\": ".to_vec();
    layout::indent(input.as_bytes(), 1, &mut out);
    out.extend(b",\n  \"expected\": ");
    layout::indent(event, 1, &mut out);
    out.extend(b"\n}\n");
    out
}

/// The input of a pair that has nothing else: its expectation is yet to be recorded.
pub fn lone_input(text: &str) -> Option<&str> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Lone<'t> {
        #[serde(borrow)]
        input: &'t RawValue,
    }
    // A list would be read as the values of the members in their order.
    let is_object = text.trim_start().starts_with('{');
    let input = serde_json::from_str::<Lone<'_>>(text).ok().filter(|_| is_object)?.input.get();
    input.starts_with('{').then_some(input)
}
