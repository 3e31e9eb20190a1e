//! Numbers that others keep, and that are set when somebody asks for all of them.

use super::labels::ProtocolName;
use super::names::{Names, gauge};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use std::sync::atomic::Ordering;

/// The connections of a protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionsNow {
    /// How many there are.
    pub open: usize,
    /// How many were accepted so far.
    pub accepted: u64,
    /// How many were turned away so far.
    pub turned_away: u64,
}

#[derive(Debug)]
pub(super) struct Connections {
    open: Family<ProtocolName, Gauge>,
    accepted: Family<ProtocolName, Counter>,
    turned_away: Family<ProtocolName, Counter>,
}

impl Connections {
    pub fn new(names: &mut Names) -> Self {
        Connections {
            open: names.family("connections", "Connections that are open"),
            accepted: names.family("connections_accepted", "Connections that were accepted"),
            turned_away: names.family("connections_turned_away", "Connections that were too many of one address"),
        }
    }

    pub fn set(&self, protocol: &'static str, now: &ConnectionsNow) {
        let name = ProtocolName { protocol };
        self.open.get_or_create(&name).set(gauge(now.open as u64));
        self.accepted.get_or_create(&name).inner().store(now.accepted, Ordering::Relaxed);
        self.turned_away.get_or_create(&name).inner().store(now.turned_away, Ordering::Relaxed);
    }
}

/// What the log is like now.
#[derive(Debug)]
pub struct LogNow {
    /// Bytes of all segments.
    pub bytes: Gauge,
    /// How many segments there are.
    pub segments: Gauge,
    /// How many entries it has had.
    pub entries: Gauge,
    /// 1 where it takes new entries.
    pub accepts: Gauge,
}

impl LogNow {
    pub(super) fn new(names: &mut Names) -> Self {
        LogNow {
            bytes: names.one("log_bytes", "Bytes of the log"),
            segments: names.one("log_segments", "Segments of the log"),
            entries: names.one("log_entries", "Entries that the log has had"),
            accepts: names.one("log_accepts", "1 where the log takes new entries"),
        }
    }

    /// Sets all of them.
    pub fn set(&self, bytes: u64, segments: usize, entries: u64, accepts: bool) {
        self.bytes.set(gauge(bytes));
        self.segments.set(gauge(segments as u64));
        self.entries.set(gauge(entries));
        self.accepts.set(accepts.into());
    }
}

/// What the partitions of a worker are like now.
#[derive(Debug)]
pub struct PartitionsNow {
    /// How many the worker has.
    pub all: Gauge,
    /// Of how many nothing is fetched, since too much waits.
    pub paused: Gauge,
    /// Bytes that were fetched and wait for sinks.
    pub waiting_bytes: Gauge,
}

impl PartitionsNow {
    pub(super) fn new(names: &mut Names) -> Self {
        PartitionsNow {
            all: names.one("partitions", "Partitions of the topic that this worker has"),
            paused: names.one("partitions_paused", "Partitions of which nothing is fetched, since too much waits"),
            waiting_bytes: names.one("partitions_waiting_bytes", "Bytes that were fetched and wait for sinks"),
        }
    }

    /// Sets all of them.
    pub fn set(&self, all: usize, paused: usize, waiting_bytes: usize) {
        self.all.set(gauge(all as u64));
        self.paused.set(gauge(paused as u64));
        self.waiting_bytes.set(gauge(waiting_bytes as u64));
    }
}
