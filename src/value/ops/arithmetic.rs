//! Arithmetic on values that may be no numbers.

use super::calculate::{Arithmetic, calculate, negative};
use super::{Number, undefined};
use crate::value::text::{self, percent};
use crate::value::{Arena, Fault, FaultCode, List, Value};

/// Applies an arithmetic operator.
///
/// # Errors
/// Type or value, as Python; undefined, where an operand is undefined; limit.
pub fn arithmetic<'a>(
    arena: &'a Arena,
    operator: Arithmetic,
    left: Value<'a>,
    right: Value<'a>,
) -> Result<Value<'a>, Fault> {
    if let (Some(left), Some(right)) = (Number::of(left), Number::of(right)) {
        return calculate(arena, operator, left, right);
    }
    match (operator, left, right) {
        (Arithmetic::Remainder, Value::Text(format), arguments) => percent(arena, format, arguments),
        (_, left, right) if left.is_undefined() || right.is_undefined() => Err(undefined()),
        (Arithmetic::Add, Value::Text(left), Value::Text(right)) => Ok(Value::Text(arena.concat(&[left, right])?)),
        (Arithmetic::Add, Value::List(left), Value::List(right)) if left.is_tuple() == right.is_tuple() => {
            let length = left.len() + right.len();
            arena.check((length * size_of::<Value<'_>>()) as u64)?;
            let joined = match left.is_tuple() {
                true => arena.tuple_with_capacity(length),
                false => arena.list_with_capacity(length),
            };
            joined.append(arena, left)?;
            joined.append(arena, right)?;
            Ok(Value::List(joined))
        }
        (Arithmetic::Multiply, Value::Text(text), count) | (Arithmetic::Multiply, count, Value::Text(text)) => {
            repeat_text(arena, text, count)
        }
        (Arithmetic::Multiply, Value::List(list), count) | (Arithmetic::Multiply, count, Value::List(list)) => {
            repeat_list(arena, list, count)
        }
        _ => Err(unsupported(operator, left, right)),
    }
}

fn unsupported(operator: Arithmetic, left: Value<'_>, right: Value<'_>) -> Fault {
    let (symbol, left, right) = (operator.symbol(), left.type_name(), right.type_name());
    Fault::new(FaultCode::Type, format!("unsupported operand types for {symbol}: '{left}' and '{right}'"))
}

/// A new list or tuple, as `kind` is one.
fn joined<'a>(arena: &'a Arena, kind: &List<'a>, items: impl Iterator<Item = Value<'a>>) -> Result<Value<'a>, Fault> {
    if kind.is_tuple() { arena.tuple(items) } else { arena.list(items) }
}

fn repeat_text<'a>(arena: &'a Arena, text: &str, count: Value<'_>) -> Result<Value<'a>, Fault> {
    let size = repeated_size(text.len(), count)?;
    Ok(Value::Text(arena.repeat(text, size)?))
}

fn repeat_list<'a>(arena: &'a Arena, list: &List<'a>, count: Value<'_>) -> Result<Value<'a>, Fault> {
    let size = repeated_size(list.len(), count)?;
    // Refuses at once what the budget cannot pay, rather than after filling the memory that it can.
    arena.check((size as u64).saturating_mul(size_of::<Value<'_>>() as u64))?;
    let length = list.len().max(1);
    joined(arena, list, (0..size).filter_map(|place| list.at(place % length)))
}

/// The size of something `length` long, repeated; 0 for a count below 1.
fn repeated_size(length: usize, count: Value<'_>) -> Result<usize, Fault> {
    let too_large = || Fault::new(FaultCode::Limit, "the repeated text or list is too large");
    match Number::of(count) {
        Some(Number::Int(count)) => {
            usize::try_from(count.max(0)).ok().and_then(|count| count.checked_mul(length)).ok_or_else(too_large)
        }
        Some(Number::Big(_)) => Err(too_large()),
        _ => Err(Fault::new(
            FaultCode::Type,
            format!("cannot multiply a sequence by a non-integer of type '{}'", count.type_name()),
        )),
    }
}

/// `-value`.
///
/// # Errors
/// Type, where the value is no number; undefined; limit.
pub fn negate<'a>(arena: &'a Arena, value: Value<'a>) -> Result<Value<'a>, Fault> {
    match (Number::of(value), value) {
        (Some(number), _) => negative(arena, number),
        (None, Value::Undefined) => Err(undefined()),
        (None, _) => {
            Err(Fault::new(FaultCode::Type, format!("unsupported operand type for -: '{}'", value.type_name())))
        }
    }
}

/// `left ~ right`: both as text.
///
/// # Errors
/// Limit.
pub fn concat<'a>(arena: &'a Arena, left: Value<'a>, right: Value<'a>) -> Result<Value<'a>, Fault> {
    let (left, right) = (text::string(arena, left)?, text::string(arena, right)?);
    Ok(Value::Text(match (left, right) {
        (text, "") | ("", text) => text,
        _ => arena.concat(&[left, right])?,
    }))
}
