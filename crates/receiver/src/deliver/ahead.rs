//! The thread that maps ahead of the sinks, so that mapping and storing take place at the same time.
//!
//! It reads the log from where the first sink is, and what it has mapped waits among the batches that sinks share. A sink that comes to a
//! place before it maps by itself: nothing depends on this thread, and what it cannot read it leaves to them.
//!
//! Why so: `docs/decisions/0200`.

use super::entry_mapper::{EntryMapper, OpenEntry, Reached};
use super::shared::{LOOK, Shared};
use super::source::Entry;
use std::sync::Arc;
use std::time::Duration;
use weir_log::{Item, LookAhead};
use weir_sinks::Place;

/// How many bytes of batches wait at most for the first of the sinks.
const MOST: usize = 4 << 20;

/// Maps ahead of the sinks.
pub(super) struct Ahead {
    shared: Arc<Shared>,
    reader: LookAhead,
    mapper: EntryMapper,
    /// Up to where the batch that is open goes.
    at: Place,
}

impl Ahead {
    pub fn new(shared: &Arc<Shared>, reader: LookAhead) -> Self {
        Ahead { shared: Arc::clone(shared), reader, mapper: EntryMapper::new(shared), at: Place::default() }
    }

    /// Maps until all are told to stop.
    pub fn run(mut self) {
        while !self.shared.stopping.is_said() {
            if !self.mapper.is_open() && !self.shared.batches.wait_for_room(MOST, LOOK) {
                continue;
            }
            let wait = if self.mapper.is_open() { Duration::ZERO } else { LOOK };
            match self.reader.next(wait) {
                Ok(Some(Item::Entry(entry))) => self.entry(&Entry::Log(entry)),
                // What is open goes on its way where nothing more is there. Of damage the sinks tell.
                Ok(Some(Item::Damage(_)) | None) => self.end_batch(true),
                Err(_) => {
                    self.end_batch(true);
                    self.shared.stopping.wait(LOOK);
                }
            }
        }
    }

    fn entry(&mut self, entry: &Entry) {
        let mut open = OpenEntry::new(&self.shared, entry);
        let mut next = 0;
        if self.mapper.is_open() && self.shared.batches.is_claimed(open.place(0)) {
            self.end_batch(true);
        }
        loop {
            if !self.mapper.is_open() {
                let Some(claim) = self.shared.batches.claim(open.place(next)) else { return };
                self.mapper.begin(claim);
            }
            match self.mapper.map(&mut open, next) {
                Reached::End(count) => {
                    self.at = open.place(count);
                    if self.mapper.is_full() {
                        self.end_batch(true);
                    }
                    return;
                }
                Reached::Full(record) => {
                    (self.at, next) = (open.place(record), record);
                    self.end_batch(false);
                    while !self.shared.batches.wait_for_room(MOST, LOOK) {
                        if self.shared.stopping.is_said() {
                            return;
                        }
                    }
                }
                // The sink that comes to it tries again until it can be read.
                Reached::Unreadable(..) => return self.mapper.abandon(),
            }
        }
    }

    fn end_batch(&mut self, ends_entry: bool) {
        self.mapper.finish(self.at, ends_entry);
    }
}
