//! What the writer and all readers of a log know together.

use crate::files::{Files, QUARANTINE, uninterrupted};
use crate::layout::{Identity, segment_name};
use crate::options::Options;
use crate::refusal::Refusal;
use crate::segments::Segments;
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A log that is open.
pub(crate) struct Shared {
    pub files: Arc<dyn Files>,
    pub options: Options,
    pub identity: Identity,
    state: Mutex<State>,
    changed: Condvar,
    /// Keeps other processes out, if it is this log's to write.
    #[allow(dead_code, reason = "it is held, and nobody looks at it")]
    pub lock: Option<Box<dyn Any + Send + Sync>>,
    /// Held while files are removed or put into quarantine: one at a time.
    pub housekeeping: Mutex<()>,
}

/// What changes while a log is open.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub segments: Segments,
    /// The block before which everything is on the disk: readers do not look beyond.
    pub durable: u64,
    /// How many entries are before that block.
    pub number: u64,
    /// The lowest block of an entry that is not complete yet.
    pub incomplete: Option<u64>,
    /// Where each reader goes on, as its file says, and whether somebody has it.
    pub readers: BTreeMap<String, ReaderState>,
    /// Segments with damage that could not be put into quarantine: they go there as a whole.
    pub kept: BTreeSet<u64>,
    /// Why segments that nobody needs are still there.
    pub cannot_remove: Option<String>,
    pub broken: Option<String>,
    pub is_closed: bool,
}

/// A reader as the log knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReaderState {
    pub next: u64,
    pub number: u64,
    pub is_in_use: bool,
}

impl Shared {
    pub fn new(files: Arc<dyn Files>, options: Options, identity: Identity, state: State) -> Self {
        let (state, changed, housekeeping) = (Mutex::new(state), Condvar::new(), Mutex::new(()));
        Shared { files, options, identity, state, changed, lock: None, housekeeping }
    }

    /// The state. What a thread that panicked left is whole: each change is one assignment.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all who wait that something changed.
    pub fn tell(&self) {
        self.changed.notify_all();
    }

    /// Waits until more than `block` is on the disk, and says whether it is.
    pub fn wait_beyond(&self, block: u64, at_most: Duration) -> bool {
        let waits = |state: &mut State| state.durable <= block && state.broken.is_none() && !state.is_closed;
        let waited = self.changed.wait_timeout_while(self.state(), at_most, waits);
        waited.unwrap_or_else(PoisonError::into_inner).0.durable > block
    }

    /// Nothing is known any more of what is on the disk: everything from now on is refused.
    pub fn breaks(&self, why: &str) -> Refusal {
        let why = self.state().broken.get_or_insert_with(|| why.to_owned()).clone();
        self.tell();
        Refusal::Broken { why }
    }

    /// What refuses everything, if something does.
    pub fn refusal(&self) -> Option<Refusal> {
        let state = self.state();
        let broken = state.broken.clone().map(|why| Refusal::Broken { why });
        broken.or(state.is_closed.then_some(Refusal::Closed))
    }

    /// Removes the segments that nobody needs any more. Positions are on the disk when they count here.
    ///
    /// Where a file cannot be removed, this is noted, and tried again the next time.
    pub fn remove_passed(&self) {
        let removed = self.try_to_remove_passed();
        self.state().cannot_remove = removed.err().map(|error| error.to_string());
    }

    fn try_to_remove_passed(&self) -> io::Result<()> {
        let _housekeeping = self.housekeeping.lock().unwrap_or_else(PoisonError::into_inner);
        let (passed, kept) = {
            let state = self.state();
            (state.passed(), state.kept.clone())
        };
        for base in passed {
            let name = segment_name(base);
            let removed = uninterrupted(|| match kept.contains(&base) {
                true => self.files.rename(&name, &format!("{QUARANTINE}{name}")),
                false => self.files.remove(&name),
            });
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => self.state().segments.remove(base),
            }
        }
        Ok(())
    }
}

impl State {
    /// The segments that no reader and no incomplete entry needs, the oldest first. Without readers there are none, and the last
    /// one always stays: it knows where the log is.
    fn passed(&self) -> Vec<u64> {
        let needed = self.readers.values().map(|reader| self.segments.needed_from(reader.next)).min();
        let needed = needed.map_or(0, |needed| self.incomplete.map_or(needed, |block| block.min(needed)));
        let mut passed: Vec<u64> =
            self.segments.all().filter(|segment| segment.limit() <= needed).map(|segment| segment.base).collect();
        if self.segments.last().is_some_and(|last| passed.last() == Some(&last.base)) {
            passed.pop();
        }
        passed
    }
}
