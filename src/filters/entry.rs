//! What an entry of the library is, and how its file writes one down.

use super::call::FunctionCall;
use crate::value::{Arena, Fault, Value, text};
use std::fmt;

/// What an entry is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LibraryKind {
    /// `value | name(…)`
    Filter,
    /// `value is name(…)`; gives a boolean.
    Test,
    /// `value.name(…)`
    Method,
    /// `name(…)`
    Global,
}

impl LibraryKind {
    /// The kind in words: `filter`, `test`, …
    pub fn name(self) -> &'static str {
        match self {
            LibraryKind::Filter => "filter",
            LibraryKind::Test => "test",
            LibraryKind::Method => "method",
            LibraryKind::Global => "function",
        }
    }
}

/// A parameter of an entry; the value that a filter, test or method is applied to is the first one.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name, for `name=value`.
    pub name: &'static str,
    /// What it is where no argument is given.
    pub default: Default,
}

/// What a parameter is where no argument is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// An argument must be given.
    Required,
    /// The function does without.
    Absent,
    /// `none`
    None,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Text.
    Text(&'static str),
}

impl Default {
    pub(super) fn value<'a>(self) -> Option<Value<'a>> {
        match self {
            Default::Required | Default::Absent => None,
            Default::None => Some(Value::None),
            Default::Bool(value) => Some(Value::Bool(value)),
            Default::Int(value) => Some(Value::Int(value)),
            Default::Text(text) => Some(Value::Text(text)),
        }
    }
}

/// Shows a parameter as a signature has it: `count=-1`.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        match self.default {
            Default::Required => Ok(()),
            Default::Absent => f.write_str("=…"),
            default => {
                write!(f, "={}", text::Repr(default.value().unwrap_or(Value::None)))
            }
        }
    }
}

/// What a function changes of what it is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Nothing: it makes a value of its own.
    Nothing,
    /// A list.
    List,
    /// A dict, and a list where it is called on one.
    Dict,
}

/// A function of the language.
pub struct LibraryEntry {
    /// What it is used as.
    pub kind: LibraryKind,
    /// Its names, the usual one first.
    pub names: &'static [&'static str],
    /// Its parameters, the value first.
    pub parameters: &'static [Parameter],
    /// Whether it takes arguments beyond its parameters.
    pub variadic: bool,
    /// What it changes.
    pub changes: Changes,
    /// Whether it gives none, whatever it does.
    pub gives_none: bool,
    /// Whether it reads nothing of a dict but the value under its first argument.
    pub reads_key: bool,
    /// One sentence.
    pub summary: &'static str,
    /// Expressions with their results (as `repr`), executed as tests and printed in the manual.
    pub examples: &'static [(&'static str, &'static str)],
    /// What it does.
    pub function: Function,
}

impl LibraryEntry {
    /// The name it is usually called by.
    pub fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    /// How it is written: `value | replace(old, new, count=None)`.
    pub fn signature(&self) -> String {
        let own = usize::from(self.kind != LibraryKind::Global);
        let mut parameters: Vec<String> = self.parameters.iter().skip(own).map(ToString::to_string).collect();
        if self.variadic {
            parameters.push("…".to_owned());
        }
        let (name, arguments) = (self.name(), parameters.join(", "));
        match self.kind {
            LibraryKind::Filter if arguments.is_empty() => format!("value | {name}"),
            LibraryKind::Filter => format!("value | {name}({arguments})"),
            LibraryKind::Test if arguments.is_empty() => format!("value is {name}"),
            LibraryKind::Test => format!("value is {name}({arguments})"),
            LibraryKind::Method => format!("value.{name}({arguments})"),
            LibraryKind::Global => format!("{name}({arguments})"),
        }
    }

    pub(super) const fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }

    pub(super) const fn changes(mut self, changes: Changes) -> Self {
        self.changes = changes;
        self
    }

    pub(super) const fn gives_none(mut self) -> Self {
        self.gives_none = true;
        self
    }

    pub(super) const fn reads_key(mut self) -> Self {
        self.reads_key = true;
        self
    }
}

impl fmt::Debug for LibraryEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.name())
    }
}

/// The code of an entry.
#[derive(Clone, Copy)]
pub enum Function {
    /// It looks at the value alone, and so a call of it needs no table of arguments.
    OfValue(OfValue),
    /// It looks at all that a call has.
    OfCall(OfCall),
}

/// See [`Function::OfValue`].
pub type OfValue = for<'a> fn(&'a Arena, Value<'a>) -> Result<Value<'a>, Fault>;

/// See [`Function::OfCall`].
pub type OfCall = for<'c, 'a> fn(&FunctionCall<'c, 'a>) -> Result<Value<'a>, Fault>;

type Names = &'static [&'static str];
pub(super) type Parameters = &'static [Parameter];
type Examples = &'static [(&'static str, &'static str)];

pub(super) const fn entry(
    kind: LibraryKind,
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> LibraryEntry {
    let function = Function::OfCall(function);
    made(kind, names, parameters, summary, examples, function)
}

/// An entry whose only parameter is the value.
pub(super) const fn of_value(
    kind: LibraryKind,
    names: Names,
    summary: &'static str,
    examples: Examples,
    function: OfValue,
) -> LibraryEntry {
    let function = Function::OfValue(function);
    made(kind, names, &[VALUE], summary, examples, function)
}

pub(super) const fn made(
    kind: LibraryKind,
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: Function,
) -> LibraryEntry {
    let (changes, variadic, gives_none, reads_key) = (Changes::Nothing, false, false, false);
    LibraryEntry { kind, names, parameters, variadic, changes, gives_none, reads_key, summary, examples, function }
}

pub(super) const fn filter(
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> LibraryEntry {
    entry(LibraryKind::Filter, names, parameters, summary, examples, function)
}

pub(super) const fn test(
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> LibraryEntry {
    entry(LibraryKind::Test, names, parameters, summary, examples, function)
}

pub(super) const fn method(
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> LibraryEntry {
    entry(LibraryKind::Method, names, parameters, summary, examples, function)
}

pub(super) const fn global(
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> LibraryEntry {
    entry(LibraryKind::Global, names, parameters, summary, examples, function)
}

/// What a filter, test or method is applied to.
pub(super) const VALUE: Parameter = required("value");

pub(super) const fn required(name: &'static str) -> Parameter {
    Parameter { name, default: Default::Required }
}

pub(super) const fn absent(name: &'static str) -> Parameter {
    Parameter { name, default: Default::Absent }
}

pub(super) const fn none(name: &'static str) -> Parameter {
    Parameter { name, default: Default::None }
}

pub(super) const fn bool(name: &'static str, default: bool) -> Parameter {
    Parameter { name, default: Default::Bool(default) }
}

pub(super) const fn int(name: &'static str, default: i64) -> Parameter {
    Parameter { name, default: Default::Int(default) }
}

pub(super) const fn string(name: &'static str, default: &'static str) -> Parameter {
    Parameter { name, default: Default::Text(default) }
}
