//! What is known of a receiver while it runs, in one place for all who show it.

use super::rates::Rates;
use crate::counters::Counters;
use crate::dead_letters::LastFailures;
use crate::deliver::SinkState;
use crate::formats::IntakeFormats;
use crate::kafka::{Assigned, Waiting};
use crate::listeners::Gates;
use crate::store::{Store, StoreError};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};
use weir_log::{Log, Usage};

/// What is known of a receiver while it runs.
pub struct Operation {
    /// The formats of the intakes.
    pub formats: Arc<IntakeFormats>,
    /// What is counted.
    pub counters: Arc<Counters>,
    /// The places for connections.
    pub gates: Arc<Gates>,
    /// The last records that became no event.
    pub failures: Arc<LastFailures>,
    /// Where the dead letters are, as commands name it.
    pub dead_letters: PathBuf,
    /// Records of intakes over the last minute.
    pub intake_rates: Rates,
    /// Events of sinks over the last minute.
    pub sink_rates: Rates,
    /// When it was started.
    pub started: SystemTime,
    running: OnceLock<Running>,
}

/// What there is once bodies can be stored, or fetched.
pub struct Running {
    /// Where bodies are.
    pub bodies: Bodies,
    /// The sinks, in the order of the configuration.
    pub sinks: Vec<Arc<SinkState>>,
}

/// Where bodies are that a process stores or delivers.
pub enum Bodies {
    /// In a log on this machine's disk, from which they are delivered.
    Log(Arc<Log>),
    /// In a topic, from which workers deliver them.
    Topic(Arc<dyn Store>),
    /// In the partitions that this worker has.
    Partitions(Arc<Assigned>),
}

/// Whether a receiver takes what comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It does.
    Ready,
    /// The log is being opened.
    Recovering,
    /// There is no room for what comes now, or it cannot be stored or fetched.
    Refusing(StoreError),
}

impl Operation {
    /// A receiver that is being started.
    pub fn new(
        formats: Arc<IntakeFormats>,
        counters: Arc<Counters>,
        gates: Arc<Gates>,
        failures: Arc<LastFailures>,
        dead_letters: PathBuf,
    ) -> Self {
        let (intake_rates, sink_rates) = (Rates::default(), Rates::default());
        let (started, running) = (SystemTime::now(), OnceLock::new());
        Operation { formats, counters, gates, failures, dead_letters, intake_rates, sink_rates, started, running }
    }

    /// Says that bodies can be stored or fetched, and the sinks are being delivered to.
    pub fn runs(&self, bodies: Bodies, sinks: Vec<Arc<SinkState>>) {
        // It is said once; what was said first stays.
        drop(self.running.set(Running { bodies, sinks }));
    }

    /// What there is once that was said.
    pub fn running(&self) -> Option<&Running> {
        self.running.get()
    }

    /// Whether it takes what comes.
    pub fn readiness(&self) -> Readiness {
        match self.running().map(|running| running.bodies.refusal()) {
            None => Readiness::Recovering,
            Some(None) => Readiness::Ready,
            Some(Some(refusal)) => Readiness::Refusing(refusal),
        }
    }

    /// Notes the counts of now, from which rates are made: once a second.
    pub fn sample(&self) {
        let records = |stat: &crate::formats::FormatsStat| self.counters.intake(&stat.intake).records.get();
        let intakes = self.formats.stat();
        self.intake_rates.sample(intakes.iter().map(|stat| (&*stat.intake, records(stat))));
        let sinks = self.running().map_or(&[][..], |running| &running.sinks);
        self.sink_rates.sample(sinks.iter().map(|sink| (&*sink.name, sink.counters.events.get())));
    }

    /// All numbers, as Prometheus reads them.
    pub fn numbers(&self) -> String {
        self.gates.count(&self.counters);
        for stat in self.formats.stat() {
            self.counters.outdated(&stat.intake, stat.trouble.is_some());
        }
        if let Some(running) = self.running() {
            running.count(&self.counters);
        }
        self.counters.text()
    }
}

impl Running {
    fn count(&self, counters: &Counters) {
        let takes = self.bodies.refusal().is_none();
        let usage = self.bodies.log().map(|log| log.usage()).unwrap_or_default();
        counters.log().set(usage.bytes, usage.segments, usage.entries, takes);
        if let Bodies::Partitions(assigned) = &self.bodies {
            let Waiting { all, paused, bytes } = assigned.all_waiting();
            counters.partitions().set(all, paused, bytes);
        }
        let now = SystemTime::now();
        for (number, sink) in self.sinks.iter().enumerate() {
            let entries = self.bodies.behind(&usage, number, sink);
            sink.counters.behind(entries, sink.seconds_behind(entries, now), sink.trouble().is_some());
        }
    }
}

impl Bodies {
    /// The log, where there is one.
    pub fn log(&self) -> Option<&Log> {
        match self {
            Bodies::Log(log) => Some(log),
            Bodies::Topic(_) | Bodies::Partitions(_) => None,
        }
    }

    /// Why nothing can be stored, or fetched, now.
    pub fn refusal(&self) -> Option<StoreError> {
        match self {
            Bodies::Log(log) => Store::refusal(&**log),
            Bodies::Topic(topic) => topic.refusal(),
            Bodies::Partitions(assigned) => {
                assigned.trouble().map(|why| StoreError::Unavailable { why, retry_after: Duration::from_secs(1) })
            }
        }
    }

    /// How many entries a sink, by its place in the configuration, has not stored; of partitions, has not taken of what was fetched.
    pub(super) fn behind(&self, usage: &Usage, number: usize, sink: &SinkState) -> u64 {
        match self {
            Bodies::Partitions(assigned) => assigned.waiting(number),
            Bodies::Log(_) | Bodies::Topic(_) => {
                let reader = usage.readers.iter().find(|reader| reader.name == sink.name);
                reader.map_or(0, |reader| reader.entries_behind)
            }
        }
    }
}
