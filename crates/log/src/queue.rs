//! What waits for the writer: bounded, in order, and taken all at once, so that one sync serves all who wait.

use crate::entry::Sequence;
use crate::payload::Payload;
use crate::refusal::Refusal;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Takes the answer whether an entry is on the disk.
pub(crate) type Done = Box<dyn FnOnce(Result<Sequence, Refusal>) + Send>;

/// Something for the writer to do.
pub(crate) enum Request {
    /// Write a frame that is not the last of its entry.
    Part { id: u64, payload: Payload, failed: Arc<OnceLock<Refusal>> },
    /// Write the last one.
    Last { id: u64, payload: Payload, received: i64, done: Done },
    /// Forget an entry.
    Abort { id: u64 },
}

/// What waits for the writer.
pub(crate) struct Queue {
    state: Mutex<Waiting>,
    work: Condvar,
    room: Condvar,
    at_most: usize,
}

#[derive(Default)]
struct Waiting {
    requests: VecDeque<Request>,
    bytes: usize,
    is_closed: bool,
}

impl Queue {
    /// A queue that has room for so many bytes, or for one request that has more.
    pub fn new(at_most: usize) -> Self {
        Queue { state: Mutex::default(), work: Condvar::new(), room: Condvar::new(), at_most }
    }

    /// Adds a request when there is room for it.
    ///
    /// # Errors
    /// Where that takes too long, or the log was closed. The request comes back then.
    pub fn push(&self, request: Request, at_most: Duration) -> Result<(), (Refusal, Request)> {
        let until = Instant::now() + at_most;
        let bytes = request.bytes();
        let mut waiting = self.state();
        while !waiting.is_closed && waiting.lacks_room(bytes, self.at_most) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err((Refusal::TimedOut { after: at_most }, request));
            }
            waiting = self.room.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        if waiting.is_closed {
            return Err((Refusal::Closed, request));
        }
        waiting.bytes += bytes;
        waiting.requests.push_back(request);
        self.work.notify_one();
        Ok(())
    }

    /// Waits for requests, and takes all there are. None come any more where it gives none. Their bytes count until they are
    /// [written](Queue::written).
    pub fn take(&self) -> VecDeque<Request> {
        let mut waiting = self.state();
        while waiting.requests.is_empty() && !waiting.is_closed {
            waiting = self.work.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::take(&mut waiting.requests)
    }

    /// Makes room again for what was taken, and is written and no longer in memory.
    pub fn written(&self, bytes: usize) {
        self.state().bytes -= bytes;
        self.room.notify_all();
    }

    /// Refuses what comes from now on.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.work.notify_all();
        self.room.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn lacks_room(&self, bytes: usize, at_most: usize) -> bool {
        bytes > 0 && self.bytes > 0 && self.bytes + bytes > at_most
    }
}

impl Request {
    /// How many bytes it holds in memory.
    pub fn bytes(&self) -> usize {
        match self {
            Request::Part { payload, .. } | Request::Last { payload, .. } => payload.len(),
            Request::Abort { .. } => 0,
        }
    }
}
