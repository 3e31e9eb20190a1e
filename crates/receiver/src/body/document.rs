//! Records in a JSON document, which is held whole and checked before the first one is given.

use super::error::BodyError;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use weir::json::{Error, raw};
use weir_author::document::Part;

/// The largest document, in bytes. Lines of JSON have no such limit.
pub const DOCUMENT_BYTES: usize = 10 << 20;

/// The most values of a document that a path is looked for in: each takes some hundred bytes meanwhile.
const PATH_VALUES: usize = 500_000;

/// One path is looked for at a time: of their trees there is one in memory.
static ONE_TREE: Mutex<()> = Mutex::new(());

/// What is the record in an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// The item itself, a text or an object.
    Itself,
    /// Its member `json`, with `timestamp` as its time.
    Member,
}

/// The records of a document.
#[derive(Debug)]
pub(super) struct Document {
    text: String,
    places: Places,
    item: Item,
}

/// Where the items are.
#[derive(Debug)]
enum Places {
    /// In a list; the next one begins here or later.
    List(usize),
    /// Where a path found them, the last one first.
    Found(Vec<Range<usize>>),
}

/// A record of a document.
#[derive(Debug)]
pub(super) struct Element<'d> {
    pub record: Cow<'d, str>,
    pub time: Option<Cow<'d, str>>,
}

impl Document {
    /// # Errors
    /// Where the bytes are no JSON, are not of the form, or the path is none.
    pub fn new(bytes: &[u8], path: Option<&str>, item: Item) -> Result<Self, BodyError> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let text = raw::utf8(bytes).and_then(raw::value).map_err(|error| no_json(&error))?.to_owned();
        let places = match path {
            Some(path) => Places::Found(found(&text, path)?),
            None if text.starts_with('[') => Places::List(1),
            None => {
                return Err(BodyError::Shape("the body is no JSON array; `path` says where in an object it is".into()));
            }
        };
        Ok(Document { text, places, item })
    }

    /// A document without records.
    pub fn empty() -> Self {
        Document { text: String::new(), places: Places::Found(Vec::new()), item: Item::Itself }
    }

    /// The next record.
    ///
    /// # Errors
    /// Where an item is not of the form, or has an escape that stands for no character.
    pub fn next(&mut self) -> Result<Option<Element<'_>>, BodyError> {
        let range = match &mut self.places {
            Places::Found(places) => places.pop(),
            Places::List(at) => next_item(&self.text, at),
        };
        let Some(range) = range else { return Ok(None) };
        let item = &self.text[range];
        match self.item {
            Item::Itself => Ok(Some(Element { record: record(item)?, time: None })),
            Item::Member => event(item).map(Some),
        }
    }
}

/// The item of a list from a place on, and moves on behind it. The text is JSON: brackets and quotes are all that has to be looked at.
fn next_item(text: &str, at: &mut usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let begins = |byte: &u8| !byte.is_ascii_whitespace() && *byte != b',';
    let start = *at + bytes[*at..].iter().position(begins)?;
    if bytes[start] == b']' {
        *at = start;
        return None;
    }
    let mut end = start;
    let mut depth = 0usize;
    loop {
        end = match *bytes.get(end)? {
            b'"' => after_string(bytes, end),
            b'[' | b'{' => {
                depth += 1;
                end + 1
            }
            b']' | b'}' if depth > 0 => {
                depth -= 1;
                end + 1
            }
            b',' | b']' if depth == 0 => break,
            _ => end + 1,
        };
    }
    *at = end;
    Some(start..start + text[start..end].trim_end().len())
}

/// The place behind a string that begins here.
fn after_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        at += found + 1;
        match bytes[at - 1] {
            b'"' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Text is a record as it is, and an object as it is written.
fn record(item: &str) -> Result<Cow<'_, str>, BodyError> {
    match item.as_bytes().first() {
        Some(b'"') => raw::string(item).map_err(|error| no_json(&error)),
        Some(b'{') => Ok(Cow::Borrowed(item)),
        _ => Err(BodyError::Shape(format!("an event must be text or an object, but `{}` is neither", shortened(item)))),
    }
}

/// Whether an event and its time are what [`Framing::Events`](crate::Framing::Events) can have.
pub(crate) fn check_event(json: &str, time: Option<&str>) -> Result<(), BodyError> {
    record(json)?;
    own_time(time).map(drop)
}

fn own_time(time: Option<&str>) -> Result<Option<Cow<'_, str>>, BodyError> {
    let time = time.filter(|time| *time != "null").map(raw::string);
    time.transpose().map_err(|_| BodyError::Shape("the time of an event is no text".into()))
}

/// Of equal members the last one counts.
fn event(item: &str) -> Result<Element<'_>, BodyError> {
    let members = raw::members(item).map_err(|error| BodyError::Shape(format!("an event is no object: {error}")))?;
    let member = |name: &str| members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| *value);
    let json = member("json").ok_or_else(|| BodyError::Shape("an event has no `json`".into()))?;
    Ok(Element { record: record(json)?, time: own_time(member("timestamp"))? })
}

/// Where a path finds records, the last one first. What it finds as a list is a list of records.
fn found(text: &str, path: &str) -> Result<Vec<Range<usize>>, BodyError> {
    let query = parse_json_path(path).map_err(|error| BodyError::Path(format!("`path` is no JSONPath: {error}")))?;
    if values(text) > PATH_VALUES {
        return Err(BodyError::Path(format!(
            "the document has more than {PATH_VALUES} values: no path is looked for in so many"
        )));
    }
    let _one = ONE_TREE.lock().unwrap_or_else(PoisonError::into_inner);
    let document = Part::document(text).map_err(|error| no_json(&error))?;
    let found = js_path_process(&query, &document).map_err(|error| BodyError::Path(format!("`path`: {error}")))?;
    let mut ranges = Vec::new();
    for part in found {
        let range = part.val().range();
        let mut at = range.start + 1;
        match text.as_bytes()[range.start] {
            b'[' => ranges.extend(std::iter::from_fn(|| next_item(text, &mut at))),
            _ => ranges.push(range),
        }
    }
    let bytes: usize = ranges.iter().map(Range::len).sum();
    if bytes > text.len() {
        return Err(BodyError::Path("the path finds parts of the document more than once".into()));
    }
    ranges.reverse();
    Ok(ranges)
}

/// How many values a document has, at most: one before and after each comma, and one for each bracket.
fn values(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut values, mut at) = (1, 0);
    while let Some(byte) = bytes.get(at) {
        at = if *byte == b'"' { after_string(bytes, at) } else { at + 1 };
        values += usize::from(matches!(byte, b',' | b'[' | b'{'));
    }
    values
}

fn no_json(error: &Error) -> BodyError {
    BodyError::Json(error.to_string())
}

/// The beginning of what is shown.
fn shortened(text: &str) -> Cow<'_, str> {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}
