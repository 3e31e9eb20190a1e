//! The fast path: `2024-03-05T06:07:08`, with a space for `T`, a fraction and an offset.

use super::civil::Civil;
use super::clock::Moment;
use super::zone::{Zone, offset};

/// Reads just these shapes; `None` for every other, which the detection then reads.
pub(super) fn read(text: &str, zone: Option<&Zone>) -> Option<Moment> {
    let bytes: &[u8; 19] = text.as_bytes().first_chunk()?;
    let marks = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if marks.iter().any(|(at, mark)| bytes[*at] != *mark) || !matches!(bytes[10], b'T' | b' ') {
        return None;
    }
    let mut civil = Civil {
        year: digits(&bytes[0..4])?,
        month: digits(&bytes[5..7])?,
        day: digits(&bytes[8..10])?,
        hour: digits(&bytes[11..13])?,
        minute: digits(&bytes[14..16])?,
        second: digits(&bytes[17..19])?,
        microsecond: 0,
    };
    let mut rest = text.get(19..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        civil.microsecond = microseconds(&fraction.as_bytes()[..length])?;
        rest = &fraction[length..];
    }
    let offset = match rest {
        "" => None,
        "Z" => Some(0),
        // Shorter offsets are left to the detection, which knows their oddities.
        _ if matches!(rest.len(), 5 | 6) => Some(offset(rest)?),
        _ => return None,
    };
    civil.moment(offset, zone)
}

/// A number of at most 18 decimal digits.
pub(super) fn digits(bytes: &[u8]) -> Option<i64> {
    if bytes.len() > 18 {
        return None;
    }
    bytes.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

/// The first six digits of a fraction; what follows is cut off.
pub(super) fn microseconds(fraction: &[u8]) -> Option<i64> {
    if fraction.is_empty() {
        return None;
    }
    let kept = &fraction[..fraction.len().min(6)];
    Some(digits(kept)? * 10i64.pow(6 - kept.len() as u32))
}
