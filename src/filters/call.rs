//! Calls: arguments bound to parameters, and read by the functions.

use super::{Default, Entry, Function, Kind, Patterns, find};
use crate::value::{Arena, Fault, FaultCode, List, Map, Value, ops, text};
use bumpalo::collections::String as ArenaString;

/// One call of an entry, its arguments bound to its parameters.
pub struct Call<'c, 'a> {
    /// Where new values are made.
    pub arena: &'a Arena,
    /// Compiled patterns, kept between calls.
    pub patterns: &'c Patterns,
    /// The time against which incomplete dates are read, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// The arguments by parameter, defaults filled in; `None` where none was given and there is no default.
    pub bound: &'c [Option<Value<'a>>],
    /// Arguments beyond the parameters of a variadic entry.
    pub rest: &'c [Value<'a>],
    /// Named arguments beyond the parameters of a variadic entry.
    pub named: &'c [(&'c str, Value<'a>)],
}

/// The most parameters an entry has.
pub const MOST_PARAMETERS: usize = 8;

/// Calls an entry that has one parameter.
///
/// # Errors
/// What the function itself raises.
#[inline]
pub fn apply<'a>(
    entry: &Entry,
    arena: &'a Arena,
    patterns: &Patterns,
    now: i64,
    value: Value<'a>,
) -> Result<Value<'a>, Fault> {
    run(entry, &Call { arena, patterns, now, bound: &[Some(value)], rest: &[], named: &[] })
}

/// Calls an entry with arguments that take its first `given` parameters, one each; the others have defaults.
///
/// # Errors
/// What the function itself raises.
#[inline]
pub fn call_bound<'a>(
    entry: &Entry,
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
    run(entry, &Call { arena, patterns, now, bound, rest: &[], named: &[] })
}

/// Binds arguments to the entry's parameters, fills in defaults and calls it.
///
/// # Errors
/// Type, for a missing, superfluous or unknown argument; what the function itself raises.
pub fn call<'a>(
    entry: &Entry,
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
    run(entry, &Call { arena, patterns, now, bound, rest, named: &others })
}

#[inline]
fn run<'a>(entry: &Entry, call: &Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    match entry.function {
        Function::OfValue(function) => function(call.arena, call.value()),
        Function::OfCall(function) => function(call),
    }
}

#[cold]
fn wrong(entry: &Entry, what: &str) -> Fault {
    Fault::new(FaultCode::Type, format!("{} `{}` {what}", entry.kind.name(), entry.name()))
}

impl<'c, 'a> Call<'c, 'a> {
    /// What a filter, test or method is applied to.
    pub(super) fn value(&self) -> Value<'a> {
        self.argument(0)
    }

    /// An argument by parameter; undefined where none was given.
    pub(super) fn argument(&self, index: usize) -> Value<'a> {
        self.given(index).unwrap_or(Value::Undefined)
    }

    /// An argument, if one was given or the parameter has a default.
    pub(super) fn given(&self, index: usize) -> Option<Value<'a>> {
        self.bound.get(index).copied().flatten()
    }

    /// The value as `str()` shows it; undefined is empty.
    pub(super) fn subject(&self) -> Result<&'a str, Fault> {
        text::string(self.arena, self.value())
    }

    /// An argument as `str()` shows it.
    pub(super) fn string(&self, index: usize) -> Result<&'a str, Fault> {
        text::string(self.arena, self.argument(index))
    }

    /// An argument that must be text.
    pub(super) fn text(&self, index: usize) -> Result<&'a str, Fault> {
        match self.argument(index) {
            Value::Text(text) => Ok(text),
            other => Err(mismatch("text", other)),
        }
    }

    /// An argument that is text, or `None`. One that is there and undefined is neither.
    pub(super) fn optional_text(&self, index: usize) -> Result<Option<&'a str>, Fault> {
        match self.given(index) {
            None | Some(Value::None) => Ok(None),
            _ => self.text(index).map(Some),
        }
    }

    /// What a filter is applied to, which must be text.
    pub(super) fn own_text(&self) -> Result<&'a str, Fault> {
        self.text(0)
    }

    /// An argument that must be a boolean or an integer, and counts as true or false.
    pub(super) fn flag(&self, index: usize) -> Result<bool, Fault> {
        flag(self.argument(index))
    }

    /// An argument that must be an integer; one beyond 64 bits counts as the nearest that fits.
    pub(super) fn int(&self, index: usize) -> Result<i64, Fault> {
        int(self.argument(index))
    }

    /// An argument that counts something: negative counts as nothing.
    pub(super) fn count(&self, index: usize) -> Result<usize, Fault> {
        Ok(usize::try_from(self.int(index)?.max(0)).unwrap_or(usize::MAX))
    }

    /// An integer, or `None`.
    pub(super) fn optional_int(&self, index: usize) -> Result<Option<i64>, Fault> {
        match self.given(index) {
            None | Some(Value::None) => Ok(None),
            _ => self.int(index).map(Some),
        }
    }

    /// The truth of an argument.
    pub(super) fn truth(&self, index: usize) -> bool {
        ops::truth(self.argument(index))
    }

    /// The items of the value, as a `for` loop walks them.
    pub(super) fn items(&self) -> Result<Items<'a>, Fault> {
        items(self.arena, self.value())
    }

    /// New text.
    pub(super) fn build(&self) -> Builder<'a> {
        Builder { arena: self.arena, text: ArenaString::new_in(self.arena.bump()) }
    }

    /// Applies a filter or test by name, as `map("lower")` and `select("none")` do.
    pub(super) fn apply(&self, function: &mut Applied<'a>, value: Value<'a>) -> Result<Value<'a>, Fault> {
        self.arena.spend(1)?;
        if let Some(first) = function.arguments.first_mut() {
            *first = value;
        }
        call(function.entry, self.arena, self.patterns, self.now, &function.arguments, self.named)
    }

    /// The filter or test that a name and its arguments make; named arguments go to it too.
    pub(super) fn applied(&self, kind: Kind, name: Value<'a>, rest: &[Value<'a>]) -> Result<Applied<'a>, Fault> {
        let mut arguments = Vec::with_capacity(rest.len() + 1);
        arguments.push(Value::Undefined);
        arguments.extend_from_slice(rest);
        Ok(Applied { entry: self.named_entry(kind, name)?, arguments })
    }

    /// A filter or test by name.
    fn named_entry(&self, kind: Kind, name: Value<'a>) -> Result<&'static Entry, Fault> {
        // Each name applies the ones behind it; more than this cannot be meant, and would use up the stack.
        const MOST_ARGUMENTS: usize = 32;
        let Value::Text(name) = name else { return Err(mismatch("a name", name)) };
        if self.rest.len() > MOST_ARGUMENTS {
            return Err(Fault::new(FaultCode::Limit, format!("a call has more than {MOST_ARGUMENTS} arguments")));
        }
        let unknown = || Fault::new(FaultCode::Lookup, format!("there is no {} `{name}`", kind.name()));
        find(kind, name).ok_or_else(unknown)
    }
}

/// A filter or test with its arguments; the first is the value of each call.
pub(super) struct Applied<'a> {
    entry: &'static Entry,
    arguments: Vec<Value<'a>>,
}

fn int(value: Value<'_>) -> Result<i64, Fault> {
    match value {
        Value::Int(value) => Ok(value),
        Value::Bool(value) => Ok(i64::from(value)),
        Value::BigInt(digits) => Ok(if digits.starts_with('-') { i64::MIN } else { i64::MAX }),
        other => Err(mismatch("an integer", other)),
    }
}

/// Whether a boolean or an integer, which the value must be, counts as true.
pub(super) fn flag(value: Value<'_>) -> Result<bool, Fault> {
    int(value).map(|number| number != 0)
}

/// A fault about a value of the wrong type.
#[cold]
pub(super) fn mismatch(expected: &str, found: Value<'_>) -> Fault {
    match found {
        undefined if undefined.is_undefined() => {
            Fault::known(&(FaultCode::Undefined, "expected a value, but it is undefined"))
        }
        other => Fault::new(FaultCode::Type, format!("expected {expected}, not {}", other.type_name())),
    }
}

/// A fault about a value that is out of range.
#[cold]
pub(super) fn invalid(reason: impl Into<String>) -> Fault {
    Fault::new(FaultCode::Value, reason)
}

/// The items of a list or of what a loop walks, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Items<'a>(&'a List<'a>);

impl<'a> Items<'a> {
    /// The items of a list.
    pub(super) fn of(list: &'a List<'a>) -> Self {
        Items(list)
    }

    pub(super) fn len(self) -> usize {
        self.0.len()
    }

    pub(super) fn at(self, index: usize) -> Option<Value<'a>> {
        self.0.at(index)
    }

    pub(super) fn last(self) -> Option<Value<'a>> {
        self.len().checked_sub(1).and_then(|last| self.at(last))
    }

    /// The items that are there now: what is appended meanwhile is not walked.
    pub(super) fn iter(self) -> impl DoubleEndedIterator<Item = Value<'a>> {
        (0..self.len()).filter_map(move |index| self.at(index))
    }
}

/// The items that a loop over the value walks.
pub(super) fn items<'a>(arena: &'a Arena, value: Value<'a>) -> Result<Items<'a>, Fault> {
    let list = match value {
        Value::List(list) => list,
        other => match ops::iterate(arena, other)? {
            Value::List(list) => list,
            other => return Err(mismatch("a list, dict or text", other)),
        },
    };
    arena.spend(list.len() as u64)?;
    Ok(Items(list))
}

/// The value's entries, where it is a dict.
pub(super) fn map_of<'a>(value: Value<'a>) -> Result<&'a Map<'a>, Fault> {
    match value {
        Value::Map(map) => Ok(map),
        other => Err(mismatch("a dict", other)),
    }
}

/// Text that grows in the arena and pays for each byte.
pub(super) struct Builder<'a> {
    arena: &'a Arena,
    text: ArenaString<'a>,
}

impl<'a> Builder<'a> {
    pub(super) fn push(&mut self, text: &str) -> Result<(), Fault> {
        self.arena.spend(text.len() as u64)?;
        self.text.push_str(text);
        Ok(())
    }

    pub(super) fn push_character(&mut self, character: char) -> Result<(), Fault> {
        self.arena.spend(character.len_utf8() as u64)?;
        self.text.push(character);
        Ok(())
    }

    pub(super) fn repeat(&mut self, text: &str, count: usize) -> Result<(), Fault> {
        self.arena.spend((text.len() as u64).saturating_mul(count as u64))?;
        (0..count).for_each(|_| self.text.push_str(text));
        Ok(())
    }

    pub(super) fn finish(self) -> &'a str {
        self.text.into_bump_str()
    }

    pub(super) fn value(self) -> Result<Value<'a>, Fault> {
        Ok(Value::Text(self.finish()))
    }
}
