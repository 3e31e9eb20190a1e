//! What is counted of a sink.

use super::labels::SinkName;
use super::names::{Names, gauge, seconds};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use std::time::Duration;

/// What is counted of a sink.
#[derive(Clone, Debug)]
pub struct SinkCounters {
    /// Events that it took.
    pub events: Counter,
    /// Tries that failed and are made again.
    pub failures: Counter,
    /// Events that its destination refuses for good.
    pub refused: Counter,
    bytes: Counter,
    batches: Counter,
    seconds: Histogram,
    behind_entries: Gauge,
    behind_seconds: Gauge,
    failing: Gauge,
}

impl SinkCounters {
    /// Counts a batch that it took, and how long that took.
    pub fn took(&self, events: usize, bytes: usize, time: Duration) {
        self.events.inc_by(events as u64);
        self.bytes.inc_by(bytes as u64);
        self.batches.inc();
        self.seconds.observe(time.as_secs_f64());
    }

    /// Says how far it is behind: entries of the log, the age of what it took last, and whether it does not get on.
    pub fn behind(&self, entries: u64, seconds: u64, is_failing: bool) {
        self.behind_entries.set(gauge(entries));
        self.behind_seconds.set(gauge(seconds));
        self.failing.set(is_failing.into());
    }
}

/// The numbers of all sinks.
#[derive(Debug)]
pub(super) struct SinkFamilies {
    events: Family<SinkName, Counter>,
    failures: Family<SinkName, Counter>,
    refused: Family<SinkName, Counter>,
    bytes: Family<SinkName, Counter>,
    batches: Family<SinkName, Counter>,
    seconds: Family<SinkName, Histogram, fn() -> Histogram>,
    behind_entries: Family<SinkName, Gauge>,
    behind_seconds: Family<SinkName, Gauge>,
    failing: Family<SinkName, Gauge>,
}

impl SinkFamilies {
    pub fn new(names: &mut Names) -> Self {
        let times = Family::new_with_constructor((|| Histogram::new(seconds())) as fn() -> Histogram);
        SinkFamilies {
            events: names.family("sink_events", "Events that sinks took"),
            failures: names.family("sink_failures", "Tries of sinks that failed and are made again"),
            refused: names.family("sink_refused", "Events that destinations refuse for good"),
            bytes: names.family("sink_bytes", "Bytes of events that sinks took"),
            batches: names.family("sink_batches", "Batches that sinks took"),
            seconds: names.add("sink_write_seconds", "How long sinks took for a batch", times),
            behind_entries: names.family("sink_behind_entries", "Entries of the log that a sink has not stored"),
            behind_seconds: names.family("sink_behind_seconds", "Age of what a sink took last, if more waits"),
            failing: names.family("sink_failing", "1 where a sink does not get on"),
        }
    }

    pub fn of(&self, name: &str) -> SinkCounters {
        let sink = SinkName { sink: name.to_owned() };
        let counter = |family: &Family<SinkName, Counter>| family.get_or_create_owned(&sink);
        let gauge = |family: &Family<SinkName, Gauge>| family.get_or_create_owned(&sink);
        SinkCounters {
            events: counter(&self.events),
            failures: counter(&self.failures),
            refused: counter(&self.refused),
            bytes: counter(&self.bytes),
            batches: counter(&self.batches),
            seconds: self.seconds.get_or_create_owned(&sink),
            behind_entries: gauge(&self.behind_entries),
            behind_seconds: gauge(&self.behind_seconds),
            failing: gauge(&self.failing),
        }
    }
}
