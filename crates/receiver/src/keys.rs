//! Keys of senders, and the intakes that they open. After the start there is no key in memory, only what it hashes to.
//!
//! Why so: `docs/decisions/0132`.

use crate::counters::{Counters, IntakeCounters};
use crate::settings::IntakeSettings;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// All keys.
pub struct Keys {
    /// New at each start, so that nobody can look for keys with known hashes.
    salt: [u8; 32],
    keys: Vec<([u8; 32], u32)>,
    intakes: Vec<Arc<Intake>>,
}

/// What a key opens.
#[derive(Debug)]
pub(crate) struct Intake {
    pub name: String,
    pub settings: IntakeSettings,
    pub counters: Arc<IntakeCounters>,
    requests: Arc<Semaphore>,
    allowance: Option<Mutex<Allowance>>,
}

/// Why a request of a key has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limited {
    pub retry_after: Duration,
}

/// How many bytes may still come now. What one body is over it is owed, and has to be waited for.
#[derive(Debug)]
struct Allowance {
    bytes: f64,
    per_second: f64,
    since: Instant,
}

impl Keys {
    /// The keys of intakes with these settings.
    pub(crate) fn new(
        intakes: impl IntoIterator<Item = (String, IntakeSettings, Vec<Key>)>,
        counters: &Counters,
    ) -> Self {
        let mut salt = [0; 32];
        for part in salt.chunks_mut(16) {
            part.copy_from_slice(Uuid::new_v4().as_bytes());
        }
        let mut keys = Keys { salt, keys: Vec::new(), intakes: Vec::new() };
        for (name, settings, secrets) in intakes {
            let number = keys.intakes.len() as u32;
            keys.keys.extend(secrets.iter().map(|secret| (hash(&salt, secret.expose()), number)));
            keys.intakes.push(Arc::new(Intake::new(name, settings, counters)));
        }
        keys
    }

    /// The intake that a key opens. How long it takes tells nothing of any key: all are compared, and whole.
    pub(crate) fn find(&self, key: &[u8]) -> Option<&Arc<Intake>> {
        let given = hash(&self.salt, key);
        let (mut found, mut number) = (Choice::from(0), 0);
        for (known, intake) in &self.keys {
            let is_it = known.ct_eq(&given);
            number.conditional_assign(intake, is_it);
            found |= is_it;
        }
        self.intakes.get(number as usize).filter(|_| bool::from(found))
    }

    /// The largest record that any of them may send, in bytes.
    pub(crate) fn record_bytes(&self) -> u32 {
        self.intakes.iter().map(|intake| intake.settings.record_bytes).max().unwrap_or(crate::arrival::RECORD_BYTES)
    }
}

impl Debug for Keys {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("intakes", &self.intakes).finish_non_exhaustive()
    }
}

fn hash(salt: &[u8; 32], key: &[u8]) -> [u8; 32] {
    *blake3::keyed_hash(salt, key).as_bytes()
}

impl Intake {
    fn new(name: String, settings: IntakeSettings, counters: &Counters) -> Self {
        let allowance = settings.bytes_per_second.map(|per_second| {
            let per_second = per_second as f64;
            Mutex::new(Allowance { bytes: per_second, per_second, since: Instant::now() })
        });
        let requests = Arc::new(Semaphore::new(settings.requests));
        Intake { counters: counters.intake(&name), name, settings, requests, allowance }
    }

    /// A place for a request, as long as it is held.
    ///
    /// # Errors
    /// Where as many are there already, or more bytes came than may.
    pub fn enter(&self) -> Result<OwnedSemaphorePermit, Limited> {
        let entered = match &self.allowance {
            Some(allowance) => allowance.lock().unwrap_or_else(PoisonError::into_inner).check(Instant::now()),
            None => Ok(()),
        };
        let place = || Arc::clone(&self.requests).try_acquire_owned();
        let limited = || Limited { retry_after: Duration::from_secs(1) };
        let entered = entered.and_then(|()| place().map_err(|_| limited()));
        self.counters.limited.inc_by(entered.is_err().into());
        entered
    }

    /// Takes the bytes of a body from what may come.
    pub fn spend(&self, bytes: u64) {
        if let Some(allowance) = &self.allowance {
            allowance.lock().unwrap_or_else(PoisonError::into_inner).bytes -= bytes as f64;
        }
    }
}

impl Allowance {
    fn check(&mut self, now: Instant) -> Result<(), Limited> {
        let gained = now.saturating_duration_since(self.since).as_secs_f64() * self.per_second;
        self.bytes = (self.bytes + gained).min(self.per_second);
        self.since = now;
        match self.bytes {
            bytes if bytes > 0.0 => Ok(()),
            // A body of any size is owed; who owes for days is let in once a day.
            bytes => {
                Err(Limited { retry_after: Duration::from_secs_f64((1.0 - bytes / self.per_second).min(86_400.0)) })
            }
        }
    }
}

/// A key as it was configured. It is in no output of [`Debug`].
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The fewest characters of a key.
    pub const SHORTEST: usize = 8;

    /// Keeps a key.
    ///
    /// # Errors
    /// Where it is too short, or cannot stand in a header: what is wrong, without the key.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        match text {
            short if short.len() < Self::SHORTEST => Err("a key has at least 8 characters"),
            odd if !odd.bytes().all(|byte| byte.is_ascii_graphic()) => Err("a key has visible ASCII characters alone"),
            text => Ok(Key(text.to_owned())),
        }
    }

    pub(crate) fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Debug for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(intakes: &[(&str, &[&str])]) -> Keys {
        let intakes = intakes.iter().map(|(name, keys)| {
            let keys = keys.iter().map(|key| Key::new(key).expect("a key")).collect();
            ((*name).to_owned(), IntakeSettings::default(), keys)
        });
        Keys::new(intakes, &Counters::default())
    }

    #[test]
    fn a_key_opens_its_intake_and_no_other_text_opens_one() {
        let keys = keys(&[("a", &["first-key", "second-key"]), ("b", &["third-key"]), ("c", &[])]);
        let found = |key: &str| keys.find(key.as_bytes()).map(|intake| &*intake.name);
        assert_eq!(found("first-key"), Some("a"));
        assert_eq!(found("second-key"), Some("a"));
        assert_eq!(found("third-key"), Some("b"));
        for wrong in ["", "first-ke", "first-key ", "FIRST-KEY", "a", "\0"] {
            assert_eq!(found(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn no_debug_output_has_a_key() {
        let secret = Key::new("first-key").expect("a key");
        assert!(!format!("{secret:?} {:?}", keys(&[("a", &["first-key"])])).contains("first-key"));
    }

    #[test]
    fn who_sent_too_much_has_to_wait_as_long_as_it_takes() {
        let now = Instant::now();
        let mut allowance = Allowance { bytes: 100.0, per_second: 100.0, since: now };
        assert_eq!(allowance.check(now), Ok(()));
        allowance.bytes -= 1_000.0;
        let limited = allowance.check(now).expect_err("900 bytes are owed");
        assert!((9.0..=11.0).contains(&limited.retry_after.as_secs_f64()), "{limited:?}");
        assert_eq!(allowance.check(now + limited.retry_after), Ok(()));
    }
}
