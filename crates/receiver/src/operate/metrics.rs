//! The numbers of a receiver, for Prometheus.

use crate::dead_letters::DeadLetter;
use crate::deliver::{Count, Mapped, SinkState};
use crate::formats::{FormatsStat, Reloaded};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use weir_log::{Refusal, Usage};
use weir_sinks::Place;

/// The content type of [`Metrics::text`].
pub const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All numbers.
pub struct Metrics {
    registry: Registry,
    records: Family<RecordLabels, Counter>,
    troubled: Family<TroubledLabels, Counter>,
    letters: Family<StageLabels, Counter>,
    damage: Counter,
    lost: Counter,
    reloads: Family<ResultLabels, Counter>,
    sinks: SinkMetrics,
    log: LogMetrics,
    formats: Family<IntakeLabels, Gauge>,
    /// Up to where records were counted: several sinks map what is counted once.
    counted: Mutex<Place>,
}

#[derive(Default)]
struct SinkMetrics {
    events: Family<SinkLabels, Counter>,
    bytes: Family<SinkLabels, Counter>,
    batches: Family<SinkLabels, Counter>,
    failures: Family<SinkLabels, Counter>,
    refused: Family<SinkLabels, Counter>,
    behind_entries: Family<SinkLabels, Gauge>,
    behind_seconds: Family<SinkLabels, Gauge>,
    failing: Family<SinkLabels, Gauge>,
    seconds: Option<Family<SinkLabels, Histogram, fn() -> Histogram>>,
}

#[derive(Default)]
struct LogMetrics {
    bytes: Gauge,
    segments: Gauge,
    entries: Gauge,
    accepts: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RecordLabels {
    intake: String,
    format: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct TroubledLabels {
    intake: String,
    format: String,
    outcome: &'static str,
    stage: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StageLabels {
    stage: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ResultLabels {
    result: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SinkLabels {
    sink: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct IntakeLabels {
    intake: String,
}

/// From a millisecond to a minute.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 17))
}

impl Metrics {
    /// All numbers at zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("weir");
        let mut metrics = Metrics {
            records: family(&mut registry, "records", "Records that were mapped, by what became of them"),
            troubled: family(
                &mut registry,
                "troubled_records",
                "Partial and failed records, by the stage where it went wrong",
            ),
            letters: family(&mut registry, "dead_letters", "Records and events that went to the dead letters"),
            damage: Counter::default(),
            lost: Counter::default(),
            reloads: family(&mut registry, "format_reloads", "Formats that were loaded again, by whether they run"),
            sinks: SinkMetrics::new(&mut registry),
            log: LogMetrics::new(&mut registry),
            formats: gauges(&mut registry, "formats_outdated", "1 where a newer version on disk does not run"),
            counted: Mutex::default(),
            registry: Registry::default(),
        };
        registry.register("log_damage", "Damaged places of the log that were passed over", metrics.damage.clone());
        registry.register("log_lost_entries", "Entries of the log that damage has hit", metrics.lost.clone());
        metrics.registry = registry;
        metrics
    }

    /// Other numbers beside these: whoever counts them keeps them.
    pub fn registry(&mut self) -> &mut Registry {
        &mut self.registry
    }

    /// Counts what was mapped, unless another sink has mapped it before.
    pub fn mapped(&self, mapped: &Mapped) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if mapped.from() < *counted {
            return;
        }
        *counted = mapped.to();
        for Count { intake, format, outcome, entry, records } in &mapped.counts {
            let (intake, format) = (intake.to_string(), format.as_deref().unwrap_or_default().to_owned());
            let outcome = outcome.name();
            if !entry.is_empty() {
                let (intake, format) = (intake.clone(), format.clone());
                let labels = TroubledLabels { intake, format, outcome, stage: entry.to_string() };
                self.troubled.get_or_create(&labels).inc_by(*records);
            }
            self.records.get_or_create(&RecordLabels { intake, format, outcome }).inc_by(*records);
        }
    }

    /// Counts new dead letters.
    pub fn kept(&self, letters: &[DeadLetter]) {
        for letter in letters {
            self.letters.get_or_create(&StageLabels { stage: letter.stage.name() }).inc();
        }
    }

    /// Counts a place of the log that was passed over, and the entries that are known to be lost by it.
    pub fn damage(&self, lost: Option<u64>) {
        self.damage.inc();
        self.lost.inc_by(lost.unwrap_or(0));
    }

    /// Counts formats that were loaded again.
    pub fn reloaded(&self, reloaded: &Reloaded) {
        let result = if reloaded.trouble.is_none() { "runs" } else { "does-not-run" };
        self.reloads.get_or_create(&ResultLabels { result }).inc();
    }

    /// Counts a batch that a sink took, and how long that took.
    pub fn took(&self, sink: &str, events: usize, bytes: usize, time: Duration) {
        let labels = SinkLabels { sink: sink.to_owned() };
        self.sinks.events.get_or_create(&labels).inc_by(events as u64);
        self.sinks.bytes.get_or_create(&labels).inc_by(bytes as u64);
        self.sinks.batches.get_or_create(&labels).inc();
        if let Some(seconds) = &self.sinks.seconds {
            seconds.get_or_create(&labels).observe(time.as_secs_f64());
        }
    }

    /// Counts a try of a sink that failed.
    pub fn failed(&self, sink: &str) {
        self.sinks.failures.get_or_create(&SinkLabels { sink: sink.to_owned() }).inc();
    }

    /// Counts events that the destination of a sink refuses.
    pub fn refused(&self, sink: &str, events: usize) {
        self.sinks.refused.get_or_create(&SinkLabels { sink: sink.to_owned() }).inc_by(events as u64);
    }

    /// All numbers as text, with those that are looked up now. Before the log is open, there are none of it.
    pub fn text(
        &self,
        log: Option<(&Usage, Option<&Refusal>)>,
        sinks: &[&SinkState],
        formats: &[FormatsStat],
    ) -> String {
        if let Some(log) = log {
            self.look_up_log(log, sinks);
        }
        self.look_up_formats(formats);
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    fn look_up_log(&self, (usage, refusal): (&Usage, Option<&Refusal>), sinks: &[&SinkState]) {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.log.bytes.set(number(usage.bytes));
        self.log.segments.set(number(usage.segments as u64));
        self.log.entries.set(number(usage.entries));
        self.log.accepts.set(i64::from(refusal.is_none()));
        for sink in sinks {
            let labels = SinkLabels { sink: sink.name.clone() };
            let behind = entries_behind(usage, sink);
            self.sinks.behind_entries.get_or_create(&labels).set(number(behind));
            let seconds = seconds_behind(behind, sink, SystemTime::now());
            self.sinks.behind_seconds.get_or_create(&labels).set(number(seconds));
            self.sinks.failing.get_or_create(&labels).set(i64::from(sink.trouble().is_some()));
        }
    }

    fn look_up_formats(&self, formats: &[FormatsStat]) {
        for format in formats {
            let labels = IntakeLabels { intake: format.intake.clone() };
            self.formats.get_or_create(&labels).set(i64::from(format.trouble.is_some()));
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics::new()
    }
}

impl SinkMetrics {
    fn new(registry: &mut Registry) -> Self {
        let seconds = Family::<SinkLabels, Histogram, fn() -> Histogram>::new_with_constructor(seconds);
        registry.register("sink_write_seconds", "How long sinks took for a batch", seconds.clone());
        SinkMetrics {
            events: family(registry, "sink_events", "Events that sinks took"),
            bytes: family(registry, "sink_bytes", "Bytes of events that sinks took"),
            batches: family(registry, "sink_batches", "Batches that sinks took"),
            failures: family(registry, "sink_failures", "Tries of sinks that failed and are made again"),
            refused: family(registry, "sink_refused", "Events that destinations refuse for good"),
            behind_entries: gauges(registry, "sink_behind_entries", "Entries of the log that a sink has not stored"),
            behind_seconds: gauges(registry, "sink_behind_seconds", "Age of what a sink took last, if more waits"),
            failing: gauges(registry, "sink_failing", "1 where a sink does not get on"),
            seconds: Some(seconds),
        }
    }
}

impl LogMetrics {
    fn new(registry: &mut Registry) -> Self {
        let log = LogMetrics::default();
        registry.register("log_bytes", "Bytes of the log", log.bytes.clone());
        registry.register("log_segments", "Segments of the log", log.segments.clone());
        registry.register("log_entries", "Entries that the log has had", log.entries.clone());
        registry.register("log_accepts", "1 where the log takes new entries", log.accepts.clone());
        log
    }
}

/// How many entries of the log a sink has not stored.
pub fn entries_behind(usage: &Usage, sink: &SinkState) -> u64 {
    let reader = usage.readers.iter().find(|reader| reader.name == sink.name);
    reader.map_or(0, |reader| reader.entries_behind)
}

/// How old what a sink took last is, where more waits for it.
pub fn seconds_behind(entries: u64, sink: &SinkState, now: SystemTime) -> u64 {
    let received = u64::try_from(sink.received.load(Ordering::Relaxed)).unwrap_or(0);
    if entries == 0 || received == 0 {
        return 0;
    }
    let received = SystemTime::UNIX_EPOCH + Duration::from_millis(received);
    now.duration_since(received).map_or(0, |age| age.as_secs())
}

fn family<L>(registry: &mut Registry, name: &str, help: &str) -> Family<L, Counter>
where
    L: Clone + std::hash::Hash + Eq + EncodeLabelSet + Send + Sync + std::fmt::Debug + 'static,
{
    let family = Family::<L, Counter>::default();
    registry.register(name, help, family.clone());
    family
}

fn gauges<L>(registry: &mut Registry, name: &str, help: &str) -> Family<L, Gauge>
where
    L: Clone + std::hash::Hash + Eq + EncodeLabelSet + Send + Sync + std::fmt::Debug + 'static,
{
    let family = Family::<L, Gauge>::default();
    registry.register(name, help, family.clone());
    family
}
