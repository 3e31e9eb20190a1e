//! Writing JSON.

use super::sink::Sink;
use crate::value::text::{Float, Str};
use crate::value::{Fault, FaultCode, List, Map, NESTING, Value};
use std::borrow::Cow;
use std::fmt::Write;

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
    Sink::append(out, |sink| sink.value(value, most))
}

/// Appends text as a JSON string with its quotes; only what must be escaped is.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    Sink::append(out, |sink| sink.text(text));
}

impl Sink<'_> {
    /// Appends a value, up to so many bytes in all.
    ///
    /// # Errors
    /// As [`write_start`].
    pub fn value(&mut self, value: Value<'_>, most: usize) -> Result<(), Fault> {
        write_value(self, value, 0, most)
    }

    /// Whether there is room for a text, where there may be so many bytes in all.
    ///
    /// # Errors
    /// Limit, where there is none.
    #[inline]
    pub fn check(&self, text: &str, most: usize) -> Result<(), Fault> {
        const SHORT: usize = 1 << 20;
        if self.len() <= most && text.len() <= SHORT {
            return Ok(());
        }
        check_size(self.len() + escaped(text), most)
    }
}

/// How many bytes a text takes as JSON, without its quotes.
pub fn escaped(text: &str) -> usize {
    let more = |byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 1,
        0..0x20 => 5,
        _ => 0,
    };
    text.len() + text.bytes().map(more).sum::<usize>()
}

/// How many bytes an event may take, and so a value: lists can share their items, and then a small value is an endless text.
pub const SIZE: usize = 64 << 20;

/// PERF: `benches/guard.sh` (access_requests): texts cost no more than the writer of texts, wherever they stand.
fn write_value(out: &mut Sink<'_>, value: Value<'_>, depth: usize, most: usize) -> Result<(), Fault> {
    check_size(out.len(), most)?;
    match value {
        Value::Text(text) => {
            out.check(text, most)?;
            out.text(text);
        }
        Value::Bool(true) => out.extend(b"true"),
        Value::Bool(false) => out.extend(b"false"),
        Value::Int(number) => write_int(out, number),
        Value::BigInt(digits) => out.extend(digits.as_bytes()),
        Value::Float(number) if number.is_finite() => show(out, format_args!("{}", Float(number))),
        Value::Undefined | Value::None | Value::Float(_) | Value::Match(_) => out.extend(b"null"),
        Value::List(list) => return write_list(out, list, depth, most),
        Value::Map(map) => return write_map(out, map, depth, most),
    }
    Ok(())
}

#[inline(never)]
fn write_list(out: &mut Sink<'_>, list: &List<'_>, depth: usize, most: usize) -> Result<(), Fault> {
    check_depth(depth)?;
    out.push(b'[');
    for (place, item) in list.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        match item {
            Value::Text(text) => {
                out.check(text, most)?;
                out.text(text);
            }
            item => write_value(out, item, depth + 1, most)?,
        }
    }
    out.push(b']');
    Ok(())
}

#[inline(never)]
fn write_map(out: &mut Sink<'_>, map: &Map<'_>, depth: usize, most: usize) -> Result<(), Fault> {
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
    Ok(())
}

fn check_depth(depth: usize) -> Result<(), Fault> {
    if depth < NESTING {
        return Ok(());
    }
    Err(Fault::new(FaultCode::Limit, format!("a value is nested deeper than {NESTING} levels")))
}

fn check_size(size: usize, most: usize) -> Result<(), Fault> {
    if size <= most {
        return Ok(());
    }
    Err(Fault::new(FaultCode::Limit, format!("a value has more than {SIZE} bytes of JSON")))
}

fn write_key(out: &mut Sink<'_>, key: Value<'_>) {
    match key {
        Value::Text(text) => out.text(text),
        other => out.text(&self::key(other)),
    }
}

/// The key of a dict as text: as Python's `json.dumps` writes it; one that it refuses, as its `str()`.
pub fn key(key: Value<'_>) -> Cow<'_, str> {
    match key {
        Value::Text(text) => text.into(),
        Value::None => "null".into(),
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        other => Str(other).to_string().into(),
    }
}

#[inline(never)]
fn show(out: &mut Sink<'_>, shown: std::fmt::Arguments<'_>) {
    // Writing to a sink cannot fail.
    let _ = out.write_fmt(shown);
}

#[inline(never)]
fn write_int(out: &mut Sink<'_>, number: i64) {
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
    out.extend(&digits[first..]);
}
