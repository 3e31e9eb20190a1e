//! Tests: what stands after `is`, and what `select` and its kin take by name.

use super::apply::is_known;
use super::call::FunctionCall;
use super::entry::{LibraryEntry, LibraryKind, Parameters, VALUE, required, test};
use crate::value::{Fault, Value, ops};
use std::cmp::Ordering;

pub(super) static ENTRIES: &[LibraryEntry] = &[
    test(&["defined"], &[VALUE], "Whether the value is there.", &[("missing is defined", "False")], |call| {
        truth(!call.value().is_undefined())
    }),
    test(&["undefined"], &[VALUE], "Whether the value is missing.", &[("missing is undefined", "True")], |call| {
        truth(call.value().is_undefined())
    }),
    test(
        &["none"],
        &[VALUE],
        "Whether the value is none.",
        &[("none is none", "True"), ("0 is none", "False")],
        |call| truth(matches!(call.value(), Value::None)),
    ),
    test(&["boolean"], &[VALUE], "Whether the value is a boolean.", &[("true is boolean", "True")], |call| {
        truth(matches!(call.value(), Value::Bool(_)))
    }),
    test(&["true"], &[VALUE], "Whether the value is the boolean `true`.", &[("1 is true", "False")], |call| {
        truth(matches!(call.value(), Value::Bool(true)))
    }),
    test(&["false"], &[VALUE], "Whether the value is the boolean `false`.", &[("0 is false", "False")], |call| {
        truth(matches!(call.value(), Value::Bool(false)))
    }),
    test(
        &["integer"],
        &[VALUE],
        "Whether the value is an integer.",
        &[("1 is integer", "True"), ("true is integer", "False")],
        |call| truth(matches!(call.value(), Value::Int(_) | Value::BigInt(_))),
    ),
    test(&["float"], &[VALUE], "Whether the value is a float.", &[("1.0 is float", "True")], |call| {
        truth(matches!(call.value(), Value::Float(_)))
    }),
    test(
        &["number"],
        &[VALUE],
        "Whether the value is a number; a boolean is one.",
        &[("1.5 is number", "True"), ("'1' is number", "False")],
        |call| truth(matches!(call.value(), Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_))),
    ),
    test(&["string"], &[VALUE], "Whether the value is text.", &[("'a' is string", "True")], |call| {
        truth(matches!(call.value(), Value::Text(_)))
    }),
    test(&["mapping"], &[VALUE], "Whether the value is a dict.", &[("{} is mapping", "True")], |call| {
        truth(matches!(call.value(), Value::Map(_)))
    }),
    test(
        &["iterable"],
        &[VALUE],
        "Whether a loop can walk the value: text, a list or a dict.",
        &[("[] is iterable", "True"), ("1 is iterable", "False")],
        |call| truth(walkable(call.value())),
    ),
    test(
        &["sequence"],
        &[VALUE],
        "Whether the value has a length and items: text, a list or a dict.",
        &[("'a' is sequence", "True"), ("1 is sequence", "False")],
        |call| truth(walkable(call.value())),
    ),
    test(
        &["callable"],
        &[VALUE],
        "Whether the value can be called; none can, but for the undefined, of which a call fails.",
        &[("1 is callable", "False")],
        |call| truth(call.value().is_undefined()),
    ),
    test(
        &["escaped"],
        &[VALUE],
        "Whether the text is marked as safe; none is.",
        &[("'a' is escaped", "False")],
        |_| truth(false),
    ),
    test(
        &["lower"],
        &[VALUE],
        "Whether the text has letters, all in lower case.",
        &[("'ab1' is lower", "True")],
        |call| truth(is_lower(walked(call)?)),
    ),
    test(
        &["upper"],
        &[VALUE],
        "Whether the text has letters, all in upper case.",
        &[("'Ab' is upper", "False")],
        |call| truth(is_upper(walked(call)?)),
    ),
    test(&["even"], &[VALUE], "Whether the number is even.", &[("2 is even", "True")], |call| {
        remainder(call, Value::Int(2), 0)
    }),
    test(&["odd"], &[VALUE], "Whether the number is odd.", &[("2 is odd", "False")], |call| {
        remainder(call, Value::Int(2), 1)
    }),
    test(
        &["divisibleby"],
        &[VALUE, required("num")],
        "Whether the number is divisible by another.",
        &[("6 is divisibleby(3)", "True")],
        |call| remainder(call, call.argument(1), 0),
    ),
    test(
        &["btiwise_has_flag", "bitwise_has_flag"],
        &[VALUE, required("flag")],
        "Whether an integer has all the bits of another. The first name is the usual one, misspelt as it is.",
        &[("6 is btiwise_has_flag(4)", "True"), ("6 is btiwise_has_flag(1)", "False")],
        |call| {
            let (value, flag) = (call.int(0)?, call.int(1)?);
            truth(value & flag == flag)
        },
    ),
    test(&["eq", "equalto", "=="], OTHER, "Whether both are equal.", &[("1 is eq(1.0)", "True")], |call| {
        truth(ops::equal(call.value(), call.argument(1))?)
    }),
    test(&["ne", "!="], OTHER, "Whether both differ.", &[("1 is ne(2)", "True")], |call| {
        truth(!ops::equal(call.value(), call.argument(1))?)
    }),
    test(
        &["lt", "lessthan", "<"],
        OTHER,
        "Whether the value is less than another.",
        &[("1 is lt(2)", "True")],
        |call| ordered(call, &[Ordering::Less]),
    ),
    test(&["le", "<="], OTHER, "Whether the value is at most another.", &[("1 is le(1)", "True")], |call| {
        ordered(call, &[Ordering::Less, Ordering::Equal])
    }),
    test(
        &["gt", "greaterthan", ">"],
        OTHER,
        "Whether the value is greater than another.",
        &[("1 is gt(2)", "False")],
        |call| ordered(call, &[Ordering::Greater]),
    ),
    test(&["ge", ">="], OTHER, "Whether the value is at least another.", &[("2 is ge(2)", "True")], |call| {
        ordered(call, &[Ordering::Greater, Ordering::Equal])
    }),
    test(
        &["in"],
        &[VALUE, required("seq")],
        "Whether the value is in a list, a dict's keys or a text.",
        &[("1 is in([1, 2])", "True"), ("'x' is in('abc')", "False")],
        |call| truth(ops::contains(call.argument(1), call.value())?),
    ),
    test(
        &["sameas"],
        OTHER,
        "Whether both are one and the same: one list, or constants that are alike.",
        &[("true is sameas(true)", "True"), ("[] is sameas([])", "False")],
        |call| truth(same(call.value(), call.argument(1))?),
    ),
    test(&["filter"], &[VALUE], "Whether a filter has this name.", &[("'lower' is filter", "True")], |call| {
        ops::check_hashable(call.value())?;
        truth(call.value().as_text().is_some_and(|name| is_known(LibraryKind::Filter, name)))
    }),
    test(&["test"], &[VALUE], "Whether a test has this name.", &[("'odd' is test", "True")], |call| {
        ops::check_hashable(call.value())?;
        truth(call.value().as_text().is_some_and(|name| is_known(LibraryKind::Test, name)))
    }),
];

const OTHER: Parameters = &[VALUE, required("other")];

/// The value as text of which each character is looked at, and paid for.
fn walked<'a>(call: &FunctionCall<'_, 'a>) -> Result<&'a str, Fault> {
    let text = call.subject()?;
    call.arena.spend(text.len() as u64)?;
    Ok(text)
}

fn truth<'a>(value: bool) -> Result<Value<'a>, Fault> {
    Ok(Value::Bool(value))
}

/// As in Jinja2, the undefined can be walked: it has no items.
fn walkable(value: Value<'_>) -> bool {
    matches!(value, Value::Undefined | Value::Text(_) | Value::List(_) | Value::Map(_))
}

/// Python's `str.islower`: some letter, and none that is not in lower case.
pub(super) fn is_lower(text: &str) -> bool {
    text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)
}

/// Python's `str.isupper`.
pub(super) fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

fn remainder<'a>(call: &FunctionCall<'_, 'a>, divisor: Value<'a>, expected: i64) -> Result<Value<'a>, Fault> {
    // Text has a `%` of its own, which Jinja takes here, too; what it gives is no number.
    let left = ops::arithmetic(call.arena, ops::Arithmetic::Remainder, call.value(), divisor)?;
    truth(ops::equal(left, Value::Int(expected))?)
}

fn ordered<'a>(call: &FunctionCall<'_, 'a>, wanted: &[Ordering]) -> Result<Value<'a>, Fault> {
    let order = ops::order(call.value(), call.argument(1))?;
    truth(order.is_some_and(|order| wanted.contains(&order)))
}

fn same(left: Value<'_>, right: Value<'_>) -> Result<bool, Fault> {
    Ok(match (left, right) {
        (Value::List(left), Value::List(right)) => std::ptr::addr_eq(left, right),
        (Value::Map(left), Value::Map(right)) => std::ptr::addr_eq(left, right),
        (left, right) if left.is_undefined() && right.is_undefined() => true,
        _ => left.type_name() == right.type_name() && ops::equal(left, right)?,
    })
}
