//! A raw record taken apart as far as its top level: names, and the shape of each value.

use crate::ValueType;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use weir::json::raw;

/// The longest text that is looked at, in bytes; the shape of a longer one is told by its beginning.
const LOOKED_AT: usize = 256;

/// How many items of a list are looked at.
const ITEMS: usize = 64;

/// A record that is a JSON object: its members in order, each name once. What lies below the top level is not taken
/// apart, so that depth and number of values cost no more than reading the text once.
#[derive(Clone, Debug, Default)]
pub struct RawRecord<'r> {
    members: Vec<(Cow<'r, str>, &'r str)>,
}

/// Why a record has no members to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON; the reason.
    NotJson(String),
    /// It is JSON, but of this shape.
    NotAnObject(Shape),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::NotJson(reason) => write!(f, "not JSON: {reason}"),
            Unreadable::NotAnObject(shape) => write!(f, "JSON, but not an object: {}", shape.name()),
        }
    }
}

impl<'r> RawRecord<'r> {
    /// Takes a record apart. Of equal names the last counts.
    ///
    /// # Errors
    /// Where it is no JSON object.
    pub fn read(text: &'r str) -> Result<Self, Unreadable> {
        let not_json = |error: weir::json::Error| Unreadable::NotJson(error.to_string());
        let whole = raw::value(text).map_err(not_json)?;
        if !whole.starts_with('{') {
            return Err(Unreadable::NotAnObject(Observed::of(whole).shape));
        }
        Ok(RawRecord { members: each_once(raw::members(whole).map_err(not_json)?) })
    }

    /// The names with the JSON of their values.
    pub fn members(&self) -> impl ExactSizeIterator<Item = (&str, &'r str)> {
        self.members.iter().map(|(name, value)| (&**name, *value))
    }
}

fn each_once<'r>(members: Vec<(Cow<'r, str>, &'r str)>) -> Vec<(Cow<'r, str>, &'r str)> {
    let mut last = HashMap::with_capacity(members.len());
    for (place, (name, _)) in members.iter().enumerate() {
        last.insert(name.clone(), place);
    }
    if last.len() == members.len() {
        return members;
    }
    let is_last = |place: usize, name: &Cow<'_, str>| last.get(name) == Some(&place);
    members
        .iter()
        .enumerate()
        .filter(|(place, (name, _))| is_last(*place, name))
        .map(|(_, member)| member.clone())
        .collect()
}

/// What a value in a record looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction or an exponent.
    Float,
    /// Text.
    Text,
    /// Text that reads as a number.
    Number,
    /// A list of nothing.
    Nothing,
    /// A list of texts.
    Texts,
    /// A list of whole numbers.
    Ints,
    /// A list of objects.
    Objects,
    /// A list of other or of different things.
    Mixed,
    /// An object.
    Object,
}

impl Shape {
    /// All shapes.
    pub const ALL: [Shape; 12] = [
        Shape::Null,
        Shape::Bool,
        Shape::Int,
        Shape::Float,
        Shape::Text,
        Shape::Number,
        Shape::Nothing,
        Shape::Texts,
        Shape::Ints,
        Shape::Objects,
        Shape::Mixed,
        Shape::Object,
    ];

    /// What it is called, in the words of contracts where they have one.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Null => "null",
            Shape::Bool => "bool",
            Shape::Int => "int",
            Shape::Float => "float",
            Shape::Text => "string",
            Shape::Number => "number in text",
            Shape::Nothing => "empty array",
            Shape::Texts => "array[string]",
            Shape::Ints => "array[int]",
            Shape::Objects => "array[object]",
            Shape::Mixed => "array of mixed",
            Shape::Object => "object",
        }
    }
}

/// A value of a record, looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed<'r> {
    /// What it looks like.
    pub shape: Shape,
    /// Whether it says anything: `null`, empty text, 0 and empty collections are how sources write that there is nothing.
    pub is_filled: bool,
    /// The text, number or boolean as text, where it is short.
    pub word: Option<Cow<'r, str>>,
    /// How long a scalar is, as written.
    raw: &'r str,
}

/// How a value fits a documented type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is of the type, or empty.
    Same,
    /// It can be read as one of the type: a number in text, a list as JSON in text, 0 and 1 as booleans.
    Notation,
    /// It is of another type.
    Other,
}

impl<'r> Observed<'r> {
    /// Looks at the JSON of a value.
    pub fn of(raw: &'r str) -> Self {
        let (shape, is_filled, word) = match raw.as_bytes().first() {
            Some(b'"') => text(raw),
            Some(b'[') => list(raw),
            Some(b'{') => (Shape::Object, !is_empty(raw), None),
            Some(b't' | b'f') => (Shape::Bool, true, Some(Cow::Borrowed(raw))),
            Some(b'n') | None => (Shape::Null, false, None),
            Some(_) => number(raw),
        };
        Observed { shape, is_filled, word, raw }
    }

    /// How the value fits a documented type.
    pub fn fit(&self, kind: ValueType) -> Fit {
        let is_empty_text = self.shape == Shape::Text && !self.is_filled;
        if self.shape == Shape::Null || is_empty_text || kind == ValueType::Unknown {
            return Fit::Same;
        }
        match (kind, self.shape) {
            (ValueType::Text, Shape::Text | Shape::Number)
            | (ValueType::Int, Shape::Int)
            | (ValueType::Float, Shape::Int | Shape::Float)
            | (ValueType::Bool, Shape::Bool)
            | (ValueType::Object, Shape::Object)
            | (ValueType::Texts, Shape::Texts | Shape::Nothing)
            | (ValueType::Ints, Shape::Ints | Shape::Nothing)
            | (ValueType::Objects, Shape::Objects | Shape::Nothing)
            | (ValueType::Time, Shape::Int) => Fit::Same,
            (ValueType::Time, Shape::Text | Shape::Number) if self.is_time() => Fit::Same,
            (ValueType::Int | ValueType::Float, Shape::Number) => Fit::Notation,
            (ValueType::Bool, _) if self.is_bit() => Fit::Notation,
            (kind, Shape::Text) if kind.is_collection() && self.is_json_of(kind) => Fit::Notation,
            // What is empty is written in one way or the other.
            (kind, Shape::Object | Shape::Nothing) if kind.is_collection() && !self.is_filled => Fit::Notation,
            _ => Fit::Other,
        }
    }

    fn word(&self) -> &str {
        self.word.as_deref().unwrap_or_default()
    }

    fn is_bit(&self) -> bool {
        matches!(self.shape, Shape::Int | Shape::Number | Shape::Text)
            && ["0", "1", "true", "false"].contains(&&*self.word().to_ascii_lowercase())
    }

    /// Digits, or the beginning of an RFC 3339 moment.
    fn is_time(&self) -> bool {
        let word = self.word().as_bytes();
        let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
        let is_date = word.len() >= 19 && word[4] == b'-' && word[7] == b'-' && matches!(word[10], b'T' | b't' | b' ');
        digits(word) || (is_date && digits(&word[..4]) && digits(&word[5..7]) && digits(&word[8..10]))
    }

    /// Text that begins as JSON of the type does, and ends so.
    fn is_json_of(&self, kind: ValueType) -> bool {
        let brackets = if kind == ValueType::Object { ("\"{", "}\"") } else { ("\"[", "]\"") };
        self.raw.starts_with(brackets.0) && self.raw.ends_with(brackets.1)
    }
}

/// What is known of a value: its shape, whether it is filled, its word.
type Known<'r> = (Shape, bool, Option<Cow<'r, str>>);

fn text(raw: &str) -> Known<'_> {
    let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if inside.len() > LOOKED_AT {
        return (Shape::Text, true, None);
    }
    let word = match inside.contains('\\') {
        true => raw::string(raw).unwrap_or_default(),
        false => Cow::Borrowed(inside),
    };
    let shape = if reads_as_number(&word) { Shape::Number } else { Shape::Text };
    (shape, !word.trim().is_empty(), Some(word))
}

/// Digits with a sign and a fraction, as sources put numbers in text; `1e5`, `inf` and the like are words.
fn reads_as_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn number(raw: &str) -> Known<'_> {
    let shape = if raw.contains(['.', 'e', 'E']) { Shape::Float } else { Shape::Int };
    let is_filled = raw.bytes().take_while(|byte| !matches!(byte, b'e' | b'E')).any(|byte| matches!(byte, b'1'..=b'9'));
    (shape, is_filled, (raw.len() <= LOOKED_AT).then_some(Cow::Borrowed(raw)))
}

fn list(raw: &str) -> Known<'_> {
    if is_empty(raw) {
        return (Shape::Nothing, false, None);
    }
    let mut shapes = [false; 256];
    let items = raw::first_items(raw, ITEMS).unwrap_or_default();
    for item in &items {
        shapes[usize::from(item.as_bytes().first().copied().unwrap_or_default())] = true;
    }
    let has = |wanted: &dyn Fn(u8) -> bool| (0..=255).any(|byte| shapes[usize::from(byte)] && wanted(byte));
    let only = |wanted: &dyn Fn(u8) -> bool| !has(&|byte| !wanted(byte) && byte != b'n') && has(wanted);
    let is_int = || items.iter().all(|item| !item.contains(['.', 'e', 'E']));
    let shape = match () {
        () if only(&|byte| byte == b'"') => Shape::Texts,
        () if only(&|byte| byte == b'{') => Shape::Objects,
        () if only(&|byte| byte == b'-' || byte.is_ascii_digit()) && is_int() => Shape::Ints,
        () => Shape::Mixed,
    };
    (shape, true, None)
}

/// Whether a collection has nothing in it.
fn is_empty(raw: &str) -> bool {
    raw.bytes().skip(1).find(|byte| !byte.is_ascii_whitespace()).is_none_or(|byte| matches!(byte, b']' | b'}'))
}
