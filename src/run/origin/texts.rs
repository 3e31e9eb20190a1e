//! Texts in memory whose bytes are known to be some of the message's.
//!
//! Most values of an event are parts of its message that nobody copied: their addresses say where they are. What JSON escapes
//! was copied; of each character of such a copy it is kept which bytes of the message stand for it.

use super::{ByteOrigin, Relation};
use crate::json::raw;
use crate::value::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// The longest JSON text of which it is kept where its values are.
const LONGEST: usize = 4 << 20;

/// How many parts of a text are looked for, and how many places of one.
const MOST: usize = 1000;

/// How many places of a value are kept free of shorter ones.
const TAKEN: usize = 16;

/// Texts and containers of values by their addresses. An arena frees nothing while an event runs, so that no address comes to
/// mean anything else.
#[derive(Debug, Default)]
pub(super) struct Texts {
    message: String,
    /// By the address where each begins.
    known: BTreeMap<usize, Known>,
    /// The bytes of dicts and lists that were read from JSON.
    containers: HashMap<usize, Range<usize>>,
    /// The bytes of what is in them and has no address itself, such as numbers, by key or place.
    items: HashMap<(usize, String), Range<usize>>,
}

/// A text with what its parts are in the message.
#[derive(Debug)]
struct Known {
    length: usize,
    pieces: Vec<Piece>,
}

/// A part of a text.
#[derive(Clone, Debug)]
struct Piece {
    /// Where in the text it begins.
    at: usize,
    /// What it is in the message.
    bytes: Range<usize>,
    /// Whether these are the same bytes; else they are one character in another notation.
    is_plain: bool,
}

impl Known {
    fn bytes(&self, part: &Range<usize>) -> Option<Range<usize>> {
        let start = match &self.pieces[self.piece(part.start)?] {
            piece if piece.is_plain => piece.bytes.start + (part.start - piece.at),
            piece if piece.at == part.start => piece.bytes.start,
            _ => return None,
        };
        let last = self.piece(part.end.checked_sub(1)?)?;
        let end = match &self.pieces[last] {
            piece if piece.is_plain => piece.bytes.start + (part.end - piece.at),
            piece if self.pieces.get(last + 1).map_or(self.length, |next| next.at) == part.end => piece.bytes.end,
            _ => return None,
        };
        Some(start..end)
    }

    /// The number of the piece that a byte is in.
    fn piece(&self, byte: usize) -> Option<usize> {
        self.pieces.partition_point(|piece| piece.at <= byte).checked_sub(1)
    }
}

fn address<T: ?Sized>(value: &T) -> usize {
    std::ptr::from_ref(value).addr()
}

impl Texts {
    /// The message, whose bytes all others are sought in.
    pub fn begin(&mut self, message: &str) {
        self.message = message.to_owned();
        let pieces = vec![Piece { at: 0, bytes: 0..message.len(), is_plain: true }];
        self.known.insert(address(message), Known { length: message.len(), pieces });
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    /// The bytes of a text, where it is a part of one that is known.
    pub fn bytes(&self, text: &str) -> Option<Range<usize>> {
        let (known, part) = self.around(text)?;
        known.bytes(&part)
    }

    /// The known text that a text lies in, and where.
    fn around(&self, text: &str) -> Option<(&Known, Range<usize>)> {
        let start = address(text);
        let (begin, known) = self.known.range(..=start).next_back()?;
        let part = start - begin..start - begin + text.len();
        (!text.is_empty() && part.end <= known.length).then_some((known, part))
    }

    /// The bytes of a value, where it says itself which they are: a text, or what was read from JSON.
    pub fn of_value(&self, value: Value<'_>) -> Option<Range<usize>> {
        match value {
            Value::Text(text) => self.bytes(text),
            Value::Map(map) => self.containers.get(&address(map)).cloned(),
            Value::List(list) => self.containers.get(&address(list)).cloned(),
            _ => None,
        }
    }

    /// The bytes of what is under a key of a dict; a number that is too large for its kind is written in another way than it is.
    pub fn below(&self, above: Value<'_>, key: &str, value: Value<'_>) -> Option<ByteOrigin> {
        if let Some(bytes) = self.of_value(value) {
            return Some(ByteOrigin::new(Relation::Same, [bytes]));
        }
        let Value::Map(map) = above else { return None };
        let bytes = self.items.get(&(address(map), key.to_owned()))?.clone();
        let is_same = is_written_so(value, self.message.get(bytes.clone())?);
        Some(ByteOrigin::new(if is_same { Relation::Same } else { Relation::Converted }, [bytes]))
    }

    /// Looks where the values of a result are in the text that an extractor read: in the JSON that it is, or where else they
    /// stand there alone.
    pub fn read(&mut self, input: &str, result: Value<'_>) {
        if input.len() > LONGEST || self.bytes(input).is_none() {
            return;
        }
        match (raw::value(input), result) {
            (Ok(document), _) => self.value(document, result),
            (Err(_), Value::Map(map)) => self.parts(input, map),
            _ => {}
        }
    }

    /// Looks where the values of a dict stand in the text that they were taken from. A value without its escapes may stand there by chance,
    /// within another value: longer ones come first, and what is within theirs is no other's.
    fn parts(&mut self, input: &str, map: &Map<'_>) {
        let texts = map.iter().take(MOST).filter_map(|(key, value)| match value {
            Value::Text(text) if !text.is_empty() => Some((key, text)),
            _ => None,
        });
        let (own, mut copies): (Vec<_>, Vec<_>) = texts.partition(|(_, text)| self.bytes(text).is_some());
        let within = |text: &str| {
            let start = address(text).checked_sub(address(input))?;
            (start + text.len() <= input.len()).then_some(start..start + text.len())
        };
        let mut taken = ByteOrigin::new(Relation::Same, own.into_iter().filter_map(|(_, text)| within(text))).bytes;
        copies.sort_by_key(|(_, copy)| std::cmp::Reverse(copy.len()));
        for alike in copies.chunk_by(|left, right| left.1.len() == right.1.len()) {
            let mut theirs = Vec::new();
            for (key, copy) in alike {
                let places: Vec<usize> = input.match_indices(copy).map(|(at, _)| at).take(MOST).collect();
                if let Some(at) = key.as_text().and_then(|key| place_of(input, key, copy, &places)) {
                    let next = taken.partition_point(|other| other.end <= at);
                    if taken.get(next).is_none_or(|other| other.start >= at + copy.len()) {
                        self.part(copy, &input[at..at + copy.len()]);
                    }
                }
                theirs.extend(places.into_iter().take(TAKEN).map(|at| at..at + copy.len()));
            }
            taken = ByteOrigin::new(Relation::Same, taken.into_iter().chain(theirs)).bytes;
        }
    }

    /// Notes a copied part of a text.
    fn part(&mut self, copy: &str, written: &str) {
        if let Some(bytes) = self.bytes(written) {
            // Where the text is a copy itself, with escapes, only all of the part is known.
            let is_plain = bytes.len() == copy.len();
            let pieces = vec![Piece { at: 0, bytes, is_plain }];
            self.known.insert(address(copy), Known { length: copy.len(), pieces });
        }
    }

    fn value(&mut self, written: &str, value: Value<'_>) {
        match value {
            // An empty text may lie in the message, and would hide what is behind it.
            Value::Text(text) if !text.is_empty() && self.bytes(text).is_none() => {
                let inner = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                if let Some(known) = inner.and_then(|inner| self.copied(inner, text)) {
                    self.known.insert(address(text), known);
                }
            }
            Value::Map(map) => {
                let Ok(members) = raw::members(written) else { return };
                self.container(address(map), written);
                // Of equal keys the last one counts.
                let last: HashMap<_, &str> = members.into_iter().collect();
                for (key, written) in last {
                    if let Some(value) = map.get_text(&key) {
                        self.item(address(map), &key, written, value);
                    }
                }
            }
            Value::List(list) => {
                let Ok(items) = raw::items(written) else { return };
                self.container(address(list), written);
                for (place, (written, value)) in items.into_iter().zip(list.iter()).enumerate() {
                    self.item(address(list), &place.to_string(), written, value);
                }
            }
            _ => {}
        }
    }

    fn container(&mut self, container: usize, written: &str) {
        if let Some(bytes) = self.bytes(written) {
            self.containers.insert(container, bytes);
        }
    }

    fn item(&mut self, container: usize, key: &str, written: &str, value: Value<'_>) {
        if matches!(value, Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_))
            && let Some(bytes) = self.bytes(written)
        {
            self.items.insert((container, key.to_owned()), bytes);
        }
        self.value(written, value);
    }

    /// What the parts of a copy are in the message, given the string of JSON that it is the text of.
    fn copied(&self, written: &str, copy: &str) -> Option<Known> {
        let (mut pieces, mut text, mut rest) = (Vec::new(), String::new(), written);
        while !rest.is_empty() {
            let plain = rest.find('\\').unwrap_or(rest.len());
            self.pieces(&rest[..plain], text.len(), &mut pieces)?;
            text.push_str(&rest[..plain]);
            rest = &rest[plain..];
            if !rest.is_empty() {
                let escape = escape(rest)?;
                pieces.push(Piece { at: text.len(), bytes: self.bytes(escape)?, is_plain: false });
                text.push_str(&raw::string(&format!("\"{escape}\"")).ok()?);
                rest = &rest[escape.len()..];
            }
        }
        (text == copy).then_some(Known { length: copy.len(), pieces })
    }

    /// The pieces of a part of a known text, which is copied to a place.
    fn pieces(&self, part: &str, at: usize, pieces: &mut Vec<Piece>) -> Option<()> {
        if part.is_empty() {
            return Some(());
        }
        let (known, range) = self.around(part)?;
        let ends = known.pieces.iter().skip(1).map(|piece| piece.at).chain([known.length]);
        for (piece, end) in known.pieces.iter().zip(ends) {
            let within = piece.at.max(range.start)..end.min(range.end);
            if !within.is_empty() {
                let (bytes, is_plain) = (known.bytes(&within)?, piece.is_plain);
                pieces.push(Piece { at: at + within.start - range.start, bytes, is_plain });
            }
        }
        Some(())
    }
}

/// The one place that is a copied value's: its only one, or the only one behind its key. What is written with escapes stands nowhere
/// as it is, unless it is another value's.
fn place_of(input: &str, key: &str, copy: &str, places: &[usize]) -> Option<usize> {
    let may_have_escapes = copy.contains(['"', '\'', '\\', '&', '<', '>']);
    let is_behind = |at: &&usize| {
        let before = input[..**at].trim_end_matches(['"', '\'', ' ', '=', ':']);
        before.len() < **at && before.ends_with(key)
    };
    let mut behind = places.iter().filter(is_behind);
    match (places, behind.next(), behind.next()) {
        ([only], ..) if !may_have_escapes => Some(*only),
        (_, Some(only), None) => Some(*only),
        _ => None,
    }
}

/// The escape at the beginning of a text; two for one character.
fn escape(text: &str) -> Option<&str> {
    let length = match text.as_bytes().get(1)? {
        b'u' => {
            let is_high = matches!(text.as_bytes().get(2..4)?, [b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B']);
            if is_high { 12 } else { 6 }
        }
        _ => 2,
    };
    text.get(..length)
}

/// Whether a number or a truth value is what JSON writes there.
fn is_written_so(value: Value<'_>, written: &str) -> bool {
    match value {
        Value::Bool(value) => written == if value { "true" } else { "false" },
        Value::Int(value) => written.parse() == Ok(value),
        Value::BigInt(value) => written == value,
        Value::Float(value) => written.parse() == Ok(value),
        _ => false,
    }
}
