//! What a function sees of its call: arguments that are bound to its parameters, and what it makes.

use super::patterns::Patterns;
use crate::value::{Arena, Fault, FaultCode, List, Map, Value, ops, text};
use bumpalo::collections::String as ArenaString;

/// One call of an entry, its arguments bound to its parameters.
pub struct FunctionCall<'c, 'a> {
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

impl<'c, 'a> FunctionCall<'c, 'a> {
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
    pub(super) fn items(&self) -> Result<LoopItems<'a>, Fault> {
        items(self.arena, self.value())
    }

    /// New text.
    pub(super) fn build(&self) -> TextBuilder<'a> {
        TextBuilder { arena: self.arena, text: ArenaString::new_in(self.arena.bump()) }
    }
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
pub(super) struct LoopItems<'a>(&'a List<'a>);

impl<'a> LoopItems<'a> {
    /// The items of a list.
    pub(super) fn of(list: &'a List<'a>) -> Self {
        LoopItems(list)
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
pub(super) fn items<'a>(arena: &'a Arena, value: Value<'a>) -> Result<LoopItems<'a>, Fault> {
    let list = match value {
        Value::List(list) => list,
        other => match ops::iterate(arena, other)? {
            Value::List(list) => list,
            other => return Err(mismatch("a list, dict or text", other)),
        },
    };
    arena.spend(list.len() as u64)?;
    Ok(LoopItems(list))
}

/// The value's entries, where it is a dict.
pub(super) fn map_of<'a>(value: Value<'a>) -> Result<&'a Map<'a>, Fault> {
    match value {
        Value::Map(map) => Ok(map),
        other => Err(mismatch("a dict", other)),
    }
}

/// Text that grows in the arena and pays for each byte.
pub(super) struct TextBuilder<'a> {
    arena: &'a Arena,
    text: ArenaString<'a>,
}

impl<'a> TextBuilder<'a> {
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

/// A bound of a slice.
pub(super) fn bound(index: Option<i64>, default: usize, length: usize) -> usize {
    let Some(index) = index else { return default };
    let index = if index < 0 { index.saturating_add(length as i64).max(0) } else { index };
    usize::try_from(index).unwrap_or(usize::MAX).min(length)
}
