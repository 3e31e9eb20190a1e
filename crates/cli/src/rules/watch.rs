//! Looks now and then whether files of rules changed.

use std::time::{Duration, Instant};
use weir_formats::RulePaths;

/// How long nobody looks.
const PAUSE: Duration = Duration::from_secs(5);

/// Files and directories of rules, and what they were like when someone looked last.
pub struct Watch {
    paths: RulePaths,
    seen: u64,
    looked: Instant,
}

impl Watch {
    /// Remembers what files are like now.
    pub fn new(paths: RulePaths) -> Self {
        Watch { seen: paths.state(), paths, looked: Instant::now() }
    }

    /// Whether a file changed, came or went since the last look; no more than once in five seconds.
    pub fn is_changed(&mut self) -> bool {
        if self.looked.elapsed() < PAUSE {
            return false;
        }
        let now = self.paths.state();
        let is_changed = now != self.seen;
        (self.seen, self.looked) = (now, Instant::now());
        is_changed
    }
}
