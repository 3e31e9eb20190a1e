//! What the receiver counts, in one place: plain atomics, which anybody reads at any time, and Prometheus as text.
//!
//! What counts on a hot path holds the counters of its intake or its sink, and looks nothing up. Numbers that others keep, such as the
//! size of the log, are set when the text is asked for.
//!
//! Why so: `docs/decisions/0136`.

mod intake;
mod labels;
mod names;
mod now;
mod sink;
mod syslog;

pub use intake::IntakeCounters;
pub use now::{ConnectionsNow, LogNow, PartitionsNow};
pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::gauge::Gauge;
pub use sink::SinkCounters;
pub use syslog::SyslogCounters;

use intake::IntakeFamilies;
use labels::{Fate, FormatName, IntakeName, Reload, StageName, Status, Trouble};
use names::{Names, seconds};
use now::Connections;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use sink::SinkFamilies;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The content type of [`Counters::text`].
pub const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All that the receiver counts.
#[derive(Debug)]
pub struct Counters {
    registry: Registry,
    answers: Family<Status, Counter>,
    answer_seconds: Histogram,
    /// Uploads that try whether they may.
    pub validations: Counter,
    /// What came over syslog.
    pub syslog: SyslogCounters,
    intake_families: IntakeFamilies,
    intakes: Mutex<BTreeMap<String, Arc<IntakeCounters>>>,
    records: Family<Fate, Counter>,
    troubled: Family<Trouble, Counter>,
    matched: Family<FormatName, Counter>,
    letters: Family<StageName, Counter>,
    /// Damaged places of the log that were passed over.
    pub damage: Counter,
    /// Entries of the log that damage has hit.
    pub lost: Counter,
    reloads: Family<Reload, Counter>,
    outdated: Family<IntakeName, Gauge>,
    sink_families: SinkFamilies,
    connections: Connections,
    log: LogNow,
    partitions: PartitionsNow,
}

impl Counters {
    /// All numbers at zero.
    pub fn new() -> Self {
        let mut names = Names::new();
        let seconds = Histogram::new(seconds());
        Counters {
            answers: names.family("http_answers", "Answers over HTTP, by status"),
            answer_seconds: names.add("http_answer_seconds", "Time from a request's head to its answer", seconds),
            validations: names.one("validation_uploads", "Uploads that tried whether they may"),
            syslog: SyslogCounters::new(&mut names),
            intake_families: IntakeFamilies::new(&mut names),
            intakes: Mutex::default(),
            records: names.family("records", "Records that were mapped, by what became of them"),
            troubled: names.family("troubled_records", "Partial and failed records, by the stage where it went wrong"),
            matched: names.family("matched_events", "Events that detection rules or indicators match"),
            letters: names.family("dead_letters", "Records and events that went to the dead letters"),
            damage: names.one("log_damage", "Damaged places of the log that were passed over"),
            lost: names.one("log_lost_entries", "Entries of the log that damage has hit"),
            reloads: names.family("format_reloads", "Formats that were loaded again, by whether they run"),
            outdated: names.family("formats_outdated", "1 where a newer version on disk does not run"),
            sink_families: SinkFamilies::new(&mut names),
            connections: Connections::new(&mut names),
            log: LogNow::new(&mut names),
            partitions: PartitionsNow::new(&mut names),
            registry: names.registry(),
        }
    }

    /// Counts an answer over HTTP.
    pub fn answered(&self, status: u16, time: Duration) {
        self.answers.get_or_create(&Status { status }).inc();
        self.answer_seconds.observe(time.as_secs_f64());
    }

    /// How many answers there were with a status.
    pub fn answers(&self, status: u16) -> u64 {
        self.answers.get(&Status { status }).map_or(0, |count| count.get())
    }

    /// The counters of an intake, which outlive a change of the configuration.
    pub fn intake(&self, name: &str) -> Arc<IntakeCounters> {
        let mut intakes = self.intakes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = intakes.entry(name.to_owned());
        Arc::clone(known.or_insert_with(|| Arc::new(self.intake_families.of(name))))
    }

    /// The counters of a sink.
    pub fn sink(&self, name: &str) -> SinkCounters {
        self.sink_families.of(name)
    }

    /// Counts records of an intake with one fate: whole, partial and so on. `stage` is empty where nothing went wrong at one.
    pub fn mapped(&self, intake: &str, format: &str, outcome: &'static str, stage: &str, records: u64) {
        let (intake, format) = (intake.to_owned(), format.to_owned());
        if !stage.is_empty() {
            let (intake, format) = (intake.clone(), format.clone());
            let trouble = Trouble { intake, format, outcome, stage: stage.to_owned() };
            self.troubled.get_or_create(&trouble).inc_by(records);
        }
        self.records.get_or_create(&Fate { intake, format, outcome }).inc_by(records);
    }

    /// How many records of an intake had a fate so far, whatever their format.
    pub fn records(&self, intake: &str, formats: &[&str], outcome: &'static str) -> u64 {
        let fate = |format: &&str| Fate { intake: intake.to_owned(), format: (*format).to_owned(), outcome };
        formats.iter().filter_map(|format| self.records.get(&fate(format)).map(|count| count.get())).sum()
    }

    /// Counts events of an intake that rules or indicators match.
    pub fn matched(&self, intake: &str, format: &str, events: u64) {
        if events > 0 {
            let name = FormatName { intake: intake.to_owned(), format: format.to_owned() };
            self.matched.get_or_create(&name).inc_by(events);
        }
    }

    /// Counts a dead letter by how far its record came.
    pub fn letter(&self, stage: &'static str) {
        self.letters.get_or_create(&StageName { stage }).inc();
    }

    /// Counts formats that were loaded again, and whether they run.
    pub fn reloaded(&self, runs: bool) {
        let result = if runs { "runs" } else { "does-not-run" };
        self.reloads.get_or_create(&Reload { result }).inc();
    }

    /// Says whether a newer version of an intake's formats is on disk that does not run.
    pub fn outdated(&self, intake: &str, is_outdated: bool) {
        let intake = intake.to_owned();
        self.outdated.get_or_create(&IntakeName { intake }).set(is_outdated.into());
    }

    /// Says how many connections there are now over a protocol, `http` or `syslog`.
    pub fn connections(&self, protocol: &'static str, now: &ConnectionsNow) {
        self.connections.set(protocol, now);
    }

    /// The numbers of the log, to be set.
    pub fn log(&self) -> &LogNow {
        &self.log
    }

    /// The numbers of partitions, to be set.
    pub fn partitions(&self) -> &PartitionsNow {
        &self.partitions
    }

    /// All numbers as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Counters {
    fn default() -> Self {
        Counters::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_in_the_text_under_its_name() {
        let counters = Counters::new();
        counters.answered(200, Duration::from_millis(3));
        counters.intake("web").records.inc_by(5);
        counters.mapped("web", "nginx", "failed", "parsed", 2);
        counters.mapped("web", "nginx", "failed", "", 1);
        counters.sink("files").events.inc_by(7);
        counters.syslog.stored.inc();
        counters.log().bytes.set(4_096);
        let text = counters.text();
        for line in [
            "weir_http_answers_total{status=\"200\"} 1",
            "weir_http_answer_seconds_count 1",
            "weir_intake_records_total{intake=\"web\"} 5",
            "weir_records_total{intake=\"web\",format=\"nginx\",outcome=\"failed\"} 3",
            "weir_troubled_records_total{intake=\"web\",format=\"nginx\",outcome=\"failed\",stage=\"parsed\"} 2",
            "weir_sink_events_total{sink=\"files\"} 7",
            "weir_syslog_messages_total{outcome=\"stored\"} 1",
            "weir_log_bytes 4096",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
        assert_eq!((counters.answers(200), counters.answers(500)), (1, 0));
        assert_eq!(counters.records("web", &["nginx", "other"], "failed"), 3);
    }

    #[test]
    fn the_counters_of_an_intake_are_the_same_each_time() {
        let counters = Counters::new();
        counters.intake("a").batches.inc();
        counters.intake("a").batches.inc();
        assert_eq!(counters.intake("a").batches.get(), 2);
    }
}
