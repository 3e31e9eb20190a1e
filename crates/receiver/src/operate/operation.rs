//! What is known of a receiver while it runs, in one place for all who show it.

use super::rates::Rates;
use crate::counters::Counters;
use crate::dead_letters::LastFailures;
use crate::deliver::SinkState;
use crate::formats::IntakeFormats;
use crate::listeners::Gates;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;
use weir_log::{Log, Refusal, Usage};

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

/// What there is once the log is open.
pub struct Running {
    /// The log.
    pub log: Arc<Log>,
    /// The sinks.
    pub sinks: Vec<Arc<SinkState>>,
}

/// Whether a receiver takes what comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It does.
    Ready,
    /// The log is being opened.
    Recovering,
    /// The log has no room now, or takes nothing any more.
    Refusing(Refusal),
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

    /// Says that the log is open and the sinks are being delivered to.
    pub fn runs(&self, log: Arc<Log>, sinks: Vec<Arc<SinkState>>) {
        // It is said once; what was said first stays.
        drop(self.running.set(Running { log, sinks }));
    }

    /// What there is once the log is open.
    pub fn running(&self) -> Option<&Running> {
        self.running.get()
    }

    /// Whether it takes what comes.
    pub fn readiness(&self) -> Readiness {
        match self.running().map(|running| running.log.refusal()) {
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
        let usage = self.log.usage();
        counters.log().set(usage.bytes, usage.segments, usage.entries, self.log.refusal().is_none());
        let now = SystemTime::now();
        for sink in &self.sinks {
            let entries = entries_behind(&usage, sink);
            sink.counters.behind(entries, sink.seconds_behind(entries, now), sink.trouble().is_some());
        }
    }
}

/// How many entries of the log a sink has not stored.
pub(super) fn entries_behind(usage: &Usage, sink: &SinkState) -> u64 {
    let reader = usage.readers.iter().find(|reader| reader.name == sink.name);
    reader.map_or(0, |reader| reader.entries_behind)
}
