//! Filters that compare items: the smallest, the largest, sorted, grouped.

use super::call::{FunctionCall, invalid, map_of};
use super::entry::{LibraryEntry, VALUE, bool, filter, none, required, string};
use super::selection::Attribute;
use super::text::folded;
use crate::value::{Arena, Fault, Value, ops};
use std::cmp::Ordering;

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["min"],
        &[VALUE, bool("case_sensitive", false), none("attribute")],
        "The smallest item; undefined where there is none.",
        &[("[2, 1] | min", "1"), ("['B', 'a'] | min", "'a'")],
        |call| extreme(call, less),
    ),
    filter(
        &["max"],
        &[VALUE, bool("case_sensitive", false), none("attribute")],
        "The largest item; undefined where there is none.",
        &[("[2, 1] | max", "2")],
        |call| extreme(call, |candidate, best| less(best, candidate)),
    ),
    filter(
        &["groupby"],
        &[VALUE, required("attribute"), none("default"), bool("case_sensitive", false)],
        "The items sorted and grouped by an attribute: pairs of its value and the list of items.",
        &[("[{'a': 2}, {'a': 1}] | groupby('a')", "[(1, [{'a': 1}]), (2, [{'a': 2}])]")],
        group_by,
    ),
    filter(
        &["dictsort"],
        &[VALUE, bool("case_sensitive", false), string("by", "key"), bool("reverse", false)],
        "The entries of a dict as pairs, sorted by `key` or `value`.",
        &[("{'b': 1, 'A': 2} | dictsort", "[('A', 2), ('b', 1)]")],
        dict_sort,
    ),
    filter(
        &["sort"],
        &[VALUE, bool("reverse", false), bool("case_sensitive", false), none("attribute")],
        "The items sorted, by themselves or by attributes; equal ones keep their order.",
        &[
            ("['b', 'A', 'c'] | sort", "['A', 'b', 'c']"),
            ("[{'a': 2}, {'a': 1}] | sort(attribute='a')", "[{'a': 1}, {'a': 2}]"),
        ],
        sort,
    ),
];

/// Python's `<`.
fn less(left: Value<'_>, right: Value<'_>) -> Result<bool, Fault> {
    Ok(ops::order(left, right)? == Some(Ordering::Less))
}

type Less = for<'v> fn(Value<'v>, Value<'v>) -> Result<bool, Fault>;

fn extreme<'a>(call: &FunctionCall<'_, 'a>, better: Less) -> Result<Value<'a>, Fault> {
    let attribute = Attribute::new(call.arena, call.argument(2));
    let mut best: Option<(Value<'a>, Value<'a>)> = None;
    for item in call.items()?.iter() {
        let key = attribute.of(call.arena, item)?;
        let key = if call.truth(1) { key } else { folded(call.arena, key)? };
        match best {
            Some((known, _)) if !better(key, known)? => {}
            _ => best = Some((key, item)),
        }
    }
    Ok(best.map_or(Value::Undefined, |(_, item)| item))
}

fn sort<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let names = match call.argument(3) {
        Value::Text(names) => names.split(',').map(|name| Attribute::new(call.arena, Value::Text(name))).collect(),
        other => vec![Attribute::new(call.arena, other)],
    };
    let mut keyed = Vec::new();
    for item in call.items()?.iter() {
        let mut keys = Vec::with_capacity(names.len());
        for name in &names {
            let key = name.of(call.arena, item)?;
            keys.push(if call.truth(2) { key } else { folded(call.arena, key)? });
        }
        keyed.push((keys, item));
    }
    let sorted = sorted(call.arena, keyed, call.flag(1)?, before)?;
    call.arena.list(sorted.into_iter().map(|(_, item)| item))
}

fn dict_sort<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let by_value = match call.text(2)? {
        "key" => false,
        "value" => true,
        other => return Err(invalid(format!("a dict can be sorted by key or value, not by `{other}`"))),
    };
    let mut keyed = Vec::new();
    for (key, value) in map_of(call.value())?.iter() {
        let by = if by_value { value } else { key };
        let by = if call.truth(1) { by } else { folded(call.arena, by)? };
        keyed.push((vec![by], call.arena.tuple([key, value])?));
    }
    let sorted = sorted(call.arena, keyed, call.flag(3)?, before_alone)?;
    call.arena.list(sorted.into_iter().map(|(_, pair)| pair))
}

fn group_by<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let attribute = Attribute::new(call.arena, call.argument(1)).or(call.argument(2));
    let mut keyed = Vec::new();
    for item in call.items()?.iter() {
        let key = attribute.of(call.arena, item)?;
        keyed.push((vec![if call.truth(3) { key } else { folded(call.arena, key)? }], item));
    }
    let sorted = sorted(call.arena, keyed, false, before_alone)?;
    let mut groups = Vec::new();
    let mut rest = &sorted[..];
    while let Some((key, first)) = rest.first() {
        let others = &rest[1..];
        let mut length = 1;
        for (other, _) in others {
            if !same(key, other)? {
                break;
            }
            length += 1;
        }
        let (group, behind) = rest.split_at(length);
        let list = call.arena.list(group.iter().map(|(_, item)| *item))?;
        groups.push(call.arena.tuple([attribute.of(call.arena, *first)?, list])?);
        rest = behind;
    }
    call.arena.list(groups)
}

fn same(left: &[Value<'_>], right: &[Value<'_>]) -> Result<bool, Fault> {
    for (left, right) in left.iter().zip(right) {
        if !ops::equal(*left, *right)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A value with the keys that it is sorted by.
pub(super) type Keyed<'a> = (Vec<Value<'a>>, Value<'a>);

/// Sorts as Python's `sorted` does: stable, also in reverse, by `<` alone. A merge sort of our own, because the
/// standard library's may panic where `<` is no order (NaN).
pub(super) fn sorted<'a>(
    arena: &'a Arena,
    mut keyed: Vec<Keyed<'a>>,
    reverse: bool,
    before: Before,
) -> Result<Vec<Keyed<'a>>, Fault> {
    let mut width = 1;
    while width < keyed.len() {
        arena.spend(keyed.len() as u64)?;
        let mut merged = Vec::with_capacity(keyed.len());
        let mut runs = keyed.into_iter().peekable();
        while runs.peek().is_some() {
            let left: Vec<_> = runs.by_ref().take(width).collect();
            let right: Vec<_> = runs.by_ref().take(width).collect();
            merge(left, right, reverse, before, &mut merged)?;
        }
        keyed = merged;
        width *= 2;
    }
    Ok(keyed)
}

fn merge<'a>(
    left: Vec<Keyed<'a>>,
    right: Vec<Keyed<'a>>,
    reverse: bool,
    before: Before,
    out: &mut Vec<Keyed<'a>>,
) -> Result<(), Fault> {
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let swap = if reverse { before(&first.0, &second.0)? } else { before(&second.0, &first.0)? };
        out.extend(if swap { right.next() } else { left.next() });
    }
    out.extend(left);
    out.extend(right);
    Ok(())
}

/// Whether keys are in order.
pub(super) type Before = for<'v> fn(&[Value<'v>], &[Value<'v>]) -> Result<bool, Fault>;

/// Whether the first keys that differ are in order; as Python compares lists of keys, equal ones need no order.
fn before(left: &[Value<'_>], right: &[Value<'_>]) -> Result<bool, Fault> {
    for (left, right) in left.iter().zip(right) {
        if !ops::equal(*left, *right)? {
            return less(*left, *right);
        }
    }
    Ok(false)
}

/// Whether two keys that are in no list are in order: equal ones need one as well, so that two times none is a fault.
pub(super) fn before_alone(left: &[Value<'_>], right: &[Value<'_>]) -> Result<bool, Fault> {
    match (left, right) {
        ([left], [right]) => less(*left, *right),
        _ => Ok(false),
    }
}
