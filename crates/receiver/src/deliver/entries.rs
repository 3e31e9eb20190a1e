//! An entry of the log on its way to a sink: its records from the place on that the sink is at.

use super::entry_mapper::{OpenEntry, Reached};
use super::shared_batches::Turn;
use super::sink_thread::{Failure, Halt, SinkThread};
use super::source::Entry;
use weir_sinks::Place;

/// The number of records that no entry has: a place after all of them.
const ALL: u32 = u32::MAX;

impl SinkThread {
    /// Delivers what of an entry was not delivered.
    pub(super) fn entry(&mut self, entry: &Entry) -> Result<(), Halt> {
        let sequence = entry.sequence();
        if self.has_passed(entry) {
            // A batch that was mapped for another sink had all of it, or the sink had stored it before the start.
            let after = if self.at.sequence == sequence { self.at.record } else { ALL };
            self.marks.add(Place { sequence, record: after }, entry.checkpoint());
            return Ok(());
        }
        let mut open = OpenEntry::new(&self.shared, entry);
        let mut next = if self.at.sequence == sequence { self.at.record } else { 0 };
        self.end_batch_at_known(open.place(next))?;
        loop {
            if !self.mapper.is_open() {
                match self.shared.batches.turn(open.place(next)) {
                    Turn::Make(claim) => self.mapper.begin(claim),
                    Turn::Take(mapped) => {
                        self.give(&mapped)?;
                        let to = mapped.to();
                        if to.sequence > sequence || mapped.ends_entry {
                            let after = if to.sequence > sequence { ALL } else { to.record };
                            self.marks.add(Place { sequence, record: after }, entry.checkpoint());
                            return Ok(());
                        }
                        next = to.record;
                        continue;
                    }
                }
            }
            match self.mapper.map(&mut open, next) {
                Reached::End(count) => return self.ends_entry(entry, open.place(count)),
                Reached::Full(record) => {
                    next = record;
                    self.end_batch(open.place(record), false)?;
                }
                Reached::Unreadable(record, error) => {
                    next = record;
                    open.reopen();
                    self.end_batch(open.place(record), false)?;
                    self.fails("read the log", &Failure::new(&error))?;
                }
            }
        }
    }

    /// Ends the batch that is open where somebody else has begun one: from here on both go the same way.
    fn end_batch_at_known(&mut self, here: Place) -> Result<(), Halt> {
        let before = self.at;
        match self.mapper.is_open() && self.shared.batches.next_after(before).is_some_and(|known| known <= here) {
            true => self.end_batch(before, true),
            false => Ok(()),
        }
    }

    fn ends_entry(&mut self, entry: &Entry, end: Place) -> Result<(), Halt> {
        (self.at, self.at_end) = (end, true);
        self.marks.add(self.at, entry.checkpoint());
        if self.mapper.is_full() { self.end_batch(self.at, true) } else { Ok(()) }
    }
}
