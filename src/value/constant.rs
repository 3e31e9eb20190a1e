//! Values that a spec writes down: owned, immutable, each with its place.

use super::{Arena, Fault, Value};
use crate::diagnostic::Span;

/// A value of a YAML document with the place where it was written.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Where it stands, quotes and block indicators included.
    pub span: Span,
    /// What it is.
    pub kind: ConstantKind,
}

/// The value itself.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstantKind {
    /// `~`, `null` or nothing.
    Null,
    /// `true`, `yes`, `on`, …
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// An integer outside 64 bits, as canonical decimal digits.
    BigInt(Box<str>),
    /// A double.
    Float(f64),
    /// Text.
    Text(Box<str>),
    /// A sequence.
    List(Vec<Constant>),
    /// A mapping in the order written; keys are unique (the last one counts).
    Map(Vec<(Constant, Constant)>),
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Constant {
    /// The text, where the constant is text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ConstantKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value under a text key, where the constant is a mapping.
    pub fn get(&self, key: &str) -> Option<&Constant> {
        match &self.kind {
            ConstantKind::Map(entries) => {
                entries.iter().find(|(k, _)| k.as_text() == Some(key)).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The name of the type as YAML's users say it: `text`, `integer`, `list`, …
    pub fn type_name(&self) -> &'static str {
        match &self.kind {
            ConstantKind::Null => "null",
            ConstantKind::Bool(_) => "boolean",
            ConstantKind::Int(_) | ConstantKind::BigInt(_) => "integer",
            ConstantKind::Float(_) => "float",
            ConstantKind::Text(_) => "text",
            ConstantKind::List(_) => "list",
            ConstantKind::Map(_) => "mapping",
        }
    }

    /// A value as a constant of this place; undefined and matches, which nobody writes, are null.
    pub fn from_value(value: Value<'_>, span: Span) -> Constant {
        let kind = match value {
            Value::Undefined | Value::None | Value::Match(_) => ConstantKind::Null,
            Value::Bool(value) => ConstantKind::Bool(value),
            Value::Int(value) => ConstantKind::Int(value),
            Value::BigInt(digits) => ConstantKind::BigInt(digits.into()),
            Value::Float(value) => ConstantKind::Float(value),
            Value::Text(text) => ConstantKind::Text(text.into()),
            Value::List(list) => ConstantKind::List(list.iter().map(|item| Self::from_value(item, span)).collect()),
            Value::Map(map) => ConstantKind::Map(
                map.iter().map(|(key, value)| (Self::from_value(key, span), Self::from_value(value, span))).collect(),
            ),
        };
        Constant { span, kind }
    }

    /// The constant as a value; text is borrowed, collections are built anew in the arena.
    ///
    /// # Errors
    /// [`super::FaultCode::Limit`] when the budget is used up.
    #[inline]
    pub fn to_value<'a>(&'a self, arena: &'a Arena) -> Result<Value<'a>, Fault> {
        match &self.kind {
            ConstantKind::Text(text) => Ok(Value::Text(text)),
            _ => self.build(arena),
        }
    }

    fn build<'a>(&'a self, arena: &'a Arena) -> Result<Value<'a>, Fault> {
        Ok(match &self.kind {
            ConstantKind::Null => Value::None,
            ConstantKind::Bool(value) => Value::Bool(*value),
            ConstantKind::Int(value) => Value::Int(*value),
            ConstantKind::BigInt(digits) => Value::BigInt(digits),
            ConstantKind::Float(value) => Value::Float(*value),
            ConstantKind::Text(text) => Value::Text(text),
            ConstantKind::List(items) => {
                let list = super::List::new(arena);
                for item in items {
                    list.push(arena, item.to_value(arena)?)?;
                }
                Value::List(arena.bump().alloc(list))
            }
            ConstantKind::Map(entries) => {
                let map = arena.map();
                for (key, value) in entries {
                    map.insert(arena, key.to_value(arena)?, value.to_value(arena)?)?;
                }
                Value::Map(map)
            }
        })
    }
}
