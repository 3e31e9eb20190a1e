//! Text to look for, with its wildcards: `*` stands for any text, `?` for one character.

/// A text to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TextPattern {
    /// Its pieces: no two literals follow each other, and no two `*`.
    pub pieces: Vec<Piece>,
}

/// A piece of a text to look for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Text as it is.
    Literal(String),
    /// `*`: any text, none too.
    Any,
    /// `?`: one character.
    One,
    /// `%name%`, where `expand` asks for it: what the pipeline or the user has under the name.
    Placeholder(String),
}

impl TextPattern {
    /// Reads a text as rules write it. A backslash before `*`, `?` or a backslash takes their meaning from them; before
    /// anything else it is a backslash (the specification's section on escaping; pySigma's `SigmaString`).
    pub fn read(text: &str) -> Self {
        let mut pattern = TextPattern::default();
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '*' => pattern.push(Piece::Any),
                '?' => pattern.push(Piece::One),
                '\\' => pattern.push_letter(letters.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\')),
                _ => pattern.push_letter(letter),
            }
        }
        pattern
    }

    /// A text without wildcards.
    pub fn literal(text: impl Into<String>) -> Self {
        let mut pattern = TextPattern::default();
        pattern.push(Piece::Literal(text.into()));
        pattern
    }

    /// The text, where there is no wildcard in it.
    pub fn as_literal(&self) -> Option<&str> {
        match &*self.pieces {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Adds a piece.
    pub fn push(&mut self, piece: Piece) {
        match (self.pieces.last_mut(), piece) {
            (_, Piece::Literal(text)) if text.is_empty() => {}
            (Some(Piece::Literal(before)), Piece::Literal(text)) => before.push_str(&text),
            (Some(Piece::Any), Piece::Any) => {}
            (_, piece) => self.pieces.push(piece),
        }
    }

    fn push_letter(&mut self, letter: char) {
        self.push(Piece::Literal(letter.into()));
    }

    /// The same with any text before or behind it.
    #[must_use]
    pub fn open(mut self, before: bool, behind: bool) -> Self {
        if before && self.pieces.first() != Some(&Piece::Any) {
            self.pieces.insert(0, Piece::Any);
        }
        if behind {
            self.push(Piece::Any);
        }
        self
    }

    /// Makes placeholders of `%name%` in its literals.
    #[must_use]
    pub fn with_placeholders(self) -> Self {
        let mut pattern = TextPattern::default();
        for piece in self.pieces {
            match piece {
                Piece::Literal(text) => text.split_placeholders(&mut pattern),
                other => pattern.push(other),
            }
        }
        pattern
    }

    /// The names of its placeholders.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Placeholder(name) => Some(&**name),
            _ => None,
        })
    }

    /// The patterns with each placeholder replaced by each of its values.
    pub fn expanded(&self, values: &dyn Fn(&str) -> Option<Vec<TextPattern>>, most: usize) -> Option<Vec<TextPattern>> {
        let mut all = vec![TextPattern::default()];
        for piece in &self.pieces {
            let choices = match piece {
                Piece::Placeholder(name) => values(name)?,
                piece => vec![TextPattern { pieces: vec![piece.clone()] }],
            };
            all = all.iter().flat_map(|before| choices.iter().map(|choice| before.joined(choice))).collect();
            if all.len() > most {
                return None;
            }
        }
        Some(all)
    }

    fn joined(&self, other: &TextPattern) -> TextPattern {
        let mut joined = self.clone();
        other.pieces.iter().for_each(|piece| joined.push(piece.clone()));
        joined
    }

    /// The same in small letters, to compare without case.
    #[must_use]
    pub fn lowered(&self) -> TextPattern {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => Piece::Literal(lowered(text)),
            other => other.clone(),
        });
        TextPattern { pieces: pieces.collect() }
    }

    /// Whether it matches a whole text: in time at most the product of both lengths, which is why it is asked once of each text.
    pub fn matches(&self, text: &str) -> bool {
        let (mut rest, mut pieces) = (text, &self.pieces[..]);
        let mut retry: Option<(&str, &[Piece])> = None;
        loop {
            let step = match pieces.split_first() {
                None if rest.is_empty() => return true,
                None => None,
                Some((Piece::Any, [])) => return true,
                Some((Piece::Any, behind)) => {
                    retry = Some((rest, behind));
                    Some((rest, behind))
                }
                Some((Piece::One, behind)) => rest.chars().next().map(|letter| (&rest[letter.len_utf8()..], behind)),
                Some((Piece::Literal(literal), behind)) => rest.strip_prefix(&**literal).map(|rest| (rest, behind)),
                Some((Piece::Placeholder(_), _)) => return false,
            };
            match step.or_else(|| retry.take().and_then(|(from, behind)| advanced(from, behind, &mut retry))) {
                Some(next) => (rest, pieces) = next,
                None => return false,
            }
        }
    }

    /// The pattern as a rule would write it.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => text.chars().for_each(|letter| {
                    if matches!(letter, '*' | '?') {
                        out.push('\\');
                    }
                    out.push(letter);
                }),
                Piece::Any => out.push('*'),
                Piece::One => out.push('?'),
                Piece::Placeholder(name) => out.extend(["%", name, "%"]),
            }
        }
        out
    }
}

/// Where a `*` takes one character more: on to the next place where the piece behind it can begin.
fn advanced<'t, 'p>(
    from: &'t str,
    behind: &'p [Piece],
    retry: &mut Option<(&'t str, &'p [Piece])>,
) -> Option<(&'t str, &'p [Piece])> {
    let next = &from[from.chars().next()?.len_utf8()..];
    let next = match behind.first() {
        Some(Piece::Literal(literal)) => &next[next.find(&**literal)?..],
        _ => next,
    };
    *retry = Some((next, behind));
    Some((next, behind))
}

trait Placeholders {
    fn split_placeholders(&self, into: &mut TextPattern);
}

impl Placeholders for str {
    fn split_placeholders(&self, into: &mut TextPattern) {
        let mut rest = self;
        while let Some((before, name, behind)) = first_placeholder(rest) {
            into.push(Piece::Literal(before.to_owned()));
            into.push(Piece::Placeholder(name.to_owned()));
            rest = behind;
        }
        into.push(Piece::Literal(rest.to_owned()));
    }
}

/// The text before the first `%name%`, the name, and the text behind it.
fn first_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    text.match_indices('%').find_map(|(start, _)| {
        let (name, behind) = text[start + 1..].split_once('%')?;
        is_name(name).then_some((&text[..start], name, behind))
    })
}

/// A text in small letters.
pub fn lowered(text: &str) -> String {
    let mut lowered = String::new();
    lower_into(text, &mut lowered);
    lowered
}

/// Puts a text in small letters into a buffer. Each letter by itself: `str::to_lowercase` writes a sigma at the end of a word in another
/// way, so that a part of a text would not be found in the whole.
pub fn lower_into(text: &str, into: &mut String) {
    into.clear();
    if text.is_ascii() {
        into.push_str(text);
        into.make_ascii_lowercase();
    } else {
        into.extend(text.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, TextPattern};

    #[test]
    fn a_backslash_escapes_wildcards_and_itself_and_nothing_else() {
        let literal = |text: &str| TextPattern::read(text).as_literal().map(str::to_owned);
        assert_eq!(literal(r"C:\a").as_deref(), Some(r"C:\a"));
        assert_eq!(literal(r"\\a").as_deref(), Some(r"\a"));
        assert_eq!(literal(r"\*\?").as_deref(), Some("*?"));
        assert_eq!(literal(r"a\").as_deref(), Some(r"a\"));
        assert_eq!(literal(r"a\\*"), None);
        assert_eq!(TextPattern::read(r"a\\*").pieces, [Piece::Literal(r"a\".to_owned()), Piece::Any]);
        assert_eq!(TextPattern::read("a**").pieces.len(), 2);
    }

    #[test]
    fn wildcards_match_as_few_or_as_many_letters_as_needed() {
        for (pattern, text, is_match) in [
            ("*", "", true),
            ("?", "", false),
            ("?", "é", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*ab", "aab", true),
            ("*a?b*", "xxa-byy", true),
            ("a*", "ba", false),
            ("*.exe", "x.exe.exe", true),
            ("??", "abc", false),
        ] {
            assert_eq!(TextPattern::read(pattern).matches(text), is_match, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_long_text_with_many_wildcards_takes_no_exponential_time() {
        let pattern = TextPattern::read(&("*a?".repeat(50) + "c"));
        // One that did would not end; `tests/hostile.rs` takes the time of longer texts.
        let text = "ab".repeat(10_000);
        assert!(!pattern.matches(&text) && pattern.matches(&(text + "c")));
    }
}
