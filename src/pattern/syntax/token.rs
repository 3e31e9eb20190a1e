//! The pieces of a pattern, in a notation that means the same in both engines.

use crate::value::{Fault, FaultCode};

/// What Python's `\s` matches: Unicode's white space and the four separators below U+0020.
pub(in crate::pattern) const SPACE: &str = "[\\s\\x1c-\\x1f]";
/// What `\S` matches.
pub(in crate::pattern) const NO_SPACE: &str = "[^\\s\\x1c-\\x1f]";

/// A piece of a pattern. Texts are in the engines' notation.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pattern) enum PatternToken {
    /// Something that matches characters.
    Atom(String),
    /// Something that matches a place.
    Assertion(&'static str),
    /// `$` outside multi-line mode: the end, or before a newline at the end.
    End,
    /// What a group of this number matched.
    Back(usize),
    /// `(…`
    Open(PatternGroup),
    /// `)`
    Close,
    /// `|`
    Alternate,
    /// A quantifier, with its `?` or `+`.
    Repeat(String),
    /// Case-insensitivity for the rest of the group.
    Flag(&'static str),
}

/// The kinds of group.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pattern) enum PatternGroup {
    /// A numbered group, perhaps with a name.
    Capture(Option<String>),
    /// A group without a number; the text opens it.
    Plain(&'static str),
    /// Look-around and atomic groups; the text opens it.
    Backtracking(&'static str),
    /// `(?(number)…|…)`
    Condition(usize),
}

/// A fault at a byte of the pattern.
pub(in crate::pattern) fn wrong(reason: &str, place: usize) -> Fault {
    Fault::new(FaultCode::Parse, format!("not a regular expression: {reason} (at byte {place})"))
}

/// A character that stands for itself, in brackets or out of them.
pub(super) fn literal(character: char) -> String {
    match character {
        '\n' => "\\n".to_owned(),
        // Also what only verbose mode or class arithmetic would read.
        other if other.is_ascii_punctuation() && other != '_' || other == ' ' => escaped(other),
        other => other.to_string(),
    }
}

fn escaped(character: char) -> String {
    // The backtracking engine reads `\<` as an assertion and has no escaped space.
    match character {
        '<' | '>' | ' ' | '"' | '\'' | '%' | '/' | ',' | ':' | ';' | '=' | '@' | '`' | '!' => character.to_string(),
        other => format!("\\{other}"),
    }
}
