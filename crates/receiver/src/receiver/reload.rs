//! Formats, keys and certificates that change while the receiver runs. What cannot be used takes nobody's place, and says why.

use super::Receiver;
use super::seen::CERTIFICATES;
use crate::config::{Config, Surroundings};
use crate::counters::Counters;
use crate::formats::Reloaded;
use crate::notices::{Level, Notices};
use std::time::Instant;
use weir_formats::state_of_files;

impl Receiver {
    /// Takes what has changed on disk and is not being written any more.
    pub(super) fn reload_changed(&mut self, surroundings: &dyn Surroundings) {
        self.formats
            .reload_changed()
            .iter()
            .for_each(|reloaded| tell_reloaded(reloaded, &self.counters, &self.notices));
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
        self.formats.reload_all().iter().for_each(|reloaded| tell_reloaded(reloaded, &self.counters, &self.notices));
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
        if let Err(troubles) = self.formats.replace(&new.formats()) {
            troubles.iter().for_each(|trouble| self.notices.tell(Level::Error, trouble, &[]));
            return self.notices.tell(Level::Error, "what was configured before holds", &[]);
        }
        self.listeners.reload(&new);
        let parts = self.config.needs_start(&new).join(", ");
        if !parts.is_empty() {
            self.notices.tell(Level::Warn, "these parts hold from the next start on", &[("parts", &parts)]);
        }
        (self.config.intakes, self.config.files) = (new.intakes, new.files);
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

/// Counts and tells what came of loading formats again.
pub(crate) fn tell_reloaded(reloaded: &Reloaded, counters: &Counters, notices: &Notices) {
    counters.reloaded(reloaded.trouble.is_none());
    let path = reloaded.path.display();
    match &reloaded.trouble {
        None => notices.tell(Level::Info, "formats were loaded again", &[("path", &path)]),
        Some(why) => {
            let text = format!("formats cannot run as they are now, and the version before goes on: {why}");
            notices.tell(Level::Error, &text, &[("path", &path)]);
        }
    }
}
