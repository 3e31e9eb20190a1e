//! The rules and indicators that the events of all intakes are held against. They may change while the receiver runs, like formats.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use weir_formats::{Formats, RuleFiles, RulePaths};

/// What events are held against: what was read of files, and their state then.
#[derive(Debug, Default)]
pub struct Rules {
    paths: RulePaths,
    files: RuleFiles,
    /// The state of the files when they were read.
    read: u64,
    /// A state that was seen once: files are read when it is seen again, since nobody writes them then.
    seen: AtomicU64,
    /// What cannot be used with a format, a line for each.
    refused: Mutex<BTreeSet<String>>,
}

impl Rules {
    /// Reads them.
    ///
    /// # Errors
    /// Where a file cannot be read, or there is nothing in it, in words.
    pub fn read(paths: &RulePaths) -> Result<Self, String> {
        // Asked before the files are read: what changes meanwhile is seen as a change.
        let state = paths.state();
        let files = paths.read().map_err(|error| format!("the rules cannot be used: {error}"))?;
        Ok(Rules { paths: paths.clone(), files, read: state, seen: AtomicU64::new(state), refused: Mutex::default() })
    }

    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        self.paths.is_empty()
    }

    /// How many rules there are, and how many indicators.
    pub fn len(&self) -> (usize, usize) {
        let detection = &self.files.detection;
        (detection.documents.rules.len(), detection.indicators.as_ref().map_or(0, |indicators| indicators.len()))
    }

    /// Whether they were read from there.
    pub(super) fn is_at(&self, paths: &RulePaths) -> bool {
        self.paths == *paths
    }

    /// Where they were read from.
    pub(super) fn paths(&self) -> &RulePaths {
        &self.paths
    }

    /// The path that they are told by.
    pub(super) fn first_path(&self) -> PathBuf {
        self.paths.rules.iter().chain(&self.paths.indicators).next().cloned().unwrap_or_default()
    }

    /// Whether the files have changed and are not being written any more.
    pub(super) fn is_due(&self) -> bool {
        if self.is_none() {
            return false;
        }
        let now = self.paths.state();
        self.seen.swap(now, Ordering::Relaxed) == now && now != self.read
    }

    /// Holds the events of formats against them from now on.
    ///
    /// # Errors
    /// Where the manifest of a format cannot be read.
    pub(super) fn apply(&self, formats: &Formats) -> Result<(), String> {
        let found = formats.detect(&self.files).map_err(|error| error.to_string())?;
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).extend(self.files.problems(&found));
        Ok(())
    }

    /// What of them is not used, a line for each.
    pub fn not_used(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.files.problems(self.files.findings()).collect();
        lines.extend(self.refused.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned());
        lines.extend(self.files.refused().iter().map(|line| format!("indicators: {line}")));
        // Which events follow each other is not known to sinks, each of which maps at its own pace, and again after a start.
        let correlations = self.files.detection.documents.correlations.iter();
        lines.extend(correlations.map(|correlation| {
            let title = &correlation.about.title;
            format!("the correlation `{title}` is not evaluated by the receiver; `weir run --alerts` does, over stored events")
        }));
        lines
    }
}
