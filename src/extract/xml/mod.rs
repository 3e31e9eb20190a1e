//! `xml.parse-xml`: one XML document as nested dicts.
//!
//! The shape is that of Python's `xmltodict`, as specs read it: an attribute's key begins with `@`; an element with
//! attributes or children is a dict, whose own text is under `#text`; any other element is its text, or null; repeated
//! elements are a list. Names keep their prefixes. Comments and processing instructions are passed over; so is a document
//! type, whose entities are not known.
//!
//! Why so: `docs/decisions/0011`.

mod reader;
mod tree;
pub(super) mod windows_event;

use super::description::{Description, Example, MESSAGE};
use super::extractor::{CompiledExtractor, Extractor};
use super::properties::Properties;
use super::sink::ResultSink;
use super::text::text_input;
use crate::diagnostic::Diagnostics;
use crate::value::{Fault, Value};
use tree::Shape;

pub(super) const EXTRACTORS: &[Description] = &[Description {
    name: "xml.parse-xml",
    properties: &[],
    summary: "Reads one XML document: attributes under `@name`, text beside them under `#text`, repeated elements as a list.",
    examples: &[
        Example {
            properties: "{}",
            input: "<event id='7'><user>jane</user><ip>192.0.2.1</ip><ip>192.0.2.2</ip><note/></event>",
            result: r#"{"event": {"@id": "7", "user": "jane", "ip": ["192.0.2.1", "192.0.2.2"], "note": null}}"#,
        },
        Example {
            properties: "{}",
            input: "<?xml version=\"1.0\"?><a b='1'> x &lt; <![CDATA[y & z]]> </a>",
            result: r##"{"a": {"@b": "1", "#text": "x < y & z"}}"##,
        },
    ],
    default_input: MESSAGE,
    compile,
}];

fn compile(_: &Properties<'_>, _: &mut Diagnostics) -> Option<CompiledExtractor> {
    Some(CompiledExtractor::new(Xml))
}

#[derive(Debug)]
struct Xml;

impl Extractor for Xml {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        tree::read(Shape::Document, text_input(input)?, sink)
    }
}
