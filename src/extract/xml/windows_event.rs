//! `xml.parse-windows-event`: a Windows event as nested dicts.
//!
//! The result is what is below `Event` (15 recorded events of one format, none against it): `System.Computer`,
//! `System.Provider.Name`, `EventData.TargetUserName`. Of a record that is cut, what is closed before is read, and the rest
//! is left out; no recorded event is. An element with text and no
//! child is its text, without its attributes; otherwise attributes are entries beside its children, without `@`. In
//! `EventData` each `Data` element with a `Name` is an entry of that name; those without are together under `Data`.
//! `xmlns` attributes are left out.

use super::tree::{self, Shape};
use crate::diagnostic::Diagnostics;
use crate::extract::description::{Description, Example, MESSAGE};
use crate::extract::extractor::{CompiledExtractor, Extractor};
use crate::extract::properties::Properties;
use crate::extract::sink::ResultSink;
use crate::extract::text::text_input;
use crate::value::{Fault, Value};

pub(in crate::extract) const EXTRACTORS: &[Description] = &[Description {
    name: "xml.parse-windows-event",
    properties: &[],
    summary: "Reads a Windows event in XML: attributes without `@`, and named `Data` elements under their names.",
    examples: &[Example {
        properties: "{}",
        input: "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Acme'/>\
                <EventID Qualifiers='0'>4624</EventID></System><EventData><Data Name='TargetUserName'>jane</Data>\
                <Data Name='LogonGuid'/><Data>first</Data><Data>second</Data></EventData></Event>",
        result: r#"{"System": {"Provider": {"Name": "Acme"}, "EventID": "4624"},
            "EventData": {"TargetUserName": "jane", "LogonGuid": null, "Data": ["first", "second"]}}"#,
    }],
    default_input: MESSAGE,
    compile,
}];

fn compile(_: &Properties<'_>, _: &mut Diagnostics) -> Option<CompiledExtractor> {
    Some(CompiledExtractor::new(WindowsEvent))
}

#[derive(Debug)]
struct WindowsEvent;

impl Extractor for WindowsEvent {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        tree::read(Shape::WindowsEvent, text_input(input)?, sink)
    }
}
