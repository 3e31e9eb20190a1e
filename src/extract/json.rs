//! `json.parse-json`: one JSON document.
//!
//! A dict or list as Python prints it, in single quotes, is read as well: no recorded event shows it, the public
//! documentation has such an example.

use super::{Entry, Example, Extractor, Job, Properties, text_input, trim};
use crate::diagnostic::Diagnostics;
use crate::json;
use crate::value::text::literal;
use crate::value::{Fault, FaultCode, Value};
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
            _ => {
                let text = text_input(input)?;
                json::read(job.arena, text, job.wanted).or_else(|fault| printed(text, job, fault))
            }
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
            _ => {
                let text = text_input(input)?;
                json::read_into(job.arena, text, job.wanted, cells, job.order).or_else(|fault| {
                    let value = printed(text, job, fault)?;
                    json::scatter(value, job.wanted, cells);
                    Ok(value)
                })
            }
        }
    }
}

/// A dict or list as Python prints it, where a text begins like one; else the fault.
#[cold]
fn printed<'a>(text: &'a str, job: &Job<'_, 'a>, fault: Fault) -> Result<Value<'a>, Fault> {
    let text = trim(text);
    let begins_so = text.strip_prefix(['{', '[']).is_some_and(|rest| trim(rest).starts_with(['\'', '{', '[']));
    if fault.code() != FaultCode::Parse || !begins_so {
        return Err(fault);
    }
    match literal(job.arena, text) {
        Ok(Some(value @ (Value::Map(_) | Value::List(_)))) => Ok(value),
        Err(limit) if limit.code() == FaultCode::Limit => Err(limit),
        _ => Err(fault),
    }
}
