//! What the threads of all sinks share.

use super::shared_batches::SharedBatches;
use crate::dead_letters::{DeadLetter, DeadLetters};
use crate::formats::IntakeFormats;
use crate::operate::{LastFailures, Metrics, Notices};
use crate::stopping::Stopping;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use weir_log::{Damage, Log};

/// Times and sizes of delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long to wait after the first failure of a sink; then twice as long each time.
    pub first_wait: Duration,
    /// How long to wait at most.
    pub longest_wait: Duration,
    /// How often positions are saved at most. What was delivered since then may come again after a crash.
    pub save_each: Duration,
    /// How many bytes of mapped events wait in memory for sinks that are a little behind others.
    pub shared_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(30),
            save_each: Duration::from_millis(200),
            shared_bytes: 32 << 20,
        }
    }
}

/// What delivery needs of the receiver.
#[derive(Clone)]
pub struct Parts {
    /// What is delivered.
    pub log: Arc<Log>,
    /// What maps it.
    pub formats: Arc<IntakeFormats>,
    /// Where goes what becomes no event.
    pub dead_letters: Arc<DeadLetters>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What is told.
    pub notices: Arc<Notices>,
    /// The last records that failed, for people to look at.
    pub failures: Arc<LastFailures>,
    /// Says when to stop.
    pub stopping: Arc<Stopping>,
}

pub(super) struct Shared {
    pub log: Arc<Log>,
    pub formats: Arc<IntakeFormats>,
    pub dead_letters: Arc<DeadLetters>,
    pub metrics: Arc<Metrics>,
    pub notices: Arc<Notices>,
    pub failures: Arc<LastFailures>,
    pub stopping: Arc<Stopping>,
    pub batches: Arc<SharedBatches>,
    pub options: Options,
    /// Up to which block damage was told: each sink passes over it.
    damage: AtomicU64,
    /// Why the log cannot be trusted any more, or a thread ended.
    pub broken: Mutex<Option<String>>,
}

impl Shared {
    pub fn new(parts: Parts, sinks: usize, options: Options) -> Self {
        let Parts { log, formats, dead_letters, metrics, notices, failures, stopping } = parts;
        let batches = Arc::new(SharedBatches::new(sinks, if sinks > 1 { options.shared_bytes } else { 0 }));
        let (damage, broken) = (AtomicU64::default(), Mutex::default());
        Shared { log, formats, dead_letters, metrics, notices, failures, stopping, batches, options, damage, broken }
    }

    /// Whether damage was not told yet.
    pub fn is_news(&self, damage: &Damage) -> bool {
        self.damage.fetch_max(damage.to, Ordering::Relaxed) < damage.to
    }

    /// Counts letters of which so many are new. Letters that are mapped again are old as a whole, but for the last few before a crash.
    pub fn letters_kept(&self, letters: &[DeadLetter], new: usize) {
        let new = &letters[letters.len() - new.min(letters.len())..];
        self.metrics.kept(new);
        self.failures.add(new);
    }
}
