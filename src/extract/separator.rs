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
    fn ends_at(&self, arena: &Arena, text: &str, from: usize, end: usize) -> Result<bool, Fault> {
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
    if let [SeparatorUnit::Letter(letter)] = units
        && letter.is_ascii()
    {
        let start = from + memchr(*letter as u8, text.as_bytes().get(from..)?)?;
        return Some(start..start + 1);
    }
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

/// Finds a separator again and again further on; what was found ahead is not searched for twice.
#[derive(Debug)]
pub(super) struct Finder<'s, 'a> {
    separator: &'s Separator,
    arena: &'a Arena,
    text: &'a str,
    ahead: Ahead,
    /// The last search of [`Finder::end_at`]: where it began, and what it found.
    beside: Option<(usize, Option<Range<usize>>)>,
}

#[derive(Clone, Debug)]
enum Ahead {
    Unknown,
    Found(Range<usize>),
    Nothing,
}

impl<'s, 'a> Finder<'s, 'a> {
    /// A finder at the start of a text.
    pub(super) fn new(separator: &'s Separator, arena: &'a Arena, text: &'a str) -> Self {
        Finder { separator, arena, text, ahead: Ahead::Unknown, beside: None }
    }

    /// The first occurrence at or after a byte, which never goes back.
    ///
    /// # Errors
    /// Limit, where a regular expression used up its steps.
    pub(super) fn find(&mut self, from: usize) -> Result<Option<Range<usize>>, Fault> {
        match &self.ahead {
            Ahead::Nothing => return Ok(None),
            Ahead::Found(found) if found.start >= from => return Ok(Some(found.clone())),
            _ => {}
        }
        let found = self.separator.find(self.arena, self.text, from)?;
        self.ahead = found.clone().map_or(Ahead::Nothing, Ahead::Found);
        Ok(found)
    }

    /// Whether an occurrence of at most a few bytes ends at this byte, which `from` is before.
    ///
    /// # Errors
    /// Limit, where a regular expression used up its steps.
    pub(super) fn ends_at(&self, from: usize, end: usize) -> Result<bool, Fault> {
        self.separator.ends_at(self.arena, self.text, from, end)
    }

    /// Whether the separator, or the end of the text, begins at this byte; the byte behind it if so.
    ///
    /// # Errors
    /// Limit, where a regular expression used up its steps.
    pub(super) fn end_at(&mut self, from: usize) -> Result<Option<usize>, Fault> {
        if from == self.text.len() {
            return Ok(Some(from));
        }
        if let Separator::Units(units) = self.separator {
            return Ok(units_end(units, self.text, from));
        }
        // A pattern is searched up to its next occurrence, perhaps to the end of the text: not for each byte again.
        let known = self
            .beside
            .take()
            .filter(|(start, found)| *start <= from && found.as_ref().is_none_or(|found| found.start >= from));
        let (start, found) = match known {
            Some(known) => known,
            None => (from, self.separator.find(self.arena, self.text, from)?),
        };
        let end = found.as_ref().filter(|found| found.start == from).map(|found| found.end);
        self.beside = Some((start, found));
        Ok(end)
    }
}
