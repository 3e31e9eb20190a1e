//! The library of the expression language: filters, tests, methods and globals, one table entry each.

mod addresses;
mod call;
mod defaults;
mod encoding;
mod globals;
mod json;
mod layout;
mod lists;
mod markup;
mod methods_character;
mod methods_collection;
mod methods_text;
mod numbers;
mod paths;
mod patterns;
mod print;
mod regular;
mod selection;
mod sorting;
mod tests;
mod text;
mod time;

#[cfg(test)]
mod calls;

pub use call::{Call, MOST_PARAMETERS, apply, call, call_bound};
pub use patterns::Patterns;

use crate::value::{Arena, Fault, Value};
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// What an entry is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `value | name(…)`
    Filter,
    /// `value is name(…)`; gives a boolean.
    Test,
    /// `value.name(…)`
    Method,
    /// `name(…)`
    Global,
}

impl Kind {
    /// The kind in words: `filter`, `test`, …
    pub fn name(self) -> &'static str {
        match self {
            Kind::Filter => "filter",
            Kind::Test => "test",
            Kind::Method => "method",
            Kind::Global => "function",
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
    fn value<'a>(self) -> Option<Value<'a>> {
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
                write!(f, "={}", crate::value::text::Repr(default.value().unwrap_or(Value::None)))
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
pub struct Entry {
    /// What it is used as.
    pub kind: Kind,
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

impl Entry {
    /// The name it is usually called by.
    pub fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    const fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }

    const fn changes(mut self, changes: Changes) -> Self {
        self.changes = changes;
        self
    }

    const fn gives_none(mut self) -> Self {
        self.gives_none = true;
        self
    }

    const fn reads_key(mut self) -> Self {
        self.reads_key = true;
        self
    }
}

impl fmt::Debug for Entry {
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
pub type OfCall = for<'c, 'a> fn(&Call<'c, 'a>) -> Result<Value<'a>, Fault>;

/// The tables, in the manual's order. A new file of entries is named here.
static TABLES: &[&[Entry]] = &[
    text::ENTRIES,
    layout::ENTRIES,
    markup::ENTRIES,
    encoding::ENTRIES,
    numbers::ENTRIES,
    lists::ENTRIES,
    sorting::ENTRIES,
    selection::ENTRIES,
    defaults::ENTRIES,
    json::ENTRIES,
    regular::ENTRIES,
    addresses::ENTRIES,
    paths::ENTRIES,
    time::ENTRIES,
    tests::ENTRIES,
    methods_text::ENTRIES,
    methods_character::ENTRIES,
    methods_collection::ENTRIES,
    print::ENTRIES,
    globals::ENTRIES,
];

/// The entry of a kind under a name. Functions of the module `re` are globals named `re.match` and so on.
pub fn find(kind: Kind, name: &str) -> Option<&'static Entry> {
    static INDEX: LazyLock<HashMap<(Kind, &str), &Entry>> = LazyLock::new(|| {
        let named = |entry: &'static Entry| entry.names.iter().map(move |name| ((entry.kind, *name), entry));
        all().flat_map(named).collect()
    });
    INDEX.get(&(kind, name)).copied()
}

/// All entries, in the manual's order.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    TABLES.iter().copied().flatten()
}

type Names = &'static [&'static str];
type Parameters = &'static [Parameter];
type Examples = &'static [(&'static str, &'static str)];

const fn entry(
    kind: Kind,
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> Entry {
    let function = Function::OfCall(function);
    made(kind, names, parameters, summary, examples, function)
}

/// An entry whose only parameter is the value.
const fn of_value(kind: Kind, names: Names, summary: &'static str, examples: Examples, function: OfValue) -> Entry {
    let function = Function::OfValue(function);
    made(kind, names, &[VALUE], summary, examples, function)
}

const fn made(
    kind: Kind,
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: Function,
) -> Entry {
    let (changes, variadic, gives_none, reads_key) = (Changes::Nothing, false, false, false);
    Entry { kind, names, parameters, variadic, changes, gives_none, reads_key, summary, examples, function }
}

const fn filter(
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> Entry {
    entry(Kind::Filter, names, parameters, summary, examples, function)
}

const fn test(
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> Entry {
    entry(Kind::Test, names, parameters, summary, examples, function)
}

const fn method(
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> Entry {
    entry(Kind::Method, names, parameters, summary, examples, function)
}

const fn global(
    names: Names,
    parameters: Parameters,
    summary: &'static str,
    examples: Examples,
    function: OfCall,
) -> Entry {
    entry(Kind::Global, names, parameters, summary, examples, function)
}

/// What a filter, test or method is applied to.
const VALUE: Parameter = required("value");

const fn required(name: &'static str) -> Parameter {
    Parameter { name, default: Default::Required }
}

const fn absent(name: &'static str) -> Parameter {
    Parameter { name, default: Default::Absent }
}

const fn none(name: &'static str) -> Parameter {
    Parameter { name, default: Default::None }
}

const fn bool(name: &'static str, default: bool) -> Parameter {
    Parameter { name, default: Default::Bool(default) }
}

const fn int(name: &'static str, default: i64) -> Parameter {
    Parameter { name, default: Default::Int(default) }
}

const fn string(name: &'static str, default: &'static str) -> Parameter {
    Parameter { name, default: Default::Text(default) }
}
