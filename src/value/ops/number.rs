//! Numbers: integers of any size and doubles, compared exactly.
//!
//! Why so: `docs/decisions/0010`.

use crate::value::{Arena, Fault, FaultCode, INT_BOUND, Value};
use num_bigint::BigInt;
use std::cmp::Ordering;

/// How many digits an integer may have: the bound at which CPython refuses to turn text into integers.
pub const DIGITS: usize = 4300;

/// A number of the language; a boolean is 0 or 1.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number<'a> {
    /// 64 bits.
    Int(i64),
    /// More than 64 bits, as [`Value::BigInt`].
    Big(&'a str),
    /// A double.
    Float(f64),
}

/// The bits of an integer with [`DIGITS`] decimal digits.
pub(super) const BITS: u64 = (DIGITS as u64) * 3322 / 1000;

/// From here on a double no longer tells neighbouring integers apart.
pub(super) const EXACT: u64 = 1 << 53;

impl<'a> Number<'a> {
    /// The value as a number, if it is one.
    pub(crate) fn of(value: Value<'a>) -> Option<Self> {
        match value {
            Value::Int(value) => Some(Number::Int(value)),
            Value::Float(value) => Some(Number::Float(value)),
            Value::Bool(value) => Some(Number::Int(i64::from(value))),
            Value::BigInt(digits) => Some(Number::Big(digits)),
            _ => None,
        }
    }

    /// Python's exact order; `None` for a NaN.
    pub(crate) fn compare(self, other: Number<'_>) -> Option<Ordering> {
        match (self, other) {
            (Number::Int(left), Number::Int(right)) => Some(left.cmp(&right)),
            (Number::Float(left), Number::Float(right)) => left.partial_cmp(&right),
            (Number::Int(left), Number::Float(right)) => compare_int(left, right),
            (Number::Float(left), Number::Int(right)) => compare_int(right, left).map(Ordering::reverse),
            (Number::Big(left), Number::Big(right)) => Some(compare_digits(left, right)),
            (Number::Big(left), Number::Float(right)) => compare_big(left, right),
            (Number::Float(left), Number::Big(right)) => compare_big(right, left).map(Ordering::reverse),
            (Number::Big(left), Number::Int(_)) => Some(sign_order(left)),
            (Number::Int(_), Number::Big(right)) => Some(sign_order(right).reverse()),
        }
    }

    /// The nearest double.
    ///
    /// # Errors
    /// Value, where the integer is beyond all doubles.
    pub(crate) fn to_float(self) -> Result<f64, Fault> {
        match self {
            Number::Int(value) => Ok(value as f64),
            Number::Float(value) => Ok(value),
            Number::Big(digits) => match digits.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(value),
                _ => Err(Fault::new(FaultCode::Value, "integer too large to convert to float")),
            },
        }
    }

    /// The integer, whose digits are read anew; a float is cut towards zero.
    ///
    /// # Errors
    /// Value for NaN and infinity; limit, where it has more than [`DIGITS`] digits.
    pub(crate) fn to_big(self) -> Result<BigInt, Fault> {
        match self {
            Number::Int(value) => Ok(BigInt::from(value)),
            Number::Float(value) if value.is_finite() => read_big(&digits_of(value)),
            Number::Float(value) => {
                Err(Fault::new(FaultCode::Value, format!("cannot convert float {value} to integer")))
            }
            Number::Big(digits) => read_big(digits),
        }
    }
}

/// All decimal digits of a finite double's whole part.
pub(crate) fn digits_of(value: f64) -> String {
    // Adding zero turns -0.0 into 0.0, which has no sign to show.
    format!("{:.0}", value.trunc() + 0.0)
}

fn compare_int(left: i64, right: f64) -> Option<Ordering> {
    if right.is_nan() {
        None
    } else if right >= INT_BOUND {
        Some(Ordering::Less)
    } else if right < -INT_BOUND {
        Some(Ordering::Greater)
    } else {
        left.cmp(&(right as i64)).then(0.0.partial_cmp(&right.fract())?).into()
    }
}

/// The double is within 64 bits, infinite, or whole: then its digits are compared.
fn compare_big(left: &str, right: f64) -> Option<Ordering> {
    if right.is_nan() {
        None
    } else if right.is_infinite() {
        0.0.partial_cmp(&right)
    } else if right.abs() < EXACT as f64 {
        Some(sign_order(left))
    } else {
        Some(compare_digits(left, &digits_of(right)))
    }
}

fn sign_order(digits: &str) -> Ordering {
    if digits.starts_with('-') { Ordering::Less } else { Ordering::Greater }
}

/// The order of two integers in canonical digits.
fn compare_digits(left: &str, right: &str) -> Ordering {
    let by_size = |left: &str, right: &str| left.len().cmp(&right.len()).then_with(|| left.cmp(right));
    match (left.strip_prefix('-'), right.strip_prefix('-')) {
        (None, None) => by_size(left, right),
        (Some(left), Some(right)) => by_size(right, left),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

fn read_big(digits: &str) -> Result<BigInt, Fault> {
    if digits.len() > DIGITS + 1 {
        return Err(too_large());
    }
    digits.parse().map_err(|_| Fault::new(FaultCode::Value, "an integer has digits that cannot be read"))
}

/// The integer as a value: 64 bits where they suffice.
///
/// # Errors
/// Limit, where it has more than [`DIGITS`] digits or the budget is used up.
pub(crate) fn big_value<'a>(arena: &'a Arena, integer: &BigInt) -> Result<Value<'a>, Fault> {
    if let Ok(value) = i64::try_from(integer) {
        return Ok(Value::Int(value));
    }
    if integer.bits() > BITS {
        return Err(too_large());
    }
    Ok(Value::BigInt(arena.text(&integer.to_string())?))
}

pub(super) fn too_large() -> Fault {
    Fault::new(FaultCode::Limit, format!("an integer has more than {DIGITS} digits"))
}
