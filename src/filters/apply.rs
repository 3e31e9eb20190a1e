//! Calls entries: arguments are bound to parameters, and filters apply others by their names.

use super::call::{FunctionCall, mismatch};
use super::entry::{Default, Function, LibraryEntry, LibraryKind};
use super::find;
use super::patterns::Patterns;
use crate::value::{Arena, Fault, FaultCode, Value};
use bumpalo::collections::Vec as ArenaVec;

/// The most parameters an entry has.
pub const MOST_PARAMETERS: usize = 8;

/// Calls an entry that has one parameter.
///
/// # Errors
/// What the function itself raises.
#[inline]
pub fn apply<'a>(
    entry: &LibraryEntry,
    arena: &'a Arena,
    patterns: &Patterns,
    now: i64,
    value: Value<'a>,
) -> Result<Value<'a>, Fault> {
    run(entry, &FunctionCall { arena, patterns, now, bound: &[Some(value)], rest: &[], named: &[] })
}

/// Calls an entry with arguments that take its first `given` parameters, one each; the others have defaults.
///
/// # Errors
/// What the function itself raises.
#[inline]
pub fn call_bound<'a>(
    entry: &LibraryEntry,
    arena: &'a Arena,
    patterns: &Patterns,
    now: i64,
    given: usize,
    arguments: &mut [Option<Value<'a>>],
) -> Result<Value<'a>, Fault> {
    let bound = arguments.get_mut(..entry.parameters.len()).unwrap_or_default();
    for (slot, parameter) in bound.iter_mut().zip(entry.parameters).skip(given) {
        *slot = parameter.default.value();
    }
    run(entry, &FunctionCall { arena, patterns, now, bound, rest: &[], named: &[] })
}

/// Binds arguments to the entry's parameters, fills in defaults and calls it.
///
/// # Errors
/// Type, for a missing, superfluous or unknown argument; what the function itself raises.
pub fn call<'a>(
    entry: &LibraryEntry,
    arena: &'a Arena,
    patterns: &Patterns,
    now: i64,
    positional: &[Value<'a>],
    named: &[(&str, Value<'a>)],
) -> Result<Value<'a>, Fault> {
    let mut slots = [None; MOST_PARAMETERS];
    let bound = slots.get_mut(..entry.parameters.len()).ok_or_else(|| wrong(entry, "has too many parameters"))?;
    for (slot, value) in bound.iter_mut().zip(positional) {
        *slot = Some(*value);
    }
    let rest = positional.get(entry.parameters.len()..).unwrap_or_default();
    if !rest.is_empty() && !entry.variadic {
        return Err(wrong(entry, &format!("takes {} arguments", entry.parameters.len())));
    }
    let mut others = Vec::new();
    for (name, value) in named {
        match entry.parameters.iter().position(|parameter| parameter.name == *name) {
            Some(place) if bound[place].is_none() => bound[place] = Some(*value),
            Some(_) => return Err(wrong(entry, &format!("was given `{name}` twice"))),
            None if entry.variadic => others.push((*name, *value)),
            None => return Err(wrong(entry, &format!("has no parameter `{name}`"))),
        }
    }
    for (slot, parameter) in bound.iter_mut().zip(entry.parameters) {
        match (&slot, parameter.default) {
            (Some(_), _) => {}
            (None, Default::Required) => return Err(wrong(entry, &format!("needs `{}`", parameter.name))),
            (None, default) => *slot = default.value(),
        }
    }
    run(entry, &FunctionCall { arena, patterns, now, bound, rest, named: &others })
}

#[inline]
fn run<'a>(entry: &LibraryEntry, call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    match entry.function {
        Function::OfValue(function) => function(call.arena, call.value()),
        Function::OfCall(function) => function(call),
    }
}

#[cold]
fn wrong(entry: &LibraryEntry, what: &str) -> Fault {
    Fault::new(FaultCode::Type, format!("{} `{}` {what}", entry.kind.name(), entry.name()))
}

/// A filter or test that another one applies by its name, with its arguments, as `map("lower")` and `select("none")` do.
pub(super) struct Applied<'a> {
    entry: &'static LibraryEntry,
    /// The first is the value of each call.
    arguments: ArenaVec<'a, Value<'a>>,
}

impl<'a> Applied<'a> {
    /// The filter or test that a name and its arguments make; named arguments go to it too.
    pub(super) fn new(
        call: &FunctionCall<'_, 'a>,
        kind: LibraryKind,
        name: Value<'a>,
        rest: &[Value<'a>],
    ) -> Result<Self, Fault> {
        let mut arguments = ArenaVec::with_capacity_in(rest.len() + 1, call.arena.bump());
        arguments.push(Value::Undefined);
        arguments.extend_from_slice(rest);
        Ok(Applied { entry: named(call, kind, name)?, arguments })
    }

    /// Applies it to a value.
    pub(super) fn apply(&mut self, by: &FunctionCall<'_, 'a>, value: Value<'a>) -> Result<Value<'a>, Fault> {
        by.arena.spend(1)?;
        if let Some(first) = self.arguments.first_mut() {
            *first = value;
        }
        call(self.entry, by.arena, by.patterns, by.now, &self.arguments, by.named)
    }
}

/// A filter or test by name.
fn named<'a>(call: &FunctionCall<'_, 'a>, kind: LibraryKind, name: Value<'a>) -> Result<&'static LibraryEntry, Fault> {
    // Each name applies the ones behind it; more than this cannot be meant, and would use up the stack.
    const MOST_ARGUMENTS: usize = 32;
    let Value::Text(name) = name else { return Err(mismatch("a name", name)) };
    if call.rest.len() > MOST_ARGUMENTS {
        return Err(Fault::new(FaultCode::Limit, format!("a call has more than {MOST_ARGUMENTS} arguments")));
    }
    let unknown = || Fault::new(FaultCode::Lookup, format!("there is no {} `{name}`", kind.name()));
    find(kind, name).ok_or_else(unknown)
}

/// Whether there is an entry of a kind and name.
pub(super) fn is_known(kind: LibraryKind, name: &str) -> bool {
    find(kind, name).is_some()
}

/// Jinja's complaint about a method that a type does not have.
#[cold]
pub(super) fn no_method(value: Value<'_>, name: &str) -> Fault {
    let known = is_known(LibraryKind::Method, name);
    match value {
        undefined if undefined.is_undefined() => {
            Fault::known(&(FaultCode::Undefined, "cannot call a method of an undefined value"))
        }
        other if known => {
            Fault::new(FaultCode::Undefined, format!("'{} object' has no attribute '{name}'", other.type_name()))
        }
        _ => Fault::new(FaultCode::Lookup, format!("there is no method `{name}`")),
    }
}
