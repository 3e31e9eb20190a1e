//! Filters on lists: their ends, their length, their parts.

use super::call::{FunctionCall, LoopItems, invalid, map_of};
use super::entry::{LibraryEntry, LibraryKind, VALUE, bool, filter, int, none, of_value, required, string};
use super::selection::Attribute;
use super::text::{folded, reversed, shown};
use crate::value::{Fault, Value, ops};
use bumpalo::collections::Vec as ArenaVec;

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["first"],
        &[VALUE],
        "The first item; undefined where there is none.",
        &[("[1, 2] | first", "1"), ("'abc' | first", "'a'")],
        |call| Ok(call.items()?.at(0).unwrap_or(Value::Undefined)),
    ),
    filter(&["last"], &[VALUE], "The last item; undefined where there is none.", &[("[1, 2] | last", "2")], |call| {
        Ok(call.items()?.last().unwrap_or(Value::Undefined))
    }),
    of_value(
        LibraryKind::Filter,
        &["length", "count"],
        "How many items, entries or characters there are.",
        &[("'abc' | length", "3"), ("{'a': 1} | count", "1")],
        |_, value| Ok(Value::Int(ops::length(value)? as i64)),
    ),
    filter(
        &["join"],
        &[VALUE, string("d", ""), none("attribute")],
        "The items, or an attribute of each, as one text with `d` between them.",
        &[("[1, 'a'] | join('-')", "'1-a'"), ("[{'n': 'a'}, {'n': 'b'}] | join(',', attribute='n')", "'a,b'")],
        |call| join(call, call.items()?, call.string(1)?),
    ),
    filter(
        &["list"],
        &[VALUE],
        "The items as a new list: a text's characters, a dict's keys.",
        &[("'ab' | list", "['a', 'b']"), ("{'a': 1} | list", "['a']")],
        |call| call.arena.list(call.items()?.iter()),
    ),
    filter(
        &["items"],
        &[VALUE],
        "The entries of a dict as pairs; none of undefined.",
        &[("{'a': 1} | items | list", "[('a', 1)]")],
        |call| match call.value() {
            undefined if undefined.is_undefined() => call.arena.list([]),
            value => pairs(call, value),
        },
    ),
    filter(
        &["reverse"],
        &[VALUE],
        "The items, or a text's characters, from last to first.",
        &[("[1, 2] | reverse | list", "[2, 1]"), ("'ab' | reverse", "'ba'")],
        |call| match call.value() {
            Value::Text(text) => {
                let mut out = call.build();
                reversed(text, &mut out)?;
                out.value()
            }
            _ => call.arena.list(call.items()?.iter().rev()),
        },
    ),
    filter(
        &["unique"],
        &[VALUE, bool("case_sensitive", false), none("attribute")],
        "The items without repetitions; texts that differ in case only are repetitions unless said otherwise.",
        &[("['a', 'A', 'b'] | unique | list", "['a', 'b']"), ("['a', 'A'] | unique(true) | list", "['a', 'A']")],
        unique,
    ),
    filter(
        &["sum"],
        &[VALUE, none("attribute"), int("start", 0)],
        "The sum of the items, or of an attribute of each.",
        &[("[1, 2] | sum", "3"), ("[[1], [2]] | sum(start=[])", "[1, 2]")],
        sum,
    ),
    filter(
        &["batch"],
        &[VALUE, required("linecount"), none("fill_with")],
        "The items in lists of `linecount`, the last one filled up.",
        &[("[1, 2, 3] | batch(2) | list", "[[1, 2], [3]]"), ("[1, 2, 3] | batch(2, 0) | list", "[[1, 2], [3, 0]]")],
        batch,
    ),
    filter(
        &["slice"],
        &[VALUE, required("slices"), none("fill_with")],
        "The items in so many lists of about the same length.",
        &[("[1, 2, 3, 4, 5] | slice(2) | list", "[[1, 2, 3], [4, 5]]")],
        slice,
    ),
];

/// The items, or an attribute of each, as one text.
fn join<'a>(call: &FunctionCall<'_, 'a>, items: LoopItems<'a>, separator: &str) -> Result<Value<'a>, Fault> {
    let attribute = Attribute::new(call.arena, call.argument(2));
    let mut out = call.build();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(separator)?;
        }
        out.push(shown(call, attribute.of(call.arena, item)?)?)?;
    }
    out.value()
}

/// A dict's entries as a list of pairs.
pub(super) fn pairs<'a>(call: &FunctionCall<'_, 'a>, value: Value<'a>) -> Result<Value<'a>, Fault> {
    let map = map_of(value)?;
    let mut list = Vec::with_capacity(map.len());
    for (key, value) in map.iter() {
        list.push(call.arena.tuple([key, value])?);
    }
    call.arena.list(list)
}

fn unique<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let attribute = Attribute::new(call.arena, call.argument(2));
    let (seen, mut kept) = (call.arena.map(), ArenaVec::new_in(call.arena.bump()));
    for item in call.items()?.iter() {
        let key = attribute.of(call.arena, item)?;
        let key = if call.truth(1) { key } else { folded(call.arena, key)? };
        let before = seen.len();
        seen.insert(call.arena, key, Value::None)?;
        if seen.len() > before {
            kept.push(item);
        }
    }
    call.arena.list(kept)
}

fn sum<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let attribute = Attribute::new(call.arena, call.argument(1));
    let mut total = call.argument(2);
    if let Value::Text(_) = total {
        return Err(invalid("`sum` cannot add texts; use `join`"));
    }
    for item in call.items()?.iter() {
        total = ops::arithmetic(call.arena, ops::Arithmetic::Add, total, attribute.of(call.arena, item)?)?;
    }
    Ok(total)
}

/// As Jinja counts: a list is full when it has exactly `linecount` items, so that a number that is none never fills one.
fn batch<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let (mut lists, mut part) = (Vec::new(), Vec::new());
    for item in call.items()?.iter() {
        if ops::equal(Value::Int(part.len() as i64), call.argument(1))? {
            lists.push(call.arena.list(part.drain(..))?);
        }
        part.push(item);
    }
    if !part.is_empty() {
        let missing = match call.argument(2) {
            Value::None => 0,
            _ => call.count(1)?.saturating_sub(part.len()),
        };
        call.arena.spend(missing as u64)?;
        let fill = std::iter::repeat_n(call.argument(2), missing);
        lists.push(call.arena.list(part.into_iter().chain(fill))?);
    }
    call.arena.list(lists)
}

fn slice<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let (items, slices) = (call.items()?, call.count(1)?);
    if slices == 0 && call.int(1)? == 0 {
        return Err(invalid("the number of slices must be at least 1"));
    }
    call.arena.spend(slices as u64)?;
    let (size, longer) = (items.len() / slices.max(1), items.len() % slices.max(1));
    let (mut lists, mut start) = (Vec::new(), 0);
    for index in 0..slices {
        let end = start + size + usize::from(index < longer);
        let fill = (!matches!(call.argument(2), Value::None) && index >= longer).then_some(call.argument(2));
        lists.push(call.arena.list((start..end).filter_map(|place| items.at(place)).chain(fill))?);
        start = end;
    }
    call.arena.list(lists)
}
