//! Cuts a date's text into words, numbers and single characters.

/// The longest text that is read as a date, in bytes.
pub(super) const LONGEST: usize = 256;

/// Cuts a text as dateutil's lexer does: runs of letters, runs of digits, numbers with a point (or, behind two digits, a
/// comma), every other character alone, each white space as a space. Words and numbers with several points are taken
/// apart at the points.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::with_capacity(text.len().div_ceil(2));
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\0' => {
                rest = &rest[1..];
                continue;
            }
            _ if first.is_ascii_digit() || first.is_alphabetic() => {
                let length = run(rest);
                split(&rest[..length], length == rest.len(), &mut tokens);
                length
            }
            _ if first.is_whitespace() => {
                tokens.push(" ");
                first.len_utf8()
            }
            _ => {
                tokens.push(&rest[..first.len_utf8()]);
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

/// What a run holds; a point joins words to numbers and numbers to words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TokenState {
    Word,
    Number,
    PointedWord,
    PointedNumber,
}

fn run(text: &str) -> usize {
    let mut state = None;
    let mut last = ' ';
    for (at, c) in text.char_indices() {
        let (letter, digit) = (c.is_alphabetic(), c.is_ascii_digit());
        state = Some(match state {
            None if letter => TokenState::Word,
            None => TokenState::Number,
            Some(TokenState::Word) if letter => TokenState::Word,
            Some(TokenState::Word | TokenState::PointedWord) if c == '.' => TokenState::PointedWord,
            Some(TokenState::Number) if digit => TokenState::Number,
            Some(TokenState::Number) if c == '.' || (c == ',' && at >= 2) => TokenState::PointedNumber,
            Some(TokenState::PointedWord) if letter => TokenState::PointedWord,
            Some(TokenState::PointedWord) if digit && last == '.' => TokenState::PointedNumber,
            Some(TokenState::PointedNumber) if digit || c == '.' => TokenState::PointedNumber,
            Some(TokenState::PointedNumber) if letter && last == '.' => TokenState::PointedWord,
            Some(_) => return at,
        });
        last = c;
    }
    text.len()
}

/// A run is one token if it is a plain word or a number with one point inside; else its points are tokens of their own.
fn split<'t>(run: &'t str, ends_text: bool, tokens: &mut Vec<&'t str>) {
    let pointed = run.contains(['.', ',']);
    // dateutil notices a letter at the character behind it, and the text's last one never: `59.Z` is one (wrong) token.
    let noticed = run.chars().count() - usize::from(ends_text);
    let letters = run.chars().take(noticed).any(char::is_alphabetic);
    let points = run.matches('.').count();
    if !pointed || !(letters || points > 1 || run.ends_with(['.', ','])) {
        return tokens.push(run);
    }
    let mut rest = run;
    while let Some(at) = rest.find(['.', ',']) {
        if at > 0 {
            tokens.push(&rest[..at]);
        }
        tokens.push(&rest[at..=at]);
        rest = &rest[at + 1..];
    }
    if !rest.is_empty() {
        tokens.push(rest);
    }
}
