//! Where something was written: sources, spans and positions.

use std::sync::{Mutex, PoisonError};

/// Which of [`Sources`] a span is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A range of bytes in one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of a source.
    pub fn new(source: SourceId, start: u32, end: u32) -> Self {
        Span { source, start, end }
    }
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// A text that a user wrote, with the name under which it is shown.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name, usually a path.
    pub name: String,
    /// The text.
    pub text: String,
    /// Where walks through a scalar of the text have been.
    pub walked: Walked,
}

/// Where the walks through one scalar have been, so that the next one need not begin at its start: many findings can be in
/// one scalar.
#[derive(Debug, Default)]
pub struct Walked(Mutex<(Span, Marks)>);

/// Places of a scalar in its source and in its text, ascending.
pub type Marks = Vec<(usize, usize)>;

impl Walked {
    /// Works with the marks of a scalar; those of another are forgotten.
    pub fn through<T>(&self, scalar: Span, work: impl FnOnce(&mut Marks) -> T) -> T {
        let mut walked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, marks) = &mut *walked;
        if std::mem::replace(known, scalar) != scalar {
            marks.clear();
        }
        work(marks)
    }
}

impl Clone for Walked {
    fn clone(&self) -> Self {
        Walked::default()
    }
}

impl Source {
    /// The line and column of a byte; a byte past the end is the end.
    pub fn position(&self, byte: u32) -> Position {
        let mut byte = (byte as usize).min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &self.text[..byte];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        Position { line: line as u32, column: column as u32 }
    }
}

/// All texts of one compilation.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// No source.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under a name.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.0.push(Source { name: name.into(), text: text.into(), walked: Walked::default() });
        SourceId(self.0.len() as u32 - 1)
    }

    /// A source; `None` for an id of other sources.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.0.get(id.0 as usize)
    }

    /// Name, line and column of a span's first byte.
    pub fn locate(&self, span: Span) -> Option<(&str, Position)> {
        let source = self.get(span.source)?;
        Some((&source.name, source.position(span.start)))
    }
}
