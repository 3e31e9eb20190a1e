//! Writes a pattern in PCRE2's notation, for texts that are ASCII or for all.
//!
//! What is written is not the author's text but what the linear engine reads in it, so that the two engines cannot read a
//! pattern differently: classes are sets, flags are resolved.

use super::fault::not_compiled;
use crate::value::Fault;
use regex_automata::util::syntax;
use regex_syntax::hir::{Capture, Class, Hir, HirKind, Look, Repetition};
use std::fmt::{Arguments, Write};

/// Which characters a text may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Those below U+0080.
    Ascii,
    /// All.
    Unicode,
}

impl Alphabet {
    /// The alphabet of a text.
    pub(super) fn of(text: &[u8]) -> Self {
        if text.is_ascii() { Alphabet::Ascii } else { Alphabet::Unicode }
    }

    fn last(self) -> u32 {
        if self == Alphabet::Ascii { 0x7f } else { char::MAX as u32 }
    }
}

/// A pattern in PCRE2's notation.
#[derive(Clone, Debug)]
pub(super) struct PcrePattern {
    /// The pattern.
    pub(super) text: String,
    /// The groups' numbers in the linear engine, by their place in the text.
    pub(super) groups: Vec<usize>,
    alphabet: Alphabet,
}

/// Inclusive ranges of characters, in order and apart.
type Ranges = Vec<(u32, u32)>;

impl PcrePattern {
    /// Reads a pattern in the linear engine's notation and writes it; `None` where backtracking may find another match than
    /// the linear engine does, or where the text would be too long to be worth it.
    ///
    /// # Errors
    /// Parse, where it is no pattern.
    pub(super) fn read(text: &str, alphabet: Alphabet) -> Result<Option<Self>, Fault> {
        let pattern = syntax::parse(text).map_err(|error| not_compiled(&error.to_string()))?;
        let mut written = PcrePattern { text: String::new(), groups: vec![0], alphabet };
        Ok(written.push(&pattern).map(|()| written))
    }

    fn push(&mut self, pattern: &Hir) -> Option<()> {
        /// The longest text, in bytes.
        const LONGEST: usize = 1 << 20;
        match pattern.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => self.literal(&literal.0)?,
            HirKind::Class(class) => self.class(class)?,
            HirKind::Look(look) => self.look(*look)?,
            HirKind::Repetition(repetition) => self.repetition(repetition)?,
            HirKind::Capture(Capture { index, sub, .. }) => {
                self.groups.push(*index as usize);
                self.enclose("(", sub)?;
            }
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.push(part))?,
            HirKind::Alternation(branches) => {
                for (place, branch) in branches.iter().enumerate() {
                    self.text.push_str(if place == 0 { "(?:" } else { "|" });
                    self.push(branch)?;
                }
                self.text.push(')');
            }
        }
        (self.text.len() <= LONGEST).then_some(())
    }

    fn enclose(&mut self, open: &str, inside: &Hir) -> Option<()> {
        self.text.push_str(open);
        self.push(inside)?;
        self.text.push(')');
        Some(())
    }

    /// Engines differ in what a repetition does that has read nothing: such a pattern is the linear engine's alone.
    fn repetition(&mut self, repetition: &Repetition) -> Option<()> {
        let reads_nothing = repetition.sub.properties().minimum_len() == Some(0);
        if reads_nothing && repetition.max != Some(1) {
            return None;
        }
        match repetition.sub.kind() {
            HirKind::Class(class) => self.class(class)?,
            HirKind::Literal(literal) if str::from_utf8(&literal.0).is_ok_and(|text| text.chars().count() == 1) => {
                self.literal(&literal.0)?;
            }
            _ => self.enclose("(?:", &repetition.sub)?,
        }
        match (repetition.min, repetition.max) {
            (0, None) => self.text.push('*'),
            (1, None) => self.text.push('+'),
            (0, Some(1)) => self.text.push('?'),
            (least, None) => self.format(format_args!("{{{least},}}")),
            (least, Some(most)) => self.format(format_args!("{{{least},{most}}}")),
        }
        if !repetition.greedy {
            self.text.push('?');
        }
        Some(())
    }

    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        str::from_utf8(literal).ok()?.chars().for_each(|character| self.character(character as u32));
        Some(())
    }

    fn class(&mut self, class: &Class) -> Option<()> {
        /// The most ranges beyond ASCII: PCRE2 goes through them one by one.
        const MOST: usize = 16;
        let last = self.alphabet.last();
        let known = |(first, end): (u32, u32)| (first <= last).then(|| (first, end.min(last)));
        let ranges: Ranges = match class {
            Class::Unicode(class) => class.iter().filter_map(|range| known((range.start() as u32, range.end() as u32))),
            Class::Bytes(_) => return None,
        }
        .collect();
        if ranges.iter().filter(|(_, end)| *end > 0x7f).count() > MOST {
            return None;
        }
        match (ranges.as_slice(), self.complement(&ranges).as_slice()) {
            ([], _) => self.text.push_str("(?!)"),
            (_, []) => self.text.push_str("[\\s\\S]"),
            (_, [(0x0a, 0x0a)]) => self.text.push('.'),
            ([(0x30, 0x39)], _) => self.text.push_str("\\d"),
            ([(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)], _) => self.text.push_str("\\w"),
            ([(first, end)], _) if first == end => self.character(*first),
            // A set that lacks one character takes less room than others.
            (_, without @ [(first, end)]) if first == end => self.set("[^", without),
            (ranges, _) => self.set("[", ranges),
        }
        Some(())
    }

    fn complement(&self, ranges: &[(u32, u32)]) -> Ranges {
        let starts = std::iter::once(0).chain(ranges.iter().map(|(_, last)| last + 1));
        let ends = ranges.iter().map(|(first, _)| *first).chain([self.alphabet.last() + 1]);
        starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| (start, end - 1)).collect()
    }

    fn set(&mut self, open: &str, ranges: &[(u32, u32)]) {
        self.text.push_str(open);
        for (first, last) in ranges {
            self.character(*first);
            if last > first {
                self.text.push('-');
                self.character(*last);
            }
        }
        self.text.push(']');
    }

    fn character(&mut self, code: u32) {
        const PLAIN: &str = "_ /:\",=@%";
        match char::from_u32(code) {
            Some(plain) if plain.is_ascii_alphanumeric() || PLAIN.contains(plain) => self.text.push(plain),
            // No text of ASCII has it.
            _ if code > self.alphabet.last() => self.text.push_str("(?!)"),
            _ => self.format(format_args!("\\x{{{code:x}}}")),
        }
    }

    /// PCRE2 knows words of ASCII, if nothing else is asked for.
    fn look(&mut self, look: Look) -> Option<()> {
        self.text.push_str(match look {
            Look::Start => "\\A",
            Look::End => "\\z",
            Look::StartLF => "(?:\\A|(?<=\\n))",
            Look::EndLF => "(?:\\z|(?=\\n))",
            Look::WordAscii => "\\b",
            Look::WordAsciiNegate => "\\B",
            Look::WordUnicode if self.alphabet == Alphabet::Ascii => "\\b",
            Look::WordUnicodeNegate if self.alphabet == Alphabet::Ascii => "\\B",
            _ => return None,
        });
        Some(())
    }

    fn format(&mut self, text: Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(text);
    }
}
