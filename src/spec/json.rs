//! JSON files of a format, taken apart with the place of each part.

use super::findings::{JSON_SYNTAX, WRONG_TYPE};
use crate::diagnostic::{Diagnostic, SourceId, Span};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A part of a JSON document, as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'t> {
    whole: &'t str,
    source: SourceId,
    /// The value, without white space around it.
    pub(super) text: &'t str,
}

impl<'t> Part<'t> {
    /// A document.
    ///
    /// # Errors
    /// The finding, where the text is not JSON.
    pub(super) fn document(whole: &'t str, source: SourceId) -> Result<Self, Box<Diagnostic>> {
        // Spans count to 4 GiB; what is longer is read as cut off.
        let whole = if u32::try_from(whole.len()).is_ok() { whole } else { "" };
        let document = Part { whole, source, text: whole };
        let text = document.parse::<&RawValue>()?.get();
        Ok(Part { text, ..document })
    }

    /// The members of an object; of equal keys the last.
    ///
    /// # Errors
    /// The finding, where the part is no object.
    pub(super) fn members(self, what: &str) -> Result<BTreeMap<Cow<'t, str>, Part<'t>>, Box<Diagnostic>> {
        self.expect('{', what, "an object")?;
        let members = self.parse::<BTreeMap<Cow<'t, str>, &RawValue>>()?;
        Ok(members.into_iter().map(|(key, value)| (key, self.part(value))).collect())
    }

    /// The items of a list.
    ///
    /// # Errors
    /// The finding, where the part is no list.
    pub(super) fn items(self, what: &str) -> Result<Vec<Part<'t>>, Box<Diagnostic>> {
        self.expect('[', what, "a list")?;
        Ok(self.parse::<Vec<&RawValue>>()?.into_iter().map(|value| self.part(value)).collect())
    }

    /// The text of a string.
    ///
    /// # Errors
    /// The finding, where the part is no string.
    pub(super) fn string(self, what: &str) -> Result<String, Box<Diagnostic>> {
        self.expect('"', what, "text")?;
        self.parse()
    }

    /// The place of the part.
    pub(super) fn span(self) -> Span {
        let start = self.offset();
        Span::new(self.source, start as u32, (start + self.text.len()) as u32)
    }

    /// The place of the key under which the part stands; of the part itself, where the key is written with escapes.
    pub(super) fn key_span(self, key: &str) -> Span {
        let before = self.whole.get(..self.offset()).unwrap_or_default().trim_end();
        let before = before.strip_suffix(':').unwrap_or(before).trim_end();
        let end = before.len();
        match before.strip_suffix('"').and_then(|before| before.strip_suffix(key)?.strip_suffix('"')) {
            Some(before) => Span::new(self.source, before.len() as u32, end as u32),
            None => self.start(),
        }
    }

    /// The place of its first character, for a finding about a page of it.
    pub(super) fn start(self) -> Span {
        let start = self.offset() as u32;
        Span::new(self.source, start, start + u32::from(!self.text.is_empty()))
    }

    fn part(self, value: &'t RawValue) -> Part<'t> {
        Part { text: value.get(), ..self }
    }

    /// A part borrows from the whole: the difference of their addresses is its place.
    fn offset(self) -> usize {
        (self.text.as_ptr() as usize).saturating_sub(self.whole.as_ptr() as usize).min(self.whole.len())
    }

    fn expect(self, opening: char, what: &str, expected: &str) -> Result<(), Box<Diagnostic>> {
        match self.text.chars().next() {
            Some(found) if found == opening => Ok(()),
            found => Err(Box::new(WRONG_TYPE.at(self.start(), &[what, expected, type_name(found)]))),
        }
    }

    fn parse<T: Deserialize<'t>>(self) -> Result<T, Box<Diagnostic>> {
        serde_json::from_str(self.text).map_err(|error| {
            let place = self.offset() + byte_of(self.text, error.line(), error.column());
            let span = Span::new(self.source, place as u32, place as u32);
            let problem = error.to_string();
            let problem = problem.split(" at line ").next().unwrap_or_default();
            Box::new(JSON_SYNTAX.at(span, &[problem]))
        })
    }
}

/// The byte at a line and column as serde_json counts them: both from 1, columns in bytes, the column of the byte read last.
fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut byte = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

fn type_name(first: Option<char>) -> &'static str {
    match first {
        Some('{') => "an object",
        Some('[') => "a list",
        Some('"') => "text",
        Some('t' | 'f') => "a boolean",
        Some('n') => "null",
        Some(_) => "a number",
        None => "nothing",
    }
}
