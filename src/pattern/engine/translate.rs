//! Writes tokens in the notation of the engine that can run them.

use crate::pattern::Extent;
use crate::pattern::syntax::{PatternGroup, PatternToken};

/// A pattern in an engine's notation.
#[derive(Clone, Debug, Default)]
pub(in crate::pattern) struct EnginePattern {
    /// The pattern.
    pub(in crate::pattern) text: String,
    /// Whether it needs the backtracking engine.
    pub(in crate::pattern) backtracks: bool,
    /// The pattern's groups by their numbers in the engine.
    pub(in crate::pattern) groups: Vec<usize>,
    /// The names of the pattern's groups.
    pub(in crate::pattern) names: Vec<Option<String>>,
    /// Groups of the linear engine that mark where a match ends.
    ///
    /// Python's `$` looks at a newline at the end without taking it; the linear engine cannot look. Where nothing can
    /// follow the `$`, `()\n?\z` matches the same texts, and its empty group says where the match really ends.
    pub(in crate::pattern) ends: Vec<usize>,
}

/// Writes a pattern.
pub(in crate::pattern) fn translate(tokens: &[PatternToken], extent: Extent) -> EnginePattern {
    let last = last_places(tokens);
    let backtracks = tokens.iter().zip(&last).any(|(token, last)| match token {
        PatternToken::Back(_) | PatternToken::Open(PatternGroup::Backtracking(_) | PatternGroup::Condition(_)) => true,
        PatternToken::Repeat(quantifier) => quantifier.len() > 1 && quantifier.ends_with('+'),
        PatternToken::End => !last,
        _ => false,
    });
    let mut translation = EnginePattern { backtracks, groups: vec![0], names: vec![None], ..EnginePattern::default() };
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

impl EnginePattern {
    /// How many groups the engine finds.
    pub(in crate::pattern) fn len(&self) -> usize {
        self.groups.len() + self.ends.len()
    }

    fn push(&mut self, token: &PatternToken, extent: Extent, count: &mut usize) {
        match token {
            PatternToken::Atom(text) | PatternToken::Repeat(text) => self.text.push_str(text),
            PatternToken::Assertion(text) if self.backtracks => self.text.push_str(spelt_out(text)),
            PatternToken::Assertion(text) | PatternToken::Flag(text) => self.text.push_str(text),
            PatternToken::Open(PatternGroup::Plain(text) | PatternGroup::Backtracking(text)) => {
                self.text.push_str(text);
            }
            PatternToken::Open(PatternGroup::Condition(number)) => self.text.push_str(&format!("(?({number})")),
            // A group around it keeps a digit behind it from joining in.
            PatternToken::Back(number) => self.text.push_str(&format!("(?:\\{number})")),
            PatternToken::Close => self.text.push(')'),
            PatternToken::Alternate => self.text.push('|'),
            PatternToken::Open(PatternGroup::Capture(name)) => {
                *count += 1;
                self.groups.push(*count);
                self.names.push(name.clone());
                self.text.push('(');
            }
            PatternToken::End => self.end(extent, count),
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
fn last_places(tokens: &[PatternToken]) -> Vec<bool> {
    let mut last = vec![false; tokens.len()];
    let mut groups = Vec::new();
    let (mut at_end, mut group_end) = (true, true);
    for (index, token) in tokens.iter().enumerate().rev() {
        last[index] = at_end;
        match token {
            PatternToken::Close => {
                groups.push(group_end);
                at_end = at_end && !matches!(tokens.get(index + 1), Some(PatternToken::Repeat(_)));
                group_end = at_end;
            }
            PatternToken::Alternate => at_end = group_end,
            PatternToken::Open(_) => {
                group_end = groups.pop().unwrap_or(false);
                at_end = false;
            }
            PatternToken::Flag(_) => {}
            _ => at_end = false,
        }
    }
    last
}
