//! Filters that lay text out: centring, indenting, cutting, wrapping.

use super::call::{FunctionCall, TextBuilder, invalid};
use super::entry::{LibraryEntry, VALUE, bool, filter, int, none, string};
use crate::value::text::is_space;
use crate::value::{Fault, Value, ops};

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["center"],
        &[VALUE, int("width", 80)],
        "The text in the middle of a field.",
        &[("'ab' | center(6)", "'  ab  '")],
        |call| center(call, call.subject()?, call.int(1)?, " "),
    ),
    filter(
        &["indent"],
        &[VALUE, int("width", 4), bool("first", false), bool("blank", false)],
        "The text with its lines moved in, by a number of spaces or by a text.",
        &[("'a\\nb' | indent(2)", "'a\\n  b'"), ("'a' | indent('> ', true)", "'> a'")],
        indent,
    ),
    filter(
        &["truncate"],
        &[VALUE, int("length", 255), bool("killwords", false), string("end", "..."), none("leeway")],
        "The text cut to a length, by default between words; up to `leeway` (5) characters more are let pass.",
        &[("'foo bar baz qux' | truncate(9)", "'foo...'"), ("'foo bar baz qux' | truncate(9, true)", "'foo ba...'")],
        truncate,
    ),
    filter(
        &["wordwrap"],
        &[VALUE, int("width", 79), bool("break_long_words", true), none("wrapstring"), bool("break_on_hyphens", true)],
        "The text with its lines wrapped between words.",
        &[("'aa bb cc' | wordwrap(5)", "'aa bb\\ncc'")],
        wordwrap,
    ),
];

/// Python's `str.center`: the odd space goes to the left where the width is odd.
pub(super) fn center<'a>(
    call: &FunctionCall<'_, 'a>,
    text: &'a str,
    width: i64,
    fill: &str,
) -> Result<Value<'a>, Fault> {
    let width = usize::try_from(width).unwrap_or(0);
    let spaces = width.saturating_sub(text.chars().count());
    let left = spaces / 2 + (spaces & width & 1);
    pad(call, text, fill, left, spaces - left)
}

/// Text with its fill on both sides.
pub(super) fn pad<'a>(
    call: &FunctionCall<'_, 'a>,
    text: &'a str,
    fill: &str,
    left: usize,
    right: usize,
) -> Result<Value<'a>, Fault> {
    if left + right == 0 {
        return Ok(Value::Text(text));
    }
    let mut out = call.build();
    out.repeat(fill, left)?;
    out.push(text)?;
    out.repeat(fill, right)?;
    out.value()
}

fn indent<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let (unit, count) = match call.argument(1) {
        Value::Text(text) => (text, 1),
        _ => (" ", call.count(1)?),
    };
    let (first, blank, text) = (call.truth(2), call.truth(3), call.own_text()?);
    let mut lines: Vec<&str> = lines(text, false);
    if text.is_empty() || text.ends_with(is_line_end) {
        // Jinja adds a newline before it splits, so that a last empty line stays.
        lines.push("");
    }
    let mut out = call.build();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push("\n")?;
        }
        if (index == 0 && first) || (index > 0 && (blank || !line.is_empty())) {
            out.repeat(unit, count)?;
        }
        out.push(line)?;
    }
    out.value()
}

/// Python's `str.splitlines`.
pub(super) fn lines(text: &str, keep_ends: bool) -> Vec<&str> {
    let (mut lines, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let end = rest.find(is_line_end).unwrap_or(rest.len());
        let tail = &rest[end..];
        let break_length = match tail.starts_with("\r\n") {
            true => 2,
            false => tail.chars().next().map_or(0, char::len_utf8),
        };
        lines.push(if keep_ends { &rest[..end + break_length] } else { &rest[..end] });
        rest = &tail[break_length..];
    }
    lines
}

fn is_line_end(character: char) -> bool {
    matches!(character, '\n'..='\r' | '\x1C'..='\x1E' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn truncate<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    const LEEWAY: i64 = 5;
    let end = call.string(3)?;
    let leeway = call.optional_int(4)?.unwrap_or(LEEWAY);
    let kept = call.int(1)?.saturating_sub(end.chars().count() as i64);
    let (Ok(kept), false) = (usize::try_from(kept), leeway < 0) else {
        return Err(invalid("`truncate` needs a length of at least that of its `end`, and a leeway of at least 0"));
    };
    if ops::length(call.value())? as i64 <= call.int(1)?.saturating_add(leeway) {
        return Ok(call.value());
    }
    let text = call.own_text()?;
    let cut = text.char_indices().nth(kept).map_or(text.len(), |(place, _)| place);
    let mut start = &text[..cut];
    if !call.truth(2) {
        start = start.rsplit_once(' ').map_or(start, |(words, _)| words);
    }
    let mut out = call.build();
    out.push(start)?;
    out.push(end)?;
    out.value()
}

fn wordwrap<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let (width, wrap) = (call.count(1)?, call.optional_text(3)?.unwrap_or("\n"));
    if width == 0 {
        return Err(invalid("the width must be at least 1"));
    }
    let (break_words, hyphens) = (call.truth(2), call.truth(4));
    let text = call.own_text()?;
    call.arena.spend(text.len() as u64)?;
    let mut out = call.build();
    for (index, line) in lines(text, false).into_iter().enumerate() {
        if index > 0 {
            out.push(wrap)?;
        }
        wrap_line(&mut out, line, width, wrap, break_words, hyphens)?;
    }
    out.value()
}

/// Python's `textwrap.wrap` without a change of white space inside lines.
fn wrap_line(
    out: &mut TextBuilder<'_>,
    line: &str,
    width: usize,
    wrap: &str,
    break_words: bool,
    hyphens: bool,
) -> Result<(), Fault> {
    let mut chunks: Vec<&str> = chunks(line, hyphens);
    chunks.reverse();
    let mut first = true;
    while !chunks.is_empty() {
        if !first && chunks.last().is_some_and(|chunk| is_blank(chunk)) {
            chunks.pop();
        }
        let (mut row, mut length) = (Vec::new(), 0);
        while let Some(chunk) = chunks.last().filter(|chunk| length + chunk.chars().count() <= width) {
            length += chunk.chars().count();
            row.push(*chunk);
            chunks.pop();
        }
        if let Some(chunk) = chunks.last_mut().filter(|chunk| chunk.chars().count() > width) {
            let place = match break_words {
                true => chunk.char_indices().nth(width - length).map_or(chunk.len(), |(place, _)| place),
                false if row.is_empty() => chunk.len(),
                false => 0,
            };
            let (start, rest) = chunk.split_at(place);
            // Python adds a part without a character, too, and so keeps a blank before it.
            row.extend((break_words || !start.is_empty()).then_some(start));
            *chunk = rest;
            if rest.is_empty() {
                chunks.pop();
            }
        }
        if row.last().is_some_and(|chunk| is_blank(chunk)) {
            row.pop();
        }
        if !row.is_empty() {
            if !first {
                out.push(wrap)?;
            }
            row.iter().try_for_each(|chunk| out.push(chunk))?;
            first = false;
        }
    }
    Ok(())
}

fn is_blank(chunk: &str) -> bool {
    chunk.chars().all(is_space)
}

/// Words and the white space between them; a word may break behind a hyphen between letters.
fn chunks(line: &str, hyphens: bool) -> Vec<&str> {
    let (mut chunks, mut start) = (Vec::new(), 0);
    let mut before = [None; 2];
    let mut following = line.chars().skip(1);
    for (place, character) in line.char_indices() {
        let next = following.next();
        let edge = before[1].is_some_and(|last: char| is_space(last) != is_space(character));
        if edge {
            chunks.push(&line[start..place]);
            start = place;
        }
        let letter = |character: Option<char>| character.is_some_and(char::is_alphabetic);
        if hyphens && character == '-' && letter(before[0]) && letter(before[1]) && letter(next) {
            chunks.push(&line[start..=place]);
            start = place + 1;
        }
        before = [before[1], Some(character)];
    }
    if start < line.len() {
        chunks.push(&line[start..]);
    }
    chunks
}
