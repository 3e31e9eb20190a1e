//! The partitions that a worker has now, for the thread that fetches them and for whoever shows them.

use crate::deliver::Delivery;
use crate::partition::Partition;
use crate::stopping::Stopping;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The partitions that a worker has, and how it is with the brokers.
pub struct Assigned {
    partitions: Mutex<BTreeMap<i32, Held>>,
    trouble: Mutex<Option<String>>,
    failed: OnceLock<String>,
}

/// What waits in the partitions of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many partitions it has.
    pub all: usize,
    /// Of how many nothing is fetched, since too much waits.
    pub paused: usize,
    /// How many bytes wait for sinks.
    pub bytes: usize,
}

/// A partition that is being delivered.
pub struct Begun {
    /// The threads of its sinks.
    pub delivery: Delivery,
    /// What tells them to stop.
    pub stopping: Arc<Stopping>,
}

/// A partition that this worker has.
pub(super) struct Held {
    pub partition: Arc<Partition>,
    pub begun: Begun,
    /// The offset that comes next.
    pub next: Option<u64>,
    pub committed: Option<u64>,
    pub is_paused: bool,
}

impl Default for Assigned {
    /// Without any, before the brokers have answered.
    fn default() -> Self {
        let trouble = Mutex::new(Some("the brokers have not answered yet".to_owned()));
        Assigned { partitions: Mutex::default(), trouble, failed: OnceLock::new() }
    }
}

impl Assigned {
    /// What waits in all partitions.
    pub fn all_waiting(&self) -> Waiting {
        self.lock().values().fold(Waiting::default(), |waiting, held| Waiting {
            all: waiting.all + 1,
            paused: waiting.paused + usize::from(held.is_paused),
            bytes: waiting.bytes + held.partition.waiting_bytes(),
        })
    }

    /// How many parts of all partitions a sink has not taken, by its place in the configuration.
    pub fn waiting(&self, sink: usize) -> u64 {
        self.lock().values().map(|held| held.partition.waiting(sink)).sum()
    }

    /// Why the brokers cannot be reached, or do not have the topic.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why the process should end with a failure, if it should.
    pub fn failure(&self) -> Option<String> {
        let own = || self.lock().values().find_map(|held| held.begun.delivery.failure());
        self.failed.get().cloned().or_else(own)
    }

    pub(super) fn set_trouble(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    pub(crate) fn fail(&self, why: String) {
        // The first one is told.
        drop(self.failed.set(why));
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, BTreeMap<i32, Held>> {
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
