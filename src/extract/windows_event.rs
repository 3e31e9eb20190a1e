//! `xml.parse-windows-event`: a Windows event as nested dicts.
//!
//! The result is what is below `Event` (15 recorded events of one format, none against it): `System.Computer`,
//! `System.Provider.Name`, `EventData.TargetUserName`. Of a record that is cut, what is closed before is read, and the rest
//! is left out; no recorded event is. An element with text and no
//! child is its text, without its attributes; otherwise attributes are entries beside its children, without `@`. In
//! `EventData` each `Data` element with a `Name` is an entry of that name; those without are together under `Data`.
//! `xmlns` attributes are left out.

use super::description::{Description, Example, MESSAGE};
use super::extractor::{CompiledExtractor, Extractor};
use super::properties::Properties;
use super::sink::ResultSink;
use super::text::text_input;
use super::xml;
use crate::diagnostic::Diagnostics;
use crate::value::{Fault, Map, Value};

pub(super) const EXTRACTORS: &[Description] = &[Description {
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
        let (document, missing) = xml::read_cut(text_input(input)?, sink)?;
        sink.remark(|| missing.map(|fault| format!("ignored the rest: {}", fault.reason())));
        let result = sink.arena.map();
        for (name, value) in document.iter() {
            match (is_event(name), reshape(value, sink)?) {
                (true, Value::Map(event)) => return Ok(sink.whole(Value::Map(event))),
                (true, Value::None) => {}
                (true, text) => result.insert(sink.arena, Value::Text("#text"), text)?,
                (false, other) => result.insert(sink.arena, name, other)?,
            }
        }
        Ok(sink.whole(Value::Map(result)))
    }
}

/// Whether an element is an event, with or without a prefix.
fn is_event(name: Value<'_>) -> bool {
    name.as_text().is_some_and(|name| name.rsplit(':').next() == Some("Event"))
}

/// An element's value in the shape described above. Its depth is that of the document, which is bounded.
fn reshape<'a>(value: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
    match value {
        Value::Map(element) => match element.get_text("#text") {
            Some(text) if !element.iter().any(|(key, _)| is_child(key)) => Ok(text),
            _ => reshape_children(element, sink),
        },
        Value::List(elements) => {
            let list = sink.arena.list([])?;
            if let Value::List(list) = list {
                for element in elements.iter() {
                    list.push(sink.arena, reshape(element, sink)?)?;
                }
            }
            Ok(list)
        }
        other => Ok(other),
    }
}

/// Whether a key is that of a child, not of an attribute or the text.
fn is_child(key: Value<'_>) -> bool {
    !key.as_text().unwrap_or_default().starts_with(['@', '#'])
}

fn reshape_children<'a>(element: &'a Map<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
    let result = sink.arena.map();
    for (key, value) in element.iter() {
        let name = key.as_text().unwrap_or_default();
        match name.strip_prefix('@') {
            Some(attribute) if attribute == "xmlns" || attribute.starts_with("xmlns:") => {}
            Some(attribute) => result.insert(sink.arena, Value::Text(attribute), value)?,
            None if name == "Data" => enter_data(result, value, sink)?,
            None => result.insert(sink.arena, key, reshape(value, sink)?)?,
        }
    }
    // An element with nothing but a namespace is as empty as one without.
    Ok(if result.is_empty() { Value::None } else { Value::Map(result) })
}

/// Enters the `Data` elements: those with a name under it, the others under `Data`.
fn enter_data<'a>(result: &'a Map<'a>, data: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<(), Fault> {
    let elements = match data {
        Value::List(elements) => elements,
        single => return enter_one(result, single, sink),
    };
    for element in elements.iter() {
        enter_one(result, element, sink)?;
    }
    Ok(())
}

fn enter_one<'a>(result: &'a Map<'a>, element: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<(), Fault> {
    let name = match element {
        Value::Map(map) => map.get_text("@Name"),
        _ => None,
    };
    let (key, value) = match (name, element) {
        (Some(name), Value::Map(map)) => (name, named_data(map, sink)?),
        _ => (Value::Text("Data"), reshape(element, sink)?),
    };
    match result.get(key) {
        None => result.insert(sink.arena, key, value),
        Some(Value::List(list)) => list.push(sink.arena, value),
        Some(first) => result.insert(sink.arena, key, sink.arena.list([first, value])?),
    }
}

/// What a `Data` element with a name holds: its text, or its children; other attributes say only of which kind it is.
fn named_data<'a>(element: &'a Map<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
    let text = element.get_text("#text");
    if !element.iter().any(|(key, _)| is_child(key)) {
        return Ok(text.unwrap_or(Value::None));
    }
    let content = sink.arena.map();
    for (key, value) in element.iter().filter(|(key, _)| is_child(*key)) {
        content.insert(sink.arena, key, value)?;
    }
    if let Some(text) = text {
        content.insert(sink.arena, Value::Text("#text"), text)?;
    }
    reshape_children(content, sink)
}
