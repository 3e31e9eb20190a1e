//! The thread that writes: it takes all that waits, writes it, syncs once, and tells everybody.

use crate::entry::Sequence;
use crate::new_segment::Spare;
use crate::queue::{Done, Queue, Request};
use crate::refusal::Refusal;
use crate::shared::Shared;
use crate::writer::Writer;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// When there was no room, and until when nothing is tried.
#[derive(Default)]
pub(crate) struct Pause(Mutex<Option<(Refusal, Instant)>>);

impl Pause {
    /// The refusal of now, if there is one.
    pub fn refusal(&self) -> Option<Refusal> {
        let pause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pause.as_ref().filter(|(_, until)| Instant::now() < *until).map(|(refusal, _)| refusal.clone())
    }

    fn is_over(&self) -> bool {
        let mut pause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pause.take_if(|(_, until)| Instant::now() >= *until).is_some()
    }

    /// Notes that there is no room, for as long as the refusal says.
    fn note(&self, refusal: &Refusal) {
        if let Refusal::NoRoom { retry_after, .. } = refusal {
            let until = Instant::now() + *retry_after;
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert((refusal.clone(), until));
        }
    }
}

/// The writer with all that its thread needs.
pub(crate) struct Committer {
    pub shared: Arc<Shared>,
    pub queue: Arc<Queue>,
    pub pause: Arc<Pause>,
    pub writer: Writer,
    /// The next segment, while it is prepared.
    pub spare: Option<Receiver<Option<Spare>>>,
}

impl Committer {
    /// Works until the queue is closed and empty.
    pub fn run(mut self) {
        loop {
            let requests = self.queue.take();
            if requests.is_empty() {
                break;
            }
            self.prepare();
            let mut finished = Vec::new();
            for request in requests {
                let bytes = request.bytes();
                self.write(request, &mut finished);
                self.queue.written(bytes);
                self.sync_if_much(&mut finished);
            }
            self.commit(&mut finished);
        }
        // A file that is still prepared would otherwise appear beside the next log.
        let spare = self.spare.take().and_then(|spare| spare.recv().ok().flatten());
        spare.into_iter().for_each(|spare| self.writer.give(spare));
        // Whoever waits was told already; what fails here leaves the segment longer than it needs to be.
        drop(self.writer.close());
        self.shared.state().is_closed = true;
        self.shared.tell();
    }

    fn write(&mut self, request: Request, finished: &mut Vec<(Sequence, Done)>) {
        match request {
            Request::Abort { id } => self.writer.abort(id),
            Request::Part { id, payload, failed } => {
                if let Err(refusal) = self.writer.write(id, payload) {
                    self.pause.note(&refusal);
                    // The first one stays.
                    drop(failed.set(refusal));
                }
            }
            Request::Last { id, payload, received, done } => match self.writer.finish(id, payload, received) {
                Ok(sequence) => finished.push((sequence, done)),
                Err(refusal) => {
                    self.pause.note(&refusal);
                    done(Err(refusal));
                }
            },
        }
    }

    /// Long bodies come in pieces for which nobody waits: they are synced as they come, so that no sync has much to do.
    fn sync_if_much(&mut self, finished: &mut Vec<(Sequence, Done)>) {
        if self.writer.unsynced() >= self.shared.options.sync_bytes {
            self.commit(finished);
        }
    }

    /// Brings all that was written to the disk, and tells those who wait.
    fn commit(&mut self, finished: &mut Vec<(Sequence, Done)>) {
        if finished.is_empty() && self.writer.unsynced() < self.shared.options.sync_bytes {
            return;
        }
        let synced = self.writer.sync();
        for (sequence, done) in finished.drain(..) {
            done(synced.clone().map(|()| sequence));
        }
    }

    /// What is to be done before writing: try again what there was no room for, and have the next segment ready.
    fn prepare(&mut self) {
        if self.pause.is_over() {
            self.writer.try_again();
        }
        match self.spare.as_ref().map(Receiver::try_recv) {
            Some(Ok(spare)) => {
                self.spare = None;
                spare.into_iter().for_each(|spare| self.writer.give(spare));
            }
            Some(Err(TryRecvError::Empty)) => return,
            Some(Err(TryRecvError::Disconnected)) => self.spare = None,
            None => {}
        }
        if self.writer.wants_spare() {
            self.spare = prepare_spare(&self.shared);
        }
    }
}

/// Prepares the next segment in a thread. Where that fails there is none, and the writer makes one when it needs it.
fn prepare_spare(shared: &Shared) -> Option<Receiver<Option<Spare>>> {
    let (sender, receiver) = channel();
    let (files, bytes, zeros) = (Arc::clone(&shared.files), shared.options.segment_bytes, shared.options.zeros);
    let prepare = move || {
        let spare = Spare::prepare(&*files, bytes, zeros);
        // The writer may have ended meanwhile.
        drop(sender.send(spare.ok()));
    };
    thread::Builder::new().name("weir-log-spare".to_owned()).spawn(prepare).ok().map(|_| receiver)
}
