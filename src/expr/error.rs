//! Why a template does not parse, and how large one may be.

/// The longest template, in bytes.
pub const LONGEST_TEMPLATE: usize = 1 << 20;

/// How many brackets may stand in one another, and how many statements.
pub const MOST_BRACKETS: usize = 64;

/// How many levels the tree of one expression may have: an operator, filter, attribute or bracket adds one at most.
pub const MOST_LEVELS: usize = 512;

/// Why a template does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The bytes at fault, in the template's text.
    pub start: u32,
    /// The byte after them.
    pub end: u32,
    /// What is wrong, without a full stop.
    pub reason: String,
    /// What would help.
    pub help: Option<String>,
    /// The word that must stand in the place of these bytes, where there is one right.
    pub meant: Option<&'static str>,
}

impl SyntaxError {
    /// An error at the bytes `start..end`.
    pub(super) fn new(start: usize, end: usize, reason: impl Into<String>) -> Self {
        Self { start: place(start), end: place(end), reason: reason.into(), help: None, meant: None }
    }

    /// The same error with a help.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same error with the word that was meant.
    pub(super) fn meant(self, word: &'static str, is_certain: bool) -> Self {
        let error = self.help(format!("did you mean `{word}`?"));
        Self { meant: is_certain.then_some(word), ..error }
    }
}

/// A byte's place; texts longer than [`LONGEST_TEMPLATE`] are refused before any is made.
pub(super) fn place(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}
