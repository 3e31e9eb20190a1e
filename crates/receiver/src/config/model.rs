//! What a configuration says, whoever wrote it.

use crate::counters::Counters;
use crate::deliver;
use crate::formats::{FormatPath, IntakeFormats};
use crate::kafka::TopicSettings;
use crate::keys::{Key, Keys};
use crate::notices::NoticeForm;
use crate::settings::{Duplicates, IntakeSettings, Limits, Listen};
use crate::tls::Tls;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use weir_formats::RulePaths;
use weir_sinks::Settings;

/// The configuration of a receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The files that it was read from: its own, and those of keys. Where one of them changes, it is another configuration.
    pub files: Vec<PathBuf>,
    /// The folder for log, events and dead letters.
    pub data: PathBuf,
    /// Where batches come in.
    pub http: Vec<Listen>,
    /// Where syslog comes in.
    pub syslog: Vec<Listen>,
    /// What keys open, by name.
    pub intakes: BTreeMap<String, Intake>,
    /// The bounds of all listeners together.
    pub limits: Limits,
    /// What becomes of a body that comes again.
    pub duplicates: Duplicates,
    /// Sizes and times of the log.
    pub log: weir_log::Options,
    /// The topic that takes the place of the log.
    pub topic: Option<TopicSettings>,
    /// Where events go, in the order of the file.
    pub sinks: Vec<SinkSettings>,
    /// Times and sizes of delivery.
    pub delivery: deliver::Options,
    /// What events are held against.
    pub detection: RulePaths,
    /// How the receiver says what happens.
    pub notices: NoticeForm,
}

/// What keys open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// What it may send, and the format that it goes through.
    pub settings: IntakeSettings,
    /// The keys. Several, so that one can be replaced while senders still have the old one.
    pub keys: Vec<Key>,
}

/// Where events go, under a name that is that of a reader of the log as well.
#[derive(Clone, Debug, PartialEq)]
pub struct SinkSettings {
    /// The name: 1 to 64 of `a-z`, `0-9`, `-` and `_`.
    pub name: String,
    /// What stores events, and how.
    pub settings: Settings,
}

/// What a configuration is read with: files and environment, which tests have others of.
pub trait Surroundings {
    /// The content of a file.
    ///
    /// # Errors
    /// Where it cannot be read, in words.
    fn file(&self, path: &Path) -> Result<String, String>;

    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;
}

/// The files and the environment of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Surroundings for System {
    fn file(&self, path: &Path) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// How long events wait to become a file where nothing was configured: whoever tries it out wants to see them.
const FIRST_LINES: Duration = Duration::from_secs(10);
const FIRST_TABLES: Duration = Duration::from_secs(60);

impl Config {
    /// What holds without a file: one format, one key, one address on loopback, and files of both kinds.
    /// Why so: `docs/decisions/0139`.
    pub fn simple(listen: Listen, data: &Path, format: &Path, key: Key) -> Self {
        let settings = IntakeSettings { format: format.to_owned(), ..IntakeSettings::default() };
        let name = format.file_stem().and_then(|stem| stem.to_str()).unwrap_or("intake");
        Config {
            files: Vec::new(),
            data: data.to_owned(),
            http: vec![listen],
            syslog: Vec::new(),
            intakes: [(name.to_owned(), Intake { settings, keys: vec![key] })].into(),
            limits: Limits::default(),
            duplicates: Duplicates::default(),
            log: weir_log::Options::default(),
            topic: None,
            sinks: usual_sinks(data, Some([FIRST_LINES, FIRST_TABLES])),
            delivery: deliver::Options::default(),
            detection: RulePaths::default(),
            notices: NoticeForm::default(),
        }
    }

    /// The folder of the log.
    pub fn log_folder(&self) -> PathBuf {
        self.data.join("log")
    }

    /// The folder of dead letters.
    pub fn dead_letters_folder(&self) -> PathBuf {
        self.data.join("dead-letters")
    }

    /// The folder for the notes of sinks, one a sink.
    pub fn sinks_folder(&self) -> PathBuf {
        self.data.join("sinks")
    }

    /// Where the formats of each intake come from.
    pub fn formats(&self) -> Vec<(String, FormatPath)> {
        let from =
            |settings: &IntakeSettings| FormatPath { path: settings.format.clone(), prefer: settings.prefer.clone() };
        self.intakes.iter().map(|(name, intake)| (name.clone(), from(&intake.settings))).collect()
    }

    /// What is wrong outside of the file: formats that do not compile, certificates that cannot be used.
    pub fn troubles(&self) -> Vec<String> {
        let mut troubles = IntakeFormats::load(&self.formats(), &self.detection).err().unwrap_or_default();
        let files = self.http.iter().chain(&self.syslog).filter_map(|listen| listen.tls.as_ref());
        troubles.extend(files.filter_map(|files| Tls::new(files, &[]).err()).map(|error| error.to_string()));
        troubles
    }

    /// The parts in which another configuration differs, of those that only hold from the next start on.
    pub fn needs_start(&self, other: &Config) -> Vec<&'static str> {
        let parts = [
            ("data", self.data == other.data),
            ("http", self.http == other.http),
            ("syslog", self.syslog == other.syslog),
            ("limits", self.limits == other.limits),
            ("duplicates", self.duplicates == other.duplicates),
            ("log", self.log == other.log && self.topic == other.topic),
            ("sinks", self.sinks == other.sinks),
            ("delivery", self.delivery == other.delivery),
            ("notices", self.notices == other.notices),
        ];
        parts.into_iter().filter(|(_, is_same)| !is_same).map(|(name, _)| name).collect()
    }

    pub(crate) fn keys(&self, counters: &Counters) -> Keys {
        let intakes =
            self.intakes.iter().map(|(name, intake)| (name.clone(), intake.settings.clone(), intake.keys.clone()));
        Keys::new(intakes, counters)
    }
}

/// Where events go where nothing is said: lines and tables below `events` of the data folder.
pub(super) fn usual_sinks(data: &Path, ages: Option<[Duration; 2]>) -> Vec<SinkSettings> {
    let events = data.join("events");
    let lines = Settings::ndjson(&events.join("ndjson"), ages.map(|[lines, _]| lines));
    let tables = Settings::parquet(&events.join("parquet"), ages.map(|[_, tables]| tables));
    let named = |name: &str, settings| SinkSettings { name: name.to_owned(), settings };
    vec![named("ndjson", lines), named("parquet", tables)]
}
