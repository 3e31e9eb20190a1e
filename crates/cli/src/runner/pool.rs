//! Threads: one reads, some run, one writes. What comes out is in the order in which it was read.

use super::batch::{Batch, Results};
use super::worker::{Shape, Worker};
use super::writer::Writer;
use crate::formats::Formats;
use crate::stop::Stop;
use std::io;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

/// As much as the main thread usually has: expressions and documents may nest deep.
const STACK: usize = 8 << 20;

/// How many bytes of records are on their way at most, unless a single batch has more.
const ON_THE_WAY: usize = 16 << 20;

/// The threads that run batches, and their queues from the reader and to the writer.
pub struct WorkerPool<'s> {
    jobs: SyncSender<Job>,
    steps: SyncSender<Step>,
    spare: Receiver<Batch>,
    in_flight: Arc<ByteSemaphore>,
    writer: ScopedJoinHandle<'s, Result<Writer, Stop>>,
}

/// A batch, and where what becomes of its records goes.
type Job = (Batch, SyncSender<Results>);

/// What the writer does next.
enum Step {
    /// Writes what becomes of a batch of so many bytes, part by part as it is run.
    Write(Receiver<Results>, usize),
    /// Shows a line.
    Note(String),
}

impl<'s> WorkerPool<'s> {
    /// Starts so many threads that run records, and one that writes.
    ///
    /// # Errors
    /// Where a thread cannot be started.
    pub fn start(
        scope: &'s Scope<'s, '_>,
        threads: usize,
        formats: &'s Formats,
        shape: Shape,
        writer: Writer,
    ) -> io::Result<Self> {
        let most = 2 * threads + 2;
        let (jobs, queue) = sync_channel::<Job>(most);
        let (steps, to_write) = sync_channel(most);
        let (spares, spare) = channel();
        let (queue, in_flight, buffers) =
            (Arc::new(Mutex::new(queue)), Arc::new(ByteSemaphore::default()), Arc::new(Buffers::default()));
        for _ in 0..threads {
            let (queue, spares, buffers) = (Arc::clone(&queue), spares.clone(), Arc::clone(&buffers));
            Builder::new().stack_size(STACK).spawn_scoped(scope, move || {
                let mut worker = Worker::new(formats, shape, None);
                while let Some((mut batch, results)) = next(&queue) {
                    batch.buffer = buffers.take();
                    // A writer that is gone wants no more, and a reader that is gone no batches.
                    let _ = worker.run(&mut batch, |part| results.send(part).map_err(drop));
                    let _ = spares.send(batch.reuse());
                }
            })?;
        }
        let writing = Arc::clone(&in_flight);
        let writer = Builder::new().spawn_scoped(scope, move || {
            let _closes = Closes(&writing);
            write(writer, &to_write, &writing, &buffers)
        })?;
        Ok(WorkerPool { jobs, steps, spare, in_flight, writer })
    }

    /// An empty batch.
    pub fn batch(&self) -> Batch {
        self.spare.try_recv().unwrap_or_default()
    }

    /// Sends a batch on its way; whether anyone still wants it.
    pub fn send(&self, batch: Batch) -> bool {
        let (results, to_write) = sync_channel(1);
        let size = batch.size();
        self.in_flight.acquire(size)
            && self.steps.send(Step::Write(to_write, size)).is_ok()
            && self.jobs.send((batch, results)).is_ok()
    }

    /// Shows a line on standard error, behind what was sent before; whether anyone still does.
    pub fn note(&self, text: String) -> bool {
        self.steps.send(Step::Note(text)).is_ok()
    }

    /// Waits for all that is on its way.
    ///
    /// # Errors
    /// The writer's.
    pub fn finish(self) -> Result<Writer, Stop> {
        drop((self.jobs, self.steps));
        self.writer.join().unwrap_or_else(|panic| resume_unwind(panic))
    }
}

/// The next batch to be run; the queue is free again when it is there.
fn next(queue: &Mutex<Receiver<Job>>) -> Option<Job> {
    lock(queue).recv().ok()
}

/// Writes what becomes of batches, in their order, and all that was gathered before it waits. A worker waits with the next
/// part until there is room for it; the one whose turn it is never does, since it began first.
fn write(
    mut writer: Writer,
    steps: &Receiver<Step>,
    in_flight: &ByteSemaphore,
    buffers: &Buffers,
) -> Result<Writer, Stop> {
    while let Some(step) = ready(steps, &mut writer)? {
        match step {
            Step::Note(text) => writer.note(&text)?,
            Step::Write(results, size) => {
                while let Some(part) = ready(&results, &mut writer)? {
                    writer.write(&part)?;
                    buffers.give(part.events);
                }
                in_flight.release(size);
            }
        }
    }
    Ok(writer)
}

/// What comes next; nothing once nobody sends any more.
fn ready<T>(from: &Receiver<T>, writer: &mut Writer) -> Result<Option<T>, Stop> {
    match from.try_recv() {
        Ok(next) => Ok(Some(next)),
        Err(TryRecvError::Disconnected) => Ok(None),
        Err(TryRecvError::Empty) => {
            writer.flush()?;
            Ok(from.recv().ok())
        }
    }
}

/// Buffers of events that were written, for those to come: taken from the system and given back for each batch, they
/// would have to be made ready each time.
#[derive(Default)]
struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    /// How many are kept, and of how many bytes at most.
    const KEPT: (usize, usize) = (4, 4 << 20);

    fn take(&self) -> Vec<u8> {
        lock(&self.0).pop().unwrap_or_default()
    }

    fn give(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut kept = lock(&self.0);
        if kept.len() < Self::KEPT.0 && buffer.capacity() <= Self::KEPT.1 {
            kept.push(buffer);
        }
    }
}

/// Lets only so many bytes of records be on their way.
#[derive(Default)]
struct ByteSemaphore {
    held: Mutex<Held>,
    changed: Condvar,
}

#[derive(Default)]
struct Held {
    bytes: usize,
    is_closed: bool,
}

impl ByteSemaphore {
    /// Waits until there is room, or nothing else is on its way; false where it was closed.
    fn acquire(&self, bytes: usize) -> bool {
        let is_full = |held: &mut Held| !held.is_closed && held.bytes > 0 && held.bytes + bytes > ON_THE_WAY;
        let held = self.changed.wait_while(lock(&self.held), is_full);
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        held.bytes += bytes;
        !held.is_closed
    }

    fn release(&self, bytes: usize) {
        lock(&self.held).bytes -= bytes;
        self.changed.notify_all();
    }
}

/// Closes the semaphore when the writer ends, however it does: nobody may wait for it then.
struct Closes<'s>(&'s ByteSemaphore);

impl Drop for Closes<'_> {
    fn drop(&mut self) {
        lock(&self.0.held).is_closed = true;
        self.0.changed.notify_all();
    }
}

/// Nothing that is locked here is left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
