//! What stands between items or between a key and its value: a short regular expression, mostly a plain text.

use super::text::find_space;
use crate::pattern::Pattern;
use crate::value::text::is_space;
use crate::value::{Arena, Fault};
use memchr::memchr;
use std::ops::Range;

/// A separator. The usual ones (`=`, `,`, `\s`, `;\s`, `\r\n`) are compared without a regular expression.
#[derive(Debug)]
pub(super) enum Separator {
    Units(Vec<SeparatorUnit>),
    Pattern(Box<Pattern>),
}

/// One character of a separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SeparatorUnit {
    Letter(char),
    /// `\s`
    Space,
}

/// A separator of one character.
#[derive(Clone, Copy, Debug)]
pub(super) enum SeparatorCharacter {
    /// A character of ASCII.
    Letter(u8),
    /// White space.
    Space,
}

impl Separator {
    /// A separator as a spec writes it: a regular expression or, where it is none (`*,*`) or would match nothing (`|`),
    /// that very text.
    pub(super) fn new(written: &str) -> Self {
        match simple(written) {
            Some(units) => Separator::Units(units),
            None => match Pattern::new(written) {
                Ok(pattern) => Separator::Pattern(Box::new(pattern)),
                Err(_) => Separator::Units(written.chars().map(SeparatorUnit::Letter).collect()),
            },
        }
    }

    /// Whether a single blank is one, and no other mark: `\s`, `\s+`, but neither `\r\n` nor `[\s,]`.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Separator::Units(units) => matches!(units.as_slice(), [SeparatorUnit::Space | SeparatorUnit::Letter(' ')]),
            Separator::Pattern(pattern) => {
                covers(pattern, " ") && !["a", "=", ",", ";", "|", ":"].into_iter().any(|mark| covers(pattern, mark))
            }
        }
    }

    /// The only character of it, where it is a single one that is quickly found.
    pub(super) fn character(&self) -> Option<SeparatorCharacter> {
        match self {
            Separator::Units(units) => match units.as_slice() {
                [SeparatorUnit::Letter(letter)] if letter.is_ascii() => Some(SeparatorCharacter::Letter(*letter as u8)),
                [SeparatorUnit::Space] => Some(SeparatorCharacter::Space),
                _ => None,
            },
            Separator::Pattern(_) => None,
        }
    }

    /// The first occurrence at or after a byte; an occurrence without a character does not count.
    ///
    /// # Errors
    /// Limit, where a regular expression used up its steps.
    pub(super) fn find(&self, arena: &Arena, text: &str, from: usize) -> Result<Option<Range<usize>>, Fault> {
        match self {
            Separator::Units(units) => Ok(find_units(units, text, from)),
            Separator::Pattern(pattern) => find_pattern(pattern, arena, text, from),
        }
    }

    /// Whether an occurrence of at most a few bytes ends at this byte, which `from` is before.
    ///
    /// # Errors
    /// Limit, where a regular expression used up its steps.
    pub(super) fn ends_at(&self, arena: &Arena, text: &str, from: usize, end: usize) -> Result<bool, Fault> {
        const FEW: usize = 8;
        for start in (from.max(end.saturating_sub(FEW))..end).rev().filter(|start| text.is_char_boundary(*start)) {
            if self.end_at(arena, &text[..end], start)? == Some(end) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where an occurrence that begins at this byte ends.
    ///
    /// # Errors
    /// Limit, where a regular expression used up its steps.
    pub(super) fn end_at(&self, arena: &Arena, text: &str, from: usize) -> Result<Option<usize>, Fault> {
        match self {
            Separator::Units(units) => Ok(units_end(units, text, from)),
            Separator::Pattern(pattern) => {
                let found = pattern.search(arena, text, from, true)?.map(|groups| groups.whole());
                Ok(found.filter(|found| !found.is_empty()).map(|found| found.end))
            }
        }
    }
}

/// The units of a regular expression without repetition, alternatives and classes other than `\s`.
fn simple(written: &str) -> Option<Vec<SeparatorUnit>> {
    if !written.is_empty() && written.bytes().all(|byte| byte == b'|') {
        return Some(written.chars().map(SeparatorUnit::Letter).collect());
    }
    let mut units = Vec::new();
    let mut letters = written.chars();
    while let Some(letter) = letters.next() {
        units.push(match letter {
            '\\' => escaped(letters.next()?)?,
            '.' | '^' | '$' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' => return None,
            plain => SeparatorUnit::Letter(plain),
        });
    }
    (!units.is_empty()).then_some(units)
}

fn escaped(letter: char) -> Option<SeparatorUnit> {
    Some(match letter {
        's' => SeparatorUnit::Space,
        't' => SeparatorUnit::Letter('\t'),
        'n' => SeparatorUnit::Letter('\n'),
        'r' => SeparatorUnit::Letter('\r'),
        'f' => SeparatorUnit::Letter('\x0c'),
        'v' => SeparatorUnit::Letter('\x0b'),
        mark if !mark.is_alphanumeric() => SeparatorUnit::Letter(mark),
        _ => return None,
    })
}

fn covers(pattern: &Pattern, text: &str) -> bool {
    matches!(pattern.search(&Arena::default(), text, 0, false), Ok(Some(groups)) if groups.whole() == (0..text.len()))
}

fn find_units(units: &[SeparatorUnit], text: &str, from: usize) -> Option<Range<usize>> {
    let mut from = from;
    loop {
        let start = match units.first()? {
            SeparatorUnit::Letter(letter) if letter.is_ascii() => {
                from + memchr(*letter as u8, text.as_bytes().get(from..)?)?
            }
            SeparatorUnit::Letter(letter) => from + text.get(from..)?.find(*letter)?,
            SeparatorUnit::Space => find_space(text, from)?,
        };
        if let Some(end) = units_end(units, text, start) {
            return Some(start..end);
        }
        from = start + text[start..].chars().next().map_or(1, char::len_utf8);
    }
}

fn units_end(units: &[SeparatorUnit], text: &str, from: usize) -> Option<usize> {
    if let ([SeparatorUnit::Space], Some(b'!'..=b'~')) = (units, text.as_bytes().get(from)) {
        return None;
    }
    let mut letters = text.get(from..)?.chars();
    for unit in units {
        let letter = letters.next()?;
        let same = match unit {
            SeparatorUnit::Letter(wanted) => *wanted == letter,
            SeparatorUnit::Space => is_space(letter),
        };
        if !same {
            return None;
        }
    }
    Some(text.len() - letters.as_str().len())
}

fn find_pattern(pattern: &Pattern, arena: &Arena, text: &str, from: usize) -> Result<Option<Range<usize>>, Fault> {
    let mut from = from;
    while from < text.len() {
        let Some(groups) = pattern.search(arena, text, from, false)? else { return Ok(None) };
        let found = groups.whole();
        if !found.is_empty() {
            return Ok(Some(found));
        }
        from = found.start + text[found.start..].chars().next().map_or(1, char::len_utf8);
    }
    Ok(None)
}
