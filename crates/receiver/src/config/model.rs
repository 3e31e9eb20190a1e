//! What a configuration says, whoever wrote it.

use super::section::Section;
use crate::counters::Counters;
use crate::keys::{Keys, Secret};
use crate::settings::{Duplicates, IntakeSettings, Limits, Listen};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The configuration of a receiver.
#[derive(Clone, Debug)]
pub struct Config {
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
    /// Where events go, by name, in the order of the file: whoever delivers reads them.
    pub sinks: Vec<Section>,
    /// What is said of delivery, status pages and such, by name: whoever does these reads them.
    pub others: Vec<Section>,
}

/// What keys open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// What it may send, and the format that it goes through.
    pub settings: IntakeSettings,
    /// The keys. Several, so that one can be replaced while senders still have the old one.
    pub keys: Vec<Secret>,
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

impl Config {
    /// What holds without a file: one format, one key, one address on loopback.
    pub fn simple(listen: SocketAddr, data: &Path, format: &Path, key: Secret) -> Self {
        let settings = IntakeSettings { format: format.to_owned(), ..IntakeSettings::default() };
        let name = format.file_stem().and_then(|stem| stem.to_str()).unwrap_or("intake");
        Config {
            data: data.to_owned(),
            http: vec![Listen::plain(listen)],
            syslog: Vec::new(),
            intakes: [(name.to_owned(), Intake { settings, keys: vec![key] })].into(),
            limits: Limits::default(),
            duplicates: Duplicates::default(),
            log: weir_log::Options::default(),
            sinks: Vec::new(),
            others: Vec::new(),
        }
    }

    pub(crate) fn keys(&self, counters: &Counters) -> Keys {
        let intakes =
            self.intakes.iter().map(|(name, intake)| (name.clone(), intake.settings.clone(), intake.keys.clone()));
        Keys::new(intakes, counters)
    }
}
