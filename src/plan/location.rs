//! Where a part of a template stands in the spec.

use crate::diagnostic::{Sources, Span};
use crate::spec::yaml;

/// The scalar that a template was read from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Location<'p> {
    sources: Option<&'p Sources>,
    scalar: Span,
    text: &'p str,
    indent: u32,
}

impl<'p> Location<'p> {
    /// The place of a text whose template begins `indent` bytes after its beginning.
    pub fn new(sources: &'p Sources, scalar: Span, text: &'p str, indent: u32) -> Self {
        Location { sources: Some(sources), scalar, text, indent }
    }

    /// Where the bytes `start..end` of the template stand. The way there is walked from the scalar's start, so that it is
    /// asked only where there is something to report.
    pub fn span(&self, start: u32, end: u32) -> Span {
        match self.sources.and_then(|sources| sources.get(self.scalar.source)) {
            Some(source) => {
                let (start, end) = (start + self.indent, end + self.indent);
                yaml::span_in_source(source, self.scalar, self.text, start, end)
            }
            None => self.scalar,
        }
    }

    /// The bytes of the first `word` that stands by itself at or after a byte of the template.
    pub fn find(&self, word: &str, from: u32) -> Option<(u32, u32)> {
        let text = self.text.get(self.indent as usize..)?;
        let is_letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        let mut found = text.get(from as usize..)?.match_indices(word).map(|(at, _)| at + from as usize);
        let start = found.find(|at| {
            !is_letter(text[..*at].chars().next_back()) && !is_letter(text[at + word.len()..].chars().next())
        })?;
        Some((start as u32, (start + word.len()) as u32))
    }
}
