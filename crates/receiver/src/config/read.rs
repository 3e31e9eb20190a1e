//! YAML → a configuration. Each part is read by itself, so that mistakes in several are told together.

use super::conflicts::conflicts;
use super::mistake::{Mistake, unknown};
use super::model::{Config, Intake, SinkSettings, Surroundings, usual_sinks};
use super::raw::{RawDelivery, RawDetection, RawDuplicates, RawIntake, RawLimits, RawLog, RawNotices};
use super::section::Section;
use crate::deliver;
use crate::kafka::{PART_BYTES, TopicSettings};
use crate::keys::Key;
use crate::notices::NoticeForm;
use crate::settings::{Duplicates, IntakeSettings, Limits, Listen, TlsFiles};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use weir::diagnostic::{Diagnostic, Diagnostics, SourceId};
use weir::spec::yaml;
use weir_formats::RulePaths;
use weir_sinks::{Bytes, Context, Secret, Settings, Span};

/// The parts of a file.
const PARTS: [&str; 11] =
    ["data", "http", "syslog", "intakes", "detection", "limits", "duplicates", "log", "sinks", "delivery", "notices"];

/// The largest record of a topic, with room for what stands around it.
const MOST_IN_A_TOPIC: u64 = PART_BYTES as u64 - 1_000;

/// The shortest and the longest time in which something has to be done.
const SHORTEST: Span = Span(Duration::from_millis(100));
const LONGEST: Span = Span(Duration::from_secs(3_600));

/// The highest floor under the speed of bodies, a second.
const FASTEST: Bytes = Bytes(1 << 20);

/// The longest name of an intake or a sink.
const LONGEST_NAME: usize = 64;

/// Reads the text of the file at a path, in whose folder relative paths begin.
pub(super) fn config(text: &str, path: &Path, surroundings: &dyn Surroundings) -> Result<Config, Vec<Mistake>> {
    let whole = document(text)?;
    let base = path.parent().unwrap_or(Path::new(""));
    let mut reader = Reader { base, surroundings, files: vec![path.to_owned()], mistakes: Vec::new() };
    let config = reader.config(&whole);
    reader.mistakes.extend(conflicts(&whole, &config));
    reader.mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    if reader.mistakes.is_empty() { Ok(config) } else { Err(reader.mistakes) }
}

/// The document, as far as it is YAML. What is found wrong in the form is told without the line itself: it may have a key.
fn document(text: &str) -> Result<Section, Vec<Mistake>> {
    let mut findings = Diagnostics::new();
    let value = yaml::read(text, SourceId(0), &mut findings);
    // Warnings too: of equal keys one has no effect, and here that would be a sink or a sender that is gone.
    let mistake = |finding: &Diagnostic| {
        let help = finding.help.as_deref().map(without_quotations);
        let title = without_quotations(&finding.title);
        Mistake { help, ..Mistake::new(format!("{title} ({})", finding.code)).at(finding.span()).located(text) }
    };
    let mistakes: Vec<Mistake> = findings.iter().map(mistake).collect();
    match value {
        Some(value) if mistakes.is_empty() => Ok(Section { name: "the file".to_owned(), value, file: Arc::from(text) }),
        _ if mistakes.is_empty() => Err(vec![Mistake::new("it is empty")]),
        _ => Err(mistakes),
    }
}

/// What is quoted out of the file may be a key.
fn without_quotations(title: &str) -> String {
    title.split('`').step_by(2).collect::<Vec<_>>().join("…")
}

struct Reader<'r> {
    base: &'r Path,
    surroundings: &'r dyn Surroundings,
    /// What was read so far.
    files: Vec<PathBuf>,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn config(&mut self, whole: &Section) -> Config {
        self.check_names(whole);
        let data = self.part::<PathBuf>(whole, "data").unwrap_or_else(|| PathBuf::from("data"));
        let data = self.base.join(data);
        let limits: RawLimits = self.part(whole, "limits").unwrap_or_default();
        let duplicates: RawDuplicates = self.part(whole, "duplicates").unwrap_or_default();
        let http = self.listens(whole, "http");
        let syslog = self.listens(whole, "syslog");
        if http.is_empty() && syslog.is_empty() && self.mistakes.is_empty() {
            let mistake = Mistake::new("it listens nowhere").help("http:\n    - listen: 127.0.0.1:8080");
            self.mistakes.push(whole.located(mistake));
        }
        let intakes = self.intakes(whole);
        Config {
            http,
            syslog,
            intakes,
            limits: self.limits(whole, &limits),
            duplicates: Duplicates {
                window: duplicates.window.map_or(Duplicates::default().window, |window| window.0),
                drop: duplicates.drop,
            },
            log: self.log(whole),
            topic: self.topic(whole),
            sinks: self.sinks(whole, &data),
            delivery: self.delivery(whole),
            detection: self.detection(whole),
            notices: self.part::<RawNotices>(whole, "notices").map_or(NoticeForm::Text, RawNotices::form),
            files: std::mem::take(&mut self.files),
            data,
        }
    }

    fn check_names(&mut self, whole: &Section) {
        for (member, place) in self.members(whole) {
            if !PARTS.contains(&&*member.name) {
                let mistake = unknown("setting", &member.name, &PARTS).at(place);
                self.mistakes.push(whole.located(mistake));
            }
        }
    }

    fn members(&mut self, section: &Section) -> Vec<(Section, weir::diagnostic::Span)> {
        self.kept(section.members()).unwrap_or_default()
    }

    fn sections(&mut self, whole: &Section, name: &str) -> Vec<Section> {
        let section = whole.member(name);
        section
            .map(|section| self.members(&section).into_iter().map(|(member, _)| member).collect())
            .unwrap_or_default()
    }

    /// The value, or its mistake for later.
    fn kept<T>(&mut self, read: Result<T, Mistake>) -> Option<T> {
        read.map_err(|mistake| self.mistakes.push(mistake)).ok()
    }

    fn part<T: serde::de::DeserializeOwned>(&mut self, whole: &Section, name: &str) -> Option<T> {
        let section = whole.member(name)?;
        self.kept(section.read())
    }

    /// Checks a number that was set.
    fn within<T: PartialOrd + Copy + std::fmt::Display>(
        &mut self,
        section: &Section,
        name: &str,
        value: Option<T>,
        usual: T,
        range: RangeInclusive<T>,
    ) -> T {
        let value = value.unwrap_or(usual);
        if !range.contains(&value) {
            let place = section.member(name).unwrap_or_else(|| section.clone());
            let mistake = Mistake::new(format!("`{name}` is {value}: it can be {} to {}", range.start(), range.end()));
            self.mistakes.push(place.located(mistake));
        }
        value
    }

    fn listens(&mut self, whole: &Section, name: &str) -> Vec<Listen> {
        let items = whole.member(name).map(|section| section.items()).unwrap_or_default();
        items.iter().filter_map(|item| self.listen(item)).collect()
    }

    fn listen(&mut self, item: &Section) -> Option<Listen> {
        let mut listen: Listen = self.kept(item.read())?;
        if let Some(mistake) = listen.mistake() {
            self.mistakes.push(item.located(Mistake::new(mistake)));
        }
        listen.tls = listen.tls.map(|TlsFiles { certificate, key }| TlsFiles {
            certificate: self.base.join(certificate),
            key: self.base.join(key),
        });
        Some(listen)
    }

    fn sinks(&mut self, whole: &Section, data: &Path) -> Vec<SinkSettings> {
        if whole.member("sinks").is_none() {
            return usual_sinks(data, None);
        }
        let sections = self.sections(whole, "sinks");
        let sinks: Vec<SinkSettings> = sections.iter().filter_map(|section| self.sink(section)).collect();
        if sinks.is_empty() && self.mistakes.is_empty() {
            let mistake = Mistake::new("there is no sink: events go nowhere");
            self.mistakes.push(whole.located(mistake.help("without `sinks` there are files of lines and Parquet")));
        }
        sinks
    }

    fn sink(&mut self, section: &Section) -> Option<SinkSettings> {
        // It is the name of a reader of the log, and of a folder.
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        if section.name.len() > LONGEST_NAME || !section.name.bytes().all(is_name) || section.name.is_empty() {
            let mistake =
                Mistake::new(format!("the name of a sink has 1 to {LONGEST_NAME} of a-z, digits, `-` and `_`"));
            self.mistakes.push(section.located(mistake));
        }
        let read = section.read_tagged("type", Settings::read);
        let settings = self.kept(read)?.below(self.base);
        let context = Context::new(&section.name, Path::new(""), [0; 16]);
        self.kept(settings.check(&context).map_err(|error| section.located(Mistake::new(error.0))))?;
        Some(SinkSettings { name: section.name.clone(), settings })
    }

    fn intakes(&mut self, whole: &Section) -> BTreeMap<String, Intake> {
        let mut intakes = BTreeMap::new();
        let mut all_keys: Vec<(Key, String)> = Vec::new();
        for section in self.sections(whole, "intakes") {
            if let Some(intake) = self.intake(&section) {
                for key in &intake.keys {
                    if let Some((_, other)) = all_keys.iter().find(|(known, _)| known == key) {
                        let mistake = Mistake::new(format!("a key of `{}` is one of `{other}` too", section.name));
                        self.mistakes.push(section.located(mistake.help("each key opens one intake")));
                    }
                    all_keys.push((key.clone(), section.name.clone()));
                }
                intakes.insert(section.name.clone(), intake);
            }
        }
        if intakes.is_empty() && self.mistakes.is_empty() {
            let help = "intakes:\n    http-requests: {format: specs/cloudflare/http-requests, key: {file: key.txt}}";
            self.mistakes.push(whole.located(Mistake::new("there is no intake: no key opens anything").help(help)));
        }
        intakes
    }

    fn intake(&mut self, section: &Section) -> Option<Intake> {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if section.name.len() > LONGEST_NAME || !section.name.chars().all(is_name) || section.name.is_empty() {
            let mistake = Mistake::new(format!(
                "the name of an intake has 1 to {LONGEST_NAME} letters, digits, `-`, `_` and `.`"
            ));
            self.mistakes.push(section.located(mistake));
        }
        let raw: RawIntake = self.kept(section.read())?;
        let usual = IntakeSettings::default();
        let bytes = |bytes: Option<Bytes>| bytes.map(|bytes| bytes.0);
        let settings = IntakeSettings {
            format: self.base.join(&raw.format),
            prefer: raw.prefer,
            record_bytes: self.within(
                section,
                "record_bytes",
                bytes(raw.record_bytes),
                u64::from(usual.record_bytes),
                1 << 10..=16 << 20,
            ) as u32,
            encoded_bytes: self.within(
                section,
                "encoded_bytes",
                bytes(raw.encoded_bytes),
                usual.encoded_bytes,
                1 << 10..=8 << 30,
            ),
            decoded_bytes: self.within(
                section,
                "decoded_bytes",
                bytes(raw.decoded_bytes),
                usual.decoded_bytes,
                1 << 10..=8 << 30,
            ),
            requests: self.within(section, "requests", raw.requests, usual.requests, 1..=10_000),
            bytes_per_second: bytes(raw.bytes_per_second),
        };
        if raw.record_bytes.is_some_and(|bytes| bytes.0 > settings.decoded_bytes) {
            let mistake = Mistake::new("`record_bytes` is more than `decoded_bytes`: no body could have such a record");
            self.mistakes.push(section.located(mistake));
        }
        if settings.bytes_per_second.is_some() {
            self.within(section, "bytes_per_second", settings.bytes_per_second, 1 << 10, 1 << 10..=1 << 50);
        }
        let keys = ["key", "keys"].iter().filter_map(|name| section.member(name)).flat_map(|keys| keys.items());
        let keys: Vec<Key> = keys.collect::<Vec<_>>().iter().filter_map(|key| self.key(key)).collect();
        if keys.is_empty() && self.mistakes.is_empty() {
            let help = "key: {file: key.txt}, key: {env: NAME}, or keys: [\u{2026}]";
            self.mistakes.push(section.located(Mistake::new(format!("`{}` has no key", section.name)).help(help)));
        }
        Some(Intake { settings, keys })
    }

    fn delivery(&mut self, whole: &Section) -> deliver::Options {
        let raw: RawDelivery = self.part(whole, "delivery").unwrap_or_default();
        let section = whole.member("delivery").unwrap_or_else(|| whole.clone());
        let usual = deliver::Options::default();
        let shared_bytes = raw.memory.map(|bytes| usize::try_from(bytes.0).unwrap_or(usize::MAX));
        deliver::Options {
            longest_wait: self.time(&section, "max_retry_wait", raw.max_retry_wait, usual.longest_wait),
            shared_bytes: shared_bytes.unwrap_or(usual.shared_bytes),
            ..usual
        }
    }

    fn detection(&mut self, whole: &Section) -> RulePaths {
        let raw: RawDetection = self.part(whole, "detection").unwrap_or_default();
        let below = |paths: Vec<PathBuf>| paths.iter().map(|path| self.base.join(path)).collect();
        let paths = RulePaths {
            rules: below(raw.rules),
            pipelines: below(raw.pipelines),
            indicators: below(raw.indicators),
            dialect: raw.dialect.unwrap_or_default().into(),
            at_any_time: raw.at_any_time,
        };
        if let Some(section) = whole.member("detection").filter(|_| paths.is_empty() && self.mistakes.is_empty()) {
            let mistake = Mistake::new("there are neither rules nor indicators to hold events against");
            self.mistakes.push(section.located(mistake.help("detection: {rules: [rules], indicators: [feed.json]}")));
        }
        paths
    }

    /// A key as text, or from where it is.
    fn key(&mut self, section: &Section) -> Option<Key> {
        let read = match section.value.as_text() {
            Some(text) => Ok(text.to_owned()),
            None => section
                .read::<Secret>()
                .and_then(|from| self.content(from).map_err(|why| section.located(Mistake::new(why)))),
        };
        let text = self.kept(read)?;
        self.kept(Key::new(text.trim_end_matches(['\r', '\n'])).map_err(|why| section.located(Mistake::new(why))))
    }

    fn content(&mut self, from: Secret) -> Result<String, String> {
        match from {
            Secret::File(path) => {
                let path = self.base.join(path);
                let read = self.surroundings.file(&path);
                let read = read.map_err(|why| format!("{} cannot be read: {why}", path.display()));
                // Some editors put a mark before what they write.
                let read = read.map(|text| text.trim_start_matches('\u{feff}').to_owned());
                self.files.push(path);
                read
            }
            Secret::Env(name) => {
                self.surroundings.variable(&name).ok_or_else(|| format!("there is no environment variable `{name}`"))
            }
        }
    }

    /// Checks a time in which something has to be done: none is too short for it, and none is for ever.
    fn time(&mut self, section: &Section, name: &str, value: Option<Span>, usual: Duration) -> Duration {
        self.within(section, name, value, Span(usual), SHORTEST..=LONGEST).0
    }

    fn limits(&mut self, whole: &Section, raw: &RawLimits) -> Limits {
        let usual = Limits::default();
        let section = whole.member("limits").unwrap_or_else(|| whole.clone());
        let memory = raw.memory.map(|bytes| bytes.0);
        Limits {
            connections: self.within(&section, "connections", raw.connections, usual.connections, 1..=1_000_000),
            connections_per_address: self.within(
                &section,
                "connections_per_address",
                raw.connections_per_address,
                usual.connections_per_address,
                1..=1_000_000,
            ),
            streams: self.within(&section, "streams", raw.streams, usual.streams, 1..=1_000),
            handshake: self.time(&section, "handshake", raw.handshake, usual.handshake),
            patience: self.time(&section, "read_timeout", raw.read_timeout, usual.patience),
            slowest: self
                .within(&section, "min_body_rate", raw.min_body_rate, Bytes(usual.slowest), Bytes(0)..=FASTEST)
                .0,
            answer_within: self.time(&section, "commit_timeout", raw.commit_timeout, usual.answer_within),
            memory: self.within(&section, "memory", memory, usual.memory, 32 << 20..=1 << 40),
            farewell: self
                .within(
                    &section,
                    "shutdown_timeout",
                    raw.shutdown_timeout,
                    Span(usual.farewell),
                    Span(Duration::ZERO)..=LONGEST,
                )
                .0,
        }
    }

    fn log(&mut self, whole: &Section) -> weir_log::Options {
        let raw: RawLog = self.part(whole, "log").unwrap_or_default();
        let usual = weir_log::Options::default();
        let section = whole.member("log").unwrap_or_else(|| whole.clone());
        let options = weir_log::Options {
            log_bytes: raw.bytes.map_or(usual.log_bytes, |bytes| bytes.0),
            segment_bytes: raw.segment_bytes.map_or(usual.segment_bytes, |bytes| bytes.0),
            quarantine_bytes: raw.quarantine_bytes.map_or(usual.quarantine_bytes, |bytes| bytes.0),
            answer_within: self.time(&section, "commit_timeout", raw.commit_timeout, usual.answer_within),
            ..usual
        };
        if let Some(mistake) = options.mistake() {
            self.mistakes.push(section.located(Mistake::new(mistake)));
        }
        options
    }

    /// The topic that takes the place of the log, where there is one.
    fn topic(&mut self, whole: &Section) -> Option<TopicSettings> {
        let log = whole.member("log")?;
        let section = log.member("kafka")?;
        let topic: TopicSettings = self.kept(section.read())?;
        let others = || log.members().is_ok_and(|members| members.len() > 1);
        let mistake = match topic.mistake() {
            None if others() => Some("sizes and times of a log on the disk are not for a topic".to_owned()),
            None if cfg!(not(feature = "kafka")) => {
                Some("this build has no Kafka: it needs the feature `kafka`".to_owned())
            }
            mistake => mistake,
        };
        self.mistakes.extend(mistake.map(|mistake| section.located(Mistake::new(mistake))));
        self.records_fit(whole);
        Some(topic)
    }

    /// A record stands in one message.
    fn records_fit(&mut self, whole: &Section) {
        for section in self.sections(whole, "intakes") {
            let Some(bytes) = section.member("record_bytes") else { continue };
            if bytes.read::<Bytes>().is_ok_and(|bytes| bytes.0 > MOST_IN_A_TOPIC) {
                let mistake = format!("`record_bytes` can be at most {MOST_IN_A_TOPIC} where the log is a topic");
                self.mistakes.push(bytes.located(Mistake::new(mistake)));
            }
        }
    }
}
