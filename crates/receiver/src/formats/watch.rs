//! A thread that loads formats again when their files have changed.

use super::{IntakeFormats, Reloaded};
use crate::stopping::Stopping;
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How often files are looked at: a change runs after two looks that saw the same.
const EACH: Duration = Duration::from_secs(1);

/// The thread that watches. It ends where it is told to stop.
pub struct Watch {
    thread: JoinHandle<()>,
}

impl Watch {
    /// Looks at the files each second, and says what came of those that changed.
    ///
    /// # Errors
    /// Where the thread cannot be started.
    pub fn start(
        formats: Arc<IntakeFormats>,
        stopping: Arc<Stopping>,
        tell: impl Fn(&Reloaded) + Send + 'static,
    ) -> io::Result<Watch> {
        let watch = move || {
            while !stopping.wait(EACH) {
                formats.reload_changed().iter().for_each(&tell);
            }
        };
        Ok(Watch { thread: thread::Builder::new().name("weir-watch".to_owned()).spawn(watch)? })
    }

    /// Waits for its end. A panic there was told where it happened.
    pub fn join(self) {
        drop(self.thread.join());
    }
}
