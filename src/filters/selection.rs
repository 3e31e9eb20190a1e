//! Filters that apply a filter or a test to each item.

use super::call::{Call, mismatch};
use super::{Entry, Kind, VALUE, filter, required};
use crate::value::{Arena, Fault, FaultCode, Value, ops};

pub(super) static ENTRIES: &[Entry] = &[
    filter(
        &["map"],
        &[VALUE],
        "A filter, or `attribute` (with a `default`), applied to each item.",
        &[
            ("['A', 'B'] | map('lower') | list", "['a', 'b']"),
            ("[{'n': {'i': 1}}, {}] | map(attribute='n.i', default=0) | list", "[1, 0]"),
        ],
        map,
    )
    .variadic(),
    filter(
        &["attr"],
        &[VALUE, required("name")],
        "An attribute that is no item; values of this language have none.",
        &[("({'a': 1} | attr('a')) is defined", "False")],
        |_| Ok(Value::Undefined),
    ),
    filter(
        &["select"],
        &[VALUE],
        "The items that pass a test, or that are true.",
        &[("[1, 2, 3] | select('odd') | list", "[1, 3]"), ("['', 'a'] | select | list", "['a']")],
        |call| keep(call, &Attribute::Itself, call.rest, true),
    )
    .variadic(),
    filter(
        &["reject"],
        &[VALUE],
        "The items that fail a test, or that are false.",
        &[("[1, 2, 3] | reject('odd') | list", "[2]")],
        |call| keep(call, &Attribute::Itself, call.rest, false),
    )
    .variadic(),
    filter(
        &["selectattr"],
        &[VALUE, required("attribute")],
        "The items of which an attribute passes a test, or is true.",
        &[("[{'n': 'a'}, {'n': 'b'}] | selectattr('n', '==', 'b') | list", "[{'n': 'b'}]")],
        |call| keep(call, &Attribute::new(call.argument(1))?, call.rest, true),
    )
    .variadic(),
    filter(
        &["rejectattr"],
        &[VALUE, required("attribute")],
        "The items of which an attribute fails a test, or is false.",
        &[("[{'n': 1}, {}] | rejectattr('n') | list", "[{}]")],
        |call| keep(call, &Attribute::new(call.argument(1))?, call.rest, false),
    )
    .variadic(),
];

/// As in Jinja2, what is false has no items: `none` is no fault here.
fn keep<'a>(
    call: &Call<'_, 'a>,
    attribute: &Attribute<'a>,
    arguments: &[Value<'a>],
    wanted: bool,
) -> Result<Value<'a>, Fault> {
    if !ops::truth(call.value()) {
        return call.arena.list([]);
    }
    let mut test = match arguments.split_first() {
        Some((name, arguments)) => Some(call.applied(Kind::Test, *name, arguments)?),
        None => None,
    };
    let mut kept = Vec::new();
    for item in call.items()?.iter() {
        let value = attribute.of(call.arena, item)?;
        let passed = match &mut test {
            Some(test) => call.apply(test, value)?,
            None => value,
        };
        if ops::truth(passed) == wanted {
            kept.push(item);
        }
    }
    call.arena.list(kept)
}

/// As in Jinja2, what is false has no items: `none` is no fault here.
fn map<'a>(call: &Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut out = Vec::new();
    if !ops::truth(call.value()) {
        return call.arena.list([]);
    }
    if let Some((name, arguments)) = call.rest.split_first() {
        let mut function = call.applied(Kind::Filter, *name, arguments)?;
        for item in call.items()?.iter() {
            out.push(call.apply(&mut function, item)?);
        }
        return call.arena.list(out);
    }
    let named = |wanted| call.named.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let Some(attribute) = named("attribute") else {
        return Err(Fault::new(FaultCode::Type, "`map` needs the name of a filter, or `attribute`"));
    };
    let attribute = Attribute::new(attribute)?.or(named("default").unwrap_or(Value::Undefined));
    for item in call.items()?.iter() {
        out.push(attribute.of(call.arena, item)?);
    }
    call.arena.list(out)
}

/// What an `attribute` argument picks out of an item: a key, an index, or a path of them with dots.
pub(super) enum Attribute<'a> {
    /// The item as it is.
    Itself,
    /// What is under these keys, or the default.
    Path(Vec<Value<'a>>, Value<'a>),
}

impl<'a> Attribute<'a> {
    /// Reads an `attribute` argument.
    pub(super) fn new(attribute: Value<'a>) -> Result<Self, Fault> {
        let part = |part: &'a str| match part.bytes().all(|byte| byte.is_ascii_digit()) {
            true => part.parse().map_or(Value::Text(part), Value::Int),
            false => Value::Text(part),
        };
        match attribute {
            Value::Text(path) => Ok(Attribute::Path(path.split('.').map(part).collect(), Value::Undefined)),
            Value::Int(_) => Ok(Attribute::Path(vec![attribute], Value::Undefined)),
            other => Err(mismatch("the name of an attribute", other)),
        }
    }

    /// Reads one that may be `None`: the item itself.
    pub(super) fn optional(attribute: Value<'a>, default: Value<'a>) -> Result<Self, Fault> {
        match attribute {
            missing if missing.is_missing() => Ok(Attribute::Itself),
            other => Ok(Attribute::new(other)?.or(default)),
        }
    }

    /// With a default for items that lack it; `None` and undefined are none.
    pub(super) fn or(self, default: Value<'a>) -> Self {
        match self {
            Attribute::Path(path, _) if !default.is_missing() => Attribute::Path(path, default),
            other => other,
        }
    }

    /// What it picks out of an item.
    pub(super) fn of(&self, arena: &'a Arena, item: Value<'a>) -> Result<Value<'a>, Fault> {
        let Attribute::Path(path, default) = self else { return Ok(item) };
        let mut value = item;
        for key in path {
            arena.spend(1)?;
            value = ops::subscript(arena, value, *key)?;
            if value.is_undefined() {
                value = *default;
            }
        }
        Ok(value)
    }
}
