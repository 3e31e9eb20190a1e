//! The extractors: text → values. One table entry each.

mod cef;
mod date;
mod dict;
mod dsv;
pub mod findings;
mod grok;
mod header;
mod json;
mod kv;
mod leef;
mod made;
mod properties;
mod separator;
mod windows_event;
mod xml;

use crate::diagnostic::{Diagnostics, Span};
use crate::json::{KeyOrder, Projection, scatter};
use crate::value::text::is_space;
use crate::value::{Arena, Constant, Fault, FaultCode, Value};
use std::cell::Cell;
use std::fmt;

/// An extractor as a spec names it.
pub struct Entry {
    /// Its name, `room.verb`, such as `json.parse-json`.
    pub name: &'static str,
    /// The properties it takes, beside `input_field`, `output_field` and `raise_errors`, which all have.
    pub properties: &'static [Property],
    /// One sentence.
    pub summary: &'static str,
    /// Properties (YAML), input, and the result as JSON; executed as tests and printed in the manual.
    pub examples: &'static [Example],
    /// Compiles the properties; on `None` the findings say why.
    pub compile: fn(&Properties<'_>, &mut Diagnostics) -> Option<Box<dyn Extractor>>,
}

/// A property of an extractor.
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What it means: one sentence.
    pub summary: &'static str,
}

/// An executed example of an extractor.
pub struct Example {
    /// The properties, as YAML.
    pub properties: &'static str,
    /// The input.
    pub input: &'static str,
    /// The result, as JSON.
    pub result: &'static str,
}

/// The properties of one use of an extractor.
#[derive(Clone, Copy, Debug)]
pub struct Properties<'s> {
    /// The place of the whole use.
    pub span: Span,
    /// The properties as written, in order; unknown ones were reported already.
    pub entries: &'s [(Constant, Constant)],
}

impl<'s> Properties<'s> {
    /// A property's value.
    pub fn get(&self, name: &str) -> Option<&'s Constant> {
        self.entries.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
    }
}

/// What an extractor works with, beside its input.
#[derive(Clone, Copy, Debug)]
pub struct Job<'c, 'a> {
    /// Where new values are made.
    pub arena: &'a Arena,
    /// Which parts of the result anyone reads; an extractor may leave the rest out.
    pub wanted: &'c Projection,
    /// The time against which incomplete dates are read, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// In which order the parts came before.
    pub order: &'c KeyOrder,
}

/// One of several ways in which an extractor reads its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its text in the spec.
    pub text: String,
    /// Its place in the spec.
    pub span: Span,
}

/// A compiled extractor.
pub trait Extractor: fmt::Debug + Send + Sync {
    /// Reads the input: a dict for most extractors, text for a date.
    ///
    /// # Errors
    /// Parse, where the input cannot be read; type, where it is not text; limit.
    fn extract<'a>(&self, input: Value<'a>, job: &Job<'_, 'a>) -> Result<Value<'a>, Fault>;

    /// The same extractor for a result of which only these parts are read, where that costs less.
    fn narrowed(&self, wanted: &Projection) -> Option<Box<dyn Extractor>> {
        let _ = wanted;
        None
    }

    /// Whether the result can have something under these keys, one below the other.
    fn gives(&self, keys: &[&str]) -> bool {
        let _ = keys;
        true
    }

    /// The keys that the result can have, where they are few: for a "did you mean".
    fn keys(&self) -> Vec<String> {
        Vec::new()
    }

    /// The key of the incoming event that is read where the spec names no input.
    fn default_input(&self) -> &'static str {
        "message"
    }

    /// Whether such an input counts as if the entry's filter had not let it through: no failure, and no layer.
    fn passes_over(&self, input: Value<'_>) -> bool {
        let _ = input;
        false
    }

    /// Why the values of [`Extractor::templates`] leave nothing to run. The entry fails then, and what an earlier entry of
    /// the same name wrote stays.
    fn refuses(&self, rendered: &[Value<'_>]) -> Option<Fault> {
        let _ = rendered;
        None
    }

    /// The alternatives of which an input takes one; most extractors have none.
    fn branches(&self) -> Vec<Branch> {
        Vec::new()
    }

    /// The place in [`Extractor::branches`] of the one that an input takes, with the values of [`Extractor::templates`].
    fn branch(&self, input: Value<'_>, rendered: &[Value<'_>]) -> Option<usize> {
        let _ = (input, rendered);
        None
    }

    /// Properties whose values are made anew for each event, from a template or a bare path, in the order in which
    /// [`Extractor::extract_with`] takes the values.
    fn templates(&self) -> &[Constant] {
        &[]
    }

    /// What someone who looks on should know of how an input was read: what of it is in no part of the result, and what
    /// looks like a mistake. At most [`MOST_REMARKS`].
    fn remarks(&self, input: Value<'_>) -> Vec<String> {
        let _ = input;
        Vec::new()
    }

    /// As [`Extractor::extract`], with the values of [`Extractor::templates`].
    ///
    /// # Errors
    /// As [`Extractor::extract`].
    fn extract_with<'a>(
        &self,
        input: Value<'a>,
        rendered: &[Value<'a>],
        job: &Job<'_, 'a>,
    ) -> Result<Value<'a>, Fault> {
        let _ = rendered;
        self.extract(input, job)
    }

    /// As [`Extractor::extract_with`], and puts each part of the result that is wanted by name into the cell of its number,
    /// as [`crate::json::read_into`] does. Where the whole is not wanted, only those cells are read afterwards, and
    /// whether the result is a dict.
    ///
    /// # Errors
    /// As [`Extractor::extract`].
    fn extract_into<'a>(
        &self,
        input: Value<'a>,
        rendered: &[Value<'a>],
        job: &Job<'_, 'a>,
        cells: &[Cell<Value<'a>>],
    ) -> Result<Value<'a>, Fault> {
        let result = self.extract_with(input, rendered, job)?;
        scatter(result, job.wanted, cells);
        Ok(result)
    }
}

/// How many remarks an extractor makes on one input.
pub const MOST_REMARKS: usize = 10;

/// The extractors by room, in the manual's order.
const TABLE: &[&[Entry]] = &[
    json::ENTRIES,
    kv::ENTRIES,
    dsv::ENTRIES,
    grok::ENTRIES,
    date::ENTRIES,
    cef::ENTRIES,
    leef::ENTRIES,
    dict::ENTRIES,
    xml::ENTRIES,
    windows_event::ENTRIES,
];

/// The entry under a name in any of its spellings: `json.parse-json`, `json.parse_json`, `json.parseJSON`; without its
/// room, `parse-json`, where no other extractor has that verb.
pub fn find(name: &str) -> Option<&'static Entry> {
    let with_room = name.contains('.');
    let mut matching = all().filter(|entry| {
        let known = if with_room { entry.name } else { verb(entry.name) };
        spelling(known).eq(spelling(name))
    });
    let entry = matching.next()?;
    matching.next().is_none().then_some(entry)
}

/// All entries, in the manual's order.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    TABLE.iter().copied().flatten()
}

/// The names of all extractors, for a "did you mean".
pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|entry| entry.name)
}

fn verb(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// What is left of a name once case and the marks between words do not count.
fn spelling(name: &str) -> impl Iterator<Item = char> {
    name.trim().chars().filter(|letter| !matches!(letter, '-' | '_')).map(|letter| letter.to_ascii_lowercase())
}

/// The input as text.
///
/// # Errors
/// Type, where it is something else or missing.
fn text_input(input: Value<'_>) -> Result<&str, Fault> {
    match input {
        Value::Text(text) => Ok(text),
        missing if missing.is_missing() => Err(Fault::new(FaultCode::Type, "there is no input")),
        other => Err(Fault::new(FaultCode::Type, format!("the input is a {}, not text", other.type_name()))),
    }
}

/// Text without the white space around it.
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [only] if only.is_ascii_graphic() => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(is_space),
    }
}

/// Where the first white space is from a byte on.
fn find_space(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += position(text.as_bytes().get(at..)?)?;
        let letter = text.get(at..)?.chars().next()?;
        if is_space(letter) {
            return Some(at);
        }
        at += letter.len_utf8();
    }
}

/// The first byte that may begin white space: eight at once.
fn position(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        let eight = u64::from_le_bytes(*eight);
        // The top bit of each byte below `!`, or beyond ASCII; bytes above the first of them may have it too.
        let found = (eight.wrapping_sub(EACH * u64::from(b'!')) | eight) & (EACH << 7);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Some(at + bytes[at..].iter().position(|byte| *byte <= b' ' || !byte.is_ascii())?)
}

/// The start of a text, for a message.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// What stands between two equal quotes, where a text begins and ends with them.
fn unquote(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
