//! Numbers from text: whole where the text is whole, and then held to 64 bits, else a double.

use crate::value::{Arena, Fault, Value, text};

/// The number that a value is or says; `None` where it says none. A boolean counts as 1 or 0, as in Python.
///
/// # Errors
/// Limit.
pub(super) fn read<'a>(arena: &'a Arena, value: Value<'a>) -> Result<Option<Value<'a>>, Fault> {
    match value {
        Value::Int(_) | Value::BigInt(_) => Ok(Some(value.held_to_64_bits())),
        Value::Float(number) => Ok(number.is_finite().then_some(value)),
        Value::Bool(value) => Ok(Some(Value::Int(value.into()))),
        Value::Text(text) => from_text(arena, text.trim()),
        _ => Ok(None),
    }
}

fn from_text<'a>(arena: &'a Arena, text: &'a str) -> Result<Option<Value<'a>>, Fault> {
    if let Ok(number) = text.parse::<i64>() {
        return Ok(Some(Value::Int(number)));
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text::integer(arena, text)?.map(Value::held_to_64_bits));
    }
    // Rust reads `inf` and `nan` too, which no JSON number can be.
    let spelled = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let number = if spelled { text.parse::<f64>().ok() } else { None };
    Ok(number.filter(|number| number.is_finite()).map(Value::Float))
}
