//! Percent-encoding.

use super::call::{Builder, Call, items, mismatch};
use super::text::shown;
use super::{Entry, VALUE, filter};
use crate::value::{Fault, Value};

pub(super) static ENTRIES: &[Entry] = &[filter(
    &["urlencode"],
    &[VALUE],
    "The text percent-encoded for a URL's path, or a dict or list of pairs as a query.",
    &[("'a b/ü' | urlencode", "'a%20b/%C3%BC'"), ("{'q': 'a b', 'n': 1} | urlencode", "'q=a+b&n=1'")],
    encode,
)];

fn encode<'a>(call: &Call<'_, 'a>) -> Result<Value<'a>, Fault> {
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
    call: &Call<'_, 'a>,
    out: &mut Builder<'a>,
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
fn quote(out: &mut Builder<'_>, text: &str, path: bool) -> Result<(), Fault> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push_character(byte.into())?,
            b'/' if path => out.push("/")?,
            b' ' if !path => out.push("+")?,
            other => {
                out.push("%")?;
                out.push_character(DIGITS[usize::from(other >> 4)].into())?;
                out.push_character(DIGITS[usize::from(other & 15)].into())?;
            }
        }
    }
    Ok(())
}
