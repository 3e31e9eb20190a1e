//! Dict keys: what can be hashed, when two are one, and how they hash.

use super::compare::equal_at;
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

/// How Python compares keys and items: `left is right or left == right`. A NaN counts as the same object as any other,
/// since values have no identity here.
pub(super) fn same_at(left: Value<'_>, right: Value<'_>, depth: usize) -> bool {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => left == right || left.is_nan() && right.is_nan(),
        _ => equal_at(left, right, depth),
    }
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
