//! Truth, equality and order.

use super::{Number, affordable, undefined};
use crate::value::{Fault, FaultCode, List, Map, Value};
use std::cmp::Ordering;
use std::ptr;

/// Python's `bool(value)`; undefined is false.
pub fn truth(value: Value<'_>) -> bool {
    match value {
        Value::Undefined | Value::None => false,
        Value::Bool(value) => value,
        Value::Int(value) => value != 0,
        Value::Float(value) => value != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::BigInt(_) | Value::Match(_) => true,
    }
}

/// Python's `==`: `1 == 1.0 == True`, a list is no tuple, undefined equals undefined only, a missing name `None` too.
///
/// # Errors
/// Limit, for lists that nest deeper than [`crate::value::NESTING`], or are too many to be compared.
#[inline]
pub fn equal(left: Value<'_>, right: Value<'_>) -> Result<bool, Fault> {
    if equal_at(left, right, 0) { Ok(true) } else { was_compared(left).map(|()| false) }
}

/// Whether a comparison with this value that found nothing alike went to its end: one that the budget stopped has no
/// answer.
///
/// # Errors
/// Limit.
#[inline]
pub(super) fn was_compared(value: Value<'_>) -> Result<(), Fault> {
    match value {
        Value::List(list) => list.arena().goes_on(),
        Value::Map(map) => map.arena().goes_on(),
        _ => Ok(()),
    }
}

fn equal_at(left: Value<'_>, right: Value<'_>, depth: usize) -> bool {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::None, Value::None) | (Value::Undefined, Value::Undefined) => true,
        (Value::List(left), Value::List(right)) => lists_equal(left, right, depth),
        (Value::Map(left), Value::Map(right)) => maps_equal(left, right, depth),
        (Value::Match(left), Value::Match(right)) => ptr::addr_eq(left, right),
        _ => match (Number::of(left), Number::of(right)) {
            (Some(left), Some(right)) => left.compare(right) == Some(Ordering::Equal),
            _ => false,
        },
    }
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

fn lists_equal(left: &List<'_>, right: &List<'_>, depth: usize) -> bool {
    if ptr::addr_eq(left, right) {
        return true;
    }
    left.is_tuple() == right.is_tuple()
        && left.len() == right.len()
        && affordable(left.arena(), depth, left.len())
        && left.iter().zip(right.iter()).all(|(left, right)| same_at(left, right, depth + 1))
}

fn maps_equal(left: &Map<'_>, right: &Map<'_>, depth: usize) -> bool {
    if ptr::addr_eq(left, right) {
        return true;
    }
    let same = |(key, value)| right.get(key).is_some_and(|other| same_at(value, other, depth + 1));
    left.len() == right.len() && affordable(left.arena(), depth, left.len()) && left.iter().all(same)
}

/// Python's `<`, `>` and kin; `None` where a NaN has no order.
///
/// # Errors
/// Type, where Python has no order between the two types; undefined, where one is undefined.
pub fn order(left: Value<'_>, right: Value<'_>) -> Result<Option<Ordering>, Fault> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Ok(Some(left.cmp(right))),
        (Value::List(left), Value::List(right)) if left.is_tuple() == right.is_tuple() => order_lists(left, right),
        (left, right) if left.is_undefined() || right.is_undefined() => Err(undefined()),
        _ => match (Number::of(left), Number::of(right)) {
            (Some(left), Some(right)) => Ok(left.compare(right)),
            _ => Err(Fault::new(
                FaultCode::Type,
                format!("cannot order '{}' and '{}'", left.type_name(), right.type_name()),
            )),
        },
    }
}

/// The order of the first two items that differ, found without recursion: only that pair is walked into.
fn order_lists(left: &List<'_>, right: &List<'_>) -> Result<Option<Ordering>, Fault> {
    let (mut left, mut right) = (left, right);
    loop {
        left.arena().spend(1 + left.len() as u64)?;
        let mut pairs = left.iter().zip(right.iter());
        let different = pairs.find(|(left, right)| !same_at(*left, *right, 0));
        left.arena().goes_on()?;
        match different {
            None => return Ok(Some(left.len().cmp(&right.len()))),
            Some((Value::List(one), Value::List(other))) if one.is_tuple() == other.is_tuple() => {
                (left, right) = (one, other);
            }
            Some((one, other)) => return order(one, other),
        }
    }
}
