//! Styled text of the workbench as the page shows it: pieces, those with a place as links into the format's files.

use crate::offsets::Offsets;
use serde::Serialize;
use std::collections::BTreeMap;
use weir::diagnostic::{SourceId, Sources, Span};
use weir_author::styled::{Style, StyledText};

/// A piece of text.
#[derive(Debug, Serialize)]
pub struct Shown<'t> {
    text: &'t str,
    style: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    place: Option<Place<'t>>,
}

/// A place in a file, in units of UTF-16.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Place<'t> {
    /// The file.
    pub file: &'t str,
    /// The first unit.
    pub from: usize,
    /// The unit after the last.
    pub to: usize,
}

/// Finds places in the texts of a format, and counts each text once.
pub struct Places<'t> {
    sources: &'t Sources,
    counted: BTreeMap<SourceId, Offsets>,
}

impl<'t> Places<'t> {
    /// Of these texts.
    pub fn of(sources: &'t Sources) -> Self {
        Places { sources, counted: BTreeMap::new() }
    }

    /// Where a span is.
    pub fn place(&mut self, span: Span) -> Option<Place<'t>> {
        let source = self.sources.get(span.source)?;
        let offsets = self.counted.entry(span.source).or_insert_with(|| Offsets::of(&source.text));
        let (from, to) = offsets.range(span.start as usize, span.end as usize);
        Some(Place { file: &source.name, from, to })
    }

    /// Where a range of bytes of a text is, by the text's name.
    pub fn named(&mut self, file: &str, from: u32, to: u32) -> Option<Place<'t>> {
        let number =
            (0..).map_while(|id| Some((id, self.sources.get(SourceId(id))?))).find(|(_, one)| one.name == file)?;
        self.place(Span::new(SourceId(number.0), from, to))
    }

    /// A text as the page shows it.
    pub fn shown(&mut self, text: &'t StyledText) -> Vec<Shown<'t>> {
        let piece = |piece: &'t weir_author::styled::Piece| {
            let style = match piece.style {
                Style::Plain => "plain",
                Style::Name => "name",
                Style::Good => "good",
                Style::Bad => "bad",
                Style::Idle => "idle",
            };
            Shown { text: &piece.text, style, place: piece.span.and_then(|span| self.place(span)) }
        };
        text.pieces.iter().map(piece).collect()
    }
}
