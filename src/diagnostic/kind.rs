//! Kinds of finding, declared once in a table by the room that finds them.

use super::{Code, Diagnostic, Severity, Span};

/// A kind of finding: what all findings with one code share.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The stable name.
    pub code: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// The title, with `{names}` where a finding says what it is about.
    pub title: &'static str,
    /// What it means and what follows from it: for the manual.
    pub meaning: &'static str,
}

impl Kind {
    /// A finding of this kind; the words fill the title's places in their order. A word longer than [`LONGEST_WORD`]
    /// is cut: it is someone's input.
    pub fn at(&self, span: Span, words: &[&str]) -> Diagnostic {
        Diagnostic::new(self.severity, Code(self.code), fill(self.title, words), span)
    }
}

/// Declares a room's kinds of finding as constants, and all of them as `KINDS`, in the manual's order:
/// `NAME = Severity "code", "title", "meaning";`.
#[macro_export]
macro_rules! kinds {
    ($($name:ident = $severity:ident $code:literal, $title:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning] pub(crate) const $name: $crate::diagnostic::Kind = $crate::diagnostic::Kind {
            code: $code,
            severity: $crate::diagnostic::Severity::$severity,
            title: $title,
            meaning: $meaning,
        };)*

        /// The kinds of finding of this room, in the manual's order.
        pub const KINDS: &[$crate::diagnostic::Kind] = &[$($name),*];
    };
}

pub(crate) use kinds;

/// How many characters of a word a title shows.
pub const LONGEST_WORD: usize = 80;

fn fill(title: &str, words: &[&str]) -> String {
    let mut out = String::with_capacity(title.len());
    let mut words = words.iter();
    let mut rest = title;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        out.push_str(before);
        push_cut(&mut out, words.next().copied().unwrap_or("…"));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn push_cut(out: &mut String, word: &str) {
    match word.char_indices().nth(LONGEST_WORD) {
        Some((end, _)) => {
            out.push_str(&word[..end]);
            out.push('…');
        }
        None => out.push_str(word),
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WORD, fill};

    #[test]
    fn words_fill_the_places_in_order_and_are_not_filled_themselves() {
        assert_eq!(fill("{a} is {b}.", &["{{ x }}", "odd"]), "{{ x }} is odd.");
        assert_eq!(fill("{a}{b}", &["1"]), "1…");
        assert_eq!(fill("none", &["1"]), "none");
        assert_eq!(fill("{a}", &[&"é".repeat(500)]).chars().count(), LONGEST_WORD + 1);
    }
}
