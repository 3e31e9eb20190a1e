//! Writes tokens in the notation of the engine that can run them.

use super::Extent;
use super::token::{Group, Token};

/// A pattern in an engine's notation.
#[derive(Clone, Debug, Default)]
pub(super) struct Translation {
    /// The pattern.
    pub(super) text: String,
    /// Whether it needs the backtracking engine.
    pub(super) backtracks: bool,
    /// The pattern's groups by their numbers in the engine.
    pub(super) groups: Vec<usize>,
    /// The names of the pattern's groups.
    pub(super) names: Vec<Option<String>>,
    /// Groups of the linear engine that mark where a match ends.
    ///
    /// Python's `$` looks at a newline at the end without taking it; the linear engine cannot look. Where nothing can
    /// follow the `$`, `()\n?\z` matches the same texts, and its empty group says where the match really ends.
    pub(super) ends: Vec<usize>,
}

/// Writes a pattern.
pub(super) fn translate(tokens: Vec<Token>, extent: Extent) -> Translation {
    let last = last_places(&tokens);
    let backtracks = tokens.iter().zip(&last).any(|(token, last)| match token {
        Token::Back(_) | Token::Open(Group::Backtracking(_) | Group::Condition(_)) => true,
        Token::Repeat(quantifier) => quantifier.len() > 1 && quantifier.ends_with('+'),
        Token::End => !last,
        _ => false,
    });
    let mut translation = Translation { backtracks, groups: vec![0], names: vec![None], ..Translation::default() };
    let mut count = 0;
    if extent == Extent::Whole {
        translation.text.push_str("(?:");
    }
    for token in tokens {
        translation.push(token, extent, &mut count);
    }
    if extent == Extent::Whole {
        translation.text.push_str(")\\z");
    }
    translation
}

impl Translation {
    fn push(&mut self, token: Token, extent: Extent, count: &mut usize) {
        match token {
            Token::Atom(text) | Token::Repeat(text) => self.text.push_str(&text),
            Token::Assertion(text) if self.backtracks => self.text.push_str(spelt_out(text)),
            Token::Assertion(text) | Token::Flag(text) => self.text.push_str(text),
            Token::Open(Group::Plain(text) | Group::Backtracking(text)) => self.text.push_str(text),
            Token::Open(Group::Condition(number)) => self.text.push_str(&format!("(?({number})")),
            // A group around it keeps a digit behind it from joining in.
            Token::Back(number) => self.text.push_str(&format!("(?:\\{number})")),
            Token::Close => self.text.push(')'),
            Token::Alternate => self.text.push('|'),
            Token::Open(Group::Capture(name)) => {
                *count += 1;
                self.groups.push(*count);
                self.names.push(name);
                self.text.push('(');
            }
            Token::End => self.end(extent, count),
        }
    }

    fn end(&mut self, extent: Extent, count: &mut usize) {
        match (self.backtracks, extent) {
            (true, _) => self.text.push_str("(?=\\n?\\z)"),
            // A match to the end of the text leaves no newline after it.
            (false, Extent::Whole) => self.text.push_str("\\z"),
            (false, Extent::Part) => {
                *count += 1;
                self.ends.push(*count);
                self.text.push_str("()\\n?\\z");
            }
        }
    }
}

/// An assertion as the backtracking engine has it, which knows no boundaries of ASCII's words.
fn spelt_out(assertion: &'static str) -> &'static str {
    match assertion {
        "(?-u:\\b)" => "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))",
        "(?-u:\\B)" => "(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))",
        other => other,
    }
}

/// For each token, whether nothing of the pattern can match behind it. Walks from the end; inside a group that is
/// repeated something always can.
fn last_places(tokens: &[Token]) -> Vec<bool> {
    let mut last = vec![false; tokens.len()];
    let mut groups = Vec::new();
    let (mut at_end, mut group_end) = (true, true);
    for (index, token) in tokens.iter().enumerate().rev() {
        last[index] = at_end;
        match token {
            Token::Close => {
                groups.push(group_end);
                at_end = at_end && !matches!(tokens.get(index + 1), Some(Token::Repeat(_)));
                group_end = at_end;
            }
            Token::Alternate => at_end = group_end,
            Token::Open(_) => {
                group_end = groups.pop().unwrap_or(false);
                at_end = false;
            }
            Token::Flag(_) => {}
            _ => at_end = false,
        }
    }
    last
}
