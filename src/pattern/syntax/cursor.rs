//! A place in the text of a pattern, and the escapes that are read there, inside or outside brackets.

use super::dialect::Dialect;
use super::token::{NO_SPACE, SPACE, wrong};
use crate::value::Fault;
use std::iter::Peekable;
use std::str::CharIndices;

/// Whether `.` takes newlines, `^` and `$` match at lines, white space is left out, classes are ASCII.
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) dot_all: bool,
    pub(super) multi_line: bool,
    pub(super) verbose: bool,
    pub(super) ascii: bool,
}

/// What is left of a pattern.
pub(super) struct PatternCursor<'p> {
    pattern: &'p str,
    pub(super) characters: Peekable<CharIndices<'p>>,
    pub(super) flags: Flags,
    pub(super) dialect: Dialect,
}

impl<'p> PatternCursor<'p> {
    /// The beginning of a pattern.
    pub(super) fn new(pattern: &'p str, dialect: Dialect) -> Self {
        let flags = Flags { ascii: dialect == Dialect::Re2, ..Flags::default() };
        PatternCursor { pattern, characters: pattern.char_indices().peekable(), flags, dialect }
    }

    /// A class that an escape stands for, inside or outside brackets.
    pub(super) fn class_escape(&mut self, character: char, place: usize) -> Result<Option<String>, Fault> {
        if matches!(character, 'p' | 'P') {
            return self.property(character, place).map(Some);
        }
        // Python's digits are Unicode's decimal digits, its word characters are letters, numbers and `_`, its white
        // space takes in the four separators below U+0020.
        let class = match (character, self.flags.ascii) {
            ('d', false) => "\\p{Nd}",
            ('D', false) => "\\P{Nd}",
            ('w', false) => "[\\p{L}\\p{N}_]",
            ('W', false) => "[^\\p{L}\\p{N}_]",
            ('s', false) => SPACE,
            ('S', false) => NO_SPACE,
            ('d', true) => "[0-9]",
            ('D', true) => "[^0-9]",
            ('w', true) => "[0-9A-Za-z_]",
            ('W', true) => "[^0-9A-Za-z_]",
            ('s', true) if self.dialect == Dialect::Re2 => "[ \\t\\n\\f\\r]",
            ('S', true) if self.dialect == Dialect::Re2 => "[^ \\t\\n\\f\\r]",
            ('s', true) => "[ \\t-\\r]",
            ('S', true) => "[^ \\t-\\r]",
            ('h', _) => "[0-9A-Fa-f]",
            ('H', _) => "[^0-9A-Fa-f]",
            _ => return Ok(None),
        };
        Ok(Some(class.to_owned()))
    }

    /// `\pL` and `\p{Letter}`.
    fn property(&mut self, character: char, place: usize) -> Result<String, Fault> {
        let name = match self.take("{") {
            true => self.until('}', place)?,
            false => {
                let length = self.rest().chars().next().map_or(0, char::len_utf8);
                let name = &self.rest()[..length];
                self.skip(length);
                name
            }
        };
        let class = match name.chars().all(|character| character.is_ascii_alphanumeric() || "_ ^=-".contains(character))
        {
            true if !name.is_empty() => Some(format!("\\{character}{{{name}}}")),
            _ => None,
        };
        class.filter(|class| regex_syntax::parse(class).is_ok()).ok_or_else(|| wrong("an unknown property", place))
    }

    /// The character that an escape stands for. Only unknown letters are errors, as in Python.
    pub(super) fn character_escape(&mut self, character: char, place: usize) -> Result<char, Fault> {
        match character {
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'f' => Ok('\x0C'),
            'v' => Ok('\x0B'),
            'a' => Ok('\x07'),
            'e' => Ok('\x1B'),
            '0' => Ok(self.octal('0')),
            'x' if self.take("{") => {
                let digits = self.until('}', place)?;
                code_point(digits).ok_or_else(|| wrong("an incomplete escape", place))
            }
            'x' => self.hexadecimal(2, place),
            'u' => self.hexadecimal(4, place),
            'U' => self.hexadecimal(8, place),
            letter if letter.is_ascii_alphanumeric() => Err(wrong(&format!("an unknown escape `\\{letter}`"), place)),
            other => Ok(other),
        }
    }

    fn hexadecimal(&mut self, digits: usize, place: usize) -> Result<char, Fault> {
        let found = self.rest().get(..digits).and_then(code_point).ok_or_else(|| wrong("an incomplete escape", place));
        self.skip(digits);
        found
    }

    /// Up to two more octal digits.
    pub(super) fn octal(&mut self, first: char) -> char {
        let mut code = first as u32 - '0' as u32;
        for _ in 0..2 {
            let Some((_, digit)) = self.characters.next_if(|(_, digit)| matches!(digit, '0'..='7')) else { break };
            code = 8 * code + (digit as u32 - '0' as u32);
        }
        char::from_u32(code).unwrap_or_default()
    }

    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.skip(text.len());
        }
        found
    }

    pub(super) fn until(&mut self, end: char, place: usize) -> Result<&'p str, Fault> {
        let (text, _) = self.rest().split_once(end).ok_or_else(|| wrong(&format!("a `{end}` is missing"), place))?;
        self.skip(text.len() + end.len_utf8());
        Ok(text)
    }

    pub(super) fn rest(&mut self) -> &'p str {
        let place = self.characters.peek().map_or(self.pattern.len(), |(place, _)| *place);
        &self.pattern[place..]
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        let end = self.pattern.len() - self.rest().len() + bytes;
        while self.characters.next_if(|(place, _)| *place < end).is_some() {}
    }
}

fn code_point(digits: &str) -> Option<char> {
    let valid = !digits.is_empty() && digits.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| u32::from_str_radix(digits, 16).ok()).flatten().and_then(char::from_u32)
}
