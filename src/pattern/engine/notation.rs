//! Writes a pattern in PCRE2's notation, as it is for texts that are ASCII.
//!
//! What is written is not the author's text but what the linear engine made of it, so that the two engines cannot read a
//! pattern differently: classes are sets of bytes, flags are resolved.

use regex_syntax::hir::{Capture, Class, Hir, HirKind, Look, Repetition};
use std::fmt::Write;

/// A pattern in PCRE2's notation.
#[derive(Clone, Debug, Default)]
pub(super) struct AsciiPattern {
    /// The pattern.
    pub(super) text: String,
    /// The groups' numbers in the linear engine, by their place in the text.
    pub(super) groups: Vec<usize>,
}

impl AsciiPattern {
    /// Writes a pattern; `None` where backtracking may find another match than the linear engine does, or where a text
    /// would be too long to be worth it.
    pub(super) fn new(pattern: &Hir) -> Option<Self> {
        let mut written = AsciiPattern::default();
        written.push(pattern)?;
        Some(written)
    }

    fn push(&mut self, pattern: &Hir) -> Option<()> {
        /// The longest text, in bytes.
        const LONGEST: usize = 1 << 20;
        match pattern.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => literal.0.iter().for_each(|byte| self.byte(*byte)),
            HirKind::Class(class) => self.class(class),
            HirKind::Look(look) => self.text.push_str(written_look(*look)?),
            HirKind::Repetition(repetition) => self.repetition(repetition)?,
            HirKind::Capture(Capture { index, sub, .. }) => {
                self.groups.push(*index as usize);
                self.enclose("(", sub)?;
            }
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.push(part))?,
            HirKind::Alternation(branches) => {
                self.text.push_str("(?:");
                for (place, branch) in branches.iter().enumerate() {
                    if place > 0 {
                        self.text.push('|');
                    }
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
            HirKind::Class(class) => self.class(class),
            HirKind::Literal(literal) if literal.0.len() == 1 => self.byte(literal.0[0]),
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

    fn class(&mut self, class: &Class) {
        match class {
            Class::Unicode(class) => self.ranges(class.iter().map(|range| (range.start() as u32, range.end() as u32))),
            Class::Bytes(class) => self.ranges(class.iter().map(|range| (range.start().into(), range.end().into()))),
        }
    }

    fn ranges(&mut self, ranges: impl Iterator<Item = (u32, u32)>) {
        const LAST: u32 = 0x7f;
        let ranges: Vec<_> =
            ranges.filter(|(first, _)| *first <= LAST).map(|(first, last)| (first, last.min(LAST))).collect();
        match *ranges {
            [] => self.text.push_str("(?!)"),
            [(0, LAST)] => self.text.push_str("[\\x00-\\xff]"),
            _ => {
                self.text.push('[');
                for (first, last) in ranges {
                    self.byte(first as u8);
                    if last > first {
                        self.text.push('-');
                        self.byte(last as u8);
                    }
                }
                self.text.push(']');
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b' ' | b'/' | b':' | b'"' | b',' | b'=' | b'@' | b'%' => {
                self.text.push(byte.into());
            }
            other => self.format(format_args!("\\x{other:02x}")),
        }
    }

    fn format(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(text);
    }
}

fn written_look(look: Look) -> Option<&'static str> {
    Some(match look {
        Look::Start => "\\A",
        Look::End => "\\z",
        Look::StartLF => "(?:\\A|(?<=\\n))",
        Look::EndLF => "(?:\\z|(?=\\n))",
        Look::WordAscii | Look::WordUnicode => "\\b",
        Look::WordAsciiNegate | Look::WordUnicodeNegate => "\\B",
        _ => return None,
    })
}
