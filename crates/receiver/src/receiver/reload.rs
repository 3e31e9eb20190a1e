//! Formats, keys and certificates that change while the receiver runs. What cannot be used takes nobody's place, and says why.

use super::Receiver;
use super::seen::CERTIFICATES;
use super::told::{tell_reloaded, tell_rules};
use crate::config::{Config, Surroundings};
use crate::notices::Level;
use std::sync::Arc;
use std::time::Instant;
use weir_formats::state_of_files;

impl Receiver {
    /// Takes what has changed on disk and is not being written any more.
    pub(super) fn reload_changed(&mut self, surroundings: &dyn Surroundings) {
        tell_reloaded(&self.formats.reload_changed(), &self.formats, &self.counters, &self.notices);
        if self.seen.is_due(&self.config) {
            self.reload_config(surroundings);
        }
        if self.seen.certificates.elapsed() >= CERTIFICATES {
            self.reload_certificates();
        }
    }

    /// Reads everything again, changed or not: somebody asks for it.
    pub fn reload(&mut self, surroundings: &dyn Surroundings) {
        self.reload_config(surroundings);
        tell_reloaded(&self.formats.reload_all(), &self.formats, &self.counters, &self.notices);
        self.reload_certificates();
    }

    fn reload_config(&mut self, surroundings: &dyn Surroundings) {
        self.seen.read = state_of_files(&self.config.files);
        let Some(path) = self.config.files.first() else { return };
        match Config::read(path, surroundings) {
            Ok(new) => self.take(new),
            Err(mistakes) => {
                for mistake in &mistakes.all {
                    self.notices.tell(Level::Error, &mistake.to_string(), &[("file", &mistakes.file)]);
                }
                self.notices.tell(Level::Error, "the configuration has mistakes: what was read before holds", &[]);
            }
        }
    }

    /// Takes intakes and keys of another configuration.
    fn take(&mut self, new: Config) {
        let known = self.formats.rules();
        if let Err(troubles) = self.formats.replace(&new.formats(), &new.detection) {
            troubles.iter().for_each(|trouble| self.notices.tell(Level::Error, trouble, &[]));
            return self.notices.tell(Level::Error, "what was configured before holds", &[]);
        }
        self.listeners.reload(&new);
        let parts = self.config.needs_start(&new).join(", ");
        if !parts.is_empty() {
            self.notices.tell(Level::Warn, "these parts hold from the next start on", &[("parts", &parts)]);
        }
        if !Arc::ptr_eq(&known, &self.formats.rules()) {
            tell_rules(&self.formats.rules(), &self.notices);
        }
        (self.config.intakes, self.config.files, self.config.detection) = (new.intakes, new.files, new.detection);
        // It has other files now, maybe.
        self.seen.read = state_of_files(&self.config.files);
        let intakes = self.config.intakes.len();
        self.notices.tell(Level::Info, "intakes and keys were read again", &[("intakes", &intakes)]);
    }

    fn reload_certificates(&mut self) {
        self.seen.certificates = Instant::now();
        let troubles: Vec<String> =
            self.listeners.reload_certificates().iter().map(|error| error.to_string()).collect();
        for trouble in troubles.iter().filter(|trouble| !self.seen.told.contains(trouble)) {
            self.notices.tell(Level::Error, &format!("the old certificate stays: {trouble}"), &[]);
        }
        self.seen.told = troubles;
    }
}
