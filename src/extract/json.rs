//! `json.parse-json`: one JSON document.

use super::{Entry, Example, Extractor, Job, Properties, text_input};
use crate::diagnostic::Diagnostics;
use crate::value::{Fault, Value, json};
use std::cell::Cell;

pub(super) const ENTRIES: &[Entry] = &[Entry {
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
    compile,
}];

fn compile(_: &Properties<'_>, _: &mut Diagnostics) -> Option<Box<dyn Extractor>> {
    Some(Box::new(Json))
}

#[derive(Debug)]
struct Json;

impl Extractor for Json {
    fn extract<'a>(&self, input: Value<'a>, job: &Job<'_, 'a>) -> Result<Value<'a>, Fault> {
        // A record may hold a document where others hold its text; both are read alike.
        match input {
            Value::Map(_) | Value::List(_) => Ok(input),
            _ => json::read(job.arena, text_input(input)?, job.wanted),
        }
    }

    fn extract_into<'a>(
        &self,
        input: Value<'a>,
        _: &[Value<'a>],
        job: &Job<'_, 'a>,
        cells: &[Cell<Value<'a>>],
    ) -> Result<Value<'a>, Fault> {
        match input {
            Value::Map(_) | Value::List(_) => {
                json::scatter(input, job.wanted, cells);
                Ok(input)
            }
            _ => json::read_into(job.arena, text_input(input)?, job.wanted, cells, job.order),
        }
    }
}
