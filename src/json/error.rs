//! Why a text is no JSON: what is wrong, and at which byte.

use std::fmt;

/// What is wrong with a text that should be JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It ends inside a value, or there is none.
    End,
    /// No value begins here.
    NoValue,
    /// A member of an object has no key.
    NoKey,
    /// Behind a key, there is no colon.
    NoColon,
    /// An item of a list is followed by neither a comma nor the end of the list.
    NoCommaInList,
    /// A member of an object is followed by neither a comma nor the end of the object.
    NoCommaInObject,
    /// A number lacks a digit.
    NoDigit,
    /// A number begins with a zero that says nothing.
    LeadingZero,
    /// An integer has more digits than any that is read.
    LongInteger,
    /// A string has a control character as it is.
    Control,
    /// A backslash is followed by what no escape has.
    Escape,
    /// `\u` is followed by less than four hexadecimal digits.
    HexDigits,
    /// An escape is one half of a pair of surrogates.
    Surrogate,
    /// Something follows the value.
    Trailing,
    /// It is no text in UTF-8.
    NotUtf8,
    /// The value is no object.
    NoObject,
    /// The value is no list.
    NoList,
    /// The value is no string.
    NoString,
}

impl Problem {
    /// What is wrong, as a fragment of a sentence.
    pub fn text(self) -> &'static str {
        match self {
            Problem::End => "the document ends too early",
            Problem::NoValue => "expected a value",
            Problem::NoKey => "expected a key in double quotes",
            Problem::NoColon => "expected `:` after the key",
            Problem::NoCommaInList => "expected `,` or `]`",
            Problem::NoCommaInObject => "expected `,` or `}`",
            Problem::NoDigit => "expected a digit",
            Problem::LeadingZero => "a number with a leading zero",
            Problem::LongInteger => "an integer with too many digits",
            Problem::Control => "a control character in a string, without an escape",
            Problem::Escape => "an escape that JSON does not have",
            Problem::HexDigits => "expected four hexadecimal digits after `\\u`",
            Problem::Surrogate => "an escape that stands for no character",
            Problem::Trailing => "text after the document",
            Problem::NotUtf8 => "bytes that are not UTF-8",
            Problem::NoObject => "expected an object",
            Problem::NoList => "expected a list",
            Problem::NoString => "expected a string",
        }
    }
}

/// What is wrong with a text that should be JSON, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub problem: Problem,
    /// The byte where it is wrong, counted from 0; the length of the text, where more must follow.
    pub byte: usize,
    /// Its line and its byte there, both counted from 1.
    line: usize,
    column: usize,
}

impl Error {
    #[cold]
    pub(super) fn new(problem: Problem, text: &[u8], byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Error { problem, byte, line, column: 1 + before.len() - line_start }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {} column {}", self.problem.text(), self.line, self.column)
    }
}

impl std::error::Error for Error {}
