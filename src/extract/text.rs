//! Text as all extractors read it.

use crate::value::text::is_space;
use crate::value::{Fault, FaultCode, Value};

/// The input as text.
///
/// # Errors
/// Type, where it is something else or missing.
pub(super) fn text_input(input: Value<'_>) -> Result<&str, Fault> {
    match input {
        Value::Text(text) => Ok(text),
        missing if missing.is_missing() => Err(Fault::new(FaultCode::Type, "there is no input")),
        other => Err(Fault::new(FaultCode::Type, format!("the input is a {}, not text", other.type_name()))),
    }
}

/// Text without the white space around it.
pub(super) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [only] if only.is_ascii_graphic() => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(is_space),
    }
}

/// Where the first white space is from a byte on.
pub(super) fn find_space(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += position(text.as_bytes().get(at..)?)?;
        let letter = text.get(at..)?.chars().next()?;
        if is_space(letter) {
            return Some(at);
        }
        at += letter.len_utf8();
    }
}

/// The first byte that may begin white space: eight at once.
fn position(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        let eight = u64::from_le_bytes(*eight);
        // The top bit of each byte below `!`, or beyond ASCII; bytes above the first of them may have it too.
        let found = (eight.wrapping_sub(EACH * u64::from(b'!')) | eight) & (EACH << 7);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Some(at + bytes[at..].iter().position(|byte| *byte <= b' ' || !byte.is_ascii())?)
}

/// The start of a text, for a message.
pub(super) fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// What stands between two equal quotes, where a text begins and ends with them.
pub(super) fn unquote(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
