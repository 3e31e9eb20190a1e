//! `dict.parse`: a Python literal.

use super::description::{Description, Example, MESSAGE};
use super::extractor::{CompiledExtractor, Extractor};
use super::properties::Properties;
use super::sink::ResultSink;
use super::text::{text_input, trim};
use crate::diagnostic::Diagnostics;
use crate::value::{Fault, FaultCode, Value, text};

pub(super) const EXTRACTORS: &[Description] = &[Description {
    name: "dict.parse",
    properties: &[],
    summary: "Reads a dict or list as Python writes it; a value that is read already stays as it is.",
    examples: &[
        Example {
            properties: "{}",
            input: "{'report.pdf': {'score': 9.5, 'clean': False}}",
            result: r#"{"report.pdf": {"score": 9.5, "clean": false}}"#,
        },
        Example { properties: "{}", input: "['a', None]", result: r#"["a", null]"# },
    ],
    default_input: MESSAGE,
    compile,
}];

fn compile(_: &Properties<'_>, _: &mut Diagnostics) -> Option<CompiledExtractor> {
    Some(CompiledExtractor::new(Dict))
}

#[derive(Debug)]
struct Dict;

impl Extractor for Dict {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        if let Value::Map(_) | Value::List(_) = input {
            return Ok(sink.whole(input));
        }
        match text::literal(sink.arena, trim(text_input(input)?))? {
            Some(value @ (Value::Map(_) | Value::List(_))) => Ok(sink.whole(value)),
            Some(other) => Err(unreadable(other.type_name())),
            None => Err(unreadable("other text")),
        }
    }
}

#[cold]
fn unreadable(found: &str) -> Fault {
    Fault::new(FaultCode::Parse, format!("expected a dict or list as Python writes it, found {found}"))
}
