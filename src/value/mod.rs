//! Values as the format language sees them: Python's data model, borrowed from the input and from one arena an event.

mod arena;
mod collection;
mod constant;
mod fault;
pub mod ops;
pub mod text;

pub use arena::Arena;
pub use collection::{List, Map};
pub use constant::{Constant, ConstantKind};
pub use fault::{Fault, FaultCode};

/// How deep a walk goes into nested lists and dicts: comparing, showing, hashing, writing. Deeper ones count as endless,
/// since a list may hold itself. More than a document of JSON may, so that what was read can be wrapped and written.
pub const NESTING: usize = 512;

/// The least double that no 64 bits hold; as a negative number it is the least that they hold.
const INT_BOUND: f64 = (1u64 << 63) as f64;

/// One value. Copying it copies a pointer; text and collections live in the input, the plan or the event's [`Arena`].
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum Value<'a> {
    /// What a missing name, attribute or subscript gives. An attribute, a subscript or a call of it is a
    /// fault; as text it is empty, and a loop over it has no turns.
    Undefined,
    /// `None` and `null`.
    None,
    /// `true` and `false`. As in Python a boolean counts as 1 or 0 in arithmetic and comparison.
    Bool(bool),
    /// An integer that fits 64 bits.
    Int(i64),
    /// An integer outside 64 bits, as canonical decimal digits with an optional `-`; never one that fits [`Value::Int`].
    BigInt(&'a str),
    /// A double.
    Float(f64),
    /// Text. A lone surrogate in JSON became U+FFFD on the way in.
    Text(&'a str),
    /// A list or, when [`List::is_tuple`], a tuple. Shared and mutable, as in Python.
    List(&'a List<'a>),
    /// A dict in insertion order. Shared and mutable, as in Python.
    Map(&'a Map<'a>),
    /// A regular expression's match: the whole match, then each group (`None` where it took no part).
    Match(&'a List<'a>),
}

impl<'a> Value<'a> {
    /// An integer within 64 bits: a larger one is the largest, or the smallest, that there is. Other values stay.
    ///
    /// Number fields hold integers so, 7 recorded pairs for it and none against; JSON those that no 64 bits can tell.
    pub fn held_to_64_bits(self) -> Self {
        match self {
            Value::BigInt(digits) if digits.starts_with('-') => Value::Int(i64::MIN),
            Value::BigInt(_) => Value::Int(i64::MAX),
            other => other,
        }
    }

    /// The name Python gives the type, for messages: `str`, `int`, `dict`, …
    pub fn type_name(self) -> &'static str {
        match self {
            Value::Undefined => "undefined",
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::BigInt(_) => "int",
            Value::Float(_) => "float",
            Value::Text(_) => "str",
            Value::List(list) if list.is_tuple() => "tuple",
            Value::List(_) => "list",
            Value::Map(_) => "dict",
            Value::Match(_) => "match",
        }
    }

    /// The text, where the value is text.
    pub fn as_text(self) -> Option<&'a str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether there is no value at all, not even `None`.
    pub fn is_undefined(self) -> bool {
        matches!(self, Value::Undefined)
    }

    /// Whether the value is undefined or `None`.
    pub fn is_missing(self) -> bool {
        matches!(self, Value::Undefined | Value::None)
    }
}
