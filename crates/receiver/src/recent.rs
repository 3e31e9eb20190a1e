//! The bodies that came lately, so that one that comes again is known: byte-equal or compressed again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many bodies are remembered at most: 6 MiB.
const MOST: usize = 64 << 10;

/// The hash of a decoded body, with the intake that it is for and the way it is cut.
pub(crate) type Digest = [u8; 32];

/// The bodies that came lately, each with what is known of it. They are forgotten when the process ends.
#[derive(Debug)]
pub(crate) struct Recent<T> {
    length: Duration,
    known: Mutex<Known<T>>,
}

#[derive(Debug)]
struct Known<T> {
    bodies: HashMap<Digest, (T, Instant)>,
    order: VecDeque<(Instant, Digest)>,
}

impl<T: Clone> Recent<T> {
    /// Remembers bodies for this long.
    pub fn new(length: Duration) -> Self {
        let (bodies, order) = (HashMap::new(), VecDeque::new());
        Recent { length, known: Mutex::new(Known { bodies, order }) }
    }

    /// What is known of a body that came within the window.
    pub fn find(&self, digest: &Digest) -> Option<T> {
        self.lock().find(digest, self.length)
    }

    /// Remembers a body.
    pub fn insert(&self, digest: Digest, what: T) {
        self.lock().insert(digest, what, self.length);
    }

    /// What is known of a body; where nothing is, what is to be known from now on.
    #[cfg(any(feature = "kafka", test))]
    pub fn known_or(&self, digest: Digest, what: impl FnOnce() -> T) -> T {
        let mut known = self.lock();
        known.find(&digest, self.length).unwrap_or_else(|| {
            let what = what();
            known.insert(digest, what.clone(), self.length);
            what
        })
    }

    /// Forgets a body.
    #[cfg(any(feature = "kafka", test))]
    pub fn forget(&self, digest: &Digest) {
        self.lock().bodies.remove(digest);
    }

    fn lock(&self) -> MutexGuard<'_, Known<T>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Known<T> {
    fn find(&self, digest: &Digest, length: Duration) -> Option<T> {
        self.bodies.get(digest).filter(|(_, at)| at.elapsed() <= length).map(|(what, _)| what.clone())
    }

    fn insert(&mut self, digest: Digest, what: T, length: Duration) {
        let now = Instant::now();
        self.bodies.insert(digest, (what, now));
        self.order.push_back((now, digest));
        while self.order.len() > MOST || self.order.front().is_some_and(|(at, _)| at.elapsed() > length) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((at, digest)) = self.order.pop_front() else { return };
        // A body that came again has a younger turn.
        if self.bodies.get(&digest).is_some_and(|(_, last)| *last == at) {
            self.bodies.remove(&digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: u64) -> Digest {
        *blake3::hash(&number.to_le_bytes()).as_bytes()
    }

    #[test]
    fn a_body_is_known_within_the_window_and_memory_is_bounded() {
        let recent = Recent::new(Duration::from_secs(600));
        for number in 0..MOST as u64 + 10 {
            recent.insert(digest(number), number);
        }
        assert_eq!(recent.find(&digest(9)), None, "the oldest are forgotten");
        assert_eq!(recent.find(&digest(10)), Some(10));
        recent.insert(digest(10), 99);
        recent.insert(digest(1 << 40), 100);
        assert_eq!(recent.find(&digest(10)), Some(99), "the last time counts");
        assert_eq!(recent.known.lock().expect("nobody panics").order.len(), MOST);
    }

    #[test]
    fn a_body_is_forgotten_after_the_window() {
        let recent = Recent::new(Duration::from_millis(20));
        recent.insert(digest(1), 1);
        std::thread::sleep(Duration::from_millis(40));
        assert_eq!(recent.find(&digest(1)), None);
        recent.insert(digest(2), 2);
        assert_eq!(recent.known.lock().expect("nobody panics").bodies.len(), 1);
    }

    #[test]
    fn a_body_that_is_forgotten_is_a_new_one() {
        let recent = Recent::new(Duration::from_secs(600));
        assert_eq!(recent.known_or(digest(1), || 5), 5);
        assert_eq!(recent.known_or(digest(1), || 6), 5);
        recent.forget(&digest(1));
        assert_eq!(recent.known_or(digest(1), || 6), 6);
    }
}
