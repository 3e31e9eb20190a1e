//! Which checkpoint of the log a sink has reached: entries are passed when all of their records are stored.

use super::source::Checkpoint;
use std::collections::VecDeque;
use weir_sinks::Place;

/// How many marks are kept. Beyond, every second one is dropped: what a sink gathers is let go in larger steps then.
const MOST: usize = 8_192;

/// The entries that were read and are not yet passed, as places after their last records.
#[derive(Debug, Default)]
pub(super) struct Marks {
    marks: VecDeque<(Place, Checkpoint)>,
}

impl Marks {
    /// Notes that a checkpoint is reached once everything before a place is stored.
    pub fn add(&mut self, after: Place, checkpoint: Checkpoint) {
        if self.marks.len() >= MOST {
            let mut is_kept = false;
            self.marks.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
        }
        self.marks.push_back((after, checkpoint));
    }

    /// The last checkpoint that is reached where everything before a place is stored; it is given once.
    pub fn reached(&mut self, stored: Place) -> Option<Checkpoint> {
        let count = self.marks.iter().take_while(|(after, _)| *after <= stored).count();
        self.marks.drain(..count).next_back().map(|(_, checkpoint)| checkpoint)
    }

    /// Takes a checkpoint back that was given and could not be saved.
    pub fn again(&mut self, checkpoint: Checkpoint) {
        self.marks.push_front((Place::default(), checkpoint));
    }
}
