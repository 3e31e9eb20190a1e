//! Methods of lists and dicts, and those that several types have under one name.

use super::apply::no_method;
use super::call::{FunctionCall, LoopItems, bound, flag, invalid, items, mismatch};
use super::entry::{Changes, LibraryEntry, VALUE, absent, method, none, required};
use super::lists::pairs;
use super::methods_text;
use super::sorting::{before_alone, sorted};
use crate::value::{Fault, FaultCode, List, Map, Value, ops};

pub(super) static ENTRIES: &[LibraryEntry] = &[
    method(
        &["get"],
        &[VALUE, required("key"), none("default")],
        "The value under a key of a dict, else the default.",
        &[("{'a': 1}.get('a')", "1"), ("{}.get('a', 0)", "0")],
        |call| {
            let (map, key) = (map(call, "get")?, call.argument(1));
            ops::check_hashable(key)?;
            Ok(map.get(key).unwrap_or_else(|| call.argument(2)))
        },
    )
    .reads_key(),
    method(&["keys"], &[VALUE], "The keys of a dict.", &[("{'a': 1}.keys() | list", "['a']")], |call| {
        call.arena.list(map(call, "keys")?.iter().map(|(key, _)| key))
    }),
    method(&["values"], &[VALUE], "The values of a dict.", &[("{'a': 1}.values() | list", "[1]")], |call| {
        call.arena.list(map(call, "values")?.iter().map(|(_, value)| value))
    }),
    method(
        &["items"],
        &[VALUE],
        "The entries of a dict as pairs.",
        &[("{'a': 1}.items() | list", "[('a', 1)]")],
        |call| {
            map(call, "items")?;
            pairs(call, call.value())
        },
    ),
    method(
        &["update"],
        &[VALUE, absent("other")],
        "Adds the entries of another dict, a list of pairs, or named ones; gives none.",
        &[("{'a': 1}.update({'b': 2})", "None")],
        update,
    )
    .changes(Changes::Dict)
    .gives_none()
    .variadic(),
    method(
        &["setdefault"],
        &[VALUE, required("key"), none("default")],
        "The value under a key of a dict; the default is put there if there is none.",
        &[("{}.setdefault('a', 1)", "1")],
        |call| {
            let (map, key) = (map(call, "setdefault")?, call.argument(1));
            if let Some(value) = map.get(key) {
                return Ok(value);
            }
            map.insert(call.arena, key, call.argument(2))?;
            Ok(call.argument(2))
        },
    )
    .changes(Changes::Dict),
    method(
        &["popitem"],
        &[VALUE],
        "Takes the last entry out of a dict.",
        &[("{'a': 1}.popitem()", "('a', 1)")],
        |call| {
            let map = map(call, "popitem")?;
            let last = map.len().checked_sub(1).and_then(|last| map.at(last));
            let (key, value) = last.ok_or_else(|| Fault::new(FaultCode::Lookup, "the dict is empty"))?;
            map.remove(call.arena, key)?;
            call.arena.tuple([key, value])
        },
    )
    .changes(Changes::Dict),
    method(
        &["fromkeys"],
        &[VALUE, required("keys"), none("default")],
        "A new dict of these keys with one value.",
        &[("{}.fromkeys(['a', 'b'], 0)", "{'a': 0, 'b': 0}")],
        |call| {
            map(call, "fromkeys")?;
            let new = call.arena.map();
            for key in items(call.arena, call.argument(1))?.iter() {
                new.insert(call.arena, key, call.argument(2))?;
            }
            Ok(Value::Map(new))
        },
    ),
    method(
        &["append"],
        &[VALUE, required("item")],
        "Adds an item to the end of a list; gives none.",
        &[("[1].append(2)", "None")],
        |call| {
            list(call, "append")?.push(call.arena, call.argument(1))?;
            Ok(Value::None)
        },
    )
    .changes(Changes::List)
    .gives_none(),
    method(
        &["extend"],
        &[VALUE, required("items")],
        "Adds items to the end of a list; gives none.",
        &[("[1].extend([2])", "None")],
        |call| {
            let list = list(call, "extend")?;
            items(call.arena, call.argument(1))?.iter().try_for_each(|item| list.push(call.arena, item))?;
            Ok(Value::None)
        },
    )
    .changes(Changes::List)
    .gives_none(),
    method(
        &["insert"],
        &[VALUE, required("index"), required("item")],
        "Puts an item before a place of a list; gives none.",
        &[("[1].insert(0, 2)", "None")],
        |call| {
            let list = list(call, "insert")?;
            list.insert(call.arena, place(call.int(1)?, list.len()), call.argument(2))?;
            Ok(Value::None)
        },
    )
    .changes(Changes::List)
    .gives_none(),
    method(
        &["remove"],
        &[VALUE, required("item")],
        "Takes the first item that is equal out of a list; gives none.",
        &[("[1].remove(1)", "None")],
        |call| {
            let list = list(call, "remove")?;
            let found = position(call, LoopItems::of(list), call.argument(1), 0, list.len())?;
            list.remove(call.arena, found.ok_or_else(|| invalid("the item is not in the list"))?)?;
            Ok(Value::None)
        },
    )
    .changes(Changes::List)
    .gives_none(),
    method(&["reverse"], &[VALUE], "Turns a list around; gives none.", &[("[1, 2].reverse()", "None")], |call| {
        let list = list(call, "reverse")?;
        let items: Vec<_> = LoopItems::of(list).iter().rev().collect();
        call.arena.spend(items.len() as u64)?;
        items.into_iter().enumerate().for_each(|(index, item)| list.set(index, item));
        Ok(Value::None)
    })
    .changes(Changes::List)
    .gives_none(),
    method(
        &["sort"],
        &[VALUE],
        "Sorts a list in place, with `reverse=true` from the last to the first; gives none.",
        &[("[2, 1].sort()", "None")],
        |call| {
            let list = list(call, "sort")?;
            let reverse = match (call.rest, call.named) {
                ([], []) => false,
                ([], [("reverse", value)]) => flag(*value)?,
                _ => return Err(Fault::new(FaultCode::Type, "`sort` takes `reverse`, by name")),
            };
            let keyed = LoopItems::of(list).iter().map(|item| (vec![item], item)).collect();
            let sorted = sorted(call.arena, keyed, reverse, before_alone)?;
            sorted.into_iter().enumerate().for_each(|(index, (_, item))| list.set(index, item));
            Ok(Value::None)
        },
    )
    .changes(Changes::List)
    .gives_none()
    .variadic(),
    method(&["copy"], &[VALUE], "A new list or dict of the same items.", &[("[1].copy()", "[1]")], |call| {
        match call.value() {
            Value::List(list) if !list.is_tuple() => call.arena.list(LoopItems::of(list).iter()),
            Value::Map(map) => {
                let new = call.arena.map();
                map.iter().try_for_each(|(key, value)| new.insert(call.arena, key, value))?;
                Ok(Value::Map(new))
            }
            other => Err(no_method(other, "copy")),
        }
    }),
    method(
        &["clear"],
        &[VALUE],
        "Takes all items out of a list or dict; gives none.",
        &[("[1].clear()", "None")],
        |call| {
            match call.value() {
                Value::List(list) if !list.is_tuple() => list.clear(),
                Value::Map(map) => map.clear(),
                other => return Err(no_method(other, "clear")),
            }
            Ok(Value::None)
        },
    )
    .changes(Changes::Dict)
    .gives_none(),
    method(
        &["pop"],
        &[VALUE, absent("key"), absent("default")],
        "Takes an item out of a list by place (the last one), or out of a dict by key (else the default).",
        &[("[1, 2].pop()", "2"), ("{'a': 1}.pop('b', 0)", "0")],
        pop,
    )
    .changes(Changes::Dict),
    method(
        &["index"],
        &[VALUE, required("item"), none("start"), none("end")],
        "The place of the first equal item of a list, or of a text in a text; a fault where there is none.",
        &[("[1, 2].index(2)", "1"), ("'abc'.index('c')", "2")],
        |call| match call.value() {
            Value::List(list) => {
                let from = bound(call.optional_int(2)?, 0, list.len());
                let to = bound(call.optional_int(3)?, list.len(), list.len());
                let found = position(call, LoopItems::of(list), call.argument(1), from, to)?;
                found.map(|place| Value::Int(place as i64)).ok_or_else(|| invalid("the item is not in the list"))
            }
            Value::Text(_) => methods_text::index(call, "index", false),
            other => Err(no_method(other, "index")),
        },
    ),
    method(
        &["count"],
        &[VALUE, required("item"), absent("start"), absent("end")],
        "How many items of a list are equal, or how often a text is in a text.",
        &[("[1, 2, 1].count(1)", "2"), ("'banana'.count('an')", "2")],
        |call| match call.value() {
            Value::List(_) if call.given(2).is_some() => {
                Err(Fault::new(FaultCode::Type, "`count` of a list takes one argument"))
            }
            Value::List(list) => {
                call.arena.spend(list.len() as u64)?;
                let mut equal = 0;
                for item in list.iter() {
                    equal += i64::from(ops::equal(item, call.argument(1))?);
                }
                Ok(Value::Int(equal))
            }
            Value::Text(_) => methods_text::count(call),
            other => Err(no_method(other, "count")),
        },
    ),
    method(
        &["bit_length"],
        &[VALUE],
        "How many bits an integer needs.",
        &[("255.bit_length()", "8")],
        |call| match call.value() {
            Value::Int(number) => Ok(Value::Int(i64::from(64 - number.unsigned_abs().leading_zeros()))),
            Value::Bool(value) => Ok(Value::Int(i64::from(value))),
            Value::BigInt(digits) => {
                let number: num_bigint::BigInt = digits.parse().map_err(|_| mismatch("an integer", call.value()))?;
                Ok(Value::Int(number.bits() as i64))
            }
            other => Err(no_method(other, "bit_length")),
        },
    ),
    method(&["is_integer"], &[VALUE], "Whether a float has no fraction.", &[("1.0.is_integer()", "True")], |call| {
        match call.value() {
            Value::Float(float) => Ok(Value::Bool(float.is_finite() && float.fract() == 0.0)),
            other => Err(no_method(other, "is_integer")),
        }
    }),
];

fn map<'a>(call: &FunctionCall<'_, 'a>, name: &str) -> Result<&'a Map<'a>, Fault> {
    match call.value() {
        Value::Map(map) => Ok(map),
        other => Err(no_method(other, name)),
    }
}

/// A list that may change: no tuple.
fn list<'a>(call: &FunctionCall<'_, 'a>, name: &str) -> Result<&'a List<'a>, Fault> {
    match call.value() {
        Value::List(list) if !list.is_tuple() => Ok(list),
        other => Err(no_method(other, name)),
    }
}

fn update<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let map = map(call, "update")?;
    match call.given(1) {
        None => {}
        Some(undefined) if undefined.is_undefined() => return Err(mismatch("a dict", undefined)),
        Some(Value::Map(other)) => {
            let entries: Vec<_> = other.iter().take(other.len()).collect();
            entries.into_iter().try_for_each(|(key, value)| map.insert(call.arena, key, value))?;
        }
        Some(other) => insert_pairs(call, map, other)?,
    }
    for (name, value) in call.named {
        map.insert(call.arena, Value::Text(call.arena.text(name)?), *value)?;
    }
    Ok(Value::None)
}

/// Inserts a list of pairs.
pub(super) fn insert_pairs<'a>(call: &FunctionCall<'_, 'a>, map: &Map<'a>, list: Value<'a>) -> Result<(), Fault> {
    for item in items(call.arena, list)?.iter() {
        let pair = items(call.arena, item)?;
        let (Some(key), Some(value), 2) = (pair.at(0), pair.at(1), pair.len()) else {
            return Err(invalid("expected pairs to make a dict"));
        };
        map.insert(call.arena, key, value)?;
    }
    Ok(())
}

fn pop<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    match call.value() {
        Value::List(list) if !list.is_tuple() => {
            if call.given(2).is_some() {
                return Err(Fault::new(FaultCode::Type, "`pop` of a list takes no default"));
            }
            let index = if call.given(1).is_some() { call.int(1)? } else { -1 };
            let index = if index < 0 { index.saturating_add(list.len() as i64) } else { index };
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            list.remove(call.arena, index)?
                .ok_or_else(|| Fault::new(FaultCode::Lookup, "the list has no item at this index"))
        }
        Value::Map(map) => {
            let key = call.given(1).ok_or_else(|| Fault::new(FaultCode::Type, "method `pop` needs `key`"))?;
            let removed = map.remove(call.arena, key)?.or(call.given(2));
            removed.ok_or_else(|| Fault::new(FaultCode::Lookup, "the dict does not have this key"))
        }
        other => Err(no_method(other, "pop")),
    }
}

fn position<'a>(
    call: &FunctionCall<'_, 'a>,
    items: LoopItems<'a>,
    wanted: Value<'a>,
    from: usize,
    to: usize,
) -> Result<Option<usize>, Fault> {
    call.arena.spend(items.len() as u64)?;
    for place in from..to {
        if items.at(place).map_or(Ok(false), |item| ops::equal(item, wanted))? {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// Where `insert` puts an item: negative counts from the end, and nothing is out of range.
fn place(index: i64, length: usize) -> usize {
    bound(Some(index), length, length)
}
