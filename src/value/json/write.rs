//! Writing JSON.

use crate::value::text::{Float, Str};
use crate::value::{Fault, FaultCode, NESTING, Value};
use std::io::Write;

/// Appends a value as JSON, without spaces. Undefined and what JSON lacks (NaN, infinity, a match) are written as
/// `null`; a dict's keys as text. Floats are written as Python writes them.
///
/// # Errors
/// Limit, where a value nests deeper than [`NESTING`] (a list may hold itself) or is larger than [`SIZE`]; what was
/// appended until then stays.
pub fn write(out: &mut Vec<u8>, value: Value<'_>) -> Result<(), Fault> {
    write_start(out, value, SIZE)
}

/// As [`write`], and stops soon after `size` bytes.
///
/// # Errors
/// Limit, where the value nests deeper than [`NESTING`] or goes on after `size` bytes; what was appended until then stays.
pub fn write_start(out: &mut Vec<u8>, value: Value<'_>, size: usize) -> Result<(), Fault> {
    let most = out.len().saturating_add(size);
    write_value(out, value, 0, most)
}

/// How many bytes one value may take: lists can share their items, and then a small value is an endless text.
pub const SIZE: usize = 64 << 20;

fn write_value(out: &mut Vec<u8>, value: Value<'_>, depth: usize, most: usize) -> Result<(), Fault> {
    check_size(out, most)?;
    match value {
        Value::Text(text) => write_text(out, text),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => write_int(out, number),
        Value::BigInt(digits) => out.extend_from_slice(digits.as_bytes()),
        Value::Float(number) if number.is_finite() => show(out, format_args!("{}", Float(number))),
        Value::Undefined | Value::None | Value::Float(_) | Value::Match(_) => {
            out.extend_from_slice(b"null");
        }
        Value::List(list) => {
            check_depth(depth)?;
            out.push(b'[');
            for (place, item) in list.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_value(out, item, depth + 1, most)?;
            }
            out.push(b']');
        }
        Value::Map(map) => {
            check_depth(depth)?;
            out.push(b'{');
            for (place, (key, value)) in map.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_key(out, key);
                out.push(b':');
                write_value(out, value, depth + 1, most)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn check_depth(depth: usize) -> Result<(), Fault> {
    if depth < NESTING {
        return Ok(());
    }
    Err(Fault::new(FaultCode::Limit, format!("a value nests deeper than {NESTING}")))
}

fn check_size(out: &[u8], most: usize) -> Result<(), Fault> {
    if out.len() <= most {
        return Ok(());
    }
    Err(Fault::new(FaultCode::Limit, format!("a value of more than {SIZE} bytes of JSON")))
}

/// Keys as Python's `json.dumps` writes them; those that it refuses as their `str()`.
fn write_key(out: &mut Vec<u8>, key: Value<'_>) {
    match key {
        Value::Text(text) => write_text(out, text),
        Value::None => out.extend_from_slice(b"\"null\""),
        Value::Bool(true) => out.extend_from_slice(b"\"true\""),
        Value::Bool(false) => out.extend_from_slice(b"\"false\""),
        other => write_text(out, &Str(other).to_string()),
    }
}

fn show(out: &mut Vec<u8>, shown: std::fmt::Arguments<'_>) {
    // Writing to a `Vec` cannot fail.
    let _ = out.write_fmt(shown);
}

fn write_int(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    let mut digits = [0; 20];
    let (mut first, mut rest) = (digits.len(), number.unsigned_abs());
    loop {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

/// Appends text as a JSON string with its quotes; only what must be escaped is.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut written = 0;
    while let Some(place) = next_escape(bytes, written) {
        out.extend_from_slice(&bytes[written..place]);
        written = place + 1;
        match ESCAPES[bytes[place] as usize] {
            b'u' => show(out, format_args!("\\u{:04x}", bytes[place])),
            escape => out.extend_from_slice(&[b'\\', escape]),
        }
    }
    out.extend_from_slice(&bytes[written..]);
    out.push(b'"');
}

/// The place of the first byte from `start` on that must be escaped.
///
/// PERF: `benches` (access_requests): eight bytes at once, as text is long and escapes are rare.
fn next_escape(bytes: &[u8], start: usize) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The highest bit of each byte that is 0. A borrow can mark a byte above such a one, never below: the first is right.
    let zeros = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let mut words = bytes[start..].chunks_exact(8);
    let mut place = start;
    for word in &mut words {
        let word = u64::from_le_bytes([word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7]]);
        let control = word.wrapping_sub(LOW * 0x20) & !word & HIGH;
        let found = control | zeros(word ^ (LOW * u64::from(b'"'))) | zeros(word ^ (LOW * u64::from(b'\\')));
        if found != 0 {
            return Some(place + found.trailing_zeros() as usize / 8);
        }
        place += 8;
    }
    words.remainder().iter().position(|byte| ESCAPES[*byte as usize] != 0).map(|rest| place + rest)
}

/// What stands behind the backslash for each byte; 0 for a byte that stands for itself.
static ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escapes[byte] = b'u';
        byte += 1;
    }
    escapes[b'\n' as usize] = b'n';
    escapes[b'\r' as usize] = b'r';
    escapes[b'\t' as usize] = b't';
    escapes[8] = b'b';
    escapes[12] = b'f';
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes
};
