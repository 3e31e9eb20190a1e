//! What mends a mistake: texts in the place of others.
//!
//! Why so: `docs/decisions/0170`.

use super::{Sources, Span};

/// Edits that together mend one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What they do, as an editor lists it: ``write `user.name` ``.
    pub title: String,
    /// The edits; none touches another.
    pub edits: Vec<Edit>,
    /// Whether it is the one right answer, which may be applied unasked. Else a person has to choose.
    pub is_certain: bool,
}

/// A text in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The place, or what the word stands in.
    pub span: Span,
    /// The one word of the place that is replaced; all of the place where there is none.
    pub word: Option<String>,
    /// The text that is written there.
    pub text: String,
}

impl Fix {
    /// One edit that is the right answer.
    pub fn certain(title: impl Into<String>, edit: Edit) -> Self {
        Fix { title: title.into(), edits: vec![edit], is_certain: true }
    }
}

impl Edit {
    /// Replaces all of a place; an empty place is where the text is inserted.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Edit { span, word: None, text: text.into() }
    }

    /// Replaces a word of a place, such as a name in quotes or a key of a path.
    pub fn word(span: Span, word: impl Into<String>, text: impl Into<String>) -> Self {
        Edit { span, word: Some(word.into()), text: text.into() }
    }

    /// What is replaced; `None` where the word is not there, or there twice: what an escape or a fold makes of a text is
    /// not what was written.
    pub fn place(&self, sources: &Sources) -> Option<Span> {
        let text = &sources.get(self.span.source)?.text;
        let Some(word) = &self.word else {
            return text.get(self.span.start as usize..self.span.end as usize).map(|_| self.span);
        };
        let written = text.get(self.span.start as usize..self.span.end as usize)?;
        let mut places = written.match_indices(&**word).filter(|(at, _)| stands_alone(written, *at, word.len()));
        let (at, _) = places.next().filter(|_| !word.is_empty())?;
        let start = self.span.start + at as u32;
        places.next().is_none().then(|| Span::new(self.span.source, start, start + word.len() as u32))
    }
}

/// Whether no letter, digit or `_` goes on before or behind a word.
fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let goes_on = |letter: char| letter.is_alphanumeric() || letter == '_';
    !text[..at].ends_with(goes_on) && !text[at + length..].starts_with(goes_on)
}

#[cfg(test)]
mod tests {
    use super::Edit;
    use crate::diagnostic::{SourceId, Sources, Span};

    #[test]
    fn a_word_is_replaced_where_it_stands_once_and_alone() {
        for (text, place) in [
            ("'nme'", Some((1, 4))),
            ("j.nme.x", Some((2, 5))),
            ("nmes", None),
            ("nme.nme", None),
            ("n\\x6de", None),
            ("é nme", Some((3, 6))),
        ] {
            let mut sources = Sources::new();
            let source = sources.add("x", text);
            let edit = Edit::word(Span::new(source, 0, text.len() as u32), "nme", "name");
            assert_eq!(edit.place(&sources).map(|span| (span.start, span.end)), place, "{text}");
        }
    }

    #[test]
    fn a_place_that_a_text_does_not_have_is_none() {
        let mut sources = Sources::new();
        let source = sources.add("x", "é");
        for (start, end) in [(0, 9), (1, 2), (2, 1)] {
            assert_eq!(Edit::new(Span::new(source, start, end), "").place(&sources), None);
        }
        assert_eq!(Edit::new(Span::new(SourceId(7), 0, 0), "").place(&sources), None);
    }
}
