//! What is known of a receiver while it runs, in one place for all who show it.

use super::failures::LastFailures;
use super::metrics::Metrics;
use super::rates::Rates;
use crate::deliver::SinkState;
use crate::formats::IntakeFormats;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;
use weir_log::{Log, Refusal};

/// What is known of a receiver while it runs.
pub struct Operation {
    /// The formats of the intakes.
    pub formats: Arc<IntakeFormats>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The last records that became no event.
    pub failures: Arc<LastFailures>,
    /// Where the dead letters are, as commands name it.
    pub dead_letters: PathBuf,
    /// Events of sinks over the last minute.
    pub rates: Rates,
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
        metrics: Arc<Metrics>,
        failures: Arc<LastFailures>,
        dead_letters: PathBuf,
    ) -> Self {
        let (rates, started, running) = (Rates::default(), SystemTime::now(), OnceLock::new());
        Operation { formats, metrics, failures, dead_letters, rates, started, running }
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
        let sinks = self.running().map_or(&[][..], |running| &running.sinks);
        self.rates.sample(sinks.iter().map(|sink| (&*sink.name, sink.events.load(Ordering::Relaxed))));
    }

    /// All numbers, as Prometheus reads them.
    pub fn numbers(&self) -> String {
        let formats = self.formats.stat();
        match self.running() {
            Some(Running { log, sinks }) => {
                let sinks: Vec<&SinkState> = sinks.iter().map(|sink| &**sink).collect();
                self.metrics.text(Some((&log.usage(), log.refusal().as_ref())), &sinks, &formats)
            }
            None => self.metrics.text(None, &[], &formats),
        }
    }
}
