//! `dsv.parse-dsv`: one row of delimiter-separated values.
//!
//! The rules are those of Python's `csv` module, which 163 recorded events follow; the numbers count the events that tell.
//! - A value in quotes may hold delimiters, and a doubled quote is one quote (44 need quoting). A line break inside
//!   quotes is left out (2). A quote inside an unquoted value is an ordinary letter.
//! - The first row counts. Values beyond the columns are left out, columns beyond the values are absent.
//! - Of equal column names the last one counts (5).

use super::description::{Description, Example, MESSAGE, Property};
use super::extractor::{CompiledExtractor, Extractor, ResultKeys};
use super::properties::Properties;
use super::sink::ResultSink;
use super::text::text_input;
use crate::diagnostic::Diagnostics;
use crate::json::Projection;
use crate::value::{Fault, Value};
use memchr::memmem::Finder;
use memchr::{memchr, memchr2};
use std::cell::Cell;
use std::sync::Arc;

pub(super) const EXTRACTORS: &[Description] = &[Description {
    name: "dsv.parse-dsv",
    properties: &[
        Property {
            name: "columnnames",
            required: true,
            summary: "The names of the columns, in order: a list, or a text with the delimiter between them.",
        },
        Property { name: "delimiter", required: false, summary: "What stands between values: a text, `,` by default." },
    ],
    summary: "Reads one row of delimiter-separated values; all values are text.",
    examples: &[
        Example {
            properties: "{columnnames: [time, user, note]}",
            input: "12:00,,\"a \"\"b\"\", c\",more",
            result: r#"{"time": "12:00", "user": "", "note": "a \"b\", c"}"#,
        },
        Example {
            properties: r"{columnnames: [a, b, c], delimiter: '\t'}",
            input: "1\t2",
            result: r#"{"a": "1", "b": "2", "c": null}"#,
        },
    ],
    default_input: MESSAGE,
    compile,
}];

fn compile(properties: &Properties<'_>, findings: &mut Diagnostics) -> Option<CompiledExtractor> {
    let delimiter = properties.text_or("delimiter", ",", findings);
    let delimiter = if delimiter == Some(r"\t") { Some("\t") } else { delimiter };
    let columns = properties.names("columnnames", delimiter.unwrap_or(","), findings);
    let delimiter = delimiter?;
    let columns = columns?;
    let keys = ResultKeys::These {
        paths: columns.iter().map(|column| vec![column.clone()]).collect(),
        named: columns.iter().map(|column| column.to_string()).collect(),
    };
    let dsv = Dsv { columns, delimiter: Finder::new(delimiter).into_owned(), cells: Vec::new() };
    Some(CompiledExtractor { keys, ..CompiledExtractor::new(dsv) })
}

#[derive(Debug)]
struct Dsv {
    columns: Vec<Box<str>>,
    delimiter: Finder<'static>,
    /// The number of each column's cell, where the column is read by its name.
    cells: Vec<Option<usize>>,
}

impl Extractor for Dsv {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        let row = Row::new(text_input(input)?, &self.delimiter);
        match sink.cells {
            Some(cells) if !sink.wanted.is_whole() => self.fill(row, sink, cells),
            _ => Ok(sink.whole(self.dict(row, sink)?)),
        }
    }

    fn narrowed(&self, wanted: &Projection) -> Option<Arc<dyn Extractor>> {
        let table = wanted.pruned();
        let cells = self.columns.iter().map(|column| table.index_of([&**column])).collect();
        Some(Arc::new(Dsv { columns: self.columns.clone(), delimiter: self.delimiter.clone(), cells }))
    }
}

impl Dsv {
    fn dict<'a>(&self, mut row: Row<'_, 'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        let map = sink.arena.map();
        for column in &self.columns {
            let field = row.next();
            if sink.wanted.below(column).is_none() {
                continue;
            }
            let name = Value::Text(sink.arena.text(column)?);
            match field {
                Some(field) => map.insert(sink.arena, name, Value::Text(field.value(sink)?))?,
                None if map.get(name).is_none() => map.insert(sink.arena, name, Value::None)?,
                None => {}
            }
        }
        Ok(Value::Map(map))
    }

    /// Sets the cells of the columns that are read; the dict that stands for the result is empty.
    fn fill<'a>(
        &self,
        mut row: Row<'_, 'a>,
        sink: &ResultSink<'_, 'a>,
        cells: &[Cell<Value<'a>>],
    ) -> Result<Value<'a>, Fault> {
        for number in &self.cells {
            let field = row.next();
            let Some(cell) = number.map(|number| &cells[number]) else { continue };
            match field {
                Some(field) => cell.set(Value::Text(field.value(sink)?)),
                None if cell.get().is_undefined() => cell.set(Value::None),
                None => {}
            }
        }
        Ok(Value::Map(sink.arena.map()))
    }
}

/// Walks over the fields of the first row.
struct Row<'d, 'a> {
    rest: Option<&'a str>,
    delimiter: &'d Finder<'static>,
}

/// A field as it is written, from its first letter to the delimiter.
#[derive(Clone, Copy)]
struct RowField<'a> {
    raw: &'a str,
    /// How long the part in quotes is, both quotes included; 0 where the field does not begin with one.
    quoted: usize,
}

impl<'d, 'a> Row<'d, 'a> {
    fn new(text: &'a str, delimiter: &'d Finder<'static>) -> Self {
        let text = text.trim_start_matches(['\n', '\r']);
        Row { rest: (!text.is_empty()).then_some(text), delimiter }
    }

    fn next(&mut self) -> Option<RowField<'a>> {
        let text = self.rest?;
        let quoted = quoted_length(text);
        let tail = &text[quoted..];
        let delimiter = self.delimiter_in(tail);
        let before = &tail[..delimiter.unwrap_or(tail.len())];
        let length = match memchr2(b'\n', b'\r', before.as_bytes()) {
            Some(line_end) => {
                self.rest = None;
                line_end
            }
            None => {
                self.rest = delimiter.map(|at| &tail[at + self.delimiter.needle().len()..]);
                before.len()
            }
        };
        Some(RowField { raw: &text[..quoted + length], quoted })
    }

    /// Where the next delimiter begins.
    fn delimiter_in(&self, text: &str) -> Option<usize> {
        match self.delimiter.needle() {
            [byte] => memchr(*byte, text.as_bytes()),
            _ => self.delimiter.find(text.as_bytes()),
        }
    }
}

/// How long the quoted part at the start of a text is; a part that is not closed goes on to the end.
fn quoted_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        return 0;
    }
    let mut at = 1;
    while let Some(quote) = bytes[at..].iter().position(|byte| *byte == b'"') {
        at += quote + 1;
        if bytes.get(at) != Some(&b'"') {
            return at;
        }
        at += 1;
    }
    text.len()
}

impl<'a> RowField<'a> {
    /// The value: quotes taken off, doubled ones halved, line breaks inside them left out.
    fn value(self, sink: &ResultSink<'_, 'a>) -> Result<&'a str, Fault> {
        if self.quoted == 0 {
            return Ok(self.raw);
        }
        let (quoted, tail) = self.raw.split_at(self.quoted);
        let inner = &quoted[1..];
        let inner = if is_closed(quoted) { &inner[..inner.len() - 1] } else { inner };
        if tail.is_empty() && !inner.contains(['"', '\n', '\r']) {
            return Ok(inner);
        }
        let halves = inner.replace("\"\"", "\"");
        let lines = halves.split(['\n', '\r']).collect::<String>();
        sink.arena.format(format_args!("{lines}{tail}"))
    }
}

/// Whether a quoted part ends with its closing quote: an odd number of quotes at its end, the opening one aside.
fn is_closed(quoted: &str) -> bool {
    let ending = quoted[1..].bytes().rev().take_while(|byte| *byte == b'"').count();
    ending % 2 == 1
}
