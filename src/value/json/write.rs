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

/// Appends bytes with escapes, a block after the other.
fn write_escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    const BLOCK: usize = 32 * WIDTH;
    for block in bytes.chunks(BLOCK) {
        let start = out.len();
        out.resize(start + 2 * (block.len() + 2 * WIDTH), 0);
        let written = escape(block, &mut out[start..]);
        out.truncate(start + written.unwrap_or(0));
        if written.is_none() {
            escape_long(out, block);
        }
    }
}

/// Fills the room with bytes and their escapes of two bytes; tells how much of it. `None` where an escape is longer.
///
/// PERF: `benches/guard.sh` (access_requests): a message that is JSON has an escape every eight bytes. All copies are of
/// a fixed length; what one copies too much, the next one overwrites.
fn escape(bytes: &[u8], room: &mut [u8]) -> Option<usize> {
    let (mut read, mut written) = (0, 0);
    while let Some(words) = bytes.get(read..).and_then(|rest| rest.first_chunk()) {
        written += escape_word(words, room.get_mut(written..)?)?;
        read += WIDTH;
    }
    let rest = bytes.get(read..)?;
    let mut words = [b' '; 3 * WIDTH];
    words.iter_mut().zip(rest).for_each(|(word, byte)| *word = *byte);
    for start in [0, WIDTH] {
        written += escape_word(words.get(start..)?.first_chunk()?, room.get_mut(written..)?)?;
    }
    Some(written - (2 * WIDTH - rest.len()))
}

/// Fills the room with the first of two words; the second is there so that a word stands behind each escape.
#[inline(always)]
fn escape_word(words: &[u8; 2 * WIDTH], room: &mut [u8]) -> Option<usize> {
    let word = words.first_chunk()?;
    *room.first_chunk_mut()? = *word;
    let (mut read, mut written) = (0, 0);
    let mut marks = marks::marks(*word);
    while marks != 0 {
        let place = marks.trailing_zeros() as usize;
        let escape = ESCAPES[words[place % WIDTH] as usize];
        if escape == b'u' {
            return None;
        }
        written += place - read;
        read = place + 1;
        let room = room.get_mut(written..)?.first_chunk_mut::<{ WIDTH + 2 }>()?;
        room[0] = b'\\';
        room[1] = escape;
        *room.last_chunk_mut()? = *words.get(read..)?.first_chunk::<WIDTH>()?;
        written += 2;
        marks &= marks - 1;
    }
    Some(written + WIDTH - read)
}

fn escape_long(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        match ESCAPES[*byte as usize] {
            0 => out.push(*byte),
            b'u' => out.extend_from_slice(&control(*byte)),
            escape => out.extend_from_slice(&[b'\\', escape]),
        }
    }
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
