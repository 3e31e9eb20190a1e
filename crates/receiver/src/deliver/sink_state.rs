//! What is known of a sink while its thread works: for metrics and the status page.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// What is known of a sink.
#[derive(Debug)]
pub struct SinkState {
    /// Its name.
    pub name: String,
    /// Its type, as the configuration calls it.
    pub kind: String,
    /// How many events it took.
    pub events: AtomicU64,
    /// When what it took last was received, in milliseconds since 1970; 0 before the first.
    pub received: AtomicI64,
    trouble: Mutex<Option<SinkTrouble>>,
}

/// Why a sink does not get on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkTrouble {
    /// What is tried.
    pub what: &'static str,
    /// Why it fails.
    pub why: String,
    /// Since when.
    pub since: SystemTime,
    /// How often it was tried.
    pub tries: u32,
}

impl SinkState {
    /// A sink that took nothing yet.
    pub fn new(name: &str, kind: &str) -> Self {
        SinkState {
            name: name.to_owned(),
            kind: kind.to_owned(),
            events: AtomicU64::default(),
            received: AtomicI64::default(),
            trouble: Mutex::default(),
        }
    }

    /// Notes events that it took.
    pub fn took(&self, events: usize, received: Option<i64>) {
        self.events.fetch_add(events as u64, Ordering::Relaxed);
        if let Some(received) = received {
            self.received.store(received, Ordering::Relaxed);
        }
    }

    /// Notes that something failed, and gives what is known of it now.
    pub fn failed(&self, what: &'static str, why: &str) -> SinkTrouble {
        let mut trouble = self.lock();
        let (since, tries) = match &*trouble {
            Some(known) if known.what == what => (known.since, known.tries + 1),
            _ => (SystemTime::now(), 1),
        };
        trouble.insert(SinkTrouble { what, why: why.to_owned(), since, tries }).clone()
    }

    /// Notes that it gets on; what was in its way, if something was.
    pub fn gets_on(&self) -> Option<SinkTrouble> {
        self.lock().take()
    }

    /// Why it does not get on, if so.
    pub fn trouble(&self) -> Option<SinkTrouble> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<SinkTrouble>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
