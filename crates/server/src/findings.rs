//! Mistakes in a format that was posted, with their places in the body.

use crate::refusal::Finding;
use crate::request::Request;
use weir::Format;
use weir::diagnostic::{Diagnostic, Severity};
use weir_author::json::Pointers;

/// How many findings are told: nobody reads more.
pub(crate) const MOST: usize = 100;

/// The findings about a format, errors first, at most [`MOST`].
pub(crate) fn told(format: &Format, request: &Request<'_>) -> Vec<Finding> {
    let mut findings: Vec<&Diagnostic> = format.findings.iter().collect();
    findings.sort_by_key(|finding| finding.severity != Severity::Error);
    findings.truncate(MOST);
    let parts = [Part::new("/parser", request.parser, request), Part::new("/taxonomy", request.taxonomy, request)];
    let mut place = Cursor::new(request.body);
    let told = findings.into_iter().filter_map(|finding| {
        let part = parts.get(finding.span().source.0 as usize)?;
        let byte = finding.span().start as usize;
        let (line, column) = place.at(part.offset + byte);
        Some(Finding {
            code: finding.code.0,
            severity: if finding.severity == Severity::Error { "error" } else { "warning" },
            message: finding.title.clone(),
            pointer: part.pointer(byte),
            line,
            column,
            help: finding.help.clone(),
        })
    });
    told.collect()
}

/// A part of the body that the engine read as a source.
struct Part {
    pointer: &'static str,
    offset: usize,
    values: Pointers,
}

impl Part {
    fn new(pointer: &'static str, text: &str, request: &Request<'_>) -> Self {
        Part { pointer, offset: request.offset(text), values: Pointers::of(text) }
    }

    /// The JSON pointer to the innermost value at a byte of the part.
    fn pointer(&self, byte: usize) -> String {
        format!("{}{}", self.pointer, self.values.at(byte))
    }
}

/// Lines and columns of a text, counted on from the last place asked for.
struct Cursor<'t> {
    text: &'t str,
    byte: usize,
    line: u32,
    column: u32,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Self {
        Cursor { text, byte: 0, line: 1, column: 1 }
    }

    fn at(&mut self, byte: usize) -> (u32, u32) {
        if byte < self.byte {
            *self = Cursor::new(self.text);
        }
        let passed = self.text.get(self.byte..).unwrap_or_default().char_indices();
        for (_, letter) in passed.take_while(|(at, _)| self.byte + at < byte) {
            (self.line, self.column) = if letter == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        self.byte = self.byte.max(ceil(self.text, byte));
        (self.line, self.column)
    }
}

/// The first place at or behind a byte where a character begins.
fn ceil(text: &str, byte: usize) -> usize {
    (byte..text.len()).find(|byte| text.is_char_boundary(*byte)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn places_are_counted_forwards_and_backwards() {
        let mut cursor = Cursor::new("é\n\na€b");
        let places = [0, 2, 3, 5, 8, 99, 4].map(|byte| cursor.at(byte));
        assert_eq!(places, [(1, 1), (1, 2), (2, 1), (3, 2), (3, 3), (3, 4), (3, 1)]);
    }
}
