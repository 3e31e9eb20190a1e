//! Functions: what is called by name alone.

use super::call::{FunctionCall, invalid, items, mismatch};
use super::entry::{LibraryEntry, absent, global, int, required};
use super::methods_collection::insert_pairs;
use super::numbers::{parse_int, to_float};
use crate::value::{Fault, FaultCode, Map, Value, ops, text};

pub(super) static ENTRIES: &[LibraryEntry] =
    &[
        global(
            &["len"],
            &[required("value")],
            "How many items, entries or characters there are.",
            &[("len('abc')", "3")],
            |call| Ok(Value::Int(ops::length(call.argument(0))? as i64)),
        ),
        global(
            &["range"],
            &[required("start"), absent("stop"), int("step", 1)],
            "The integers from `start` (0) to before `stop`, as a list; at most 100,000.",
            &[("range(3)", "[0, 1, 2]"), ("range(5, 0, -2)", "[5, 3, 1]")],
            range,
        ),
        global(
            &["dict"],
            &[absent("entries")],
            "A new dict of another's entries or of pairs, and of named arguments.",
            &[("dict(a=1, b=2)", "{'a': 1, 'b': 2}"), ("dict([['a', 1]])", "{'a': 1}")],
            dict,
        )
        .variadic(),
        global(
            &["namespace"],
            &[absent("entries")],
            "A dict whose attributes `set` may change from inside a loop.",
            &[("namespace(n=0).n", "0")],
            dict,
        )
        .variadic(),
        global(&["list"], &[absent("items")], "The items as a new list.", &[("list('ab')", "['a', 'b']")], |call| {
            match call.given(0) {
                None => call.arena.list([]),
                Some(value) => call.arena.list(items(call.arena, value)?.iter()),
            }
        }),
        global(&["str"], &[absent("value")], "The value as text.", &[("str(1)", "'1'")], |call| {
            text::string(call.arena, call.given(0).unwrap_or(Value::Text(""))).map(Value::Text)
        }),
        global(
            &["int"],
            &[absent("value"), int("base", 10)],
            "The value as an integer; a fault where it is none.",
            &[("int('42')", "42"), ("int(1.9)", "1")],
            to_int,
        ),
        global(
            &["float"],
            &[absent("value")],
            "The value as a float; a fault where it is none.",
            &[("float('1.5')", "1.5")],
            |call| {
                let Some(value) = call.given(0) else { return Ok(Value::Float(0.0)) };
                match to_float(value) {
                    Some(float) => Ok(Value::Float(float)),
                    None if value.as_text().is_some() => Err(invalid("the text is not a number")),
                    None => Err(mismatch("a number", value)),
                }
            },
        ),
        global(&["bool"], &[absent("value")], "The truth of the value.", &[("bool('')", "False")], |call| {
            Ok(Value::Bool(call.truth(0)))
        }),
    ];

/// The most items a range has, as in Jinja's sandbox.
const LONGEST_RANGE: i128 = 100_000;

fn range<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let step = call.int(2)?;
    let (start, stop) = match call.given(1) {
        None => (0, call.int(0)?),
        Some(_) => (call.int(0)?, call.int(1)?),
    };
    if step == 0 {
        return Err(invalid("the step of a range cannot be 0"));
    }
    let (first, last, by) = (i128::from(start), i128::from(stop), i128::from(step));
    let length = ((last - first + by - by.signum()) / by).max(0);
    if length > LONGEST_RANGE {
        return Err(Fault::new(FaultCode::Limit, format!("the range has more than {LONGEST_RANGE} items")));
    }
    call.arena.list((0..length as i64).map(|index| Value::Int(start.saturating_add(step.saturating_mul(index)))))
}

fn dict<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let map: &'a Map<'a> = call.arena.map();
    match call.given(0) {
        None => {}
        Some(Value::Map(other)) => other.iter().try_for_each(|(key, value)| map.insert(call.arena, key, value))?,
        Some(other) => insert_pairs(call, map, other)?,
    }
    for (name, value) in call.named {
        map.insert(call.arena, Value::Text(call.arena.text(name)?), *value)?;
    }
    Ok(Value::Map(map))
}

fn to_int<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    match call.given(0).unwrap_or(Value::Int(0)) {
        Value::Text(text) => {
            parse_int(call.arena, text, call.int(1)?)?.ok_or_else(|| invalid("the text is not an integer"))
        }
        value => super::numbers::integer(call.arena, value)?.ok_or_else(|| mismatch("a number", value)),
    }
}
