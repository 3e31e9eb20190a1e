//! What the threads of all sinks share.

use super::mapped::{Count, Mapped};
use super::shared_batches::SharedBatches;
use super::source::Source;
use crate::counters::Counters;
use crate::dead_letters::{DeadLetter, DeadLetters, LastFailures};
use crate::formats::IntakeFormats;
use crate::notices::Notices;
use crate::stopping::Stopping;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use weir_log::Damage;
use weir_sinks::Place;

/// How long nothing may happen before it is looked whether to stop.
pub(super) const LOOK: Duration = Duration::from_millis(200);

/// Times and sizes of delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long to wait after the first failure of a sink; then twice as long each time.
    pub first_wait: Duration,
    /// How long to wait at most.
    pub longest_wait: Duration,
    /// How often positions are saved at most. What was delivered since then may come again after a crash.
    pub save_each: Duration,
    /// How many bytes of mapped events wait in memory for sinks that come to them a little later.
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
    pub source: Source,
    /// What maps it.
    pub formats: Arc<IntakeFormats>,
    /// Where goes what becomes no event.
    pub dead_letters: Arc<DeadLetters>,
    /// What is counted.
    pub counters: Arc<Counters>,
    /// What is told.
    pub notices: Arc<Notices>,
    /// The last records that failed, for people to look at.
    pub failures: Arc<LastFailures>,
    /// Says when to stop.
    pub stopping: Arc<Stopping>,
}

pub(super) struct Shared {
    pub source: Source,
    pub formats: Arc<IntakeFormats>,
    pub dead_letters: Arc<DeadLetters>,
    pub counters: Arc<Counters>,
    pub notices: Arc<Notices>,
    pub failures: Arc<LastFailures>,
    pub stopping: Arc<Stopping>,
    pub batches: Arc<SharedBatches>,
    pub options: Options,
    /// Up to which block damage was told: each sink passes over it.
    damage: AtomicU64,
    /// Up to where records were counted: several sinks come to what is counted once.
    counted: Mutex<Place>,
    /// Why the log cannot be trusted any more, or a thread ended.
    pub broken: Mutex<Option<String>>,
}

impl Shared {
    pub fn new(parts: Parts, sinks: usize, options: Options) -> Self {
        let Parts { source, formats, dead_letters, counters, notices, failures, stopping } = parts;
        let batches = Arc::new(SharedBatches::new(sinks, options.shared_bytes));
        let (damage, counted, broken) = (AtomicU64::default(), Mutex::default(), Mutex::default());
        Shared {
            source,
            formats,
            dead_letters,
            counters,
            notices,
            failures,
            stopping,
            batches,
            options,
            damage,
            counted,
            broken,
        }
    }

    /// Whether damage was not told yet.
    pub fn is_news(&self, damage: &Damage) -> bool {
        self.damage.fetch_max(damage.to, Ordering::Relaxed) < damage.to
    }

    /// Counts what was mapped, when the first sink comes to it.
    pub fn count(&self, mapped: &Mapped) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if mapped.from() < *counted {
            return;
        }
        *counted = mapped.to();
        for Count { intake, format, outcome, entry, records, matched } in &mapped.counts {
            let format = format.as_deref().unwrap_or_default();
            self.counters.mapped(intake, format, outcome.name(), entry, *records);
            self.counters.matched(intake, format, *matched);
        }
    }

    /// Counts letters of which so many are new. Letters that are mapped again are old as a whole, but for the last few before a crash.
    pub fn letters_kept(&self, letters: &[DeadLetter], new: usize) {
        let new = &letters[letters.len() - new.min(letters.len())..];
        new.iter().for_each(|letter| self.counters.letter(letter.stage.name()));
        self.failures.add(new);
    }
}
