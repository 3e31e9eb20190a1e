//! Methods of text: Python's `str`.

use super::apply::no_method;
use super::call::{FunctionCall, TextBuilder, bound, invalid, items, mismatch};
use super::entry::{LibraryEntry, LibraryKind, Parameters, VALUE, bool, int, method, none, of_value, required, string};
use super::layout::{center, lines, pad};
use super::text::{capitalized, lower, occurrences, push_title, replace, strip, upper};
use crate::value::text::is_space;
use crate::value::{Arena, Fault, FaultCode, Value};
use bumpalo::collections::Vec as ArenaVec;

pub(super) static ENTRIES: &[LibraryEntry] = &[
    of_value(
        LibraryKind::Method,
        &["lower"],
        "The text in lower case.",
        &[("'AbC'.lower()", "'abc'")],
        |arena, value| lower(arena, text_of(arena, value, "lower")?),
    ),
    method(&["upper"], &[VALUE], "The text in upper case.", &[("'AbC'.upper()", "'ABC'")], |call| {
        upper(call.arena, subject(call, "upper")?)
    }),
    method(
        &["casefold"],
        &[VALUE],
        "The text as comparisons without case see it.",
        &[("'Straße'.casefold()", "'strasse'")],
        |call| {
            let folded = subject(call, "casefold")?.to_lowercase().replace('ß', "ss").replace('ς', "σ");
            call.arena.text(&folded).map(Value::Text)
        },
    ),
    method(
        &["capitalize"],
        &[VALUE],
        "The text with its first character in upper case and the others in lower case.",
        &[("'aB c'.capitalize()", "'Ab c'")],
        |call| capitalized(call, subject(call, "capitalize")?),
    ),
    method(
        &["title"],
        &[VALUE],
        "The text with each word capitalized.",
        &[("\"they're a-b\".title()", "\"They'Re A-B\"")],
        title,
    ),
    method(
        &["swapcase"],
        &[VALUE],
        "The text with lower and upper case exchanged.",
        &[("'aB'.swapcase()", "'Ab'")],
        |call| {
            let mut out = call.build();
            for character in subject(call, "swapcase")?.chars() {
                match character.is_uppercase() {
                    true => character.to_lowercase().try_for_each(|other| out.push_character(other))?,
                    false => character.to_uppercase().try_for_each(|other| out.push_character(other))?,
                }
            }
            out.value()
        },
    ),
    method(
        &["strip"],
        CHARACTERS,
        "The text without white space, or these characters, at its ends.",
        &[("' a '.strip()", "'a'"), ("'xay'.strip('xy')", "'a'")],
        |call| stripped(call, "strip", true, true),
    ),
    method(&["lstrip"], CHARACTERS, "As `strip`, at the start only.", &[("' a '.lstrip()", "'a '")], |call| {
        stripped(call, "lstrip", true, false)
    }),
    method(&["rstrip"], CHARACTERS, "As `strip`, at the end only.", &[("' a '.rstrip()", "' a'")], |call| {
        stripped(call, "rstrip", false, true)
    }),
    method(
        &["removeprefix"],
        &[VALUE, required("prefix")],
        "The text without a prefix.",
        &[("'abc'.removeprefix('a')", "'bc'")],
        |call| {
            let text = subject(call, "removeprefix")?;
            Ok(Value::Text(text.strip_prefix(call.text(1)?).unwrap_or(text)))
        },
    ),
    method(
        &["removesuffix"],
        &[VALUE, required("suffix")],
        "The text without a suffix.",
        &[("'abc'.removesuffix('c')", "'ab'")],
        |call| {
            let text = subject(call, "removesuffix")?;
            Ok(Value::Text(text.strip_suffix(call.text(1)?).unwrap_or(text)))
        },
    ),
    method(
        &["startswith"],
        AFFIX,
        "Whether the text, or a part of it, starts with a text or one of a tuple of texts.",
        &[("'abc'.startswith('ab')", "True"), ("'abc'.startswith(('x', 'b'), 1)", "True")],
        |call| affixed(call, "startswith", |text, affix| text.starts_with(affix)),
    ),
    method(
        &["endswith"],
        AFFIX,
        "Whether the text, or a part of it, ends with a text or one of a tuple of texts.",
        &[("'abc'.endswith('bc')", "True")],
        |call| affixed(call, "endswith", |text, affix| text.ends_with(affix)),
    ),
    method(
        &["replace"],
        &[VALUE, required("old"), required("new"), int("count", -1)],
        "The text with each `old`, or the first `count` of them, replaced.",
        &[("'a-b-c'.replace('-', '', 1)", "'ab-c'")],
        |call| replace(call, subject(call, "replace")?, call.text(1)?, call.text(2)?, Some(call.int(3)?)),
    ),
    method(
        &["split"],
        SEPARATOR,
        "The parts of the text between separators, or between white space, at most `maxsplit` cuts from the left.",
        &[
            ("'a,b,c'.split(',')", "['a', 'b', 'c']"),
            ("' a  b '.split()", "['a', 'b']"),
            ("'a,b,c'.split(',', 1)", "['a', 'b,c']"),
        ],
        |call| split(call, subject(call, "split")?, false),
    ),
    method(
        &["rsplit"],
        SEPARATOR,
        "As `split`, but cut from the right.",
        &[("'a,b,c'.rsplit(',', 1)", "['a,b', 'c']")],
        |call| split(call, subject(call, "rsplit")?, true),
    ),
    method(
        &["splitlines"],
        &[VALUE, bool("keepends", false)],
        "The lines of the text.",
        &[("'a\\nb\\n'.splitlines()", "['a', 'b']")],
        |call| call.arena.list(lines(subject(call, "splitlines")?, call.flag(1)?).into_iter().map(Value::Text)),
    ),
    method(
        &["partition"],
        &[VALUE, required("sep")],
        "What stands before the first separator, the separator, and what stands after it.",
        &[("'a=b=c'.partition('=')", "('a', '=', 'b=c')"), ("'a'.partition('=')", "('a', '', '')")],
        |call| {
            let (text, separator) = (subject(call, "partition")?, separator(call)?);
            match text.split_once(separator) {
                Some((before, after)) => texts(call, [before, separator, after]),
                None => texts(call, [text, "", ""]),
            }
        },
    ),
    method(
        &["rpartition"],
        &[VALUE, required("sep")],
        "What stands before the last separator, the separator, and what stands after it.",
        &[("'a=b=c'.rpartition('=')", "('a=b', '=', 'c')")],
        |call| {
            let (text, separator) = (subject(call, "rpartition")?, separator(call)?);
            match text.rsplit_once(separator) {
                Some((before, after)) => texts(call, [before, separator, after]),
                None => texts(call, ["", "", text]),
            }
        },
    ),
    method(
        &["join"],
        &[VALUE, required("items")],
        "Texts as one, with this text between them.",
        &[("'-'.join(['a', 'b'])", "'a-b'")],
        |call| {
            let (between, mut out) = (subject(call, "join")?, call.build());
            for (index, item) in items(call.arena, call.argument(1))?.iter().enumerate() {
                if index > 0 {
                    out.push(between)?;
                }
                out.push(item.as_text().ok_or_else(|| mismatch("text", item))?)?;
            }
            out.value()
        },
    ),
    method(
        &["find"],
        WITHIN,
        "The place of the first occurrence of a text, else -1.",
        &[("'abcb'.find('b')", "1"), ("'a'.find('x')", "-1")],
        |call| find(call, "find", false),
    ),
    method(
        &["rfind"],
        WITHIN,
        "The place of the last occurrence of a text, else -1.",
        &[("'abcb'.rfind('b')", "3")],
        |call| find(call, "rfind", true),
    ),
    method(
        &["rindex"],
        WITHIN,
        "The place of the last occurrence of a text; a fault where there is none.",
        &[("'abcb'.rindex('b')", "3")],
        |call| index(call, "rindex", true),
    ),
    method(&["center"], FIELD, "The text in the middle of a field.", &[("'a'.center(4, '*')", "'*a**'")], |call| {
        center(call, subject(call, "center")?, call.int(1)?, fill(call)?)
    }),
    method(&["ljust"], FIELD, "The text at the left of a field.", &[("'a'.ljust(3, '.')", "'a..'")], |call| {
        let text = subject(call, "ljust")?;
        pad(call, text, fill(call)?, 0, missing(call, text)?)
    }),
    method(&["rjust"], FIELD, "The text at the right of a field.", &[("'a'.rjust(3)", "'  a'")], |call| {
        let text = subject(call, "rjust")?;
        pad(call, text, fill(call)?, missing(call, text)?, 0)
    }),
    method(
        &["zfill"],
        &[VALUE, required("width")],
        "The text with zeros on its left, behind a sign.",
        &[("'42'.zfill(4)", "'0042'"), ("'-4'.zfill(4)", "'-004'")],
        |call| {
            let text = subject(call, "zfill")?;
            let (sign, digits) = text.split_at(usize::from(text.starts_with(['-', '+'])));
            let mut out = call.build();
            out.push(sign)?;
            out.repeat("0", missing(call, text)?)?;
            out.push(digits)?;
            out.value()
        },
    ),
    method(
        &["expandtabs"],
        &[VALUE, int("tabsize", 8)],
        "The text with spaces for tabs.",
        &[("'a\\tb'.expandtabs(4)", "'a   b'")],
        expand_tabs,
    ),
    method(
        &["translate"],
        &[VALUE, required("table")],
        "The text with characters replaced as a dict says: from code points to code points, texts or none.",
        &[("'abc'.translate({97: 'x', 98: none})", "'xc'")],
        translate,
    ),
];

const CHARACTERS: Parameters = &[VALUE, none("chars")];
const AFFIX: Parameters = &[VALUE, required("affix"), none("start"), none("end")];
const SEPARATOR: Parameters = &[VALUE, none("sep"), int("maxsplit", -1)];
const WITHIN: Parameters = &[VALUE, required("sub"), none("start"), none("end")];
const FIELD: Parameters = &[VALUE, required("width"), string("fillchar", " ")];

/// The text that a method is called on.
pub(super) fn subject<'a>(call: &FunctionCall<'_, 'a>, name: &str) -> Result<&'a str, Fault> {
    text_of(call.arena, call.value(), name)
}

/// The text that a method of a name is called on.
fn text_of<'a>(arena: &Arena, value: Value<'a>, name: &str) -> Result<&'a str, Fault> {
    let Value::Text(text) = value else { return Err(no_method(value, name)) };
    arena.spend(text.len() as u64)?;
    Ok(text)
}

fn texts<'a>(call: &FunctionCall<'_, 'a>, parts: [&'a str; 3]) -> Result<Value<'a>, Fault> {
    call.arena.tuple(parts.map(Value::Text))
}

fn stripped<'a>(call: &FunctionCall<'_, 'a>, name: &str, left: bool, right: bool) -> Result<Value<'a>, Fault> {
    Ok(Value::Text(strip(subject(call, name)?, call.optional_text(1)?, left, right)))
}

/// Whether the subject, between two places, has an affix, or one of a tuple of them.
fn affixed<'a>(call: &FunctionCall<'_, 'a>, name: &str, has: fn(&str, &str) -> bool) -> Result<Value<'a>, Fault> {
    let text = subject(call, name)?;
    let text = match (call.optional_int(2)?, call.optional_int(3)?) {
        (None, None) => Some(text),
        (start, end) => part(text, start, end).map(|(_, part)| part),
    };
    let one = |affix: Value<'_>| match affix {
        Value::Text(affix) => Ok(text.is_some_and(|text| has(text, affix))),
        other => Err(mismatch("text or a tuple of texts", other)),
    };
    match call.argument(1) {
        Value::List(affixes) if affixes.is_tuple() => {
            for affix in affixes.iter() {
                if one(affix)? {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        affix => one(affix).map(Value::Bool),
    }
}

/// The part between two places counted in characters, with the place where it starts; `None` where that is behind the
/// end of the text or of the part.
fn part(text: &str, start: Option<i64>, end: Option<i64>) -> Option<(usize, &str)> {
    let length = text.chars().count();
    let from = match start {
        Some(start) if start > length as i64 => return None,
        start => bound(start, 0, length),
    };
    let to = bound(end, length, length);
    let byte = |place| text.char_indices().nth(place).map_or(text.len(), |(byte, _)| byte);
    (from <= to).then(|| (from, &text[byte(from)..byte(to)]))
}

fn occurrence<'a>(call: &FunctionCall<'_, 'a>, name: &str, last: bool) -> Result<Option<Value<'a>>, Fault> {
    let (text, wanted) = (subject(call, name)?, call.text(1)?);
    let Some((start, part)) = part(text, call.optional_int(2)?, call.optional_int(3)?) else { return Ok(None) };
    let found = if last { part.rfind(wanted) } else { part.find(wanted) };
    Ok(found.map(|byte| Value::Int((start + part[..byte].chars().count()) as i64)))
}

fn find<'a>(call: &FunctionCall<'_, 'a>, name: &str, last: bool) -> Result<Value<'a>, Fault> {
    Ok(occurrence(call, name, last)?.unwrap_or(Value::Int(-1)))
}

/// Python's `str.index` and `str.rindex`.
pub(super) fn index<'a>(call: &FunctionCall<'_, 'a>, name: &str, last: bool) -> Result<Value<'a>, Fault> {
    occurrence(call, name, last)?.ok_or_else(|| invalid("the text is not in the text"))
}

/// Python's `str.count`: occurrences that do not overlap.
pub(super) fn count<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let (text, wanted) = (subject(call, "count")?, call.text(1)?);
    let part = part(text, call.optional_int(2)?, call.optional_int(3)?);
    Ok(Value::Int(part.map_or(0, |(_, part)| part.matches(wanted).count()) as i64))
}

fn separator<'a>(call: &FunctionCall<'_, 'a>) -> Result<&'a str, Fault> {
    match call.text(1)? {
        "" => Err(invalid("the separator is empty")),
        separator => Ok(separator),
    }
}

fn split<'a>(call: &FunctionCall<'_, 'a>, text: &'a str, right: bool) -> Result<Value<'a>, Fault> {
    let most = usize::try_from(call.int(2)?).unwrap_or(usize::MAX);
    let mut parts = ArenaVec::new_in(call.arena.bump());
    if let Value::None = call.argument(1) {
        let mut rest = strip(text, None, !right, right);
        while !rest.is_empty() {
            let cut = match parts.len() < most {
                false => None,
                true if right => rest.rfind(is_space),
                true => rest.find(is_space),
            };
            let Some(cut) = cut else {
                parts.push(Value::Text(rest));
                break;
            };
            let (before, after) = rest.split_at(cut);
            let after_space = &after[after.chars().next().map_or(0, char::len_utf8)..];
            parts.push(Value::Text(if right { after_space } else { before }));
            rest = if right { strip(before, None, false, true) } else { strip(after_space, None, true, false) };
        }
    } else {
        let separator = separator(call)?;
        match right {
            true => parts.extend(text.rsplitn(most.saturating_add(1), separator).map(Value::Text)),
            false => {
                let mut from = 0;
                for place in occurrences(text, separator).take(most) {
                    parts.push(Value::Text(&text[from..place]));
                    from = place + separator.len();
                }
                parts.push(Value::Text(&text[from..]));
            }
        }
    }
    if right {
        parts.reverse();
    }
    call.arena.list(parts)
}

fn fill<'a>(call: &FunctionCall<'_, 'a>) -> Result<&'a str, Fault> {
    let fill = call.text(2)?;
    match fill.chars().count() {
        1 => Ok(fill),
        _ => Err(Fault::new(FaultCode::Type, "the fill must be one character")),
    }
}

/// How many characters the text lacks to fill its field.
fn missing(call: &FunctionCall<'_, '_>, text: &str) -> Result<usize, Fault> {
    Ok(call.count(1)?.saturating_sub(text.chars().count()))
}

fn title<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let (mut out, mut inside) = (call.build(), false);
    for character in subject(call, "title")?.chars() {
        match inside {
            true => character.to_lowercase().try_for_each(|lower| out.push_character(lower))?,
            false => push_title(&mut out, character)?,
        }
        inside = character.is_lowercase() || character.is_uppercase();
    }
    out.value()
}

fn expand_tabs<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let (size, mut column) = (call.count(1)?, 0);
    let mut out: TextBuilder<'a> = call.build();
    for character in subject(call, "expandtabs")?.chars() {
        match character {
            '\t' if size > 0 => {
                out.repeat(" ", size - column % size)?;
                column += size - column % size;
            }
            '\t' => {}
            '\n' | '\r' => {
                out.push_character(character)?;
                column = 0;
            }
            other => {
                out.push_character(other)?;
                column += 1;
            }
        }
    }
    out.value()
}

fn translate<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let table = super::call::map_of(call.argument(1))?;
    let mut out = call.build();
    for character in subject(call, "translate")?.chars() {
        match table.get(Value::Int(i64::from(u32::from(character)))) {
            None => out.push_character(character)?,
            Some(Value::None) => {}
            Some(Value::Text(text)) => out.push(text)?,
            Some(Value::Int(code)) => {
                let replaced = u32::try_from(code).ok().and_then(char::from_u32);
                out.push_character(replaced.ok_or_else(|| invalid("no code point"))?)?;
            }
            Some(other) => return Err(mismatch("a code point, text or none", other)),
        }
    }
    out.value()
}
