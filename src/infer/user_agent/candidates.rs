//! Which of many regexes may match a text: those of which it has a literal. Only these are compiled and tried.

use super::catalogue::Definition;
use std::sync::OnceLock;

/// Regexes of which the first that matches decides.
pub(super) struct Ordered<E>(Vec<Entry<E>>);

struct Entry<E> {
    definition: Definition,
    compiled: OnceLock<Option<E>>,
}

impl<E> Ordered<E> {
    pub(super) fn new(definitions: Vec<Definition>) -> Self {
        Ordered(definitions.into_iter().map(|definition| Entry { definition, compiled: OnceLock::new() }).collect())
    }

    /// What the first regex that matches finds.
    pub(super) fn first<'a, T>(
        &'a self,
        text: &Folded,
        compile: impl Fn(&Definition) -> Option<E>,
        find: impl Fn(&'a E) -> Option<T>,
    ) -> Option<T> {
        let candidates = self.0.iter().filter(|entry| text.may_match(&entry.definition));
        candidates
            .filter_map(|entry| entry.compiled.get_or_init(|| compile(&entry.definition)).as_ref())
            .find_map(|regex| find(regex))
    }
}

/// A text without regard to case, and which pairs of bytes it has.
pub(super) struct Folded {
    text: String,
    pairs: [u64; Folded::BITS / 64],
}

impl Folded {
    const BITS: usize = 1 << 12;

    pub(super) fn new(text: &str) -> Self {
        let mut folded = Folded { text: fold(text), pairs: [0; Self::BITS / 64] };
        for pair in folded.text.as_bytes().windows(2) {
            let bit = Self::bit(pair);
            folded.pairs[bit / 64] |= 1 << (bit % 64);
        }
        folded
    }

    fn may_match(&self, definition: &Definition) -> bool {
        definition.literals.is_empty() || definition.literals.iter().any(|literal| self.has(literal))
    }

    fn has(&self, literal: &str) -> bool {
        let has_pair = |pair: &[u8]| {
            let bit = Self::bit(pair);
            self.pairs[bit / 64] >> (bit % 64) & 1 == 1
        };
        literal.as_bytes().windows(2).all(has_pair) && self.text.contains(literal)
    }

    /// Six bits of each byte: letters in lower case differ there, and digits.
    fn bit(pair: &[u8]) -> usize {
        pair.iter().fold(0, |bit, byte| bit << 6 | (byte & 63) as usize)
    }
}

/// Letters in lower case, as far as a regex without regard to case takes them for ASCII ones: two more letters are.
pub(super) fn fold(text: &str) -> String {
    let fold = |character: char| match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    text.chars().map(fold).collect()
}
