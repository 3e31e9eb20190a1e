//! Finds a separator again and again, further and further on in a text.

use super::separator::{Separator, SeparatorCharacter};
use crate::value::text::is_space;
use crate::value::{Arena, Fault};
use std::ops::Range;
use wide::u8x16;

/// Finds a separator; what was found ahead is not searched for twice.
#[derive(Debug)]
pub(super) struct Finder<'s, 'a> {
    separator: &'s Separator,
    arena: &'a Arena,
    text: &'a str,
    /// For a separator of a single character, as most are.
    scan: Option<ByteScan>,
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
        let scan = separator.character().map(ByteScan::new);
        Finder { separator, arena, text, scan, ahead: Ahead::Unknown, beside: None }
    }

    /// The first occurrence at or after a byte, which never goes back.
    ///
    /// # Errors
    /// Limit, where a regular expression used up its steps.
    #[inline(always)]
    pub(super) fn find(&mut self, from: usize) -> Result<Option<Range<usize>>, Fault> {
        match &mut self.scan {
            Some(scan) => Ok(scan.find(self.text, from)),
            None => self.find_ahead(from),
        }
    }

    fn find_ahead(&mut self, from: usize) -> Result<Option<Range<usize>>, Fault> {
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
    #[inline]
    pub(super) fn end_at(&mut self, from: usize) -> Result<Option<usize>, Fault> {
        if from == self.text.len() {
            return Ok(Some(from));
        }
        match self.separator {
            Separator::Units(_) => self.separator.end_at(self.arena, self.text, from),
            Separator::Pattern(_) => self.pattern_end(from),
        }
    }

    /// A pattern is searched up to its next occurrence, perhaps to the end of the text: not for each byte again.
    fn pattern_end(&mut self, from: usize) -> Result<Option<usize>, Fault> {
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

/// Finds bytes in a text block by block: of what was found in a block, the next takes a few instructions.
///
/// PERF: `benches/guard.sh` (kv).
#[derive(Debug)]
struct ByteScan {
    character: SeparatorCharacter,
    /// Where the last search began: between it and the block there is nothing.
    from: usize,
    /// Where the block begins whose bits are known; [`END`] where there is no block left.
    block: usize,
    /// A bit for each byte of the block that may begin the character, the first byte's lowest.
    bits: u64,
}

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// Behind all blocks.
const END: usize = usize::MAX;

impl ByteScan {
    fn new(character: SeparatorCharacter) -> Self {
        ByteScan { character, from: END, block: END, bits: 0 }
    }

    /// Where the character stands at or after a byte.
    #[inline(always)]
    fn find(&mut self, text: &str, mut from: usize) -> Option<Range<usize>> {
        loop {
            let at = self.byte(text.as_bytes(), from)?;
            match self.character {
                SeparatorCharacter::Letter(_) => return Some(at..at + 1),
                SeparatorCharacter::Space if matches!(text.as_bytes()[at], b' ' | b'\t') => return Some(at..at + 1),
                SeparatorCharacter::Space => {
                    let letter = text.get(at..)?.chars().next()?;
                    if is_space(letter) {
                        return Some(at..at + letter.len_utf8());
                    }
                    from = at + letter.len_utf8();
                }
            }
        }
    }

    /// The first byte at or after one that may begin the character.
    #[inline(always)]
    fn byte(&mut self, text: &[u8], from: usize) -> Option<usize> {
        let block = from & !(BLOCK - 1);
        if from < self.from || block > self.block {
            self.load(text, block);
        }
        self.from = from;
        if block == self.block {
            let bits = self.bits & (u64::MAX << (from % BLOCK));
            if bits != 0 {
                return Some(block + bits.trailing_zeros() as usize);
            }
            self.load(text, block + BLOCK);
        }
        while self.bits == 0 && self.block != END {
            self.load(text, self.block + BLOCK);
        }
        (self.block != END).then(|| self.block + self.bits.trailing_zeros() as usize)
    }

    fn load(&mut self, text: &[u8], block: usize) {
        let rest = text.get(block..).unwrap_or_default();
        self.block = if rest.is_empty() { END } else { block };
        self.bits = match rest.first_chunk::<BLOCK>() {
            Some(bytes) => self.bits_of(bytes),
            None => {
                let mut bytes = [0; BLOCK];
                bytes[..rest.len()].copy_from_slice(rest);
                self.bits_of(&bytes) & !(u64::MAX << rest.len())
            }
        };
    }

    #[inline(always)]
    fn bits_of(&self, bytes: &[u8; BLOCK]) -> u64 {
        let (words, _) = bytes.as_chunks::<16>();
        let bits = |word: usize| {
            let bytes = u8x16::new(words[word]);
            let found = match self.character {
                SeparatorCharacter::Letter(letter) => bytes.simd_eq(u8x16::splat(letter)),
                // What is at most a blank, or beyond ASCII.
                SeparatorCharacter::Space => {
                    bytes.min(u8x16::splat(b' ')).simd_eq(bytes) | bytes.max(u8x16::splat(0x80)).simd_eq(bytes)
                }
            };
            u64::from(found.to_bitmask())
        };
        bits(0) | bits(1) << 16 | bits(2) << 32 | bits(3) << 48
    }
}

#[cfg(test)]
mod tests {
    use super::Finder;
    use crate::extract::separator::Separator;
    use crate::value::Arena;

    #[test]
    fn blocks_find_what_a_search_from_each_byte_finds() {
        let arena = Arena::default();
        let pieces = ["key", "=", " ", "\u{a0}", "é", "\u{1}", "\t", "\u{1c}", "a longer value of some words", "=="];
        let text: String = (0..300_usize).map(|number| pieces[number * number % 101 % pieces.len()]).collect();
        for written in ["=", "\\s", " ", "é"] {
            let separator = Separator::new(written);
            let mut finder = Finder::new(&separator, &arena, &text);
            for from in (0..=text.len() + 1).filter(|from| *from > text.len() || text.is_char_boundary(*from)) {
                assert_eq!(finder.find(from), separator.find(&arena, &text, from), "{written:?} from {from}");
            }
        }
    }
}
