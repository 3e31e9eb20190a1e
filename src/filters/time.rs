//! Filters on dates.

use super::call::{FunctionCall, mismatch};
use super::entry::{LibraryEntry, VALUE, filter, none};
use crate::time;
use crate::value::{Fault, FaultCode, Value};

pub(super) static ENTRIES: &[LibraryEntry] = &[filter(
    &["to_rfc3339", "to_iso8601"],
    &[VALUE, none("format")],
    "The date, in any usual notation or in a format of `strptime`, as RFC 3339 in UTC.",
    &[
        ("'2024-03-05 06:07:08 +0200' | to_rfc3339", "'2024-03-05T04:07:08.000000Z'"),
        ("'05/03/2024 06:07' | to_rfc3339('%d/%m/%Y %H:%M')", "'2024-03-05T06:07:00.000000Z'"),
    ],
    rfc3339,
)];

/// As the extractor `date.parse` does.
fn rfc3339<'a>(call: &FunctionCall<'_, 'a>) -> Result<Value<'a>, Fault> {
    let moment = match (call.value(), call.optional_text(1)?) {
        (value, _) if value.is_missing() => return Err(mismatch("a date", value)),
        (Value::Text(text), None) => time::read(text.trim(), None, call.now),
        (Value::Int(seconds), None) => time::from_integer(seconds, None),
        (Value::Float(seconds), None) => time::from_float(seconds, None),
        (_, Some(format)) => {
            call.patterns.format(call.arena, format)?.read(call.arena, call.subject()?.trim(), None, call.now)
        }
        (other, None) => return Err(mismatch("a date", other)),
    };
    match moment {
        Some(moment) => {
            if moment.is_ahead(call.now) {
                call.arena.note_date_ahead();
            }
            moment.text(call.arena).map(Value::Text)
        }
        None => Err(Fault::new(FaultCode::Parse, "the text is not a date")),
    }
}
