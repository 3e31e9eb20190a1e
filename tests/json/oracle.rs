//! The oracle: serde_json's parser fills an arena. What Python reads and serde_json does not, [`super::dialect`] prepares.

use super::dialect::{Normalised, normalise};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;
use std::cell::{Cell, RefCell};
use std::fmt;
use weir::json::{DEPTH, Projection};
use weir::value::{Arena, Fault, FaultCode, Value};

/// The least double that no 64 bits hold.
const INT_BOUND: f64 = (1u64 << 63) as f64;

/// Reads by serde_json, and what that does not read by a second attempt.
pub fn read<'a>(arena: &'a Arena, text: &'a str, wanted: &Projection) -> Result<Value<'a>, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let reading = Reading { arena, normalised: None, fault: RefCell::default(), inexact: Cell::new(false) };
    let fault = match reading.document(text, wanted) {
        Ok(value) => return Ok(value),
        Err(fault) => fault,
    };
    if fault.code() != FaultCode::Parse && !reading.inexact.get() {
        return Err(fault);
    }
    match normalise(arena, text)? {
        Some(normalised) => Reading { normalised: Some(RefCell::new(normalised)), ..reading }.again(wanted),
        None => Err(fault),
    }
}

/// One attempt at a document.
struct Reading<'a> {
    arena: &'a Arena,
    /// Set in the second attempt.
    normalised: Option<RefCell<Normalised<'a>>>,
    /// What stopped the parser, where it is not the grammar.
    fault: RefCell<Option<Fault>>,
    /// Whether a number lost digits.
    inexact: Cell<bool>,
}

impl<'a> Reading<'a> {
    fn again(self, wanted: &Projection) -> Result<Value<'a>, Fault> {
        let text = self.normalised.as_ref().map_or("", |normalised| normalised.borrow().text);
        self.fault.take();
        self.document(text, wanted)
    }

    fn document(&self, text: &'a str, wanted: &Projection) -> Result<Value<'a>, Fault> {
        let mut parser = Deserializer::from_str(text);
        // Depth is counted below, so that the bound is ours; parts passed over are not walked recursively.
        parser.disable_recursion_limit();
        let value = Part { reading: self, wanted, depth: 0, is_dropped: false }.deserialize(&mut parser);
        value.and_then(|value| parser.end().map(|()| value)).map_err(|error| self.explain(&error))
    }

    fn explain(&self, error: &serde_json::Error) -> Fault {
        match self.fault.take() {
            Some(fault) => fault,
            None => Fault::new(FaultCode::Parse, error.to_string()),
        }
    }

    /// Keeps a fault and stops the parser.
    fn stop<E: serde::de::Error>(&self, fault: Fault) -> E {
        let error = E::custom(fault.reason());
        self.fault.replace(Some(fault));
        error
    }

    /// The double as it is, unless it may stand for digits that it does not hold: then the document is read anew, with
    /// the numbers beside it.
    fn number<E: serde::de::Error>(&self, value: f64) -> Result<Value<'a>, E> {
        if let Some(normalised) = &self.normalised {
            return Ok(normalised.borrow_mut().numbers.next().unwrap_or(Value::Float(value)));
        }
        // serde_json gives integers beyond 64 bits as doubles, and `-0` as -0.0.
        if value.abs() >= INT_BOUND || value == 0.0 && value.is_sign_negative() {
            self.inexact.set(true);
            return Err(E::custom("a number that is too large for a double"));
        }
        Ok(Value::Float(value))
    }
}

/// A value that is built, as far as it is wanted.
struct Part<'r, 'a> {
    reading: &'r Reading<'a>,
    wanted: &'r Projection,
    depth: usize,
    /// Whether it is built only for its numbers to be counted, and dropped.
    is_dropped: bool,
}

impl<'r, 'a> Part<'r, 'a> {
    fn check_depth<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.depth < DEPTH || self.is_dropped {
            return Ok(());
        }
        let reason = format!("the document nests deeper than {DEPTH}");
        Err(self.reading.stop(Fault::new(FaultCode::Limit, reason)))
    }

    /// A value within this one.
    fn inner(&self, wanted: &'r Projection) -> Part<'r, 'a> {
        Part { wanted, depth: self.depth + 1, ..*self }
    }

    fn or_stop<T, E: serde::de::Error>(&self, result: Result<T, Fault>) -> Result<T, E> {
        result.map_err(|fault| self.reading.stop(fault))
    }
}

impl<'a> DeserializeSeed<'a> for Part<'_, 'a> {
    type Value = Value<'a>;

    fn deserialize<D: serde::Deserializer<'a>>(self, parser: D) -> Result<Value<'a>, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Part<'_, 'a> {
    type Value = Value<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'a>, E> {
        Ok(Value::None)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'a>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'a>, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value<'a>, E> {
        match i64::try_from(value) {
            Ok(value) => Ok(Value::Int(value)),
            Err(_) => Ok(Value::BigInt(self.or_stop(self.reading.arena.format(format_args!("{value}")))?)),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value<'a>, E> {
        self.reading.number(value)
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Value<'a>, E> {
        Ok(Value::Text(text))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value<'a>, E> {
        Ok(Value::Text(self.or_stop(self.reading.arena.text(text))?))
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Value<'a>, A::Error> {
        self.check_depth()?;
        let arena = self.reading.arena;
        let list = arena.list_with_capacity(0);
        while let Some(item) = items.next_element_seed(self.inner(&Projection::WHOLE))? {
            self.or_stop(list.push(arena, item))?;
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'a>>(self, mut entries: A) -> Result<Value<'a>, A::Error> {
        self.check_depth()?;
        let arena = self.reading.arena;
        let map = arena.map_with_capacity(self.wanted.named());
        while let Some(key) = entries.next_key_seed(Name(self.reading))? {
            match self.wanted.below(key) {
                Some(wanted) => {
                    let value = entries.next_value_seed(self.inner(wanted))?;
                    self.or_stop(map.insert(arena, Value::Text(key), value))?;
                }
                // The numbers beside a normalised document must be counted: what is not wanted is built and dropped.
                None if self.reading.normalised.is_some() => {
                    entries.next_value_seed(Part { is_dropped: true, ..self.inner(&Projection::WHOLE) })?;
                }
                None => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Value::Map(map))
    }
}

/// A key, borrowed where it has no escape.
struct Name<'r, 'a>(&'r Reading<'a>);

impl<'a> DeserializeSeed<'a> for Name<'_, 'a> {
    type Value = &'a str;

    fn deserialize<D: serde::Deserializer<'a>>(self, parser: D) -> Result<&'a str, D::Error> {
        parser.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Name<'_, 'a> {
    type Value = &'a str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<&'a str, E> {
        Ok(text)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<&'a str, E> {
        self.0.arena.text(text).map_err(|fault| self.0.stop(fault))
    }
}
