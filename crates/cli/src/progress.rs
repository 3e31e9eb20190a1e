//! One line on a terminal that says how far a command is.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often it is shown, and how long a command runs before it is.
const PAUSE: Duration = Duration::from_millis(200);

/// The line.
pub struct Progress {
    last: Instant,
    is_shown: bool,
    on: bool,
}

impl Progress {
    /// On where standard error is a terminal.
    pub fn new(quiet: bool) -> Self {
        Progress { last: Instant::now(), is_shown: false, on: !quiet && io::stderr().is_terminal() }
    }

    /// On where standard error is a terminal and what the command writes does not go to one.
    pub fn beside_output(quiet: bool, to_file: bool) -> Self {
        Progress::new(quiet || (!to_file && io::stdout().is_terminal()))
    }

    /// Shows how far it is, not too often.
    pub fn show(&mut self, so_far: impl FnOnce() -> String) {
        if self.on && self.last.elapsed() > PAUSE {
            (self.last, self.is_shown) = (Instant::now(), true);
            // A terminal that went away is no reason to stop.
            let _ = write!(io::stderr(), "\r\x1b[2K{}", so_far());
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}
