//! What the receiver counts, for whoever shows it: plain atomics, read at any time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to it.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// What it is now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The upper bounds of [`Histogram`]'s buckets, in seconds; the last one has none.
pub const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// How often something took how long.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [Counter; BUCKETS.len() + 1],
    microseconds: Counter,
}

impl Histogram {
    /// Counts a time.
    pub fn observe(&self, time: Duration) {
        let bucket = BUCKETS.partition_point(|bound| *bound < time.as_secs_f64());
        self.buckets[bucket].add(1);
        self.microseconds.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// How many were in each bucket, and the sum of all in seconds.
    pub fn read(&self) -> ([u64; BUCKETS.len() + 1], f64) {
        (self.buckets.each_ref().map(Counter::get), self.microseconds.get() as f64 / 1e6)
    }
}

/// All that the receiver counts.
#[derive(Debug, Default)]
pub struct Counters {
    /// Answers over HTTP, by status.
    answers: Mutex<BTreeMap<u16, u64>>,
    /// From a request's head to its answer.
    pub seconds: Histogram,
    /// Requests with a key that is none.
    pub unauthorized: Counter,
    /// Uploads that try whether they may.
    pub validations: Counter,
    /// Syslog connections that were accepted.
    pub syslog_connections: Counter,
    /// Syslog messages that were stored.
    pub syslog_messages: Counter,
    /// Syslog messages without a key, or with one that is none.
    pub syslog_unauthorized: Counter,
    /// Syslog messages that are not of RFC 5424.
    pub syslog_malformed: Counter,
    /// Syslog messages that are longer than any key may send, or than those without a valid key may begin.
    pub syslog_oversize: Counter,
    intakes: Mutex<BTreeMap<String, Arc<IntakeCounters>>>,
}

/// What is counted of an intake.
#[derive(Debug, Default)]
pub struct IntakeCounters {
    /// Bodies that were stored.
    pub batches: Counter,
    /// Their records, those that were rejected with them.
    pub records: Counter,
    /// Records that are larger than the limit.
    pub rejected: Counter,
    /// Bytes as they were sent.
    pub encoded_bytes: Counter,
    /// Bytes as they were decoded.
    pub decoded_bytes: Counter,
    /// Bodies that had come before, within the window.
    pub duplicates: Counter,
    /// Of these, the ones that were not stored again.
    pub dropped_duplicates: Counter,
    /// Requests that were over a limit of the key.
    pub limited: Counter,
    /// When the last body was stored, in milliseconds since 1970; 0 if none was.
    pub last: AtomicU64,
}

impl Counters {
    /// Counts an answer.
    pub fn answered(&self, status: u16, time: Duration) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers.entry(status).or_default() += 1;
        self.seconds.observe(time);
    }

    /// How many answers there were, by status.
    pub fn answers(&self) -> BTreeMap<u16, u64> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The counters of an intake, which outlive a change of the configuration.
    pub fn intake(&self, name: &str) -> Arc<IntakeCounters> {
        let mut intakes = self.intakes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(intakes.entry(name.to_owned()).or_default())
    }

    /// All intakes that there were since the start.
    pub fn intakes(&self) -> BTreeMap<String, Arc<IntakeCounters>> {
        self.intakes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_the_bucket_whose_bound_they_do_not_exceed() {
        let histogram = Histogram::default();
        for milliseconds in [1, 2, 250, 251, 60_000] {
            histogram.observe(Duration::from_millis(milliseconds));
        }
        let (buckets, seconds) = histogram.read();
        assert_eq!(buckets, [1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1]);
        assert!((seconds - 60.504).abs() < 1e-9, "{seconds}");
    }
}
