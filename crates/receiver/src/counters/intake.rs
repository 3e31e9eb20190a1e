//! What is counted of an intake.

use super::labels::IntakeName;
use super::names::Names;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use std::sync::atomic::AtomicU64;

/// What is counted of an intake.
#[derive(Debug)]
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
    last: Gauge<f64, AtomicU64>,
}

impl IntakeCounters {
    /// Counts a body that is stored: its records, and when it was received, in milliseconds since 1970.
    pub fn stored(&self, records: u32, received: i64) {
        self.batches.inc();
        self.records.inc_by(u64::from(records));
        self.last.set(received as f64 / 1e3);
    }

    /// When the last body was received, in seconds since 1970; nothing where none was.
    pub fn last(&self) -> Option<f64> {
        Some(self.last.get()).filter(|seconds| *seconds > 0.0)
    }
}

/// The numbers of all intakes.
#[derive(Debug)]
pub(super) struct IntakeFamilies {
    batches: Family<IntakeName, Counter>,
    records: Family<IntakeName, Counter>,
    rejected: Family<IntakeName, Counter>,
    encoded_bytes: Family<IntakeName, Counter>,
    decoded_bytes: Family<IntakeName, Counter>,
    duplicates: Family<IntakeName, Counter>,
    dropped_duplicates: Family<IntakeName, Counter>,
    limited: Family<IntakeName, Counter>,
    last: Family<IntakeName, Gauge<f64, AtomicU64>>,
}

impl IntakeFamilies {
    pub fn new(names: &mut Names) -> Self {
        IntakeFamilies {
            batches: names.family("intake_batches", "Batches that were stored"),
            records: names.family("intake_records", "Records of batches that were stored"),
            rejected: names.family("intake_rejected_records", "Records that were larger than the limit"),
            encoded_bytes: names.family("intake_bytes", "Bytes of bodies as they were sent"),
            decoded_bytes: names.family("intake_decoded_bytes", "Bytes of bodies as they were decoded"),
            duplicates: names.family("intake_duplicates", "Batches that had come before, within the window"),
            dropped_duplicates: names
                .family("intake_dropped_duplicates", "Batches that had come before and were not stored again"),
            limited: names.family("intake_limited", "Requests that were over a limit of their key"),
            last: names.family("intake_last_batch_timestamp_seconds", "When the last batch was stored"),
        }
    }

    pub fn of(&self, name: &str) -> IntakeCounters {
        let intake = IntakeName { intake: name.to_owned() };
        let counter = |family: &Family<IntakeName, Counter>| family.get_or_create_owned(&intake);
        IntakeCounters {
            batches: counter(&self.batches),
            records: counter(&self.records),
            rejected: counter(&self.rejected),
            encoded_bytes: counter(&self.encoded_bytes),
            decoded_bytes: counter(&self.decoded_bytes),
            duplicates: counter(&self.duplicates),
            dropped_duplicates: counter(&self.dropped_duplicates),
            limited: counter(&self.limited),
            last: self.last.get_or_create_owned(&intake),
        }
    }
}
