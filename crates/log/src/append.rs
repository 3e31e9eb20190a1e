//! An entry that is being stored: its body comes in pieces of any size, and counts when it is committed.

use crate::commit::Pause;
use crate::entry::Sequence;
use crate::layout::MAX_METADATA_BYTES;
use crate::payload::Gathered;
use crate::queue::{Done, Queue, Request};
use crate::refusal::Refusal;
use crate::shared::Shared;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, OnceLock};

/// An entry that is being stored. Dropped without a commit, nothing of it counts.
pub struct Append {
    pub(crate) shared: Arc<Shared>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) pause: Arc<Pause>,
    pub(crate) id: u64,
    gathered: Gathered,
    has_parts: bool,
    failed: Arc<OnceLock<Refusal>>,
}

impl Append {
    pub(crate) fn new(shared: &Arc<Shared>, queue: &Arc<Queue>, pause: &Arc<Pause>, id: u64) -> Self {
        let (shared, queue, pause) = (Arc::clone(shared), Arc::clone(queue), Arc::clone(pause));
        let gathered = Gathered::of(shared.options.part_bytes);
        Append { shared, queue, pause, id, gathered, has_parts: false, failed: Arc::default() }
    }

    /// Adds bytes to the body. What fills a frame goes to the writer, and this waits while too much is on its way there.
    ///
    /// # Errors
    /// Where the entry cannot be stored; what comes after is refused as well.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), Refusal> {
        let part_bytes = self.shared.options.part_bytes;
        while !bytes.is_empty() {
            if self.gathered.body() == part_bytes {
                self.send_part()?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(part_bytes - self.gathered.body()));
            self.gathered.push(now);
            bytes = later;
        }
        Ok(())
    }

    /// Commits the entry, and returns when it is on the disk. `received` is in milliseconds since 1970 and only data.
    ///
    /// # Errors
    /// Where it is not stored; with [`Refusal::TimedOut`] it may be all the same.
    pub fn commit(self, metadata: &[u8], received: i64) -> Result<Sequence, Refusal> {
        let (sender, receiver) = channel();
        let after = self.shared.options.answer_within;
        // Who does not wait any more needs no answer.
        self.submit(metadata, received, move |result| drop(sender.send(result)));
        match receiver.recv_timeout(after) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => Err(Refusal::TimedOut { after }),
            Err(RecvTimeoutError::Disconnected) => Err(Refusal::Closed),
        }
    }

    /// Commits the entry, and calls `done` once when it is on the disk or refused: perhaps before this returns, and else in the
    /// thread that writes, which should not be held up. Waits for nothing but room in the queue.
    pub fn submit<D>(mut self, metadata: &[u8], received: i64, done: D)
    where
        D: FnOnce(Result<Sequence, Refusal>) + Send + 'static,
    {
        let refusal = match metadata.len() {
            bytes if bytes > MAX_METADATA_BYTES => Some(Refusal::Metadata { bytes }),
            _ => self.refusal(),
        };
        match refusal {
            Some(refusal) => done(Err(refusal)),
            None => self.send_last(metadata, received, Box::new(done)),
        }
    }

    fn send_last(&mut self, metadata: &[u8], received: i64, done: Done) {
        let payload = self.gathered.take().close(metadata);
        let request = Request::Last { id: self.id, payload, received, done };
        match self.queue.push(request, self.shared.options.answer_within) {
            Ok(()) => self.has_parts = false,
            Err((refusal, Request::Last { done, .. })) => done(Err(refusal)),
            Err(_) => {}
        }
    }

    fn send_part(&mut self) -> Result<(), Refusal> {
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        let payload = self.gathered.take().close(&[]);
        self.has_parts = true;
        let request = Request::Part { id: self.id, payload, failed: Arc::clone(&self.failed) };
        self.queue.push(request, self.shared.options.answer_within).map_err(|(refusal, _)| {
            // A body with a hole is none.
            drop(self.failed.set(refusal.clone()));
            refusal
        })
    }

    fn refusal(&self) -> Option<Refusal> {
        self.failed.get().cloned().or_else(|| self.shared.refusal()).or_else(|| self.pause.refusal())
    }
}

impl Drop for Append {
    fn drop(&mut self) {
        if self.has_parts {
            // It has no bytes, and so always room; a log that is closed forgets it anyway.
            drop(self.queue.push(Request::Abort { id: self.id }, self.shared.options.answer_within));
        }
    }
}
