//! Batches: each step is taken for all records before the next, so that its code is fetched once.

use super::event;
use super::input::decoded;
use super::lane::{Lane, Learned};
use super::machine::Machine;
use super::observer::{Finishing, Observer, Step};
use super::record::{Input, Record};
use super::report::{Failure, Omission};
use super::values::Registers;
use crate::json::Sink;
use crate::value::{Arena, Value};
use std::cell::Cell;

/// How many records [`Plan::run_batch`](crate::Plan::run_batch) runs at most.
pub const BATCH: usize = 16;

/// The budget of a record that runs with others. One that needs more runs alone, and so all of them together take little
/// memory.
pub(super) const BUDGET: u64 = 512 << 10;

/// Whether a record may run with others: a long one fetches little code for its length.
pub(super) fn is_short(record: &Record<'_>) -> bool {
    record.input.bytes().len() <= 8 << 10
}

impl<'a> Machine<'a> {
    /// A record at the start of its run, with an arena of its own, which is emptied.
    pub(super) fn start<'o, O: Observer>(
        self,
        learned: &'a Learned,
        record: &'a Record<'a>,
        arena: &'a mut Arena,
        observer: &'o mut O,
    ) -> Lane<'a, 'o, O> {
        arena.reset();
        let arena = &*arena;
        let (text, is_replaced) = decoded(arena, record.input.bytes());
        if is_replaced {
            observer.report().omit(Omission::of_input("bytes that are not UTF-8 were replaced by U+FFFD"));
        }
        let slots = arena.bump().alloc_slice_fill_copy(self.program.registers as usize, Value::Undefined);
        let slots = Cell::from_mut(slots).as_slice_of_cells();
        let Learned { patterns, order } = learned;
        let values = &*arena.bump().alloc(Registers { slots, arena, patterns, order, now: record.now });
        let mut extra = Vec::new();
        let begun = self.begin(values, record, text, &mut extra);
        if let Input::Event(_) = record.input {
            self.settle_input(values, observer);
        }
        let has_begun = begun.is_ok();
        if let Err(fault) = begun {
            observer.report().fail(Failure::of_input(fault));
        }
        Lane { values, record, text, extra, has_begun, observer }
    }

    /// Gives a lane's event, whether its budget is used up, and the observer.
    pub(super) fn finish<O: Observer>(
        self,
        lane: Lane<'a, '_, O>,
        line: &mut Vec<u8>,
        give: impl FnOnce(&[u8], bool, &mut O),
    ) {
        let Lane { values, record, text, extra, observer, .. } = lane;
        observer.step(Step::Write);
        observer.finishes(values, &Finishing::Done);
        let mut written = Sink::new(std::mem::take(line), text);
        observer.report().set_dates_ahead(values.arena.dates_ahead());
        self.describe(values, record, observer.report());
        self.write(values, record, observer.report(), &mut written);
        if extra.is_empty() {
            give(written.written(), values.arena.is_spent(), observer);
        } else {
            let event = event::with_extra(values.arena, &extra, written.written());
            give(&event, values.arena.is_spent(), observer);
        }
        *line = written.into_buffer();
    }
}
