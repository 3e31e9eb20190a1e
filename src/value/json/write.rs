//! Writing JSON.

use super::marks::{self, WIDTH};
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
    match marks::find(bytes, 0) {
        None => out.extend_from_slice(bytes),
        Some(first) => {
            out.extend_from_slice(&bytes[..first]);
            write_escaped(out, &bytes[first..]);
        }
    }
    out.push(b'"');
}

/// Appends bytes with escapes.
///
/// PERF: `benches/guard.sh` (access_requests): a message that is JSON has an escape every eight bytes. What is appended
/// is room first, filled by copies of a fixed length; its end is cut off at last.
fn write_escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    /// What one step fills at most: a word, and in the place of its last byte an escape of six.
    const STEP: usize = WIDTH + 5;
    let (mut read, mut written) = (0, out.len());
    while let Some(word) = bytes.get(read..).and_then(|rest| rest.first_chunk::<WIDTH>()) {
        if out.len() < written + STEP {
            out.resize(written + STEP + (bytes.len() - read) * 5 / 4, 0);
        }
        put(out, written, *word);
        let marks = marks::marks(*word);
        if marks == 0 {
            (read, written) = (read + WIDTH, written + WIDTH);
            continue;
        }
        let plain = marks.trailing_zeros() as usize;
        let byte = word[plain];
        (read, written) = (read + plain + 1, written + plain);
        written += match ESCAPES[byte as usize] {
            b'u' => put(out, written, control(byte)),
            escape => put(out, written, [b'\\', escape]),
        };
    }
    out.truncate(written);
    for byte in bytes.get(read..).unwrap_or_default() {
        match ESCAPES[*byte as usize] {
            0 => out.push(*byte),
            b'u' => out.extend_from_slice(&control(*byte)),
            escape => out.extend_from_slice(&[b'\\', escape]),
        }
    }
}

/// Puts bytes where there is room for them; tells how many.
fn put<const LENGTH: usize>(out: &mut [u8], place: usize, bytes: [u8; LENGTH]) -> usize {
    if let Some(room) = out.get_mut(place..).and_then(|rest| rest.first_chunk_mut()) {
        *room = bytes;
    }
    LENGTH
}

/// The escape of a control character that has no letter.
fn control(byte: u8) -> [u8; 6] {
    [b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), HEX[(byte & 15) as usize]]
}

const HEX: &[u8; 16] = b"0123456789abcdef";

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
