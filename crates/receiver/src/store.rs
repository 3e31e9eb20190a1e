//! Where bodies are stored before their senders get an answer: a log on this machine's disk, or a topic.

use crate::arrival::Arrival;
use crate::event_id::Placed;
use crate::recent::Digest;
use std::sync::Arc;
use std::time::Duration;
use weir_log::{Append, Log, Refusal};

/// Where bodies are stored.
pub trait Store: Send + Sync {
    /// What would refuse a body that came now.
    fn refusal(&self) -> Option<StoreError>;

    /// Begins a body.
    ///
    /// # Errors
    /// Where it is known already that it would be refused.
    fn draft(self: Arc<Self>) -> Result<Box<dyn Draft>, StoreError>;
}

/// A body that is being stored. Dropped before it is submitted, nothing of it counts.
pub trait Draft: Send {
    /// Adds bytes as they were sent. Waits while too much is on its way.
    ///
    /// # Errors
    /// Where the body cannot be stored.
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError>;

    /// Stores the body, and calls `done` once when it is stored for good, or refused: perhaps before this returns, and else in a thread
    /// that should not be held up.
    fn submit(self: Box<Self>, deposit: Deposit, done: Done);
}

/// Who is told what became of a body.
pub type Done = Box<dyn FnOnce(Result<Placed, StoreError>) + Send>;

/// What is known of a body once all of it has come.
#[derive(Clone, Debug)]
pub struct Deposit {
    /// Who sent it, and how its records are found.
    pub arrival: Arrival,
    /// The hash of what was decoded, and of what makes equal bytes different bodies.
    pub digest: Digest,
    /// How many bytes it decodes to.
    pub decoded: u64,
    /// When it was received, in milliseconds since 1970.
    pub received: i64,
}

/// Why a body is not stored, or not known to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The log refuses it.
    #[error(transparent)]
    Log(#[from] Refusal),
    /// It cannot be sent to the topic now. It is tried again by itself.
    #[error("{why}")]
    Unavailable {
        /// Why.
        why: String,
        /// When it makes sense to come again.
        retry_after: Duration,
    },
    /// Nothing can be sent to the topic any more. The process should end, with a failure.
    #[error("the topic cannot be used any more: {why}")]
    Broken {
        /// What the client says.
        why: String,
    },
    /// The brokers have not acknowledged it. **It may be stored all the same**, now or a little later.
    #[error("the brokers have not acknowledged it after {after:?}; it may be stored all the same")]
    TimedOut {
        /// How long it was waited.
        after: Duration,
    },
    /// A record is larger than a message of the topic.
    #[error("a record is larger than a message of the topic can be")]
    TooLarge,
}

impl StoreError {
    /// A word for it, which anybody may know.
    pub fn word(&self) -> &'static str {
        match self {
            StoreError::Log(Refusal::NoRoom { .. }) => "no-room",
            StoreError::Log(Refusal::Broken { .. }) | StoreError::Broken { .. } => "broken",
            StoreError::Log(Refusal::Closed) => "ends",
            StoreError::Log(Refusal::TimedOut { .. } | Refusal::Metadata { .. }) => "refusing",
            StoreError::Unavailable { .. } => "unavailable",
            StoreError::TimedOut { .. } | StoreError::TooLarge => "refusing",
        }
    }

    /// When it makes sense to come again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            StoreError::Log(Refusal::NoRoom { retry_after, .. }) | StoreError::Unavailable { retry_after, .. } => {
                Some(*retry_after)
            }
            _ => None,
        }
    }

    /// Whether nothing can be stored any more.
    pub fn is_for_good(&self) -> bool {
        matches!(self, StoreError::Log(Refusal::Broken { .. }) | StoreError::Broken { .. })
    }

    /// Whether it makes sense to come again with the same body.
    pub fn is_for_now(&self) -> bool {
        match self {
            StoreError::Log(refusal) => matches!(refusal, Refusal::NoRoom { .. } | Refusal::TimedOut { .. }),
            StoreError::Unavailable { .. } | StoreError::TimedOut { .. } => true,
            StoreError::TooLarge | StoreError::Broken { .. } => false,
        }
    }
}

impl Store for Log {
    fn refusal(&self) -> Option<StoreError> {
        Log::refusal(self).map(StoreError::Log)
    }

    fn draft(self: Arc<Self>) -> Result<Box<dyn Draft>, StoreError> {
        let append = self.append()?;
        Ok(Box::new(Entry { append, log: self.id() }))
    }
}

/// An entry of the log that is being written.
struct Entry {
    append: Append,
    log: [u8; 16],
}

impl Draft for Entry {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        Ok(self.append.write(bytes)?)
    }

    fn submit(self: Box<Self>, deposit: Deposit, done: Done) {
        let Entry { append, log } = *self;
        let metadata = serde_json::to_vec(&deposit.arrival).unwrap_or_default();
        append.submit(&metadata, deposit.received, move |stored| {
            done(stored.map(|sequence| Placed::entry(log, sequence.0)).map_err(StoreError::Log));
        });
    }
}
