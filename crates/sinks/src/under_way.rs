//! A batch of which a destination has taken a part: only the rest is sent again, as long as the process lives.

use crate::batch::{Batch, Place};

/// What is known of the batch that was given last.
#[derive(Default)]
pub(crate) struct UnderWay(Option<Known>);

struct Known {
    from: Place,
    to: Place,
    /// The numbers of the events that are not stored.
    open: Vec<usize>,
}

impl UnderWay {
    /// The numbers of a batch's events that are not stored; all of them, where it is another batch.
    pub fn open(&mut self, batch: &Batch) -> Vec<usize> {
        match self.0.take() {
            Some(known) if (known.from, known.to) == (batch.from(), batch.to()) => known.open,
            _ => (0..batch.len()).collect(),
        }
    }

    /// Notes which events of a batch are not stored.
    pub fn keep(&mut self, batch: &Batch, open: Vec<usize>) {
        self.0 = Some(Known { from: batch.from(), to: batch.to(), open });
    }
}
