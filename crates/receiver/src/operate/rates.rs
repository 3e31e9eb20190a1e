//! How many a second, over the last minute.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Over which time.
const OVER: Duration = Duration::from_secs(60);

/// Counts at different times, by name.
#[derive(Debug, Default)]
pub struct Rates {
    samples: Mutex<BTreeMap<String, VecDeque<(Instant, u64)>>>,
}

impl Rates {
    /// Notes counts of now.
    pub fn sample<'n>(&self, counts: impl Iterator<Item = (&'n str, u64)>) {
        self.sample_at(Instant::now(), counts);
    }

    /// How many a second; nothing where that is not known yet.
    pub fn of(&self, name: &str) -> Option<f64> {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let samples = samples.get(name)?;
        let ((then, before), (now, count)) = (samples.front()?, samples.back()?);
        let seconds = now.duration_since(*then).as_secs_f64();
        (seconds > 0.0).then(|| count.saturating_sub(*before) as f64 / seconds)
    }

    fn sample_at<'n>(&self, now: Instant, counts: impl Iterator<Item = (&'n str, u64)>) {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, count) in counts {
            let samples = samples.entry(name.to_owned()).or_default();
            samples.push_back((now, count));
            while samples.front().is_some_and(|(then, _)| now.duration_since(*then) > OVER) {
                samples.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_that_of_the_last_minute() {
        let rates = Rates::default();
        let begin = Instant::now();
        assert_eq!(rates.of("a"), None);
        // A thousand a second for two minutes, then nothing for half a minute.
        for second in 0..150u64 {
            let count = 1_000 * second.min(120);
            rates.sample_at(begin + Duration::from_secs(second), [("a", count)].into_iter());
        }
        let rate = rates.of("a").expect("it is known");
        assert!((rate - 31_000.0 / 60.0).abs() < 1.0, "{rate}");
    }
}
