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

/// The first byte that may begin white space.
fn position(bytes: &[u8]) -> Option<usize> {
    // Below `!`, or beyond ASCII.
    first_of(bytes, |eight| (eight.wrapping_sub(EACH * u64::from(b'!')) | eight) & TOPS)
}

const EACH: u64 = u64::from_le_bytes([1; 8]);
const TOPS: u64 = EACH << 7;

/// The first byte that stops: of eight at once, little-endian, `stops` tells the top bit of each that does. Behind the first of them it
/// may tell others.
#[inline(always)]
pub(super) fn first_of(bytes: &[u8], stops: impl Fn(u64) -> u64) -> Option<usize> {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        let found = stops(u64::from_le_bytes(*eight));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = &bytes[at..];
    let eight = rest.iter().rev().fold(0, |eight, byte| eight << 8 | u64::from(*byte));
    let found = stops(eight) & !(u64::MAX << (8 * rest.len()));
    (found != 0).then(|| at + found.trailing_zeros() as usize / 8)
}

/// Which of eight bytes are this one, for [`first_of`].
#[inline(always)]
pub(super) fn equal(eight: u64, byte: u8) -> u64 {
    let differing = eight ^ (EACH * u64::from(byte));
    differing.wrapping_sub(EACH) & !differing & TOPS
}

/// Which of eight bytes are less than this one of ASCII, for [`first_of`].
#[inline(always)]
pub(super) fn less(eight: u64, byte: u8) -> u64 {
    eight.wrapping_sub(EACH * u64::from(byte)) & !eight & TOPS
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_that_stops_is_found_wherever_it_is() {
        for length in 0..20 {
            for at in 0..=length {
                for byte in [b'<', b'\r', 0, 0xc3] {
                    let mut bytes = vec![b'='; length];
                    bytes.iter_mut().skip(at).step_by(3).for_each(|place| *place = byte);
                    let is_stop = |byte: u8| byte == b'<' || byte < b' ';
                    let found = first_of(&bytes, |eight| equal(eight, b'<') | less(eight, b' '));
                    assert_eq!(found, bytes.iter().position(|byte| is_stop(*byte)), "{bytes:?}");
                }
            }
        }
    }
}
