//! `json.parse-json`: one JSON document.
//!
//! A dict or list as Python prints it, in single quotes, is read as well: no recorded event shows it, the public
//! documentation has such an example.

use super::description::{Description, Example, MESSAGE};
use super::extractor::{CompiledExtractor, Extractor};
use super::properties::Properties;
use super::sink::ResultSink;
use super::text::{text_input, trim};
use crate::diagnostic::Diagnostics;
use crate::json;
use crate::value::text::literal;
use crate::value::{Fault, FaultCode, Value};

pub(super) const EXTRACTORS: &[Description] = &[Description {
    name: "json.parse-json",
    properties: &[],
    summary: "Reads one JSON document; a value that is read already stays as it is.",
    examples: &[
        Example {
            properties: "{}",
            input: r#"{"action": "allow", "bytes": [1, 2.5]}"#,
            result: r#"{"action": "allow", "bytes": [1, 2.5]}"#,
        },
        Example { properties: "{}", input: " \"caf\\u00e9\" ", result: r#""café""# },
    ],
    default_input: MESSAGE,
    compile,
}];

fn compile(_: &Properties<'_>, _: &mut Diagnostics) -> Option<CompiledExtractor> {
    Some(CompiledExtractor::new(Json))
}

#[derive(Debug)]
struct Json;

impl Extractor for Json {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        // A record may hold a document where others hold its text; both are read alike.
        if let Value::Map(_) | Value::List(_) = input {
            return Ok(sink.whole(input));
        }
        let text = text_input(input)?;
        let read = match sink.cells {
            Some(cells) => json::read_into(sink.arena, text, sink.wanted, cells, sink.order),
            None => json::read(sink.arena, text, sink.wanted),
        };
        read.or_else(|fault| Ok(sink.whole(printed(text, sink, fault)?)))
    }
}

/// A dict or list as Python prints it, where a text begins like one; else the fault.
#[cold]
fn printed<'a>(text: &'a str, sink: &ResultSink<'_, 'a>, fault: Fault) -> Result<Value<'a>, Fault> {
    let text = trim(text);
    let begins_so = text.strip_prefix(['{', '[']).is_some_and(|rest| trim(rest).starts_with(['\'', '{', '[']));
    if fault.code() != FaultCode::Parse || !begins_so {
        return Err(fault);
    }
    match literal(sink.arena, text) {
        Ok(Some(value @ (Value::Map(_) | Value::List(_)))) => Ok(value),
        Err(limit) if limit.code() == FaultCode::Limit => Err(limit),
        _ => Err(fault),
    }
}
