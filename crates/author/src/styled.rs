//! Text with styles and places, so that a surface can colour it and link it to a spec; here is no colour and no link.

use std::cell::Cell;
use std::fmt::{self, Display, Formatter, Write};
use weir::diagnostic::Span;

/// What a piece of text stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Running text.
    #[default]
    Plain,
    /// A name or a heading.
    Name,
    /// Something went well.
    Good,
    /// Something failed.
    Bad,
    /// Something did not happen, or asks for a look.
    Idle,
}

/// A piece of a text, in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// The text; may have line breaks.
    pub text: String,
    /// Its style.
    pub style: Style,
    /// The place in a format's texts that it names, where it does.
    pub span: Option<Span>,
}

/// A text as pieces, in order. Shown with [`Display`] it is plain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StyledText {
    /// The pieces.
    pub pieces: Vec<Piece>,
}

impl Display for StyledText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| f.write_str(&piece.text))
    }
}

/// Knows the style in which something is being written. `write!` hands the text of its arguments on without their types:
/// what is [`Styled`] says here how it is to be taken, and the [`Writer`] of the same pen looks.
#[derive(Debug, Default)]
pub(crate) struct Pen {
    style: Cell<Style>,
    span: Cell<Option<Span>>,
}

impl Pen {
    /// A text to be written with this pen.
    pub fn writer(&self) -> Writer<'_> {
        Writer { pen: self, text: StyledText::default() }
    }

    /// A name or a heading.
    pub fn name(&self, text: impl Into<String>) -> Styled<'_> {
        self.styled(Style::Name, text, None)
    }

    /// Says that something went well.
    pub fn good(&self, text: impl Into<String>) -> Styled<'_> {
        self.styled(Style::Good, text, None)
    }

    /// Says that something failed.
    pub fn bad(&self, text: impl Into<String>) -> Styled<'_> {
        self.styled(Style::Bad, text, None)
    }

    /// Says that something was passed over.
    pub fn idle(&self, text: impl Into<String>) -> Styled<'_> {
        self.styled(Style::Idle, text, None)
    }

    /// Names a place.
    pub fn place(&self, text: impl Into<String>, span: Span) -> Styled<'_> {
        self.styled(Style::Plain, text, Some(span))
    }

    fn styled(&self, style: Style, text: impl Into<String>, span: Option<Span>) -> Styled<'_> {
        Styled { pen: self, piece: Piece { text: text.into(), style, span } }
    }
}

/// A piece to be written with `{}`. Into anything but a [`Writer`] of its pen it is written plain.
pub(crate) struct Styled<'p> {
    pen: &'p Pen,
    piece: Piece,
}

impl Display for Styled<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.pen.style.set(self.piece.style);
        self.pen.span.set(self.piece.span);
        let written = f.write_str(&self.piece.text);
        self.pen.style.take();
        self.pen.span.take();
        written
    }
}

/// A text that is being written.
pub(crate) struct Writer<'p> {
    pen: &'p Pen,
    text: StyledText,
}

impl Writer<'_> {
    /// What was written.
    pub fn done(self) -> StyledText {
        self.text
    }
}

impl Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let (style, span) = (self.pen.style.get(), self.pen.span.get());
        let pieces = &mut self.text.pieces;
        match pieces.last_mut() {
            Some(last) if (style, span, last.style, last.span) == (Style::Plain, None, Style::Plain, None) => {
                last.text.push_str(text);
            }
            _ => pieces.push(Piece { text: text.to_owned(), style, span }),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weir::diagnostic::SourceId;

    #[test]
    fn pieces_keep_their_style_and_place_and_plain_text_is_one_piece() {
        let pen = Pen::default();
        let mut out = pen.writer();
        let span = Span::new(SourceId(1), 3, 5);
        write!(out, "{:>3} {} at {}: ", 7, pen.name("gate"), pen.place("p.yml:1:4", span)).expect("text is written");
        writeln!(out, "{}{}", pen.good("open"), pen.good("")).expect("text is written");
        let text = out.done();
        assert_eq!(text.to_string(), "  7 gate at p.yml:1:4: open\n");
        let pieces: Vec<_> = text.pieces.iter().map(|piece| (&*piece.text, piece.style, piece.span)).collect();
        let plain = |text| (text, Style::Plain, None);
        let expected = [
            plain("  7 "),
            ("gate", Style::Name, None),
            plain(" at "),
            ("p.yml:1:4", Style::Plain, Some(span)),
            plain(": "),
            ("open", Style::Good, None),
            ("", Style::Good, None),
            plain("\n"),
        ];
        assert_eq!(pieces, expected);
    }
}
