//! Regular expressions: the filters `re_match` and `re_search`, the functions of `re`, the methods of a match.

use super::apply::no_method;
use super::call::{FunctionCall, mismatch};
use super::entry::{LibraryEntry, Parameters, VALUE, absent, filter, global, int, method, required};
use crate::pattern::{Extent, Groups, Pattern, Replacement};
use crate::value::{Fault, FaultCode, List, Value};
use bumpalo::collections::Vec as ArenaVec;
use std::rc::Rc;

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["re_match"],
        &[VALUE, required("pattern")],
        "Whether a pattern, in the notation of RE2, matches at the start of the text.",
        &[("'error 42' | re_match('err')", "True"), ("'an error' | re_match('err')", "False")],
        |call| tested(call, true),
    ),
    filter(
        &["re_search"],
        &[VALUE, required("pattern")],
        "Whether a pattern, in the notation of RE2, matches anywhere in the text.",
        &[("'an error' | re_search('err')", "True")],
        |call| tested(call, false),
    ),
    global(
        &["re.match"],
        PATTERN_TEXT,
        "The match at the start of the text, or none.",
        &[("re.match('(\\\\d+)-', '12-3').groups()", "('12',)"), ("re.match('b', 'ab')", "None")],
        |call| found(call, Extent::Part, true),
    ),
    global(
        &["re.search"],
        PATTERN_TEXT,
        "The first match anywhere in the text, or none.",
        &[("re.search('\\\\d+', 'a12').group()", "'12'")],
        |call| found(call, Extent::Part, false),
    ),
    global(
        &["re.fullmatch"],
        PATTERN_TEXT,
        "The match of the whole text, or none.",
        &[("re.fullmatch('a+', 'aab')", "None")],
        |call| found(call, Extent::Whole, true),
    ),
    global(
        &["re.findall"],
        PATTERN_TEXT,
        "All matches: their texts, or those of their groups where there are any.",
        &[
            ("re.findall('\\\\d', 'a1b2')", "['1', '2']"),
            ("re.findall('(a)(\\\\d)', 'a1a2')", "[('a', '1'), ('a', '2')]"),
        ],
        find_all,
    ),
    global(
        &["re.sub"],
        &[required("pattern"), required("repl"), required("string"), int("count", 0), absent("flags")],
        "The text with each match, or the first `count`, replaced; `\\1` and `\\g<name>` stand for groups.",
        &[("re.sub('(\\\\d+)', '<\\\\1>', 'a1b22')", "'a<1>b<22>'")],
        substitute,
    ),
    global(
        &["re.split"],
        &[required("pattern"), required("string"), int("maxsplit", 0), absent("flags")],
        "The parts of the text between matches, with the matches' groups.",
        &[("re.split('[,;]', 'a,b;c')", "['a', 'b', 'c']")],
        split,
    ),
    global(
        &["re.escape"],
        &[required("pattern")],
        "A pattern that matches just this text.",
        &[("re.escape('a.b')", "'a\\\\.b'")],
        escape,
    ),
    method(
        &["group"],
        &[VALUE],
        "The text of a group of a match by number or, without one, of the whole match.",
        &[("re.match('(a)(b)?', 'a').group(1)", "'a'"), ("re.match('(a)(b)?', 'a').group(1, 2)", "('a', None)")],
        group,
    )
    .variadic(),
    method(
        &["groups"],
        &[VALUE, absent("default")],
        "The texts of all groups of a match, with a default for those that took no part.",
        &[("re.match('(a)(b)?', 'a').groups()", "('a', None)")],
        |call| {
            let default = call.given(1).unwrap_or(Value::None);
            let groups = matched(call, "groups")?.iter().skip(1);
            call.arena.tuple(groups.map(|group| if let Value::None = group { default } else { group }))
        },
    ),
];

const PATTERN_TEXT: Parameters = &[required("pattern"), required("string"), absent("flags")];

fn compiled(call: &FunctionCall<'_, '_>, index: usize, extent: Extent) -> Result<Rc<Pattern>, Fault> {
    call.patterns.get(call.arena, call.text(index)?, extent)
}

fn tested<'a>(call: &FunctionCall<'_, 'a>, anchored: bool) -> Result<Value<'a>, Fault> {
    let Value::Text(text) = call.value() else {
        return match call.value() {
            missing if missing.is_missing() => Ok(Value::Bool(false)),
            other => Err(mismatch("text", other)),
        };
    };
    call.arena.spend(text.len() as u64)?;
    let pattern = call.patterns.re2(call.arena, call.text(1)?)?;
    pattern.is_match(call.arena, text, 0, anchored).map(Value::Bool)
}

fn no_flags(call: &FunctionCall<'_, '_>, index: usize) -> Result<(), Fault> {
    match call.given(index) {
        None | Some(Value::Int(0)) => Ok(()),
        Some(_) => Err(Fault::new(FaultCode::Unsupported, "flags beside the pattern; write them inside: `(?i)`")),
    }
}

fn found<'a>(call: &FunctionCall<'_, 'a>, extent: Extent, anchored: bool) -> Result<Value<'a>, Fault> {
    no_flags(call, 2)?;
    let (pattern, text) = (compiled(call, 0, extent)?, call.text(1)?);
    call.arena.spend(text.len() as u64)?;
    let Some(groups) = pattern.search(call.arena, text, 0, anchored)? else { return Ok(Value::None) };
    let list = List::new(call.arena);
    for group in texts(text, groups) {
        list.push(call.arena, group)?;
    }
    Ok(Value::Match(call.arena.bump().alloc(list)))
}

/// The groups' texts, the whole match first; none for those that took no part.
fn texts<'a>(text: &'a str, groups: Groups<'a>) -> impl Iterator<Item = Value<'a>> {
    groups.iter().map(move |group| group.and_then(|range| text.get(range)).map_or(Value::None, Value::Text))
}

fn find_all<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    no_flags(call, 2)?;
    let (pattern, text) = (compiled(call, 0, Extent::Part)?, call.text(1)?);
    call.arena.spend(text.len() as u64)?;
    let mut out = ArenaVec::new_in(call.arena.bump());
    for groups in pattern.matches(call.arena, text) {
        call.arena.spend(1)?;
        let groups = groups?;
        let empty = |group| if let Value::None = group { Value::Text("") } else { group };
        let mut texts = texts(text, groups).map(empty);
        out.push(match groups.len() {
            1 => texts.next().unwrap_or(Value::Text("")),
            2 => texts.nth(1).unwrap_or(Value::Text("")),
            _ => call.arena.tuple(texts.skip(1))?,
        });
    }
    call.arena.list(out)
}

fn substitute<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    no_flags(call, 4)?;
    let (pattern, text) = (compiled(call, 0, Extent::Part)?, call.text(2)?);
    let replacement = Replacement::new(call.text(1)?, &pattern)?;
    call.arena.spend(text.len() as u64)?;
    let count = if call.int(3)? == 0 { usize::MAX } else { call.count(3)? };
    let (mut out, mut from, mut replaced) = (call.build(), 0, String::new());
    for groups in pattern.matches(call.arena, text).take(count) {
        let groups = groups?;
        let whole = groups.whole();
        replaced.clear();
        replacement.expand(text, &groups, &mut replaced);
        out.push(text.get(from..whole.start).unwrap_or_default())?;
        out.push(&replaced)?;
        from = whole.end;
    }
    out.push(text.get(from..).unwrap_or_default())?;
    out.value()
}

fn split<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    no_flags(call, 3)?;
    let (pattern, text) = (compiled(call, 0, Extent::Part)?, call.text(1)?);
    call.arena.spend(text.len() as u64)?;
    let most = if call.int(2)? == 0 { usize::MAX } else { call.count(2)? };
    let (mut out, mut from) = (ArenaVec::new_in(call.arena.bump()), 0);
    for groups in pattern.matches(call.arena, text).take(most) {
        call.arena.spend(1)?;
        let groups = groups?;
        let whole = groups.whole();
        out.push(Value::Text(text.get(from..whole.start).unwrap_or_default()));
        out.extend(texts(text, groups).skip(1));
        from = whole.end;
    }
    out.push(Value::Text(text.get(from..).unwrap_or_default()));
    call.arena.list(out)
}

fn escape<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut out = call.build();
    for character in call.text(0)?.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\x0B\x0C".contains(character) {
            out.push("\\")?;
        }
        out.push_character(character)?;
    }
    out.value()
}

fn matched<'a>(call: &FunctionCall<'_, 'a>, name: &str) -> Result<&'a List<'a>, Fault> {
    match call.value() {
        Value::Match(groups) => Ok(groups),
        other => Err(no_method(other, name)),
    }
}

fn group<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let groups = matched(call, "group")?;
    let one = |index: Value<'_>| match index {
        Value::Int(number) => usize::try_from(number).ok().and_then(|number| groups.at(number)),
        _ => None,
    };
    let one = |index: Value<'_>| one(index).ok_or_else(|| Fault::new(FaultCode::Lookup, "the match has no such group"));
    match call.rest {
        [] => one(Value::Int(0)),
        [index] => one(*index),
        several => {
            let texts = several.iter().map(|index| one(*index)).collect::<Result<Vec<_>, _>>()?;
            call.arena.tuple(texts)
        }
    }
}
