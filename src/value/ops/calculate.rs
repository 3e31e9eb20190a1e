//! Arithmetic of numbers, as Python does it.

use super::number::{BITS, EXACT, Number, big_value, too_large};
use crate::value::{Arena, Fault, FaultCode, Value};
use num_bigint::{BigInt, Sign};
use std::cmp::Ordering;

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`: numbers, text, lists.
    Add,
    /// `-`
    Subtract,
    /// `*`: numbers, or text or a list times an integer.
    Multiply,
    /// `/`: always a float.
    Divide,
    /// `//`
    FloorDivide,
    /// `%`: the sign of the divisor, or Python's text formatting.
    Remainder,
    /// `**`
    Power,
}

impl Arithmetic {
    /// How it is written: `+`, `//`, …
    pub fn symbol(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::FloorDivide => "//",
            Arithmetic::Remainder => "%",
            Arithmetic::Power => "**",
        }
    }
}

/// Applies an operator to two numbers.
///
/// # Errors
/// Value: division by zero, results that no double holds; limit: integers of more than 4,300 digits.
pub(super) fn calculate<'a>(
    arena: &'a Arena,
    operator: Arithmetic,
    left: Number<'_>,
    right: Number<'_>,
) -> Result<Value<'a>, Fault> {
    match (left, right) {
        (Number::Float(_), _) | (_, Number::Float(_)) => {
            Ok(Value::Float(floats(operator, left.to_float()?, right.to_float()?)?))
        }
        (Number::Int(left), Number::Int(right)) => match small(operator, left, right)? {
            Some(value) => Ok(value),
            None => large(arena, operator, Number::Int(left), Number::Int(right)),
        },
        _ => large(arena, operator, left, right),
    }
}

/// `-number`.
///
/// # Errors
/// Limit.
pub(super) fn negative<'a>(arena: &'a Arena, number: Number<'a>) -> Result<Value<'a>, Fault> {
    match number {
        Number::Float(value) => Ok(Value::Float(-value)),
        Number::Int(value) => match value.checked_neg() {
            Some(value) => Ok(Value::Int(value)),
            None => big_value(arena, &-BigInt::from(value)),
        },
        Number::Big(_) => big_value(arena, &-number.to_big()?),
    }
}

/// Two integers of 64 bits, where the result has 64 bits too; `None` where it has not.
fn small<'a>(operator: Arithmetic, left: i64, right: i64) -> Result<Option<Value<'a>>, Fault> {
    let result = match operator {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Power => u32::try_from(right).ok().and_then(|exponent| left.checked_pow(exponent)),
        _ if right == 0 => return Err(by_zero()),
        Arithmetic::Divide => {
            let exact = left.unsigned_abs() <= EXACT && right.unsigned_abs() <= EXACT;
            return Ok(exact.then(|| Value::Float(left as f64 / right as f64)));
        }
        Arithmetic::FloorDivide => left.checked_div(right).map(|quotient| quotient - floored(left, right)),
        Arithmetic::Remainder => Some(left.wrapping_rem(right) + right * floored(left, right)),
    };
    Ok(result.map(Value::Int))
}

/// 1 where rounding down and rounding towards zero differ, else 0.
fn floored(left: i64, right: i64) -> i64 {
    i64::from(left.wrapping_rem(right) != 0 && (left < 0) != (right < 0))
}

/// Python's arithmetic of doubles; `//` and `%` after CPython's `float_divmod`.
fn floats(operator: Arithmetic, left: f64, right: f64) -> Result<f64, Fault> {
    Ok(match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Power => return float_power(left, right),
        _ if right == 0.0 => return Err(by_zero()),
        Arithmetic::Divide => left / right,
        Arithmetic::FloorDivide => float_divide(left, right).0,
        Arithmetic::Remainder => float_divide(left, right).1,
    })
}

fn float_divide(left: f64, right: f64) -> (f64, f64) {
    let mut remainder = left % right;
    let mut quotient = (left - remainder) / right;
    if remainder == 0.0 {
        remainder = 0.0_f64.copysign(right);
    } else if (right < 0.0) != (remainder < 0.0) {
        remainder += right;
        quotient -= 1.0;
    }
    let floor = quotient.floor();
    let whole = if quotient == 0.0 {
        0.0_f64.copysign(left / right)
    } else if quotient - floor > 0.5 {
        floor + 1.0
    } else {
        floor
    };
    (whole, remainder)
}

fn float_power(base: f64, exponent: f64) -> Result<f64, Fault> {
    if base == 0.0 && exponent < 0.0 {
        return Err(Fault::new(FaultCode::Value, "zero cannot be raised to a negative power"));
    }
    if base < 0.0 && base.is_finite() && exponent.is_finite() && exponent.fract() != 0.0 {
        return Err(Fault::new(FaultCode::Unsupported, "the power is a complex number"));
    }
    let power = base.powf(exponent);
    if power.is_infinite() && base.is_finite() && exponent.is_finite() {
        return Err(Fault::new(FaultCode::Value, "the power is too large for a float"));
    }
    Ok(power)
}

fn by_zero() -> Fault {
    Fault::new(FaultCode::Value, "division by zero")
}

/// Two integers, one of them or the result large.
fn large<'a>(arena: &'a Arena, operator: Arithmetic, left: Number<'_>, right: Number<'_>) -> Result<Value<'a>, Fault> {
    if operator == Arithmetic::Power {
        return integer_power(arena, left, right);
    }
    let (left, right) = (left.to_big()?, right.to_big()?);
    // Reading and showing digits is quadratic: a step for each of them keeps a loop over large integers short.
    arena.spend(2 * (left.bits() + right.bits()))?;
    let result = match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        _ if right.sign() == Sign::NoSign => return Err(by_zero()),
        Arithmetic::Divide => return true_quotient(&left, &right).map(Value::Float),
        Arithmetic::FloorDivide | Arithmetic::Power => floor_divide(&left, right).0,
        Arithmetic::Remainder => floor_divide(&left, right).1,
    };
    big_value(arena, &result)
}

fn floor_divide(left: &BigInt, right: BigInt) -> (BigInt, BigInt) {
    let (quotient, remainder) = (left / &right, left % &right);
    if remainder.sign() == Sign::NoSign || remainder.sign() == right.sign() {
        return (quotient, remainder);
    }
    (quotient - 1, remainder + right)
}

/// The double nearest to a quotient: 66 bits or more of it, the last one set where there is a remainder, rounded once.
fn true_quotient(left: &BigInt, right: &BigInt) -> Result<f64, Fault> {
    let shift = 66 + right.bits() as i64 - left.bits() as i64;
    let scaled = |value: &BigInt, by: i64| if by > 0 { value << by } else { value.clone() };
    let (numerator, denominator) = (scaled(left, shift), scaled(right, -shift));
    let mut quotient = (&numerator / &denominator).magnitude().clone();
    if (numerator % denominator).sign() != Sign::NoSign {
        quotient |= num_bigint::BigUint::from(1u8);
    }
    let magnitude = scale(u128::try_from(quotient).unwrap_or(u128::MAX) as f64, -shift);
    if magnitude.is_infinite() {
        return Err(Fault::new(FaultCode::Value, "integer division result too large for a float"));
    }
    let negative = (left.sign() == Sign::Minus) != (right.sign() == Sign::Minus);
    Ok(if negative { -magnitude } else { magnitude })
}

/// `value * 2 ** exponent` in steps that no power of two overflows.
fn scale(mut value: f64, mut exponent: i64) -> f64 {
    while exponent != 0 && value != 0.0 && value.is_finite() {
        let step = exponent.clamp(-1000, 1000);
        value *= 2.0_f64.powi(step as i32);
        exponent -= step;
    }
    value
}

fn integer_power<'a>(arena: &'a Arena, base: Number<'_>, exponent: Number<'_>) -> Result<Value<'a>, Fault> {
    let negative = exponent.compare(Number::Int(0)) == Some(Ordering::Less);
    if negative {
        return Ok(Value::Float(float_power(base.to_float()?, exponent.to_float()?)?));
    }
    let odd = match exponent {
        Number::Int(value) => value % 2 != 0,
        Number::Big(digits) => digits.ends_with(['1', '3', '5', '7', '9']),
        Number::Float(_) => false,
    };
    match (base, exponent) {
        (Number::Int(base @ (0 | 1)), _) => Ok(Value::Int(base)),
        (Number::Int(-1), _) => Ok(Value::Int(if odd { -1 } else { 1 })),
        (_, Number::Int(exponent)) => {
            let base = base.to_big()?;
            let exponent = u32::try_from(exponent).map_err(|_| too_large())?;
            // A base of b bits is at least 2 ** (b - 1).
            if base.bits().saturating_sub(1) * u64::from(exponent) > BITS {
                return Err(too_large());
            }
            arena.spend(BITS)?;
            big_value(arena, &base.pow(exponent))
        }
        _ => Err(too_large()),
    }
}
