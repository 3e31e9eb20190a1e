//! What is known of a sink while its thread works: for metrics and the status page.

use crate::counters::SinkCounters;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// What is known of a sink.
#[derive(Debug)]
pub struct SinkState {
    /// Its name.
    pub name: String,
    /// Its type, as the configuration calls it.
    pub kind: String,
    /// What is counted of it.
    pub counters: SinkCounters,
    /// When what it took last was received, in milliseconds since 1970; 0 before the first.
    pub received: AtomicI64,
    /// Since when it is there.
    since: SystemTime,
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
    pub fn new(name: &str, kind: &str, counters: SinkCounters) -> Self {
        SinkState {
            name: name.to_owned(),
            kind: kind.to_owned(),
            counters,
            received: AtomicI64::default(),
            since: SystemTime::now(),
            trouble: Mutex::default(),
        }
    }

    /// Notes when the last of the events that it took was received.
    pub fn took(&self, received: Option<i64>) {
        if let Some(received) = received {
            self.received.store(received, Ordering::Relaxed);
        }
    }

    /// Notes that something failed, counts it, and gives what is known of it now.
    pub fn failed(&self, what: &'static str, why: &str) -> SinkTrouble {
        self.counters.failures.inc();
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

    /// How old what it took last is, in seconds, where so many entries wait for it. Where it took nothing yet, it is behind since the
    /// start at least.
    pub fn seconds_behind(&self, entries: u64, now: SystemTime) -> u64 {
        let received = u64::try_from(self.received.load(Ordering::Relaxed)).unwrap_or(0);
        if entries == 0 {
            return 0;
        }
        let received = match received {
            0 => self.since,
            received => SystemTime::UNIX_EPOCH + Duration::from_millis(received),
        };
        now.duration_since(received).map_or(0, |age| age.as_secs())
    }

    /// Why it does not get on, if so.
    pub fn trouble(&self) -> Option<SinkTrouble> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<SinkTrouble>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counters::Counters;

    #[test]
    fn a_sink_that_took_nothing_is_behind_since_the_start() {
        let state = SinkState::new("gone", "http", Counters::default().sink("gone"));
        let later = SystemTime::now() + Duration::from_secs(60);
        assert_eq!(state.seconds_behind(0, later), 0);
        assert!((59..=61).contains(&state.seconds_behind(1, later)));
        let received = later.duration_since(SystemTime::UNIX_EPOCH).expect("it is later").as_millis() as i64 - 5_000;
        state.took(Some(received));
        assert!((4..=5).contains(&state.seconds_behind(1, later)));
    }
}
