//! Filters that apply a filter or a test to each item.

use super::apply::Applied;
use super::call::{FunctionCall, mismatch};
use super::entry::{LibraryEntry, LibraryKind, VALUE, filter, required};
use crate::value::{Arena, Fault, FaultCode, Value, ops};
use bumpalo::collections::Vec as ArenaVec;

pub(super) static ENTRIES: &[LibraryEntry] = &[
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
        "An attribute that is no item: values of this language have methods only, and a call of one must follow.",
        &[("({'a': 1} | attr('a')) is defined", "False"), ("('ab' | attr('upper'))()", "'AB'")],
        attribute,
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
        &[VALUE],
        "The items of which an attribute passes a test, or is true.",
        &[("[{'n': 'a'}, {'n': 'b'}] | selectattr('n', '==', 'b') | list", "[{'n': 'b'}]")],
        |call| keep_by(call, true),
    )
    .variadic(),
    filter(
        &["rejectattr"],
        &[VALUE],
        "The items of which an attribute fails a test, or is false.",
        &[("[{'n': 1}, {}] | rejectattr('n') | list", "[{}]")],
        |call| keep_by(call, false),
    )
    .variadic(),
];

/// By an attribute, which comes by place.
fn keep_by<'a>(call: &FunctionCall<'_, 'a>, wanted: bool) -> Result<Value<'a>, Fault> {
    match call.rest.split_first() {
        Some((attribute, test)) => keep(call, &Attribute::new(call.arena, *attribute), test, wanted),
        None if !ops::truth(call.value()) => call.arena.list([]),
        None => Err(Fault::new(FaultCode::Type, "expected the name of an attribute")),
    }
}

/// As in Jinja2, what is false has no items: `none` is no fault here.
fn keep<'a>(
    call: &FunctionCall<'_, 'a>,
    attribute: &Attribute<'a>,
    arguments: &[Value<'a>],
    wanted: bool,
) -> Result<Value<'a>, Fault> {
    if !ops::truth(call.value()) {
        return call.arena.list([]);
    }
    let mut test = match arguments.split_first() {
        Some((name, arguments)) => Some(Applied::new(call, LibraryKind::Test, *name, arguments)?),
        None => None,
    };
    let mut kept = ArenaVec::new_in(call.arena.bump());
    for item in call.items()?.iter() {
        let value = attribute.of(call.arena, item)?;
        let passed = match &mut test {
            Some(test) => test.apply(call, value)?,
            None => value,
        };
        if ops::truth(passed) == wanted {
            kept.push(item);
        }
    }
    call.arena.list(kept)
}

fn attribute<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    call.text(1)?;
    match call.value() {
        undefined if undefined.is_undefined() => Err(mismatch("a value", undefined)),
        _ => Ok(Value::Undefined),
    }
}

/// As in Jinja2, what is false has no items: `none` is no fault here.
fn map<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut out = ArenaVec::new_in(call.arena.bump());
    if !ops::truth(call.value()) {
        return call.arena.list([]);
    }
    if let Some((name, arguments)) = call.rest.split_first() {
        let mut function = Applied::new(call, LibraryKind::Filter, *name, arguments)?;
        for item in call.items()?.iter() {
            out.push(function.apply(call, item)?);
        }
        return call.arena.list(out);
    }
    let named = |wanted| call.named.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let Some(attribute) = named("attribute") else {
        return Err(Fault::new(FaultCode::Type, "`map` needs the name of a filter, or `attribute`"));
    };
    let attribute = Attribute::new(call.arena, attribute).or(named("default").unwrap_or(Value::Undefined));
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
    Path(&'a [Value<'a>], Value<'a>),
}

impl<'a> Attribute<'a> {
    /// Reads an `attribute` argument; `None` is the item itself.
    pub(super) fn new(arena: &'a Arena, attribute: Value<'a>) -> Self {
        let part = |part: &'a str| match part.bytes().all(|byte| byte.is_ascii_digit()) {
            true => part.parse().map_or(Value::Text(part), Value::Int),
            false => Value::Text(part),
        };
        match attribute {
            Value::Text(path) => Attribute::Path(
                ArenaVec::from_iter_in(path.split('.').map(part), arena.bump()).into_bump_slice(),
                Value::Undefined,
            ),
            Value::None => Attribute::Itself,
            key => Attribute::Path(arena.bump().alloc([key]), Value::Undefined),
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
        for key in *path {
            arena.spend(1)?;
            value = ops::subscript(arena, value, *key)?;
            if value.is_undefined() {
                value = *default;
            }
        }
        Ok(value)
    }
}
