//! Values as text and text as values: Python's `str`, `repr`, `int`, `float` and literals.

mod address;
mod escape;
mod literal;
mod number;
mod percent;
mod show;

pub use super::ops::DIGITS;
pub use address::{is_ipv4, is_plain_ipv6};
pub use literal::literal;
pub use number::{digit_of, integer, is_space, parse_float, parse_int, trim};
pub use percent::percent;
pub use show::{Float, Repr, Str};

use super::{Arena, Fault, Value};

/// Whether text of a spec is a template: it has an expression, a statement or a comment.
pub fn is_template(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|opening| text.contains(opening))
}

/// The value's `str()`, borrowed where it is text already.
///
/// # Errors
/// Limit.
pub fn string<'a>(arena: &'a Arena, value: Value<'a>) -> Result<&'a str, Fault> {
    match value {
        Value::Text(text) => Ok(text),
        Value::BigInt(digits) => Ok(digits),
        Value::Bool(true) => Ok("True"),
        Value::Bool(false) => Ok("False"),
        Value::None => Ok("None"),
        Value::Undefined => Ok(""),
        other => arena.format(format_args!("{}", Str(other))),
    }
}

/// Text that reads as a list or a dict becomes one; text that reads as anything else stays text, a tuple of dicts without
/// parentheses too (`{…},{…}`).
///
/// # Errors
/// Limit.
pub fn native<'a>(arena: &'a Arena, text: &'a str) -> Result<Value<'a>, Fault> {
    // Almost all text says so with its first character.
    if matches!(text.as_bytes().first(), Some(first) if first.is_ascii_graphic() && !matches!(first, b'[' | b'{')) {
        return Ok(Value::Text(text));
    }
    let trimmed = text.trim();
    let (first, last) = (trimmed.as_bytes().first(), trimmed.as_bytes().last());
    if !matches!((first, last), (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}'))) {
        return Ok(Value::Text(text));
    }
    Ok(match literal(arena, trimmed)? {
        Some(Value::List(list)) if !list.is_tuple() => Value::List(list),
        Some(Value::Map(map)) => Value::Map(map),
        _ => Value::Text(text),
    })
}
