//! JSON files of a format, taken apart with the place of each part.

use super::findings::{JSON_SYNTAX, WRONG_TYPE};
use crate::diagnostic::{Diagnostic, SourceId, Span};
use crate::json::{Error, raw};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A part of a JSON document, as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct JsonPart<'t> {
    whole: &'t str,
    source: SourceId,
    /// The value, without white space around it.
    pub(super) text: &'t str,
}

impl<'t> JsonPart<'t> {
    /// A document.
    ///
    /// # Errors
    /// The finding, where the text is not JSON.
    pub(super) fn document(whole: &'t str, source: SourceId) -> Result<Self, Box<Diagnostic>> {
        // Spans count to 4 GiB; what is longer is read as cut off.
        let whole = if u32::try_from(whole.len()).is_ok() { whole } else { "" };
        let document = JsonPart { whole, source, text: whole };
        let text = document.read(raw::value)?;
        Ok(JsonPart { text, ..document })
    }

    /// The members of an object; of equal keys the last.
    ///
    /// # Errors
    /// The finding, where the part is no object.
    pub(super) fn members(self, what: &str) -> Result<BTreeMap<Cow<'t, str>, JsonPart<'t>>, Box<Diagnostic>> {
        self.expect('{', what, "an object")?;
        let members = self.read(raw::members)?;
        Ok(members.into_iter().map(|(key, text)| (key, JsonPart { text, ..self })).collect())
    }

    /// The items of a list.
    ///
    /// # Errors
    /// The finding, where the part is no list.
    pub(super) fn items(self, what: &str) -> Result<Vec<JsonPart<'t>>, Box<Diagnostic>> {
        self.expect('[', what, "a list")?;
        Ok(self.read(raw::items)?.into_iter().map(|text| JsonPart { text, ..self }).collect())
    }

    /// The text of a string.
    ///
    /// # Errors
    /// The finding, where the part is no string.
    pub(super) fn string(self, what: &str) -> Result<String, Box<Diagnostic>> {
        self.expect('"', what, "text")?;
        self.read(raw::string).map(Cow::into_owned)
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

    fn offset(self) -> usize {
        raw::offset(self.whole, self.text)
    }

    fn expect(self, opening: char, what: &str, expected: &str) -> Result<(), Box<Diagnostic>> {
        match self.text.chars().next() {
            Some(found) if found == opening => Ok(()),
            found => Err(Box::new(WRONG_TYPE.at(self.start(), &[what, expected, type_name(found)]))),
        }
    }

    fn read<T>(self, read: impl FnOnce(&'t str) -> Result<T, Error>) -> Result<T, Box<Diagnostic>> {
        read(self.text).map_err(|Error { problem, byte, .. }| {
            let mut place = self.offset() + byte;
            while !self.whole.is_char_boundary(place) {
                place -= 1;
            }
            let span = Span::new(self.source, place as u32, place as u32);
            Box::new(JSON_SYNTAX.at(span, &[problem.text()]))
        })
    }
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
