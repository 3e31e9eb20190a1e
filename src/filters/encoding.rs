//! Percent-encoding and hexadecimal text.

use super::call::{FunctionCall, TextBuilder, invalid, items, mismatch};
use super::entry::{LibraryEntry, VALUE, filter};
use super::text::shown;
use crate::value::{Fault, Value};

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["urlencode"],
        &[VALUE],
        "The text percent-encoded for a URL's path, or a dict or list of pairs as a query.",
        &[("'a b/ü' | urlencode", "'a%20b/%C3%BC'"), ("{'q': 'a b', 'n': 1} | urlencode", "'q=a+b&n=1'")],
        encode,
    ),
    filter(
        &["from_hex"],
        &[VALUE],
        "The text whose bytes are written as pairs of hexadecimal digits; what is no UTF-8 becomes `\u{fffd}`.",
        &[
            ("'7375646f' | from_hex", "'sudo'"),
            ("'6C73002D6C' | from_hex | replace('\\x00', ' ')", "'ls -l'"),
            ("'c3bc' | from_hex", "'ü'"),
        ],
        from_hex,
    ),
    filter(
        &["to_hex"],
        &[VALUE],
        "The bytes of the text as pairs of hexadecimal digits in lower case.",
        &[("'ls -l' | to_hex", "'6c73202d6c'"), ("'ü' | to_hex", "'c3bc'")],
        |call| {
            let mut out = call.build();
            call.own_text()?.bytes().try_for_each(|byte| digits(&mut out, byte, b"0123456789abcdef"))?;
            out.value()
        },
    ),
];

/// As Python's `bytes.fromhex`: digits in any case, white space between pairs.
fn from_hex<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let text = call.own_text()?;
    call.arena.spend(text.len() as u64)?;
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for part in text.split_ascii_whitespace() {
        for pair in part.as_bytes().chunks(2) {
            let value = |digit: &u8| char::from(*digit).to_digit(16);
            let [high, low] = pair else { return Err(invalid("hexadecimal text has two digits for each byte")) };
            let (Some(high), Some(low)) = (value(high), value(low)) else {
                return Err(invalid("the text has characters that are not hexadecimal digits"));
            };
            bytes.push((high << 4 | low) as u8);
        }
    }
    call.arena.text(&String::from_utf8_lossy(&bytes)).map(Value::Text)
}

/// The two hexadecimal digits of a byte.
fn digits(out: &mut TextBuilder<'_>, byte: u8, digits: &[u8; 16]) -> Result<(), Fault> {
    out.push_character(digits[usize::from(byte >> 4)].into())?;
    out.push_character(digits[usize::from(byte & 15)].into())
}

fn encode<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut out = call.build();
    match call.value() {
        Value::Map(map) => {
            for (index, (key, value)) in map.iter().enumerate() {
                pair(call, &mut out, index, key, value)?;
            }
        }
        Value::List(list) => {
            for (index, item) in list.iter().enumerate() {
                let both = items(call.arena, item)?;
                let (Some(key), Some(value), 2) = (both.at(0), both.at(1), both.len()) else {
                    return Err(mismatch("a pair", item));
                };
                pair(call, &mut out, index, key, value)?;
            }
        }
        other => quote(&mut out, shown(call, other)?, true)?,
    }
    out.value()
}

fn pair<'a>(
    call: &FunctionCall<'_, 'a>,
    out: &mut TextBuilder<'a>,
    index: usize,
    key: Value<'a>,
    value: Value<'a>,
) -> Result<(), Fault> {
    if index > 0 {
        out.push("&")?;
    }
    quote(out, shown(call, key)?, false)?;
    out.push("=")?;
    quote(out, shown(call, value)?, false)
}

/// Percent-encodes all but RFC 3986's unreserved characters; a path keeps `/`, a query has `+` for a space.
fn quote(out: &mut TextBuilder<'_>, text: &str, path: bool) -> Result<(), Fault> {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push_character(byte.into())?,
            b'/' if path => out.push("/")?,
            b' ' if !path => out.push("+")?,
            other => {
                out.push("%")?;
                digits(out, other, b"0123456789ABCDEF")?;
            }
        }
    }
    Ok(())
}
