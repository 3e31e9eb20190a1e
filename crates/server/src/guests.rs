//! The connections that wait for a request: where there is no place for a new one, the one that waits longest gives way,
//! once it had time to ask; and none waits for ever.

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
pub struct Guest {
    guests: Arc<Guests>,
    state: Mutex<State>,
    told: Arc<Notify>,
    has_asked: AtomicBool,
}

/// What a connection does.
#[derive(Debug, Default)]
struct State {
    /// How many of its requests are being answered: several, by HTTP/2.
    requests: usize,
    /// Its turn and since when it waits, while it does.
    turn: Option<(u64, Instant)>,
}

/// A request that is being answered.
#[derive(Debug)]
pub struct Asking(Arc<Guest>);

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
            state: Mutex::default(),
            told: Arc::default(),
            has_asked: AtomicBool::default(),
        };
        guest.waits(&mut lock(&guest.state));
        Arc::new(guest)
    }
}

impl Guest {
    /// It sent a request, which is answered when this is dropped.
    pub fn asks(self: &Arc<Self>) -> Asking {
        self.has_asked.store(true, Ordering::Relaxed);
        let mut state = lock(&self.state);
        state.requests += 1;
        self.is_gone(&mut state);
        Asking(Arc::clone(self))
    }

    /// Whether it sent a request before.
    pub(crate) fn has_asked(&self) -> bool {
        self.has_asked.load(Ordering::Relaxed)
    }

    /// Returns once it is to give way.
    pub async fn dismissed(&self) {
        self.told.notified().await;
    }

    /// Returns once it has waited that long for a request.
    pub(crate) async fn overstays(&self, patience: Duration) {
        loop {
            let waited = lock(&self.state).turn.map_or(Duration::ZERO, |(_, since)| since.elapsed());
            match patience.checked_sub(waited) {
                Some(left) if !left.is_zero() => tokio::time::sleep(left).await,
                _ => return,
            }
        }
    }

    fn waits(&self, state: &mut State) {
        let mut waiting = lock(&self.guests.waiting);
        waiting.turns += 1;
        let (turn, now) = (waiting.turns, Instant::now());
        waiting.guests.insert(turn, (now, Arc::clone(&self.told)));
        state.turn = Some((turn, now));
    }

    fn is_gone(&self, state: &mut State) {
        if let Some((turn, _)) = state.turn.take() {
            lock(&self.guests.waiting).guests.remove(&turn);
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.is_gone(&mut lock(&self.state));
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.requests -= 1;
        if state.requests == 0 {
            self.0.waits(&mut state);
        }
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
        let asking = [first.asks(), first.asks()];
        assert!(guests.dismiss(Duration::ZERO), "the second waits longest");
        assert!(first.has_asked() && !second.has_asked());
        let [one, other] = asking;
        drop((one, third));
        assert!(!guests.dismiss(Duration::ZERO), "the first has another request");
        drop(other);
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
