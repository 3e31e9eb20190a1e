//! The expressions of a value: where they are, their words, and the texts in them.

use super::outline::{Scalar, Style};
use std::ops::Range;

/// What stands between `{{` and `}}`, or `{%` and `%}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expression {
    /// Where it is, without its braces; to the end of the value where it is not closed.
    pub place: Range<usize>,
    /// Words that are not in a text.
    pub words: Vec<Range<usize>>,
    pub texts: Vec<Text>,
    is_statement: bool,
}

/// A text in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Where it is, with its quotes.
    pub place: Range<usize>,
    /// Where it is, without them.
    pub inside: Range<usize>,
    pub is_closed: bool,
}

impl Expression {
    /// The text that a place is in.
    pub fn text_at(&self, offset: usize) -> Option<&Text> {
        self.texts.iter().find(|text| text.inside.start <= offset && offset <= text.inside.end)
    }

    /// The names that a statement gives a value: of `{% set x = … %}` and `{% for x in … %}`.
    pub fn bound<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let words: Vec<&str> = self.words.iter().map(|word| &text[word.clone()]).collect();
        match words.split_first() {
            Some((&"for", rest)) if self.is_statement => {
                rest.iter().copied().take_while(|word| *word != "in").collect()
            }
            Some((&"set", _)) if self.is_statement => {
                let equals = text[self.place.clone()].find('=').map_or(self.place.end, |at| self.place.start + at);
                let names = self.words[1..].iter().take_while(|word| word.start < equals);
                names.map(|word| &text[word.clone()]).collect()
            }
            _ => Vec::new(),
        }
    }
}

pub(super) fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Whether a text is a name that an expression can use.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().all(is_of_name) && text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
}

/// The expressions of a value.
pub(super) fn expressions(text: &str, scalar: &Scalar) -> Vec<Expression> {
    let letters = letters(text, scalar);
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let second = letters.get(at + 1).map(|(_, letter)| *letter);
        match (letters[at].1, second) {
            ('{', Some('{')) => at = expression(&letters, at + 2, '}', scalar.place.end, &mut found),
            ('{', Some('%')) => at = expression(&letters, at + 2, '%', scalar.place.end, &mut found),
            ('{', Some('#')) => at = comment(&letters, at + 2),
            _ => at += 1,
        }
    }
    found
}

/// The letters of a value, without its escapes, and where each is.
fn letters(text: &str, scalar: &Scalar) -> Vec<(Range<usize>, char)> {
    let mut found = Vec::new();
    let mut letters = text[scalar.place.clone()].char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let plain = match (scalar.style, letter, next) {
            (Style::Single, '\'', Some('\'')) => Some('\''),
            (Style::Double, '\\', Some(next @ ('"' | '\\' | '/'))) => Some(next),
            (Style::Double, '\\', Some('n' | 'r' | 't')) => Some(' '),
            _ => None,
        };
        if plain.is_some() {
            letters.next();
        }
        let at = scalar.place.start + at;
        let length = if plain.is_some() { 2 } else { letter.len_utf8() };
        found.push((at..at + length, plain.unwrap_or(letter)));
    }
    found
}

/// Reads an expression from a letter on, up to its mark and a brace; the letter behind it.
fn expression(
    letters: &[(Range<usize>, char)],
    from: usize,
    mark: char,
    end: usize,
    found: &mut Vec<Expression>,
) -> usize {
    let start = letters[from - 1].0.end;
    let (mut words, mut texts): (Vec<Range<usize>>, Vec<Text>) = (Vec::new(), Vec::new());
    let (mut at, mut braces, mut last, mut behind) = (from, 0_usize, end, letters.len());
    while let Some((place, letter)) = letters.get(at) {
        let next = letters.get(at + 1).map(|(_, letter)| *letter);
        match letter {
            '"' | '\'' => {
                let text = quoted(letters, at, end);
                at = letters.partition_point(|(place, _)| place.start < text.place.end);
                texts.push(text);
                continue;
            }
            letter if is_of_name(*letter) => match words.last_mut().filter(|word| word.end == place.start) {
                Some(word) => word.end = place.end,
                None => words.push(place.clone()),
            },
            letter if *letter == mark && next == Some('}') && braces == 0 => {
                (last, behind) = (place.start, at + 2);
                break;
            }
            '{' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    found.push(Expression { place: start..last, words, texts, is_statement: mark == '%' });
    behind
}

/// The text that begins at a letter.
fn quoted(letters: &[(Range<usize>, char)], from: usize, end: usize) -> Text {
    let (open, quote) = &letters[from];
    let mut at = from + 1;
    while let Some((place, letter)) = letters.get(at) {
        match letter {
            '\\' => at += 1,
            letter if letter == quote => {
                let (inside, place) = (open.end..place.start, open.start..place.end);
                return Text { place, inside, is_closed: true };
            }
            _ => {}
        }
        at += 1;
    }
    Text { place: open.start..end, inside: open.end..end, is_closed: false }
}

/// The letter behind a comment.
fn comment(letters: &[(Range<usize>, char)], from: usize) -> usize {
    let is_end = |at: &usize| letters[*at].1 == '#' && letters.get(at + 1).is_some_and(|(_, letter)| *letter == '}');
    (from..letters.len()).find(is_end).map_or(letters.len(), |at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::super::outline;
    use super::{Expression, expressions};

    fn all(text: &str) -> Vec<Expression> {
        outline::of(text).scalars.iter().flat_map(|scalar| expressions(text, scalar)).collect()
    }

    #[test]
    fn expressions_have_their_words_and_texts() {
        for (text, places, words, texts) in [
            ("a: \"{{ x.y | f('z }}') }}\"", &[" x.y | f('z }}') "][..], &["x", "y", "f"][..], &["z }}"][..]),
            ("a: '{{ x[''y''] }}'", &[" x[''y''] "], &["x"], &["y"]),
            ("a: \"{{ x == \\\"y\\\" }}{% if z %}\"", &[" x == \\\"y\\\" ", " if z "], &["x", "if", "z"], &["y"]),
            ("a: |\n  {{ x\n  or y }}", &[" x\n  or y "], &["x", "or", "y"], &[]),
            ("a: \"{# {{ x }} #}{{ {'k': {}} }}\"", &[" {'k': {}} "], &[], &["k"]),
            ("a: \"{{ x\nb: y", &[" x"], &["x"], &[]),
            ("a: \"{{ 'x", &[" 'x"], &[], &["x"]),
            ("a: x # {{ y }}\n# {{ z }}\nb: 1", &[], &[], &[]),
            ("a: \"{{\"", &[""], &[], &[]),
        ] {
            let found = all(text);
            let of = |place: &std::ops::Range<usize>| text[place.clone()].to_owned();
            let got: Vec<String> = found.iter().map(|one| of(&one.place)).collect();
            assert_eq!(got, places, "{text}");
            assert_eq!(found.iter().flat_map(|one| &one.words).map(of).collect::<Vec<_>>(), words, "{text}");
            let inside = found.iter().flat_map(|one| &one.texts).map(|one| of(&one.inside));
            assert_eq!(inside.collect::<Vec<_>>(), texts, "{text}");
        }
    }

    #[test]
    fn statements_bind_names() {
        let text = "a: \"{% set x = y %}{% for k, v in z %}{{ set }}{% if x %}{% set w %}\"";
        assert_eq!(all(text).iter().flat_map(|one| one.bound(text)).collect::<Vec<_>>(), ["x", "k", "v", "w"]);
    }
}
