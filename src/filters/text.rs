//! Filters on text: case, white space, replacement.

use super::call::{FunctionCall, TextBuilder};
use super::entry::{LibraryEntry, LibraryKind, VALUE, filter, none, of_value, required};
use crate::value::text::is_space;
use crate::value::{Arena, Fault, Value, text};
use memchr::{memchr, memmem};

pub(super) static ENTRIES: &[LibraryEntry] = &[
    of_value(
        LibraryKind::Filter,
        &["lower"],
        "The text in lower case.",
        &[("'ÀbC' | lower", "'àbc'")],
        |arena, value| lower(arena, text::string(arena, value)?),
    ),
    of_value(
        LibraryKind::Filter,
        &["upper"],
        "The text in upper case.",
        &[("'àbc' | upper", "'ÀBC'")],
        |arena, value| upper(arena, text::string(arena, value)?),
    ),
    filter(
        &["capitalize"],
        &[VALUE],
        "The text with its first character in upper case and the others in lower case.",
        &[("'user LOGIN' | capitalize", "'User login'")],
        |call| capitalized(call, call.subject()?),
    ),
    filter(
        &["title"],
        &[VALUE],
        "The text with each word capitalized; words start after white space, `-`, `(`, `[`, `{` and `<`.",
        &[("'deny-all (LAN)' | title", "'Deny-All (Lan)'")],
        title,
    ),
    filter(
        &["trim", "strip"],
        &[VALUE, none("chars")],
        "The text without white space, or these characters, at its ends.",
        &[("'  a b ' | trim", "'a b'"), ("'[a]' | trim('[]')", "'a'")],
        |call| {
            let text = call.subject()?;
            let stripped = strip(text, call.optional_text(1)?, true, true);
            // What is taken off is looked at one by one.
            call.arena.spend((text.len() - stripped.len()) as u64)?;
            Ok(Value::Text(stripped))
        },
    ),
    filter(
        &["replace"],
        &[VALUE, required("old"), required("new"), none("count")],
        "The text with each `old`, or the first `count` of them, replaced.",
        &[("'a-b-c' | replace('-', '_')", "'a_b_c'"), ("'aaa' | replace('a', 'b', 2)", "'bba'")],
        |call| replace(call, call.subject()?, call.string(1)?, call.string(2)?, call.optional_int(3)?),
    ),
    of_value(
        LibraryKind::Filter,
        &["string"],
        "The value as text.",
        &[("[1, none] | string", "'[1, None]'")],
        |arena, value| text::string(arena, value).map(Value::Text),
    ),
    filter(
        &["wordcount"],
        &[VALUE],
        "How many words the text has.",
        &[("'one two, three' | wordcount", "3")],
        |call| {
            let text = call.subject()?;
            call.arena.spend(text.len() as u64)?;
            let words = text.split(|character: char| !is_word(character)).filter(|word| !word.is_empty());
            Ok(Value::Int(words.count() as i64))
        },
    ),
];

/// Text in lower case, the same text where it is.
pub(super) fn lower<'a>(arena: &'a Arena, text: &'a str) -> Result<Value<'a>, Fault> {
    recase(arena, text, b'A', str::to_lowercase, str::make_ascii_lowercase)
}

/// Text in upper case, the same text where it is.
pub(super) fn upper<'a>(arena: &'a Arena, text: &'a str) -> Result<Value<'a>, Fault> {
    recase(arena, text, b'a', str::to_uppercase, str::make_ascii_uppercase)
}

/// `first` is the first of the 26 letters that change.
fn recase<'a>(
    arena: &'a Arena,
    text: &'a str,
    first: u8,
    unicode: fn(&str) -> String,
    ascii: fn(&mut str),
) -> Result<Value<'a>, Fault> {
    let (is_ascii, changes) = letters(text.as_bytes(), first);
    if !is_ascii {
        return arena.text(&unicode(text)).map(Value::Text);
    }
    if !changes {
        return Ok(Value::Text(text));
    }
    arena.spend(text.len() as u64)?;
    let copy = arena.bump().alloc_str(text);
    ascii(copy);
    Ok(Value::Text(copy))
}

/// Whether all bytes are ASCII, and, if so, whether one of 26 letters is among them.
///
/// PERF: `benches/guard.sh` (access_requests): eight bytes are looked at together, all of them: what is sought is rare.
fn letters(bytes: &[u8], first: u8) -> (bool, bool) {
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let all = |byte: u8| u64::from_ne_bytes([byte; 8]);
    // Of a byte below 0x80 the sum has the highest bit where the byte is at least so great.
    let (from, behind) = (all(0x80 - first), all(0x80 - first - 26));
    let (mut seen, mut letters) = (0, 0);
    let mut see = |word: u64| {
        seen |= word;
        letters |= word.wrapping_add(from) & !word.wrapping_add(behind);
    };
    match bytes.last_chunk() {
        // The last eight bytes stand for what is left of whole words.
        Some(last) => bytes.as_chunks().0.iter().chain([last]).for_each(|word| see(u64::from_ne_bytes(*word))),
        None => bytes.iter().for_each(|byte| see((*byte).into())),
    }
    (seen & HIGH == 0, letters & HIGH != 0)
}

/// Text with its first character in title case and the others in lower case.
pub(super) fn capitalized<'a>(call: &FunctionCall<'_, 'a>, text: &str) -> Result<Value<'a>, Fault> {
    let mut out = call.build();
    let mut characters = text.chars();
    if let Some(first) = characters.next() {
        push_title(&mut out, first)?;
    }
    out.push(&characters.as_str().to_lowercase())?;
    out.value()
}

/// A character as it starts a word: `ß` becomes `Ss`.
pub(super) fn push_title(out: &mut TextBuilder<'_>, character: char) -> Result<(), Fault> {
    let digraph = match character {
        'Ǆ' | 'ǅ' | 'ǆ' => Some('ǅ'),
        'Ǉ' | 'ǈ' | 'ǉ' => Some('ǈ'),
        'Ǌ' | 'ǋ' | 'ǌ' => Some('ǋ'),
        'Ǳ' | 'ǲ' | 'ǳ' => Some('ǲ'),
        _ => None,
    };
    if let Some(digraph) = digraph {
        return out.push_character(digraph);
    }
    let mut upper = character.to_uppercase();
    if let Some(first) = upper.next() {
        out.push_character(first)?;
    }
    upper.flat_map(char::to_lowercase).try_for_each(|character| out.push_character(character))
}

fn title<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut out = call.build();
    let mut start = true;
    for character in call.subject()?.chars() {
        if is_space(character) || "-({[<".contains(character) {
            start = true;
            out.push_character(character)?;
        } else if std::mem::take(&mut start) {
            character.to_uppercase().try_for_each(|upper| out.push_character(upper))?;
        } else {
            character.to_lowercase().try_for_each(|lower| out.push_character(lower))?;
        }
    }
    out.value()
}

/// Python's `str.strip` and its halves.
pub(super) fn strip<'t>(text: &'t str, characters: Option<&str>, left: bool, right: bool) -> &'t str {
    let stripped = |character: char| characters.map_or_else(|| is_space(character), |set| set.contains(character));
    let text = if left { text.trim_start_matches(stripped) } else { text };
    if right { text.trim_end_matches(stripped) } else { text }
}

/// Python's `str.replace`; without a count, or with a negative one, all are replaced.
pub(super) fn replace<'a>(
    call: &FunctionCall<'_, 'a>,
    text: &'a str,
    old: &str,
    new: &str,
    count: Option<i64>,
) -> Result<Value<'a>, Fault> {
    call.arena.spend(text.len() as u64)?;
    let count = count.and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX);
    let mut all = occurrences(text, old);
    let mut borders = text.match_indices("").map(|(place, _)| place);
    let found: &mut dyn Iterator<Item = usize> = if old.is_empty() { &mut borders } else { &mut all };
    let mut found = found.take(count).peekable();
    if found.peek().is_none() {
        return Ok(Value::Text(text));
    }
    let (mut out, mut from) = (call.build(), 0);
    for place in found {
        out.push(&text[from..place])?;
        out.push(new)?;
        from = place + old.len();
    }
    out.push(&text[from..])?;
    out.value()
}

/// Where a text, which is not empty, stands in another, from left to right; occurrences do not overlap.
///
/// PERF: `benches` (grok, kv, CEF): most texts are short, and one that is not in them is sought without a searcher, as
/// `str::match_indices` would make one.
pub(super) fn occurrences<'t>(text: &'t str, wanted: &'t str) -> impl Iterator<Item = usize> + 't {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = &text.as_bytes()[from..];
        let place = from
            + match wanted.as_bytes() {
                [byte] => memchr(*byte, rest)?,
                wanted => memmem::find(rest, wanted)?,
            };
        from = place + wanted.len();
        Some(place)
    })
}

/// Appends the characters from last to first.
pub(super) fn reversed(text: &str, out: &mut TextBuilder<'_>) -> Result<(), Fault> {
    text.chars().rev().try_for_each(|character| out.push_character(character))
}

/// What `\w` matches.
pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The value's text in lower case, where it is text: how comparisons look past case.
pub(super) fn folded<'a>(arena: &'a Arena, value: Value<'a>) -> Result<Value<'a>, Fault> {
    match value {
        Value::Text(text) => lower(arena, text),
        other => Ok(other),
    }
}

/// The value as text, in the call's arena.
pub(super) fn shown<'a>(call: &FunctionCall<'_, 'a>, value: Value<'a>) -> Result<&'a str, Fault> {
    text::string(call.arena, value)
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn each_byte_counts_at_each_place() {
        for first in [b'A', b'a'] {
            for byte in 0..=u8::MAX {
                for length in 1..20 {
                    for place in 0..length {
                        let mut bytes = vec![b'.'; length];
                        bytes[place] = byte;
                        let (is_ascii, found) = letters(&bytes, first);
                        assert_eq!(is_ascii, byte.is_ascii());
                        assert!(!is_ascii || found == (first..first + 26).contains(&byte), "{byte} at {place}");
                    }
                }
            }
        }
    }
}
