//! What the fields of a plan can hold, as far as it is known by now.

use super::value::Possible;
use crate::plan::expression::Slot;
use std::cell::Cell;

/// How many expressions and statements are followed, all rounds together.
const STEPS: u64 = 4_000_000;

/// What slots can hold at any time of a run, and how much may still be followed.
#[derive(Debug)]
pub(super) struct FieldsPossible {
    pub(super) slots: Vec<Possible>,
    /// What is put into lists and dicts of fields after they were set.
    pub(super) escaped: Possible,
    steps: Cell<u64>,
}

impl FieldsPossible {
    pub(super) fn new(count: usize) -> Self {
        FieldsPossible {
            slots: vec![Possible::nothing(); count],
            escaped: Possible::nothing(),
            steps: Cell::new(STEPS),
        }
    }

    /// What a slot can hold.
    pub(super) fn of(&self, slot: Slot) -> Possible {
        let possible = self.slots.get(slot.0 as usize).cloned().unwrap_or_default();
        possible.filled(&self.escaped)
    }

    /// Pays for a step; whether there was something left.
    pub(super) fn pay(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    /// Whether there is something left.
    pub(super) fn goes_on(&self) -> bool {
        self.steps.get() > 0
    }

    pub(super) fn add(&mut self, slot: Slot, possible: &Possible) {
        if let Some(slot) = self.slots.get_mut(slot.0 as usize) {
            slot.add(possible);
        }
    }

    pub(super) fn open_all(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.open = true);
    }
}
