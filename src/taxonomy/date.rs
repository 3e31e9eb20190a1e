//! Dates as a field of an event has them.

use crate::time;
use crate::value::{Arena, Fault, Value};

/// The moment in canonical text: `Z`, no fraction where it is zero, else six digits. `None` where the value is no date.
///
/// # Errors
/// Limit.
pub(super) fn read<'a>(arena: &'a Arena, value: Value<'a>) -> Result<Option<Value<'a>>, Fault> {
    if let Value::Text(text) = value
        && let Some(text) = time::in_brief(arena, text)?
    {
        return Ok(Some(Value::Text(text)));
    }
    let (moment, text) = match value {
        Value::Text(text) => (time::read_whole(text.trim()), text),
        Value::Int(number) => (time::from_integer(number, None), ""),
        Value::Float(number) => (time::from_float(number, None), ""),
        _ => (None, ""),
    };
    moment.map(|moment| moment.brief_text(arena, text).map(Value::Text)).transpose()
}
