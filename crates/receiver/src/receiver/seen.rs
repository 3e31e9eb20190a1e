//! What was seen of the configuration's files and of certificates, to know when they have changed.
//!
//! Why so: `docs/decisions/0138`.

use crate::config::Config;
use std::time::{Duration, Instant};
use weir_formats::state_of_files;

/// How often certificates are looked at: whoever renews them may know nothing of this process. A pair that is half there is looked at
/// again.
pub(super) const CERTIFICATES: Duration = Duration::from_secs(30);

/// What was seen of files.
pub(super) struct Seen {
    /// The state of the configuration's files when they were read.
    pub read: u64,
    /// A state that was seen once: files are read when it is seen again, since nobody writes them then.
    seen: u64,
    /// When certificates were looked at.
    pub certificates: Instant,
    /// What was told of certificates last, so that it is not told each time.
    pub told: Vec<String>,
}

impl Seen {
    pub fn new(config: &Config) -> Self {
        let read = state_of_files(&config.files);
        Seen { read, seen: read, certificates: Instant::now(), told: Vec::new() }
    }

    /// Whether the configuration was changed and is not being written any more.
    pub fn is_due(&mut self, config: &Config) -> bool {
        let now = state_of_files(&config.files);
        let is_settled = self.seen == now;
        self.seen = now;
        is_settled && now != self.read
    }
}
