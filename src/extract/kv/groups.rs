//! `groups: true`: brackets that put pairs together, `[name k=v … [sub k=v …]]`.
//!
//! All 65 recorded events of the one format that uses it follow these rules, and none is against them.
//! - A bracket is a dict under its first word; a bracket in it is a dict in that. Other words without a value are passed
//!   over.
//! - A bracket whose first word is a pair, or a bracket, adds what it has to the dict around it.
//! - A bracket ends a value, if quotes do not hold it. Behind a closing bracket the dict around it goes on.
//!
//! No event tells these: brackets of one name in one dict are one dict; a bracket that is not closed ends with the text; one
//! that was not opened ends a value and no more.

use super::notation::KeyValue;
use super::pairs::PairReader;
use super::quotes::{self, Quotes, Reach};
use crate::extract::extractor::Extractor;
use crate::extract::finder::Finder;
use crate::extract::sink::{MOST_REMARKS, ResultSink};
use crate::extract::text::{find_space, text_input, trim};
use crate::value::{Arena, Fault, FaultCode, Map, Value};
use memchr::memchr2;
use std::ops::Range;

/// How deep brackets may nest.
const DEPTH: usize = 256;

/// Reads pairs in groups.
#[derive(Debug)]
pub(super) struct Grouped(pub(super) KeyValue);

impl Extractor for Grouped {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        let text = trim(text_input(input)?);
        sink.remark(|| self.remarks(text));
        let mut levels = Levels { sink, open: vec![sink.arena.map()] };
        let mut segments = Segments::new(&self.0, sink.arena, text);
        while let Some(segment) = segments.next()? {
            let mut pairs = &text[segment.range.clone()];
            match segment.before {
                Some(b'[') => {
                    let (name, rest) = self.name(sink.arena, pairs)?;
                    levels.open(name)?;
                    pairs = rest;
                }
                Some(_) => levels.close(),
                None => {}
            }
            levels.enter(PairReader::new(&self.0, sink.arena, trim(pairs)))?;
        }
        Ok(sink.whole(Value::Map(levels.open[0])))
    }
}

impl Grouped {
    fn remarks(&self, text: &str) -> Vec<String> {
        let arena = Arena::default();
        let mut segments = Segments::new(&self.0, &arena, text);
        let mut remarks = Vec::new();
        while let Ok(Some(segment)) = segments.next() {
            let mut pairs = PairReader::new(&self.0, &arena, trim(&text[segment.range]));
            while let Ok(Some((key, value))) = pairs.next() {
                remarks.extend(quotes::remark(key, trim(value)));
            }
            remarks.truncate(MOST_REMARKS);
        }
        remarks
    }

    /// The name of a group that a bracket opens, and its pairs; the name is empty where a pair comes first.
    fn name<'a>(&self, arena: &Arena, text: &'a str) -> Result<(&'a str, &'a str), Fault> {
        let text = trim(text);
        let item = self.0.item.find(arena, text, 0)?.map_or(text.len(), |item| item.start);
        let end = find_space(text, 0).map_or(item, |space| space.min(item));
        let is_pair = self.0.value.find(arena, text, 0)?.is_some_and(|value| value.start < end);
        Ok(if is_pair { ("", text) } else { text.split_at(end) })
    }
}

/// The dicts that are open, the outermost first.
struct Levels<'c, 'j, 'a> {
    sink: &'c ResultSink<'j, 'a>,
    open: Vec<&'a Map<'a>>,
}

impl<'a> Levels<'_, '_, 'a> {
    fn innermost(&self) -> &'a Map<'a> {
        self.open[self.open.len() - 1]
    }

    fn open(&mut self, name: &'a str) -> Result<(), Fault> {
        if self.open.len() > DEPTH {
            return Err(Fault::new(FaultCode::Limit, format!("brackets are nested deeper than {DEPTH} levels")));
        }
        let around = self.innermost();
        let arena = self.sink.arena;
        arena.spend(1)?;
        let group = match (name, around.get_text(name)) {
            ("", _) => around,
            (_, Some(Value::Map(group))) => group,
            _ => {
                let group = arena.map();
                around.insert(arena, Value::Text(name), Value::Map(group))?;
                group
            }
        };
        self.open.push(group);
        Ok(())
    }

    fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    fn enter(&self, mut pairs: PairReader<'_, 'a>) -> Result<(), Fault> {
        let arena = self.sink.arena;
        while let Some((key, value)) = pairs.next()? {
            arena.spend(1)?;
            self.innermost().insert(arena, Value::Text(key), Value::Text(trim(value)))?;
        }
        Ok(())
    }
}

/// A part of a text between brackets, with the bracket before it.
struct Segment {
    before: Option<u8>,
    range: Range<usize>,
}

/// Walks over the parts of a text between brackets that no quotes hold.
struct Segments<'k, 'a> {
    extractor: &'k KeyValue,
    text: &'a str,
    items: Finder<'k, 'a>,
    values: Finder<'k, 'a>,
    quotes: Quotes<'a>,
    before: Option<u8>,
    /// Where the next part begins; `None` after the last one.
    at: Option<usize>,
}

impl<'k, 'a> Segments<'k, 'a> {
    fn new(extractor: &'k KeyValue, arena: &'a Arena, text: &'a str) -> Self {
        let (items, values) = (Finder::new(&extractor.item, arena, text), Finder::new(&extractor.value, arena, text));
        Segments { extractor, text, items, values, quotes: Quotes::new(text), before: None, at: Some(0) }
    }

    fn next(&mut self) -> Result<Option<Segment>, Fault> {
        let Some(start) = self.at else { return Ok(None) };
        let bracket = self.bracket(start)?;
        let segment = Segment { before: self.before, range: start..bracket.unwrap_or(self.text.len()) };
        self.before = bracket.map(|bracket| self.text.as_bytes()[bracket]);
        self.at = bracket.map(|bracket| bracket + 1);
        Ok(Some(segment))
    }

    /// The next bracket from a byte on.
    fn bracket(&mut self, start: usize) -> Result<Option<usize>, Fault> {
        let mut from = start;
        let mut bracket = self.bracket_at(from);
        while let Some(at) = bracket
            && let Some(value) = self.values.find(from)?.filter(|value| value.start < at)
        {
            let reach = self.quotes.reach(value.end, self.extractor.extent, &mut self.items, &self.values)?;
            from = reach.map_or(value.end, Reach::behind);
            if from > at {
                bracket = self.bracket_at(from);
            }
        }
        Ok(bracket)
    }

    fn bracket_at(&self, from: usize) -> Option<usize> {
        memchr2(b'[', b']', self.text.as_bytes().get(from..)?).map(|at| from + at)
    }
}
