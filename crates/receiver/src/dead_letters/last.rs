//! The last records that became no event, for people to look at.

use super::letter::{DeadLetter, Original};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use weir_author::words::beginning;

/// How many are kept.
const KEPT: usize = 20;

/// How many bytes of a record are kept to be shown.
const SHOWN: usize = 2_000;

/// The last dead letters, without more of their records than is shown.
#[derive(Debug, Default)]
pub struct LastFailures {
    letters: Mutex<VecDeque<DeadLetter>>,
}

impl LastFailures {
    /// Adds letters; the oldest give way.
    pub fn add(&self, letters: &[DeadLetter]) {
        let mut kept = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        for letter in &letters[letters.len().saturating_sub(KEPT)..] {
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(shortened(letter));
        }
    }

    /// The letters, the last one first.
    pub fn all(&self) -> Vec<DeadLetter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }
}

fn shortened(letter: &DeadLetter) -> DeadLetter {
    let mut short = DeadLetter { event: None, ..letter.clone() };
    if let Original::Text(text) = &mut short.original {
        text.truncate(beginning(text, SHOWN).len());
    }
    short
}
