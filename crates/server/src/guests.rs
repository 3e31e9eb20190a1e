//! The connections that wait for a request: where there is no place for a new one, the one that waits longest gives way,
//! once it had time to ask.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How long a connection may wait before it gives way: a client that has just connected is about to ask.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// All connections that wait for a request.
#[derive(Debug, Default)]
pub(crate) struct Guests {
    waiting: Mutex<Waiting>,
}

/// Those that wait, by when they began to.
#[derive(Debug, Default)]
struct Waiting {
    turns: u64,
    guests: BTreeMap<u64, (Instant, Arc<Notify>)>,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Guest {
    guests: Arc<Guests>,
    /// Its turn, while it waits.
    turn: Mutex<Option<u64>>,
    told: Arc<Notify>,
    has_asked: AtomicBool,
}

impl Guests {
    /// Tells the connection that waits longest to go, if it waited that long; whether there was one.
    pub fn dismiss(&self, grace: Duration) -> bool {
        let mut waiting = lock(&self.waiting);
        let longest = waiting.guests.first_entry().filter(|longest| longest.get().0.elapsed() >= grace);
        longest.is_some_and(|longest| {
            longest.remove().1.notify_one();
            true
        })
    }

    /// A new connection, which waits.
    pub fn welcome(self: &Arc<Self>) -> Arc<Guest> {
        let guest = Guest {
            guests: Arc::clone(self),
            turn: Mutex::default(),
            told: Arc::default(),
            has_asked: AtomicBool::default(),
        };
        guest.waits();
        Arc::new(guest)
    }
}

impl Guest {
    /// It sent a request.
    pub fn asks(&self) {
        self.has_asked.store(true, Ordering::Relaxed);
        self.is_gone();
    }

    /// It got its answer, and waits again.
    pub fn waits(&self) {
        let mut waiting = lock(&self.guests.waiting);
        waiting.turns += 1;
        let turn = waiting.turns;
        waiting.guests.insert(turn, (Instant::now(), Arc::clone(&self.told)));
        *lock(&self.turn) = Some(turn);
    }

    /// Whether it sent a request before.
    pub fn has_asked(&self) -> bool {
        self.has_asked.load(Ordering::Relaxed)
    }

    /// Returns once it is to give way.
    pub async fn dismissed(&self) {
        self.told.notified().await;
    }

    fn is_gone(&self) {
        if let Some(turn) = lock(&self.turn).take() {
            lock(&self.guests.waiting).guests.remove(&turn);
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.is_gone();
    }
}

/// Nothing that is locked here is left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_longest_gives_way_and_who_asks_does_not() {
        let guests = Arc::new(Guests::default());
        let [first, second, third] = [(); 3].map(|()| guests.welcome());
        first.asks();
        assert!(guests.dismiss(Duration::ZERO), "the second waits longest");
        assert!(first.has_asked() && !second.has_asked());
        first.waits();
        drop(third);
        assert!(guests.dismiss(Duration::ZERO), "the first waits again");
        assert!(!guests.dismiss(Duration::ZERO), "nobody is left");
    }

    #[test]
    fn who_has_just_come_does_not_give_way() {
        let guests = Arc::new(Guests::default());
        let _first = guests.welcome();
        assert!(!guests.dismiss(GRACE));
        std::thread::sleep(GRACE);
        assert!(guests.dismiss(GRACE));
    }
}
