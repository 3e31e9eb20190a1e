//! Filters from and to JSON.

use super::call::{FunctionCall, mismatch};
use super::entry::{LibraryEntry, VALUE, filter, none};
use crate::json::{self, Projection};
use crate::value::{Fault, FaultCode, Value};

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["from_json"],
        &[VALUE],
        "The value that a JSON text holds; none where it is no JSON.",
        &[("'{\"a\": [1, null]}' | from_json", "{'a': [1, None]}"), ("'x' | from_json", "None")],
        // Evidence: public specs compare its result with None to learn whether a text is JSON.
        |call| match call.value() {
            Value::Text(text) => match json::read(call.arena, text, &Projection::WHOLE) {
                Err(fault) if fault.code() != FaultCode::Limit => Ok(Value::None),
                read => read,
            },
            _ => Ok(Value::None),
        },
    ),
    filter(
        &["to_json", "tojson"],
        &[VALUE, none("indent")],
        "The value as JSON, without spaces, its keys in their order.",
        &[("{'b': [1, none], 'a': 'ü'} | to_json", "'{\"b\":[1,null],\"a\":\"ü\"}'")],
        to_json,
    ),
];

/// Evidence: both names give compact JSON with keys in their order, and neither `<` nor what is not ASCII escaped,
/// unlike Jinja's own `tojson`.
fn to_json<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    if call.value().is_undefined() {
        return Err(mismatch("a value that JSON has", call.value()));
    }
    if !matches!(call.argument(1), Value::None) {
        return Err(Fault::new(FaultCode::Unsupported, "`to_json` does not indent"));
    }
    // Most are shorter: one piece of memory, and no growth.
    let mut out = Vec::with_capacity(512);
    json::write(&mut out, call.value())?;
    let text = String::from_utf8(out).map_err(|_| mismatch("text", call.value()))?;
    call.arena.text(&text).map(Value::Text)
}
