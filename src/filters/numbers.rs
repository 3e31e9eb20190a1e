//! Filters on numbers.

use super::call::{FunctionCall, invalid, mismatch};
use super::entry::{LibraryEntry, VALUE, absent, bool, filter, int, string};
use crate::value::{Arena, Fault, FaultCode, Value, ops, text};
use num_bigint::BigInt;

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["int"],
        &[VALUE, int("default", 0), int("base", 10)],
        "The value as an integer; the default where it is none.",
        &[("'42' | int", "42"), ("'42.9' | int", "42"), ("'x' | int(-1)", "-1"), ("'0x1F' | int(0, 16)", "31")],
        |call| Ok(to_int(call)?.unwrap_or_else(|| call.argument(1))),
    ),
    filter(
        &["float"],
        &[VALUE, absent("default")],
        "The value as a float; the default where it is none.",
        &[("'1.5' | float", "1.5"), ("'x' | float", "0.0")],
        |call| {
            known(call.value())?;
            Ok(to_float(call.value()).map_or_else(|| call.given(1).unwrap_or(Value::Float(0.0)), Value::Float))
        },
    ),
    filter(&["abs"], &[VALUE], "The number without its sign.", &[("-3 | abs", "3")], absolute),
    filter(
        &["round"],
        &[VALUE, int("precision", 0), string("method", "common")],
        "The number rounded to a precision: `common` (a half goes to the even digit), `ceil` or `floor`.",
        &[("2.55 | round(1)", "2.5"), ("2.1 | round(method='ceil')", "3.0")],
        round,
    ),
    filter(
        &["filesizeformat"],
        &[VALUE, bool("binary", false)],
        "The number of bytes for people to read.",
        &[("1300 | filesizeformat", "'1.3 kB'"), ("2048 | filesizeformat(true)", "'2.0 KiB'")],
        file_size,
    ),
    filter(&["random"], &[VALUE], "Not run: the same event gives the same result.", &[], |_| {
        Err(Fault::new(FaultCode::Unsupported, "`random` has no place here: the same event gives the same result"))
    }),
];

/// Undefined is no number, not even a bad one: Python's `int()` and `float()` raise.
fn known(value: Value<'_>) -> Result<(), Fault> {
    match value {
        undefined if undefined.is_undefined() => Err(mismatch("a number", value)),
        _ => Ok(()),
    }
}

fn to_int<'a>(call: &FunctionCall<'_, 'a>) -> Result<Option<Value<'a>>, Fault> {
    let value = call.value();
    known(value)?;
    let Value::Text(text) = value else { return integer(call.arena, value) };
    // Jinja passes over a base that is none, as over a text that is no number.
    let read = call.int(2).map_or(Ok(None), |base| parse_int(call.arena, text, base))?;
    match read {
        Some(value) => Ok(Some(value)),
        None => to_float(value).map_or(Ok(None), |float| truncated(call.arena, float)),
    }
}

/// A number as an integer, its fraction cut off; `None` for what is no number.
pub(super) fn integer<'a>(arena: &'a Arena, value: Value<'a>) -> Result<Option<Value<'a>>, Fault> {
    match value {
        Value::Bool(value) => Ok(Some(Value::Int(i64::from(value)))),
        Value::Int(_) | Value::BigInt(_) => Ok(Some(value)),
        Value::Float(float) => truncated(arena, float),
        _ => Ok(None),
    }
}

/// Python's `int(text, base)`: white space around, `_` between digits, a prefix where it fits the base.
pub(super) fn parse_int<'a>(arena: &'a Arena, text: &str, base: i64) -> Result<Option<Value<'a>>, Fault> {
    arena.spend(text.len() as u64)?;
    if let (Some(number), 10) = (plain_int(text), base) {
        return Ok(Some(Value::Int(number)));
    }
    let text = super::text::strip(text, None, true, true);
    let (sign, unsigned) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { "-" } else { "" }, rest),
        None => ("", text),
    };
    let prefix = unsigned.get(..2).map(str::to_ascii_lowercase);
    let (base, digits) = match (prefix.as_deref(), base) {
        (Some("0x"), 0 | 16) => (16, unsigned.get(2..).unwrap_or_default()),
        (Some("0o"), 0 | 8) => (8, unsigned.get(2..).unwrap_or_default()),
        (Some("0b"), 0 | 2) => (2, unsigned.get(2..).unwrap_or_default()),
        (_, 0) if unsigned.starts_with('0') && unsigned.bytes().any(|byte| matches!(byte, b'1'..=b'9')) => {
            return Ok(None);
        }
        (_, 0) => (10, unsigned),
        (_, base @ 2..=36) => (base as u32, unsigned),
        _ => return Err(invalid("the base must be 0 or from 2 to 36")),
    };
    let digits =
        if base == 10 || digits.len() == unsigned.len() { digits } else { digits.strip_prefix('_').unwrap_or(digits) };
    let joined = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    if digits.is_empty() || joined || !digits.chars().all(|digit| digit == '_' || digit.is_digit(base)) {
        return Ok(None);
    }
    let plain: String = digits.chars().filter(|digit| *digit != '_').collect();
    big(arena, sign, &plain, base)
}

/// Decimal digits and nothing else, few enough for any sum of them to fit: what most numbers are.
fn plain_int(text: &str) -> Option<i64> {
    const MOST: usize = 18;
    let is_plain = !text.is_empty() && text.len() <= MOST && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.bytes().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// Digits of any number to an integer; Python reads at most 4300 decimal ones.
fn big<'a>(arena: &'a Arena, sign: &str, digits: &str, base: u32) -> Result<Option<Value<'a>>, Fault> {
    const LONGEST: usize = 4300;
    let signed = format!("{sign}{digits}");
    if let Ok(small) = i64::from_str_radix(&signed, base) {
        return Ok(Some(Value::Int(small)));
    }
    if digits.len() > LONGEST {
        return Err(invalid(format!("an integer has more than {LONGEST} digits")));
    }
    let Some(number) = BigInt::parse_bytes(signed.as_bytes(), base) else { return Ok(None) };
    text::integer(arena, arena.text(&number.to_string())?)
}

fn truncated(arena: &Arena, float: f64) -> Result<Option<Value<'_>>, Fault> {
    if !float.is_finite() {
        return Ok(None);
    }
    if float.abs() < 9e18 {
        return Ok(Some(Value::Int(float as i64)));
    }
    text::integer(arena, arena.format(format_args!("{float:.0}"))?)
}

/// Python's `float(value)`: white space around, `_` between digits, `inf` and `nan`.
pub(super) fn to_float(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Bool(value) => Some(f64::from(u8::from(value))),
        Value::Int(value) => Some(value as f64),
        Value::BigInt(digits) => digits.parse().ok().filter(|float: &f64| float.is_finite()),
        Value::Float(float) => Some(float),
        Value::Text(text) => {
            let text = super::text::strip(text, None, true, true);
            let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
            let bytes = text.as_bytes();
            let joins = |(place, byte): (usize, &u8)| {
                *byte != b'_' || (place > 0 && digit(bytes.get(place - 1)) && digit(bytes.get(place + 1)))
            };
            match text.contains('_') {
                true if bytes.iter().enumerate().all(joins) => text.replace('_', "").parse().ok(),
                true => None,
                false => text.parse().ok(),
            }
        }
        _ => None,
    }
}

fn absolute<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    match call.value() {
        Value::Bool(value) => Ok(Value::Int(i64::from(value))),
        Value::Float(float) => Ok(Value::Float(float.abs())),
        Value::BigInt(digits) => Ok(Value::BigInt(digits.strip_prefix('-').unwrap_or(digits))),
        value @ Value::Int(number) if number >= 0 => Ok(value),
        value @ Value::Int(_) => ops::negate(call.arena, value),
        other => Err(mismatch("a number", other)),
    }
}

fn round<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    // Python's `round` gives an integer where there is no precision.
    if let (Value::None, Ok("common"), Value::Float(float)) = (call.argument(1), call.string(2), call.value()) {
        return truncated(call.arena, float.round_ties_even())?.ok_or_else(|| invalid("the number is not finite"));
    }
    let precision = if let Value::None = call.argument(1) { 0 } else { call.int(1)?.clamp(-400, 400) as i32 };
    let factor = 10f64.powi(precision);
    match (call.string(2)?, call.value()) {
        ("common", value @ (Value::Bool(_) | Value::Int(_) | Value::BigInt(_))) => round_int(call, value, precision),
        ("common", Value::Float(float)) => Ok(Value::Float(round_float(float, precision))),
        ("ceil", value) => scaled(value, factor, f64::ceil),
        ("floor", value) => scaled(value, factor, f64::floor),
        ("common", other) => Err(mismatch("a number", other)),
        (other, _) => Err(invalid(format!("`{other}` is not a rounding method; use common, ceil or floor"))),
    }
}

fn scaled<'a>(value: Value<'_>, factor: f64, toward: fn(f64) -> f64) -> Result<Value<'a>, Fault> {
    match value {
        Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            let float = to_float(value).ok_or_else(|| invalid("the integer is too large for a float"))?;
            Ok(Value::Float(toward(float * factor) / factor))
        }
        other => Err(mismatch("a number", other)),
    }
}

/// An integer changes only where tens or more are rounded; a half goes to the even digit.
fn round_int<'a>(call: &FunctionCall<'_, 'a>, value: Value<'a>, precision: i32) -> Result<Value<'a>, Fault> {
    let value = if let Value::Bool(value) = value { Value::Int(i64::from(value)) } else { value };
    let (Value::Int(number), true) = (value, precision < 0) else { return Ok(value) };
    let Some(unit) = 10i128.checked_pow(precision.unsigned_abs()) else { return Ok(Value::Int(0)) };
    let number = i128::from(number);
    let (below, left) = (number.div_euclid(unit), number.rem_euclid(unit));
    let up = 2 * left > unit || (2 * left == unit && below % 2 != 0);
    let rounded = (below + i128::from(up)) * unit;
    Ok(text::integer(call.arena, call.arena.text(&rounded.to_string())?)?.unwrap_or(value))
}

/// Python's `round(float, precision)`: exact on the decimal digits of the double.
pub(super) fn round_float(float: f64, precision: i32) -> f64 {
    if !float.is_finite() || precision > 323 {
        return float;
    }
    match usize::try_from(precision) {
        Ok(digits) => format!("{float:.digits$}").parse().unwrap_or(float),
        Err(_) if precision < -308 => 0.0 * float,
        Err(_) => {
            let unit = 10f64.powi(-precision);
            (float / unit).round_ties_even() * unit
        }
    }
}

fn file_size<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    const DECIMAL: [&str; 8] = ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    const BINARY: [&str; 8] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];
    let (base, units) = if call.truth(1) { (1024f64, BINARY) } else { (1000f64, DECIMAL) };
    let bytes = to_float(call.value()).ok_or_else(|| mismatch("a number", call.value()))?;
    if bytes == 1.0 {
        return Ok(Value::Text("1 Byte"));
    }
    if bytes < base {
        return call.arena.format(format_args!("{bytes:.0} Bytes", bytes = bytes.trunc())).map(Value::Text);
    }
    let power = (2..9).find(|power| bytes < base.powi(*power)).unwrap_or(9);
    let unit = units.get(power as usize - 2).copied().unwrap_or_default();
    call.arena.format(format_args!("{:.1} {unit}", base * bytes / base.powi(power))).map(Value::Text)
}
