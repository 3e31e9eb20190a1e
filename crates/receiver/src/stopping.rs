//! The word that the receiver is to stop, for threads that wait for something else.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Tells threads to stop. It is said once and stays.
#[derive(Debug, Default)]
pub struct Stopping {
    said: Mutex<bool>,
    changed: Condvar,
}

impl Stopping {
    /// Says that all are to stop.
    pub fn say(&self) {
        *self.lock() = true;
        self.changed.notify_all();
    }

    /// Whether it was said.
    pub fn is_said(&self) -> bool {
        *self.lock()
    }

    /// Waits so long, or until it is said; whether it was.
    pub fn wait(&self, at_most: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), at_most, |said| !*said);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
