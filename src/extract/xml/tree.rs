//! A document as nested dicts, in one of two shapes.

use crate::extract::sink::ResultSink;
use crate::extract::text::{short, trim};
use super::reader::{Reader, Text, Token, parse_fault};
use crate::json::Projection;
use crate::value::text::is_space;
use crate::value::{Fault, FaultCode, Map, Value};
use bumpalo::collections::String as ArenaString;

/// How deep elements may nest.
const DEPTH: usize = 256;

/// What becomes of attributes, and of elements with text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `xml.parse-xml`.
    Document,
    /// `xml.parse-windows-event`, without what is said of the root element.
    WindowsEvent,
}

/// The root element: its name, and its value in the shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Root<'a> {
    pub name: &'a str,
    pub value: Value<'a>,
}

/// Reads documents in a shape.
pub(super) struct TreeReader<'c, 'j, 'a> {
    sink: &'c ResultSink<'j, 'a>,
    shape: Shape,
    open: Vec<Element<'c, 'a>>,
    /// The attributes of the tag that is read.
    attributes: Vec<(&'a str, &'a str)>,
    root: Option<Root<'a>>,
    has_second_root: bool,
}

/// An element that is not closed yet.
struct Element<'c, 'a> {
    /// The name in its tags.
    name: &'a str,
    /// The key of its value.
    key: &'a str,
    /// What of it is read, if anything.
    wanted: Option<&'c Projection>,
    /// Its attributes and children that are read, once there is one.
    map: Option<&'a Map<'a>>,
    /// Whether it has an attribute or a child, read or not.
    is_dict: bool,
    /// Whether it has a child that is closed.
    has_children: bool,
    text: TextPieces<'a>,
}

impl<'c, 'j, 'a> TreeReader<'c, 'j, 'a> {
    pub(super) fn new(shape: Shape, sink: &'c ResultSink<'j, 'a>) -> Self {
        TreeReader {
            sink,
            shape,
            open: Vec::with_capacity(8),
            attributes: Vec::with_capacity(8),
            root: None,
            has_second_root: false,
        }
    }

    /// Reads a document. `wanted` tells what of the root element is read, by its name.
    ///
    /// # Errors
    /// Parse, with the byte; limit, where elements nest too deep or the budget is used up.
    pub(super) fn read(
        &mut self,
        text: &'a str,
        wanted: impl Fn(&str) -> Option<&'c Projection>,
    ) -> Result<Root<'a>, Fault> {
        // Some senders copy a buffer with what ends its text.
        let text = text.trim_end_matches(|letter| letter == '\0' || is_space(letter));
        let mut reader = Reader::new(trim(text.trim_start_matches('\u{feff}')));
        self.tokens(&mut reader, wanted).map_err(|fault| placed(fault, reader.at()))
    }

    /// Closes what is open of a document that cannot be read to its end, but for elements of which no child is closed: their text may
    /// be cut. Nothing where nothing is left.
    ///
    /// # Errors
    /// Limit.
    pub(super) fn close_all(&mut self) -> Result<Option<Root<'a>>, Fault> {
        while self.open.last().is_some_and(|element| !element.has_children) {
            self.open.pop();
        }
        while let Some(mut element) = self.open.pop() {
            element.text = TextPieces::None;
            self.leave(element)?;
        }
        Ok(self.root.filter(|_| !self.has_second_root))
    }

    fn tokens(
        &mut self,
        reader: &mut Reader<'a>,
        wanted: impl Fn(&str) -> Option<&'c Projection>,
    ) -> Result<Root<'a>, Fault> {
        loop {
            self.sink.arena.spend(1)?;
            match reader.next()? {
                Token::Open(name) => self.open(name, reader, &wanted)?,
                Token::Close(name) => self.close(name)?,
                Token::Text(text) => self.text(text)?,
                Token::End => return self.end(),
            }
        }
    }

    fn open(
        &mut self,
        name: &'a str,
        reader: &mut Reader<'a>,
        wanted: impl Fn(&str) -> Option<&'c Projection>,
    ) -> Result<(), Fault> {
        if self.open.is_empty() && self.root.is_some() {
            self.has_second_root = true;
            return Err(parse_fault("a second root element"));
        }
        if self.open.len() == DEPTH {
            return Err(Fault::new(FaultCode::Limit, format!("elements are nested deeper than {DEPTH} levels")));
        }
        self.read_attributes(reader)?;
        let element = match self.open.last() {
            None => Element::new(name, wanted(name)),
            Some(parent) => match self.name_of_data(name) {
                Some(key) => return Ok(self.open.push(Element::new(name, parent.wanted_below(key)).under(key))),
                None => Element::new(name, parent.wanted_below(name)),
            },
        };
        self.open.push(element);
        self.enter_attributes()
    }

    fn read_attributes(&mut self, reader: &mut Reader<'a>) -> Result<(), Fault> {
        self.attributes.clear();
        while let Some((name, value)) = reader.attribute()? {
            self.attributes.push((name, value.read(self.sink.arena)?));
        }
        if self.attributes.len() > 1 {
            let mut names: Vec<&str> = self.attributes.iter().map(|(name, _)| *name).collect();
            names.sort_unstable();
            if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(parse_fault(format!("the attribute `{}` occurs twice", short(twice[0]))));
            }
        }
        Ok(())
    }

    /// The attribute that a `Data` element of an event has its key from; the others say only of which kind it is.
    fn name_of_data(&self, name: &str) -> Option<&'a str> {
        let is_data = self.shape == Shape::WindowsEvent && name == "Data";
        self.attributes.iter().find(|(name, _)| is_data && *name == "Name").map(|(_, value)| *value)
    }

    fn enter_attributes(&mut self) -> Result<(), Fault> {
        let arena = self.sink.arena;
        let Some(element) = self.open.last_mut() else { return Ok(()) };
        for (name, value) in &self.attributes {
            let key = match self.shape {
                Shape::Document => arena.format(format_args!("@{name}"))?,
                Shape::WindowsEvent if *name == "xmlns" || name.starts_with("xmlns:") => continue,
                Shape::WindowsEvent => name,
            };
            element.is_dict = true;
            element.enter(key, Value::Text(value), self.sink)?;
        }
        Ok(())
    }

    fn close(&mut self, name: Option<&str>) -> Result<(), Fault> {
        let Some(element) = self.open.pop() else { return Err(parse_fault("an end tag without a start tag")) };
        if let Some(name) = name.filter(|name| *name != element.name) {
            let (name, open) = (short(name), short(element.name));
            self.open.push(element);
            return Err(parse_fault(format!("the end tag of `{name}` stands where that of `{open}` should be")));
        }
        self.leave(element)
    }

    /// Enters the value of an element that is closed where it belongs.
    fn leave(&mut self, element: Element<'c, 'a>) -> Result<(), Fault> {
        let (name, key) = (element.name, element.key);
        let value = element.into_value(self.shape, self.sink)?;
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(Root { name, value });
            return Ok(());
        };
        (parent.is_dict, parent.has_children) = (true, true);
        parent.enter(key, value, self.sink)
    }

    fn text(&mut self, text: Text<'a>) -> Result<(), Fault> {
        let text = text.read(self.sink.arena)?;
        match self.open.last_mut() {
            Some(element) => element.text.push(text, self.sink),
            None if trim(text).is_empty() => Ok(()),
            None => Err(parse_fault("text outside of the root element")),
        }
    }

    fn end(&self) -> Result<Root<'a>, Fault> {
        match self.open.last() {
            Some(element) => Err(parse_fault(format!("the element `{}` is not closed", short(element.name)))),
            None => self.root.ok_or_else(|| parse_fault("there is no element")),
        }
    }
}

impl<'c, 'a> Element<'c, 'a> {
    fn new(name: &'a str, wanted: Option<&'c Projection>) -> Self {
        let (is_dict, has_children, text) = (false, false, TextPieces::None);
        Element { name, key: name, wanted, map: None, is_dict, has_children, text }
    }

    fn under(self, key: &'a str) -> Self {
        Element { key, ..self }
    }

    fn wanted_below(&self, key: &str) -> Option<&'c Projection> {
        self.wanted?.below(key)
    }

    /// Enters what is read of an attribute or a child; a second one of the same key makes a list.
    fn enter(&mut self, key: &'a str, value: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<(), Fault> {
        if self.wanted_below(key).is_none() {
            return Ok(());
        }
        let arena = sink.arena;
        let map = *self.map.get_or_insert_with(|| arena.map());
        match map.get_text(key) {
            None => map.insert(arena, Value::Text(key), value),
            Some(Value::List(list)) => list.push(arena, value),
            Some(first) => map.insert(arena, Value::Text(key), arena.list([first, value])?),
        }
    }

    fn into_value(mut self, shape: Shape, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        let text = trim(std::mem::replace(&mut self.text, TextPieces::None).into_text());
        let is_text = !self.is_dict || (shape == Shape::WindowsEvent && !self.has_children && !text.is_empty());
        Ok(match is_text {
            true if text.is_empty() => Value::None,
            true => Value::Text(text),
            false => {
                if !text.is_empty() {
                    self.enter("#text", Value::Text(text), sink)?;
                }
                Value::Map(self.map.unwrap_or_else(|| sink.arena.map()))
            }
        })
    }
}

/// The text of an element, which comments, sections and children may cut into pieces.
enum TextPieces<'a> {
    None,
    One(&'a str),
    Many(ArenaString<'a>),
}

impl<'a> TextPieces<'a> {
    fn push(&mut self, text: &'a str, sink: &ResultSink<'_, 'a>) -> Result<(), Fault> {
        match self {
            TextPieces::None => *self = TextPieces::One(text),
            TextPieces::One(first) => {
                sink.arena.spend((first.len() + text.len()) as u64)?;
                let mut all = ArenaString::from_str_in(first, sink.arena.bump());
                all.push_str(text);
                *self = TextPieces::Many(all);
            }
            TextPieces::Many(all) => {
                sink.arena.spend(text.len() as u64)?;
                all.push_str(text);
            }
        }
        Ok(())
    }

    fn into_text(self) -> &'a str {
        match self {
            TextPieces::None => "",
            TextPieces::One(text) => text,
            TextPieces::Many(all) => all.into_bump_str(),
        }
    }
}

/// The fault with its place, where it is about the document.
#[cold]
fn placed(fault: Fault, byte: usize) -> Fault {
    match fault.code() {
        FaultCode::Parse => parse_fault(format!("{}, at byte {byte}", fault.reason())),
        _ => fault,
    }
}
