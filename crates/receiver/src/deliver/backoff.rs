//! How long to wait before what failed is tried again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// The longest wait that a destination is granted: whoever asks for a week is asked again sooner.
const LONGEST_ASKED: Duration = Duration::from_secs(600);

/// Waits that double from the first to the longest, each shortened by chance by up to a half: many that failed together do not come
/// back together.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    /// Waits between these two.
    pub fn new(first: Duration, longest: Duration) -> Self {
        Backoff { first, longest, next: first }
    }

    /// The next wait; a time that the destination asked for wins.
    pub fn wait(&mut self, asked: Option<Duration>) -> Duration {
        let next = self.next;
        self.next = self.longest.min(2 * next);
        match asked {
            Some(asked) => asked.clamp(self.first, LONGEST_ASKED),
            None => next.mul_f64(1.0 - 0.5 * chance()),
        }
    }

    /// Starts over: it worked.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

/// A number from 0 to 1. The standard library's hashers have random keys; nothing here needs better chance.
fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_what_is_asked_for_wins() {
        let (first, longest) = (Duration::from_millis(100), Duration::from_secs(30));
        let mut backoff = Backoff::new(first, longest);
        for doubled in 0..20 {
            let full = (first * 2u32.pow(doubled.min(10))).min(longest);
            let wait = backoff.wait(None);
            assert!(full / 2 <= wait && wait <= full, "{wait:?} of {full:?}");
        }
        assert_eq!(backoff.wait(Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(backoff.wait(Some(Duration::from_secs(1_000_000))), LONGEST_ASKED);
        backoff.reset();
        assert!(backoff.wait(None) <= first);
    }
}
