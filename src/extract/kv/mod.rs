//! `kv.parse-kv`: pairs of a key and a value.
//!
//! The rules were derived from 408 recorded uses in 24 formats; the numbers count the events that tell.
//! - Separators are regular expressions; text that is none stands for itself (1).
//! - A value ends where its item ends (18). Where a blank separates items it goes on up to the next key (37), since
//!   unquoted values hold blanks; where the separator is written as plain blanks, up to the next word before a value
//!   separator, and quotes are ordinary letters (1).
//! - A quoted value may hold separators (77); a quote behind a backslash closes nothing, and the backslash stays (2). What
//!   quotes do not hold is in `quotes.rs`.
//! - An item without a value separator is passed over (17); a blank at the end of the separator behind it then belongs to
//!   the next key, so that `a: 1, b, c: 2` has ` c` and not `c` where `,\s` separates (1; no event contradicts). Of equal
//!   keys the last one counts (8).
//! - White space around the text (13) and around values (12) goes, inside quotes too; around other keys as well.
//! - Text without a pair gives an empty dict: the stages behind it still run (17).

mod groups;
mod notation;
mod pairs;
mod quotes;

use super::description::{Description, Example, MESSAGE, Property};
use super::extractor::{CompiledExtractor, Extractor};
use super::properties::Properties;
use super::separator::Separator;
use super::sink::{KeyValueSink, MOST_REMARKS, ResultSink};
use super::text::{text_input, trim};
use crate::diagnostic::Diagnostics;
use crate::value::{Arena, Fault, Value};
use groups::Grouped;
use notation::{KeyValue, ValueExtent};
use pairs::PairReader;

pub(super) const EXTRACTORS: &[Description] = &[Description {
    name: "kv.parse-kv",
    properties: &[
        Property {
            name: "item_sep",
            required: false,
            summary: "What separates the pairs: a pattern, `\\s` by default.",
        },
        Property {
            name: "value_sep",
            required: false,
            summary: "What separates key and value: a pattern, `=` by default.",
        },
        Property {
            name: "groups",
            required: false,
            summary: "Whether `[name k=v …]` is a dict under `name`, and a bracket in it a dict in that; `false` by default.",
        },
        Property {
            name: "reversed",
            required: false,
            summary: "Accepted without effect: no recorded event tells what it is for.",
        },
    ],
    summary: "Reads pairs of a key and a value; all values are text.",
    examples: &[
        Example {
            properties: "{}",
            input: r#"action=deny user="Jane Doe" path=C:\Program Files port=443"#,
            result: r#"{"action": "deny", "user": "Jane Doe", "path": "C:\\Program Files", "port": "443"}"#,
        },
        Example {
            properties: "{item_sep: ',\\s', value_sep: ':\\s'}",
            input: r#"Source: 192.0.2.1, Reason: "late, but allowed", Port: 443"#,
            result: r#"{"Source": "192.0.2.1", "Reason": "late, but allowed", "Port": "443"}"#,
        },
        Example {
            properties: "{item_sep: ';'}",
            input: r#"a=1;b="x;y";;c=;a=2"#,
            result: r#"{"a": "2", "b": "x;y", "c": ""}"#,
        },
        Example {
            properties: "{groups: true}",
            input: "id=7 [msg=link up zone=\"a b\" ][conn in=1 [peer ip=192.0.2.1 ]port=443 ]",
            result: r#"{"id": "7", "msg": "link up", "zone": "a b",
                "conn": {"in": "1", "peer": {"ip": "192.0.2.1"}, "port": "443"}}"#,
        },
    ],
    default_input: MESSAGE,
    compile,
}];

fn compile(properties: &Properties<'_>, findings: &mut Diagnostics) -> Option<CompiledExtractor> {
    let item = properties.text_or("item_sep", r"\s", findings);
    let value = properties.text_or("value_sep", "=", findings);
    let (item, value) = (item?, Separator::new(value?));
    let (item, extent) = (Separator::new(item), ValueExtent::of(item));
    let pairs = KeyValue { item, value, extent };
    let is_grouped = properties.flag("groups", findings)?;
    Some(if is_grouped { CompiledExtractor::new(Grouped(pairs)) } else { CompiledExtractor::new(Flat(pairs)) })
}

/// Pairs that no brackets put together.
#[derive(Debug)]
struct Flat(KeyValue);

impl Extractor for Flat {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        let text = trim(text_input(input)?);
        sink.remark(|| self.remarks(text));
        let result = KeyValueSink::new(sink);
        let mut pairs = PairReader::new(&self.0, sink.arena, text);
        while let Some((key, value)) = pairs.next()? {
            sink.arena.spend(1)?;
            result.set(key, Value::Text(trim(value)))?;
        }
        Ok(result.finish())
    }
}

impl Flat {
    fn remarks(&self, text: &str) -> Vec<String> {
        let arena = Arena::default();
        let mut pairs = PairReader::new(&self.0, &arena, text);
        let read = std::iter::from_fn(|| pairs.next().ok().flatten());
        read.filter_map(|(key, value)| quotes::remark(key, trim(value))).take(MOST_REMARKS).collect()
    }
}
