//! The header that CEF and LEEF share: fields between bars, the version first, perhaps behind a syslog header.

use super::sink::KeyValueSink;
use super::text::trim;
use crate::value::{Fault, FaultCode, Value};

/// A header's marker and the names of its fields.
pub(super) struct Header {
    /// What stands before the version; a text without it begins with the version.
    pub(super) marker: &'static str,
    /// The keys of the result, in the order of the fields.
    pub(super) fields: &'static [&'static str],
    /// How many fields there must be; the last one may end with the text.
    pub(super) least: usize,
}

impl Header {
    /// Enters the fields that are not empty into a dict; gives what follows the last field's bar.
    ///
    /// # Errors
    /// Parse, where there are too few fields; limit.
    pub(super) fn read<'a>(&self, text: &'a str, result: &KeyValueSink<'_, 'a>) -> Result<&'a str, Fault> {
        let start = self.start(text);
        let mut rest = &text[start..];
        for (number, name) in self.fields.iter().enumerate() {
            let bar = next_bar(rest);
            if bar.is_none() && number + 1 < self.least {
                return Err(self.too_short(number + 1, text.len() - rest.len()));
            }
            let field = trim(&rest[..bar.unwrap_or(rest.len())]);
            if !field.is_empty() {
                result.set(name, Value::Text(field))?;
            }
            rest = bar.map_or("", |bar| &rest[bar + 1..]);
        }
        Ok(rest)
    }

    /// What follows the last field's bar; `None` where there are too few fields.
    pub(super) fn rest<'a>(&self, text: &'a str) -> Option<&'a str> {
        let mut rest = Some(&text[self.start(text)..]);
        for number in 0..self.fields.len() {
            let field = rest?;
            rest = next_bar(field).map(|bar| &field[bar + 1..]).or((number + 1 >= self.least).then_some(""));
        }
        rest
    }

    /// Where the version begins: behind the marker, or at the start where a version and a bar stand there.
    fn start(&self, text: &str) -> usize {
        let bare = text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
        if bare.len() < text.len() && bare.starts_with('|') {
            return 0;
        }
        text.find(self.marker).map_or(0, |at| at + self.marker.len())
    }

    #[cold]
    fn too_short(&self, found: usize, byte: usize) -> Fault {
        let Header { marker, least, .. } = self;
        let reason = format!(
            "expected a header `{marker}` with {least} fields between bars, found {found}; the last one is at byte {byte}"
        );
        Fault::new(FaultCode::Parse, reason)
    }
}

/// The next bar that no backslash escapes; a backslash that is escaped itself escapes none.
fn next_bar(text: &str) -> Option<usize> {
    text.match_indices('|').map(|(at, _)| at).find(|at| backslashes_before(text, *at).is_multiple_of(2))
}

/// How many backslashes stand right before a byte.
pub(super) fn backslashes_before(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count()
}
