//! Looks now and then whether files changed.

use super::files;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

/// How long nobody looks.
const PAUSE: Duration = Duration::from_secs(5);

/// Files and directories, and what they were like when someone looked last.
pub struct Watch {
    paths: Vec<PathBuf>,
    seen: Seen,
    looked: Instant,
}

/// By file, when it was changed, and how long it is.
type Seen = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

impl Watch {
    /// Remembers what files are like now.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Watch { seen: seen(&paths), paths, looked: Instant::now() }
    }

    /// Whether a file changed, came or went since the last look; no more than once in five seconds.
    pub fn is_changed(&mut self) -> bool {
        if self.looked.elapsed() < PAUSE {
            return false;
        }
        let now = seen(&self.paths);
        let is_changed = now != self.seen;
        (self.seen, self.looked) = (now, Instant::now());
        is_changed
    }
}

/// What cannot be read is not there.
fn seen(paths: &[PathBuf]) -> Seen {
    let found = paths.iter().flat_map(|path| files::rule_files(path).unwrap_or_default());
    let metadata = |path: PathBuf| {
        let metadata = fs::metadata(&path).ok()?;
        Some((path, (metadata.modified().ok(), metadata.len())))
    };
    found.filter_map(metadata).collect()
}
