//! The partitions that a worker has now, for the thread that fetches them and for whoever shows them.

use super::partition::Partition;
use crate::deliver::Delivery;
use crate::stopping::Stopping;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The partitions that a worker has, and how it is with the brokers.
#[derive(Default)]
pub struct Assigned {
    partitions: Mutex<BTreeMap<i32, Held>>,
    trouble: Mutex<Option<String>>,
    failed: OnceLock<String>,
}

/// What is known of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionStat {
    /// Its number.
    pub number: i32,
    /// The offset up to which every sink has stored everything.
    pub stored: Option<u64>,
    /// How many bytes wait for sinks.
    pub waiting_bytes: usize,
    /// Whether nothing is fetched, since too much waits.
    pub is_paused: bool,
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

impl Assigned {
    /// Each partition, by number.
    pub fn stat(&self) -> Vec<PartitionStat> {
        let stat = |(number, held): (&i32, &Held)| PartitionStat {
            number: *number,
            stored: held.partition.stored(),
            waiting_bytes: held.partition.waiting_bytes(),
            is_paused: held.is_paused,
        };
        self.lock().iter().map(stat).collect()
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
