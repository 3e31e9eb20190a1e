//! Dict keys: what can be hashed, when two are one, how they hash, and whether a value is among others.

use super::compare::{same_at, was_compared};
use super::{affordable, digits_of};
use crate::value::{Fault, FaultCode, INT_BOUND, List, Value};
use std::hash::{Hash, Hasher};

/// Whether a value may be a dict's key.
///
/// # Errors
/// Type: lists and dicts cannot be hashed. Limit, for tuples nested too deep or shared too often.
pub fn check_hashable(value: Value<'_>) -> Result<(), Fault> {
    match value {
        Value::List(list) if list.is_tuple() => check_tuple(list, 0),
        Value::List(_) | Value::Map(_) => Err(unhashable(value)),
        _ => Ok(()),
    }
}

fn check_tuple(tuple: &List<'_>, depth: usize) -> Result<(), Fault> {
    if !affordable(tuple.arena(), depth, tuple.len()) {
        return Err(Fault::new(FaultCode::Limit, "a key of a dict is too large or nested too deep"));
    }
    tuple.iter().try_for_each(|item| match item {
        Value::List(list) if list.is_tuple() => check_tuple(list, depth + 1),
        other => check_hashable(other),
    })
}

fn unhashable(value: Value<'_>) -> Fault {
    Fault::new(FaultCode::Type, format!("unhashable type: '{}'", value.type_name()))
}

/// Whether two values are one dict key: [`super::equal`], and a NaN is itself.
pub fn same_key(left: Value<'_>, right: Value<'_>) -> bool {
    same_at(left, right, 0)
}

/// A value that hashes as a dict's key: values that are [`same_key`] hash alike.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a>(pub Value<'a>);

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_at(self.0, 0, state);
    }
}

fn hash_at<H: Hasher>(value: Value<'_>, depth: usize, state: &mut H) {
    match value {
        Value::Text(text) => text.hash(state),
        Value::Bool(value) => state.write_i64(i64::from(value)),
        Value::Int(value) => state.write_i64(value),
        Value::Float(value) => hash_float(value, state),
        Value::BigInt(digits) => hash_digits(digits, state),
        Value::List(list) if affordable(list.arena(), depth, list.len()) => {
            list.iter().for_each(|item| hash_at(item, depth + 1, state));
        }
        Value::Match(list) => std::ptr::hash(list, state),
        Value::Undefined | Value::None | Value::List(_) | Value::Map(_) => state.write_u8(0),
    }
}

/// A whole number hashes as the integer that it equals.
fn hash_float<H: Hasher>(value: f64, state: &mut H) {
    if value.is_nan() {
        state.write_u8(1);
    } else if value.fract() == 0.0 && (-INT_BOUND..INT_BOUND).contains(&value) {
        state.write_i64(value as i64);
    } else {
        state.write_u64(value.to_bits());
    }
}

/// A large integer that is exactly some double hashes as that one does; all others by their digits.
fn hash_digits<H: Hasher>(digits: &str, state: &mut H) {
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() && digits_of(value) == digits => state.write_u64(value.to_bits()),
        _ => digits.hash(state),
    }
}

/// `needle in haystack`.
///
/// # Errors
/// Type, where `haystack` is no container; undefined counts as empty.
pub fn contains(haystack: Value<'_>, needle: Value<'_>) -> Result<bool, Fault> {
    match (haystack, needle) {
        (Value::Undefined, _) => Ok(false),
        (Value::Text(text), Value::Text(part)) => Ok(text.contains(part)),
        (Value::Text(_), other) => Err(Fault::new(
            FaultCode::Type,
            format!("'in <string>' requires string as left operand, not {}", other.type_name()),
        )),
        (Value::List(list), needle) => {
            list.arena().spend(list.len() as u64 / 2)?;
            let is_there = list.iter().any(|item| same_at(item, needle, 0));
            if !is_there {
                list.arena().goes_on()?;
            }
            Ok(is_there)
        }
        (Value::Map(map), key) => {
            check_hashable(key)?;
            let is_there = map.get(key).is_some();
            if !is_there {
                was_compared(key)?;
            }
            Ok(is_there)
        }
        (other, _) => {
            Err(Fault::new(FaultCode::Type, format!("argument of type '{}' is not iterable", other.type_name())))
        }
    }
}
