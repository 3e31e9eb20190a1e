//! A document as nested dicts, in one of two shapes.

use super::reader::{Reader, Text, Token, parse_fault};
use crate::extract::sink::ResultSink;
use crate::extract::text::{short, trim};
use crate::json::{Projection, scatter};
use crate::value::text::is_space;
use crate::value::{Fault, FaultCode, Map, Value};
use bumpalo::collections::{String as ArenaString, Vec as ArenaVec};
use std::cell::Cell;

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

/// Reads a document: the dict with its root element or, in the shape of an event, what is in that. An event that ends too soon, or
/// cannot be read from some place on, is what is closed before; the sink is told why the rest is missing.
///
/// # Errors
/// Parse, with the byte; limit, where elements nest too deep or the budget is used up. Cells are undefined then.
pub(super) fn read<'a>(shape: Shape, text: &'a str, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
    let mut reader = TreeReader::new(shape, sink);
    let result = reader.read(text).or_else(|fault| match (shape, fault.code()) {
        (Shape::WindowsEvent, FaultCode::Parse) => {
            let part = reader.close_all()?.ok_or_else(|| fault.clone())?;
            sink.remark(|| [format!("ignored the rest: {}", fault.reason())]);
            Ok(part)
        }
        _ => Err(fault),
    });
    match (&result, sink.cells) {
        (Ok(value), Some(cells)) if sink.wanted.is_whole() => scatter(*value, sink.wanted, cells),
        (Err(_), Some(cells)) => cells.iter().for_each(|cell| cell.set(Value::Undefined)),
        _ => {}
    }
    result
}

/// Reads a document in a shape, into the cells of what is read by name, or as dicts.
struct TreeReader<'s, 'c, 'a> {
    sink: &'s ResultSink<'c, 'a>,
    shape: Shape,
    /// What the root element is in.
    document: Element<'c, 'a>,
    open: Vec<Element<'c, 'a>>,
    /// The attributes of the tag that is read.
    attributes: ArenaVec<'a, (&'a str, &'a str)>,
    result: Option<Value<'a>>,
    has_second_root: bool,
}

/// An element that is not closed yet.
struct Element<'c, 'a> {
    /// The name in its tags.
    name: &'a str,
    /// The key of its value.
    key: &'a str,
    target: Target<'c, 'a>,
    wanted: Wanted<'c, 'a>,
    /// Its attributes and children that are read, once there is one.
    map: Option<&'a Map<'a>>,
    /// Whether it has an attribute or a child, read or not.
    is_dict: bool,
    /// Whether it has a child that is closed.
    has_children: bool,
    text: TextPieces<'a>,
}

/// What of an element is read.
#[derive(Clone, Copy)]
enum Wanted<'c, 'a> {
    Nothing,
    /// This, in a dict.
    Dict(&'c Projection),
    /// This, in cells.
    Cells(&'c Projection, &'c [Cell<Value<'a>>]),
}

/// Where the value of an element goes.
#[derive(Clone, Copy)]
enum Target<'c, 'a> {
    Nowhere,
    /// Into the dict of the element around it.
    Dict,
    /// Into a cell; those of what is read below it by name are with it.
    Cell(&'c Cell<Value<'a>>, &'c [Cell<Value<'a>>]),
}

impl<'c, 'a> Wanted<'c, 'a> {
    fn new(projection: &'c Projection, cells: Option<&'c [Cell<Value<'a>>]>) -> Self {
        match cells {
            Some(cells) if !projection.is_whole() && projection.nodes() > 0 => Wanted::Cells(projection, cells),
            _ => Wanted::Dict(projection),
        }
    }

    /// What of a value is read that goes to a cell: a second one makes a list, in which nothing is read by name.
    fn of_part(part: &'c Projection, cell: &Cell<Value<'a>>, below: &'c [Cell<Value<'a>>]) -> Self {
        match Wanted::new(part, Some(below)) {
            Wanted::Cells(..) if !cell.get().is_undefined() => Wanted::Nothing,
            wanted => wanted,
        }
    }

    /// Where the value of a key goes, and what of it is read.
    fn below(self, key: &str) -> (Target<'c, 'a>, Self) {
        match self {
            Wanted::Nothing => (Target::Nowhere, Wanted::Nothing),
            Wanted::Dict(projection) => match projection.below(key) {
                Some(below) => (Target::Dict, Wanted::Dict(below)),
                None => (Target::Nowhere, Wanted::Nothing),
            },
            Wanted::Cells(projection, cells) => match projection.part(key, cells) {
                Some((part, cell, below)) => (Target::Cell(cell, below), Wanted::of_part(part, cell, below)),
                None => (Target::Nowhere, Wanted::Nothing),
            },
        }
    }
}

impl Wanted<'_, '_> {
    /// Takes back what went into cells.
    fn forget(self) {
        if let Wanted::Cells(_, cells) = self {
            cells.iter().for_each(|cell| cell.set(Value::Undefined));
        }
    }
}

impl<'s, 'c, 'a> TreeReader<'s, 'c, 'a> {
    fn new(shape: Shape, sink: &'s ResultSink<'c, 'a>) -> Self {
        let bump = sink.arena.bump();
        TreeReader {
            sink,
            shape,
            document: Element::new("", "", Target::Nowhere, Wanted::new(sink.wanted, sink.cells)),
            open: Vec::with_capacity(4),
            attributes: ArenaVec::with_capacity_in(8, bump),
            result: None,
            has_second_root: false,
        }
    }

    fn read(&mut self, text: &'a str) -> Result<Value<'a>, Fault> {
        // Some senders copy a buffer with what ends its text.
        let text = text.trim_end_matches(|letter| letter == '\0' || is_space(letter));
        let mut reader = Reader::new(trim(text.trim_start_matches('\u{feff}')));
        self.tokens(&mut reader).map_err(|fault| placed(fault, reader.at()))
    }

    /// Closes what is open of a document that cannot be read to its end, but for elements of which no child is closed: their text may
    /// be cut. Nothing where nothing is left.
    fn close_all(&mut self) -> Result<Option<Value<'a>>, Fault> {
        while let Some(element) = self.open.pop_if(|element| !element.has_children) {
            element.wanted.forget();
        }
        while let Some(mut element) = self.open.pop() {
            element.text = TextPieces::None;
            self.leave(element)?;
        }
        Ok(self.result.filter(|_| !self.has_second_root))
    }

    fn tokens(&mut self, reader: &mut Reader<'a>) -> Result<Value<'a>, Fault> {
        loop {
            self.sink.arena.spend(1)?;
            match reader.next()? {
                Token::Open(name) => self.open(name, reader)?,
                Token::Close(name) => self.close(name)?,
                Token::Text(text) => self.text(text)?,
                Token::End => return self.end(),
            }
        }
    }

    fn open(&mut self, name: &'a str, reader: &mut Reader<'a>) -> Result<(), Fault> {
        if self.open.is_empty() && self.result.is_some() {
            self.has_second_root = true;
            return Err(parse_fault("a second root element"));
        }
        if self.open.len() == DEPTH {
            return Err(Fault::new(FaultCode::Limit, format!("elements are nested deeper than {DEPTH} levels")));
        }
        self.read_attributes(reader)?;
        let named = self.name_of_data(name);
        let key = named.unwrap_or(name);
        let (target, wanted) = match self.open.last() {
            Some(parent) => parent.wanted.below(key),
            None if self.is_event(name) => (Target::Nowhere, self.document.wanted),
            None => self.document.wanted.below(key),
        };
        let text = reader.leaf(name).map(|text| text.read(self.sink.arena)).transpose()?;
        let has_attributes = named.is_none() && !self.attributes.is_empty();
        if let Some(text) = text.map(trim)
            && (!has_attributes || (self.shape == Shape::WindowsEvent && !text.is_empty()))
        {
            let value = if text.is_empty() { Value::None } else { Value::Text(text) };
            return self.enter(name, key, target, value);
        }
        let mut element = Element::new(name, key, target, wanted);
        if has_attributes {
            self.enter_attributes(&mut element)?;
        }
        match text {
            Some(text) => {
                element.text.push(text, self.sink)?;
                self.leave(element)
            }
            None => {
                self.open.push(element);
                Ok(())
            }
        }
    }

    fn read_attributes(&mut self, reader: &mut Reader<'a>) -> Result<(), Fault> {
        self.attributes.clear();
        while let Some((name, value)) = reader.attribute()? {
            self.attributes.push((name, value.read(self.sink.arena)?));
        }
        if self.attributes.len() > 1 {
            let names = self.attributes.iter().map(|(name, _)| *name);
            let mut names = ArenaVec::from_iter_in(names, self.sink.arena.bump());
            names.sort_unstable();
            if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(parse_fault(format!("the attribute `{}` occurs twice", short(twice[0]))));
            }
        }
        Ok(())
    }

    /// The attribute that a `Data` element of an event has its key from; the others say only of which kind it is.
    fn name_of_data(&self, name: &str) -> Option<&'a str> {
        let is_data = self.shape == Shape::WindowsEvent && name == "Data" && !self.open.is_empty();
        self.attributes.iter().find(|(name, _)| is_data && *name == "Name").map(|(_, value)| *value)
    }

    fn enter_attributes(&mut self, element: &mut Element<'c, 'a>) -> Result<(), Fault> {
        let arena = self.sink.arena;
        for (name, value) in &self.attributes {
            let key = match self.shape {
                Shape::Document => arena.format(format_args!("@{name}"))?,
                Shape::WindowsEvent if *name == "xmlns" || name.starts_with("xmlns:") => continue,
                Shape::WindowsEvent => name,
            };
            element.is_dict = true;
            element.enter(key, element.wanted.below(key).0, Value::Text(value), self.sink)?;
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
        let Element { name, key, target, .. } = element;
        let value = element.into_value(self.shape, self.sink)?;
        self.enter(name, key, target, value)
    }

    fn enter(&mut self, name: &str, key: &'a str, target: Target<'c, 'a>, value: Value<'a>) -> Result<(), Fault> {
        if let Some(parent) = self.open.last_mut() {
            (parent.is_dict, parent.has_children) = (true, true);
            return parent.enter(key, target, value, self.sink);
        }
        self.result = Some(match (value, self.is_event(name)) {
            (Value::Map(_), true) => value,
            (Value::None, true) => Value::Map(self.sink.arena.map()),
            (_, is_event) => {
                let (key, target) =
                    if is_event { ("#text", self.document.wanted.below("#text").0) } else { (key, target) };
                self.document.enter(key, target, value, self.sink)?;
                Value::Map(self.document.map.unwrap_or_else(|| self.sink.arena.map()))
            }
        });
        Ok(())
    }

    /// Whether an element is an event, with or without a prefix, in the shape of which only what is below it counts.
    fn is_event(&self, name: &str) -> bool {
        self.shape == Shape::WindowsEvent && name.rsplit(':').next() == Some("Event")
    }

    fn text(&mut self, text: Text<'a>) -> Result<(), Fault> {
        let text = text.read(self.sink.arena)?;
        match self.open.last_mut() {
            Some(element) => element.text.push(text, self.sink),
            None if trim(text).is_empty() => Ok(()),
            None => Err(parse_fault("text outside of the root element")),
        }
    }

    fn end(&self) -> Result<Value<'a>, Fault> {
        match self.open.last() {
            Some(element) => Err(parse_fault(format!("the element `{}` is not closed", short(element.name)))),
            None => self.result.ok_or_else(|| parse_fault("there is no element")),
        }
    }
}

impl<'c, 'a> Element<'c, 'a> {
    fn new(name: &'a str, key: &'a str, target: Target<'c, 'a>, wanted: Wanted<'c, 'a>) -> Self {
        let (is_dict, has_children, text) = (false, false, TextPieces::None);
        Element { name, key, target, wanted, map: None, is_dict, has_children, text }
    }

    /// Enters the value of an attribute or a child; a second one of the same key makes a list.
    fn enter(
        &mut self,
        key: &'a str,
        target: Target<'c, 'a>,
        value: Value<'a>,
        sink: &ResultSink<'_, 'a>,
    ) -> Result<(), Fault> {
        let arena = sink.arena;
        match target {
            Target::Nowhere => Ok(()),
            Target::Dict => {
                let map = *self.map.get_or_insert_with(|| arena.map());
                match map.get_text(key) {
                    None => map.insert(arena, Value::Text(key), value),
                    Some(Value::List(list)) => list.push(arena, value),
                    Some(first) => map.insert(arena, Value::Text(key), arena.list([first, value])?),
                }
            }
            Target::Cell(cell, below) => {
                match cell.get() {
                    Value::Undefined => cell.set(value),
                    Value::List(list) => list.push(arena, value)?,
                    first => {
                        cell.set(arena.list([first, value])?);
                        below.iter().for_each(|cell| cell.set(Value::Undefined));
                    }
                }
                Ok(())
            }
        }
    }

    fn into_value(mut self, shape: Shape, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        let text = trim(std::mem::replace(&mut self.text, TextPieces::None).into_text());
        let is_text = !self.is_dict || (shape == Shape::WindowsEvent && !self.has_children && !text.is_empty());
        Ok(match is_text {
            true => {
                self.wanted.forget();
                if text.is_empty() { Value::None } else { Value::Text(text) }
            }
            false => {
                if !text.is_empty() {
                    self.enter("#text", self.wanted.below("#text").0, Value::Text(text), sink)?;
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
