//! `xml.parse-xml`: one XML document as nested dicts.
//!
//! The shape is that of Python's `xmltodict`, as specs read it: an attribute's key begins with `@`; an element with
//! attributes or children is a dict, whose own text is under `#text`; any other element is its text, or null; repeated
//! elements are a list. Names keep their prefixes. Comments and processing instructions are passed over; so is a document
//! type, whose entities are not known.
//!
//! Why so: `docs/decisions/0011`.

use super::description::{Description, Example, MESSAGE};
use super::extractor::{CompiledExtractor, Extractor};
use super::properties::Properties;
use super::sink::ResultSink;
use super::text::{short, text_input, trim};
use crate::diagnostic::Diagnostics;
use crate::value::text::is_space;
use crate::value::{Fault, FaultCode, Map, Value};
use bumpalo::collections::String as ArenaString;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

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

/// How deep elements may nest.
const DEPTH: usize = 256;

fn compile(_: &Properties<'_>, _: &mut Diagnostics) -> Option<CompiledExtractor> {
    Some(CompiledExtractor::new(Xml))
}

#[derive(Debug)]
struct Xml;

impl Extractor for Xml {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        Ok(sink.whole(Value::Map(read(text_input(input)?, sink)?)))
    }
}

/// Reads a document as a dict with the root element as its one entry.
///
/// # Errors
/// Parse, with the byte; limit, where elements nest too deep or the budget is used up.
pub(super) fn read<'a>(text: &'a str, sink: &ResultSink<'_, 'a>) -> Result<&'a Map<'a>, Fault> {
    let mut builder = XmlBuilder::new(sink);
    builder.read(text)?;
    Ok(builder.root)
}

/// As [`read`], but of a document that ends too soon, or cannot be read from some place on, gives the elements that are
/// closed before, and why the others are missing.
///
/// # Errors
/// As [`read`], where no element is closed before.
pub(super) fn read_cut<'a>(text: &'a str, sink: &ResultSink<'_, 'a>) -> Result<(&'a Map<'a>, Option<Fault>), Fault> {
    let mut builder = XmlBuilder::new(sink);
    match builder.read(text) {
        Ok(()) => Ok((builder.root, None)),
        Err(fault) if fault.code() == FaultCode::Parse && builder.close_all()? => Ok((builder.root, Some(fault))),
        Err(fault) => Err(fault),
    }
}

#[cold]
fn unreadable(reason: impl std::fmt::Display, byte: u64) -> Fault {
    Fault::new(FaultCode::Parse, format!("{reason}, at byte {byte}"))
}

/// The fault with its place, where it is about the document.
#[cold]
fn placed(fault: Fault, byte: u64) -> Fault {
    if fault.code() == FaultCode::Parse { unreadable(fault.reason(), byte) } else { fault }
}

/// Builds the dicts from the reader's events.
struct XmlBuilder<'c, 'j, 'a> {
    sink: &'c ResultSink<'j, 'a>,
    open: Vec<Element<'a>>,
    root: &'a Map<'a>,
    has_second_root: bool,
}

/// An element that is not closed yet.
struct Element<'a> {
    name: &'a str,
    /// Its attributes and children, once there is one.
    map: Option<&'a Map<'a>>,
    text: TextPieces<'a>,
}

impl Element<'_> {
    fn has_children(&self) -> bool {
        self.map.is_some_and(|map| map.iter().any(|(key, _)| !key.as_text().unwrap_or_default().starts_with('@')))
    }
}

impl<'c, 'j, 'a> XmlBuilder<'c, 'j, 'a> {
    fn new(sink: &'c ResultSink<'j, 'a>) -> Self {
        XmlBuilder { sink, open: Vec::new(), root: sink.arena.map(), has_second_root: false }
    }

    fn read(&mut self, text: &'a str) -> Result<(), Fault> {
        // Some senders copy a buffer with what ends its text.
        let text = text.trim_end_matches(|letter| letter == '\0' || is_space(letter));
        let mut reader = Reader::from_str(trim(text.trim_start_matches('\u{feff}')));
        loop {
            self.sink.arena.spend(1)?;
            let event = reader.read_event().map_err(|error| unreadable(error, reader.error_position()))?;
            if self.take(event).map_err(|fault| placed(fault, reader.buffer_position()))? {
                return Ok(());
            }
        }
    }

    /// Closes what is open but for elements of which no child is closed: their text may be cut. Whether anything is left.
    fn close_all(&mut self) -> Result<bool, Fault> {
        while self.open.last().is_some_and(|element| !element.has_children()) {
            self.open.pop();
        }
        while let Some(element) = self.open.last_mut() {
            element.text = TextPieces::None;
            self.close()?;
        }
        Ok(!self.root.is_empty() && !self.has_second_root)
    }

    /// Takes one event in; true after the last one.
    fn take(&mut self, event: Event<'a>) -> Result<bool, Fault> {
        match event {
            Event::Start(start) => self.open(&start)?,
            Event::Empty(start) => {
                self.open(&start)?;
                self.close()?;
            }
            Event::End(_) => self.close()?,
            Event::Text(text) => self.text(text.xml10_content())?,
            Event::CData(text) => self.text(text.xml10_content())?,
            Event::GeneralRef(name) => {
                let letter = match name.resolve_char_ref() {
                    Ok(letter) => letter.or_else(|| entity(&name)),
                    Err(_) => None,
                };
                let letter = letter.ok_or_else(|| parse_fault(format!("unknown entity `&{}`", short(&name))))?;
                self.text(Cow::Owned(letter.to_string()))?;
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
            Event::Eof => return self.end().map(|()| true),
        }
        Ok(false)
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), Fault> {
        if self.open.is_empty() && !self.root.is_empty() {
            self.has_second_root = true;
            return Err(parse_fault("a second root element"));
        }
        if self.open.len() == DEPTH {
            return Err(Fault::new(FaultCode::Limit, format!("elements are nested deeper than {DEPTH} levels")));
        }
        let name = self.sink.arena.text(start.name().as_ref())?;
        // What stands before a document, such as the priority of a syslog line, `<13>`, is no element.
        if !name
            .starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | ':') || !first.is_ascii())
        {
            return Err(parse_fault(format!("`{}` is not a valid element name", short(name))));
        }
        let map = self.attributes(start)?;
        self.open.push(Element { name, map, text: TextPieces::None });
        Ok(())
    }

    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Option<&'a Map<'a>>, Fault> {
        let arena = self.sink.arena;
        let mut attributes = start.attributes();
        // Its own check compares each name with all before it; the dict below knows them.
        attributes.with_checks(false);
        let mut map = None;
        for attribute in attributes {
            let attribute = attribute.map_err(|error| parse_fault(error.to_string()))?;
            let value =
                attribute.normalized_value(XmlVersion::default()).map_err(|error| parse_fault(error.to_string()))?;
            let name = arena.format(format_args!("@{}", attribute.key.as_ref()))?;
            let map = *map.get_or_insert_with(|| arena.map());
            if map.get_text(name).is_some() {
                return Err(parse_fault(format!("the attribute `{}` occurs twice", short(&name[1..]))));
            }
            map.insert(arena, Value::Text(name), Value::Text(arena.text(&value)?))?;
        }
        Ok(map)
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(element) = self.open.pop() else { return Err(parse_fault("an end tag without a start tag")) };
        let arena = self.sink.arena;
        let text = trim(element.text.into_text());
        let value = match element.map {
            None if text.is_empty() => Value::None,
            None => Value::Text(text),
            Some(map) => {
                if !text.is_empty() {
                    map.insert(arena, Value::Text("#text"), Value::Text(text))?;
                }
                Value::Map(map)
            }
        };
        let parent = match self.open.last_mut() {
            Some(parent) => *parent.map.get_or_insert_with(|| arena.map()),
            None => self.root,
        };
        self.enter(parent, element.name, value)
    }

    /// Enters a child; a second one of the same name makes a list.
    fn enter(&self, parent: &'a Map<'a>, name: &'a str, value: Value<'a>) -> Result<(), Fault> {
        let arena = self.sink.arena;
        match parent.get_text(name) {
            None => parent.insert(arena, Value::Text(name), value),
            Some(Value::List(list)) => list.push(arena, value),
            Some(first) => parent.insert(arena, Value::Text(name), arena.list([first, value])?),
        }
    }

    fn text(&mut self, text: Cow<'a, str>) -> Result<(), Fault> {
        match self.open.last_mut() {
            Some(element) => element.text.push(text, self.sink),
            None if trim(&text).is_empty() => Ok(()),
            None => Err(parse_fault("text outside of the root element")),
        }
    }

    fn end(&self) -> Result<(), Fault> {
        match self.open.last() {
            Some(element) => Err(parse_fault(format!("the element `{}` is not closed", short(element.name)))),
            None if self.root.is_empty() => Err(parse_fault("there is no element")),
            None => Ok(()),
        }
    }
}

/// The text of an element, which comments, entities and children may cut into pieces.
enum TextPieces<'a> {
    None,
    One(&'a str),
    Many(ArenaString<'a>),
}

impl<'a> TextPieces<'a> {
    fn push(&mut self, text: Cow<'a, str>, sink: &ResultSink<'_, 'a>) -> Result<(), Fault> {
        let text = match text {
            Cow::Borrowed(text) if matches!(self, TextPieces::None) => {
                *self = TextPieces::One(text);
                return Ok(());
            }
            text => text,
        };
        sink.arena.spend(text.len() as u64)?;
        match self {
            TextPieces::Many(all) => all.push_str(&text),
            TextPieces::None | TextPieces::One(_) => {
                let mut all = ArenaString::from_str_in(self.known(), sink.arena.bump());
                all.push_str(&text);
                *self = TextPieces::Many(all);
            }
        }
        Ok(())
    }

    fn known(&self) -> &str {
        match self {
            TextPieces::None => "",
            TextPieces::One(text) => text,
            TextPieces::Many(all) => all,
        }
    }

    fn into_text(self) -> &'a str {
        match self {
            TextPieces::None => "",
            TextPieces::One(text) => text,
            TextPieces::Many(all) => all.into_bump_str(),
        }
    }
}

/// The entities that every document has.
fn entity(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}

#[cold]
fn parse_fault(reason: impl Into<String>) -> Fault {
    Fault::new(FaultCode::Parse, reason)
}
