//! All literals of one field in one automaton: which of them a text has, in one pass over it.

use super::node::AtomId;
use crate::rule::{Piece, TextPattern};
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::HashMap;

/// The texts that rules look for in one field, in small letters.
#[derive(Debug, Default)]
pub struct FieldIndex {
    /// Whole texts.
    exact: HashMap<Box<str>, Vec<AtomId>>,
    /// Parts of texts.
    automaton: Option<AhoCorasick>,
    /// By the number of the automaton's literal, what else must be so.
    uses: Vec<Vec<(Check, AtomId)>>,
    /// Patterns with wildcards inside.
    globs: Vec<TextPattern>,
}

/// What must be so where a literal is found.
#[derive(Clone, Copy, Debug)]
enum Check {
    /// No more.
    Anywhere,
    /// It stands at the start.
    Start,
    /// It stands at the end.
    End,
    /// The whole text fits a pattern.
    Glob(u32),
}

/// Collects the texts of one field.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    index: FieldIndex,
    literals: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl IndexBuilder {
    /// Adds a pattern in small letters. `false` where it has no literal to look for.
    pub fn add(&mut self, pattern: &TextPattern, atom: AtomId) -> bool {
        if let Some(text) = pattern.as_literal() {
            self.index.exact.entry(text.into()).or_default().push(atom);
            return true;
        }
        match &*pattern.pieces {
            [Piece::Any, Piece::Literal(text), Piece::Any] => self.enter(text, Check::Anywhere, atom),
            [Piece::Literal(text), Piece::Any] => self.enter(text, Check::Start, atom),
            [Piece::Any, Piece::Literal(text)] => self.enter(text, Check::End, atom),
            pieces => {
                let literals = pieces.iter().filter_map(|piece| match piece {
                    Piece::Literal(text) => Some(text),
                    _ => None,
                });
                let Some(longest) = literals.max_by_key(|text| text.len()) else { return false };
                self.index.globs.push(pattern.clone());
                self.enter(longest, Check::Glob(self.index.globs.len() as u32 - 1), atom);
            }
        }
        true
    }

    fn enter(&mut self, literal: &str, check: Check, atom: AtomId) {
        let number = *self.numbers.entry(literal.to_owned()).or_insert_with(|| {
            self.literals.push(literal.to_owned());
            self.literals.len() - 1
        });
        self.index.uses.resize_with(self.literals.len(), Vec::new);
        self.index.uses[number].push((check, atom));
    }

    /// The index; the reason where the automaton is too large to be built.
    pub fn build(mut self) -> Result<FieldIndex, String> {
        if !self.literals.is_empty() {
            let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&self.literals);
            self.index.automaton = Some(automaton.map_err(|error| error.to_string())?);
        }
        Ok(self.index)
    }
}

impl FieldIndex {
    /// Tells which atoms a text in small letters has; one may be told several times.
    #[inline]
    pub fn scan(&self, lowered: &str, found: &mut impl FnMut(AtomId)) {
        if let Some(atoms) = self.exact.get(lowered) {
            atoms.iter().for_each(|atom| found(*atom));
        }
        let Some(automaton) = &self.automaton else { return };
        // PERF: a pattern is asked once of a text, however often its literal stands there: else what an event costs would grow
        // with the square of its length. Nothing is allocated where no such literal is found.
        let mut asked: Vec<u64> = Vec::new();
        for hit in automaton.find_overlapping_iter(lowered) {
            for (check, atom) in &self.uses[hit.pattern().as_usize()] {
                let holds = match check {
                    Check::Anywhere => true,
                    Check::Start => hit.start() == 0,
                    Check::End => hit.end() == lowered.len(),
                    Check::Glob(number) => {
                        is_first(&mut asked, *number as usize) && self.globs[*number as usize].matches(lowered)
                    }
                };
                if holds {
                    found(*atom);
                }
            }
        }
    }

    /// Whether it looks for anything.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.automaton.is_none()
    }
}

/// Whether a number comes for the first time; remembers it.
fn is_first(seen: &mut Vec<u64>, number: usize) -> bool {
    let (word, bit) = (number / 64, 1 << (number % 64));
    if seen.len() <= word {
        seen.resize(word + 1, 0);
    }
    let is_first = seen[word] & bit == 0;
    seen[word] |= bit;
    is_first
}
