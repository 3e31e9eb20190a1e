//! The pairs of a text, one after the other.

use super::notation::{KeyValue, ValueExtent};
use super::quotes::{Quotes, Reach};
use crate::extract::finder::Finder;
use crate::extract::text::{trim, unquote};
use crate::value::text::is_space;
use crate::value::{Arena, Fault};

/// Walks over the pairs of a text.
pub(super) struct PairReader<'k, 'a> {
    text: &'a str,
    extent: ValueExtent,
    items: Finder<'k, 'a>,
    values: Finder<'k, 'a>,
    quotes: Quotes<'a>,
    state: PairState,
}

#[derive(Clone, Copy)]
enum PairState {
    /// Pairs are searched from this byte on.
    At(usize),
    /// A key was found ahead.
    Key(KeyAhead),
    Done,
}

/// A key that is found, with the place where the value before it ends.
#[derive(Clone, Copy)]
struct KeyAhead {
    before: usize,
    start: usize,
    end: usize,
    value: usize,
}

/// A key and its value.
pub(super) type KeyValuePair<'a> = (&'a str, &'a str);

impl<'k, 'a> PairReader<'k, 'a> {
    pub(super) fn new(extractor: &'k KeyValue, arena: &'a Arena, text: &'a str) -> Self {
        PairReader {
            text,
            extent: extractor.extent,
            items: Finder::new(&extractor.item, arena, text),
            values: Finder::new(&extractor.value, arena, text),
            quotes: Quotes::new(text),
            state: PairState::At(0),
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<KeyValuePair<'a>>, Fault> {
        match (self.state, self.extent) {
            (PairState::Done, _) => Ok(None),
            (PairState::At(at), ValueExtent::Item) => self.item(at),
            (PairState::At(at), _) => match self.key(at, true)? {
                Some(key) => self.run(key).map(Some),
                None => Ok(None),
            },
            (PairState::Key(key), _) => self.run(key).map(Some),
        }
    }

    /// The first item from a byte on that has a key and a value.
    fn item(&mut self, mut at: usize) -> Result<Option<KeyValuePair<'a>>, Fault> {
        let mut blanks = 0;
        while let Some(separator) = self.values.find(at)? {
            let item = self.items.find(at)?;
            let past = item.as_ref().is_some_and(|item| item.start < separator.start);
            if !past && separator.start > at {
                let value = self.item_value(separator.end)?;
                let key = self.text[at - blanks..separator.start].trim_end_matches(is_space);
                return Ok(Some((if blanks == 0 { trim(key) } else { key }, value)));
            }
            let item = if past { item } else { self.end_of_item(separator.end)? };
            let Some(item) = item else { break };
            let separator = &self.text[item.clone()];
            blanks = separator.len() - separator.trim_end_matches(' ').len();
            at = item.end;
        }
        self.state = PairState::Done;
        Ok(None)
    }

    /// The separator behind a value that begins at a byte.
    fn end_of_item(&mut self, value: usize) -> Result<Option<std::ops::Range<usize>>, Fault> {
        let behind = self.reach(value)?.map_or(value, Reach::behind);
        self.items.find(behind)
    }

    /// The value that begins at a byte and ends with its item.
    fn item_value(&mut self, at: usize) -> Result<&'a str, Fault> {
        let reach = self.reach(at)?;
        if let Some(Reach::Whole { inner, next, .. }) = reach {
            self.state = PairState::At(next);
            return Ok(inner);
        }
        let behind = reach.map_or(at, Reach::behind);
        let (end, next) =
            self.items.find(behind)?.map_or((self.text.len(), self.text.len()), |item| (item.start, item.end));
        self.state = PairState::At(next);
        Ok(unquote(&self.text[at..end]))
    }

    /// The pair of a key whose value goes on up to the next key.
    fn run(&mut self, key: KeyAhead) -> Result<KeyValuePair<'a>, Fault> {
        let from = self.reach(key.value)?.map_or(key.value, Reach::behind);
        let next = self.key(from, false)?;
        let value = &self.text[key.value..next.map_or(self.text.len(), |next| next.before)];
        self.state = next.map_or(PairState::Done, PairState::Key);
        let value = if self.extent == ValueExtent::Word { value } else { unquote(value.trim_start_matches(is_space)) };
        Ok((trim(&self.text[key.start..key.end]), value))
    }

    /// The next key from a byte on, which is itself the start of a key where nothing came before.
    fn key(&mut self, mut from: usize, mut fresh: bool) -> Result<Option<KeyAhead>, Fault> {
        while let Some(separator) = self.values.find(from)? {
            let start = match self.extent {
                ValueExtent::Word => Some(self.word(from, separator.start)),
                _ => self.last_item(from, separator.start, fresh)?,
            };
            if let Some((before, start)) = start.filter(|(_, start)| *start < separator.start) {
                return Ok(Some(KeyAhead { before, start, end: separator.start, value: separator.end }));
            }
            // It has no key, as in `msg = "k=v"`; a key inside the quotes is none all the same.
            from = self.reach(separator.end)?.map_or(separator.end, Reach::behind);
            fresh = false;
        }
        Ok(None)
    }

    /// The last item that begins in a range: where its separator begins, and where it ends.
    fn last_item(&mut self, from: usize, to: usize, fresh: bool) -> Result<Option<(usize, usize)>, Fault> {
        let mut last = fresh.then_some((from, from));
        let mut from = from;
        while let Some(item) = self.items.find(from)?.filter(|item| item.end <= to) {
            last = Some((item.start, item.end));
            from = item.end;
        }
        Ok(last)
    }

    /// Where the word begins that ends at `to`.
    fn word(&self, from: usize, to: usize) -> (usize, usize) {
        let in_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
        let start = from + self.text[from..to].trim_end_matches(in_word).len();
        (start, start)
    }

    /// How far the quotes hold of a value that begins at a byte, where it begins with one.
    fn reach(&mut self, value: usize) -> Result<Option<Reach<'a>>, Fault> {
        self.quotes.reach(value, self.extent, &mut self.items, &self.values)
    }
}
