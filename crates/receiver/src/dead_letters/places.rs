//! Which records have a dead letter already: a bit a record.

use std::collections::BTreeMap;
use weir_sinks::Place;

/// How many records share a word.
const BITS: u32 = u64::BITS;

/// A set of places.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// By entry, and by its records in groups of 64.
    words: BTreeMap<(u64, u32), u64>,
}

impl Places {
    /// Whether it has a place.
    pub fn has(&self, place: Place) -> bool {
        let (word, bit) = word_of(place);
        self.words.get(&word).is_some_and(|bits| bits & bit != 0)
    }

    /// Adds a place.
    pub fn add(&mut self, place: Place) {
        let (word, bit) = word_of(place);
        *self.words.entry(word).or_default() |= bit;
    }
}

fn word_of(place: Place) -> ((u64, u32), u64) {
    ((place.sequence, place.record / BITS), 1 << (place.record % BITS))
}
