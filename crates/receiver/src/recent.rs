//! The bodies that came lately, so that one that comes again is known: byte-equal or compressed anew.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use weir_log::Sequence;

/// How many bodies are remembered at most: 6 MiB.
const MOST: usize = 64 << 10;

/// The hash of a decoded body, with the intake that it is for and the way it is cut.
pub(crate) type Digest = [u8; 32];

/// The bodies that came lately. They are forgotten when the process ends.
#[derive(Debug)]
pub(crate) struct Recent {
    length: Duration,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    sequences: HashMap<Digest, (Sequence, Instant)>,
    order: VecDeque<(Instant, Digest)>,
}

impl Recent {
    /// Remembers bodies for this long.
    pub fn new(length: Duration) -> Self {
        Recent { length, known: Mutex::default() }
    }

    /// Where a body is in the log that came within the window.
    pub fn find(&self, digest: &Digest) -> Option<Sequence> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.sequences.get(digest).filter(|(_, at)| at.elapsed() <= self.length).map(|(sequence, _)| *sequence)
    }

    /// Remembers a body that is in the log.
    pub fn insert(&self, digest: Digest, sequence: Sequence) {
        let now = Instant::now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.sequences.insert(digest, (sequence, now));
        known.order.push_back((now, digest));
        while known.order.len() > MOST || known.order.front().is_some_and(|(at, _)| at.elapsed() > self.length) {
            known.forget_oldest();
        }
    }
}

impl Known {
    fn forget_oldest(&mut self) {
        let Some((at, digest)) = self.order.pop_front() else { return };
        // A body that came again has a younger turn.
        if self.sequences.get(&digest).is_some_and(|(_, last)| *last == at) {
            self.sequences.remove(&digest);
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
            recent.insert(digest(number), Sequence(number));
        }
        assert_eq!(recent.find(&digest(9)), None, "the oldest are forgotten");
        assert_eq!(recent.find(&digest(10)), Some(Sequence(10)));
        recent.insert(digest(10), Sequence(99));
        recent.insert(digest(1 << 40), Sequence(100));
        assert_eq!(recent.find(&digest(10)), Some(Sequence(99)), "the last time counts");
        assert_eq!(recent.known.lock().expect("nobody panics").order.len(), MOST);
    }

    #[test]
    fn a_body_is_forgotten_after_the_window() {
        let recent = Recent::new(Duration::from_millis(20));
        recent.insert(digest(1), Sequence(1));
        std::thread::sleep(Duration::from_millis(40));
        assert_eq!(recent.find(&digest(1)), None);
        recent.insert(digest(2), Sequence(2));
        assert_eq!(recent.known.lock().expect("nobody panics").sequences.len(), 1);
    }
}
