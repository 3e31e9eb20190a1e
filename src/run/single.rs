//! Evaluates one template by itself: for the manual, for tests, and for whoever writes a spec and tries an expression.

use super::values::Registers;
use crate::filters::Patterns;
use crate::json::{self, KeyOrder, Projection};
use crate::plan;
use crate::value::text::Repr;
use crate::value::{Arena, Fault, FaultCode, Value};

/// The value of a template over the names of a JSON object, as Python's `repr` shows it; `Undefined` where there is none.
///
/// Text with `{{` or `{%` is a template, and its value what `set` would make of it; other text is an expression.
/// Dates without a year, a month or a day are read against `now`, in seconds since 1970-01-01T00:00:00Z.
///
/// # Errors
/// [`FaultCode::Parse`] for a template that does not parse and for names that are no JSON object; else what running it
/// raises.
pub fn evaluate(template: &str, names: &str, now: i64) -> Result<String, Fault> {
    let (arena, patterns) = (Arena::default(), Patterns::default());
    let Value::Map(names) = json::read(&arena, names, &Projection::WHOLE)? else {
        return Err(Fault::new(FaultCode::Parse, "the names are not a JSON object"));
    };
    let names: Vec<(&str, Value<'_>)> =
        names.iter().filter_map(|(name, value)| Some((name.as_text()?, value))).collect();
    let keys: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    let lowered = plan::single(template, &keys).map_err(|error| Fault::new(FaultCode::Parse, error.reason.as_str()))?;
    let order = KeyOrder::default();
    let values = &Registers { slots: &[], arena: &arena, patterns: &patterns, order: &order, now };
    let value = values.single(&lowered.template, names.iter().map(|(_, value)| *value))?;
    let value = match value {
        Value::Text(text) if lowered.reads_text => crate::value::text::native(&arena, text)?,
        value => value,
    };
    Ok(Repr(value).to_string())
}
