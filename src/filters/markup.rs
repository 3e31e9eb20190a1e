//! Filters for HTML. The engine knows no safe text: all text is plain.

use super::call::{FunctionCall, TextBuilder, invalid, map_of};
use super::entry::{LibraryEntry, VALUE, bool, filter};
use super::text::shown;
use crate::value::text::is_space;
use crate::value::{Fault, FaultCode, Value};

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["escape", "e", "forceescape"],
        &[VALUE],
        "The text with `&`, `<`, `>`, `'` and `\"` as HTML entities.",
        &[("'<a & b>' | e", "'&lt;a &amp; b&gt;'")],
        |call| {
            let mut out = call.build();
            escape(&mut out, call.subject()?)?;
            out.value()
        },
    ),
    filter(
        &["safe"],
        &[VALUE],
        "The value as it is. Where it stands last in a template's output, text that reads as a list or a dict stays text.",
        &[("'<a>' | safe", "'<a>'"), ("none | safe", "None")],
        |call| Ok(call.value()),
    ),
    filter(
        &["striptags"],
        &[VALUE],
        "The text without tags and comments, with single spaces, and with the common entities as characters.",
        &[("'<b>a</b>  &lt; b' | striptags", "'a < b'")],
        strip_tags,
    ),
    filter(
        &["xmlattr"],
        &[VALUE, bool("autospace", true)],
        "The entries of a dict as attributes of a tag; those that are none or undefined are left out.",
        &[("{'id': 1, 'x': none} | xmlattr", "' id=\"1\"'")],
        attributes,
    ),
    filter(&["urlize"], &[VALUE], "Not run: links in HTML have no place in an event.", &[], |_| {
        Err(Fault::new(FaultCode::Unsupported, "`urlize` makes HTML links, which have no place in an event"))
    })
    .variadic(),
];

fn escape(out: &mut TextBuilder<'_>, text: &str) -> Result<(), Fault> {
    let mut rest = text;
    while let Some(place) = rest.find(['&', '<', '>', '\'', '"']) {
        out.push(&rest[..place])?;
        out.push(match rest.as_bytes().get(place) {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'\'') => "&#39;",
            _ => "&#34;",
        })?;
        rest = &rest[place + 1..];
    }
    out.push(rest)
}

fn strip_tags<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let text = call.subject()?;
    call.arena.spend(text.len() as u64)?;
    let plain = without(&without(text, "<!--", "-->"), "<", ">");
    let mut out = call.build();
    for (index, word) in plain.split(is_space).filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            out.push(" ")?;
        }
        unescape(&mut out, word)?;
    }
    out.value()
}

/// Text without what stands between these marks; a mark without its end stays.
fn without(text: &str, start: &str, end: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once(start) {
        let Some((_, after)) = after.split_once(end) else { break };
        out.push_str(before);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn unescape(out: &mut TextBuilder<'_>, word: &str) -> Result<(), Fault> {
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('&') {
        out.push(before)?;
        match after.split_once(';').and_then(|(name, after)| Some((entity(name)?, after))) {
            Some((character, after)) => {
                out.push_character(character)?;
                rest = after;
            }
            None => {
                out.push("&")?;
                rest = after;
            }
        }
    }
    out.push(rest)
}

fn entity(name: &str) -> Option<char> {
    let code = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => match name.strip_prefix('#')? {
            hexadecimal if hexadecimal.starts_with(['x', 'X']) => code(&hexadecimal[1..], 16),
            decimal => code(decimal, 10),
        },
    }
}

fn attributes<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut out = call.build();
    let mut first = !call.truth(1);
    for (key, value) in map_of(call.value())?.iter().filter(|(_, value)| !value.is_missing()) {
        let key = shown(call, key)?;
        if key.contains(|character: char| character.is_ascii_whitespace() || "/>=".contains(character)) {
            return Err(invalid(format!("`{key}` cannot name an attribute")));
        }
        if !std::mem::take(&mut first) {
            out.push(" ")?;
        }
        escape(&mut out, key)?;
        out.push("=\"")?;
        escape(&mut out, shown(call, value)?)?;
        out.push("\"")?;
    }
    out.value()
}
