//! The loop of a run: records are read into batches, run, and written in order.
//!
//! Why so: `docs/decisions/0050`.

mod batch;
mod pool;
mod worker;
mod writer;

pub use worker::Shape;

use crate::input;
use crate::lines::{Lines, MOST};
use crate::output::Output;
use crate::profiler::Profiler;
use crate::progress::Progress;
use crate::selection::Selection;
use crate::stop::Stop;
use crate::tally::Tally;
use batch::Batch;
use pool::WorkerPool;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};
use weir_formats::Formats;
use worker::Worker;
use writer::Writer;

/// How a run reads and writes.
pub struct Options {
    /// Where events go.
    pub events: Output,
    /// Where records go too with which something went wrong.
    pub errors: Option<Output>,
    /// Where matches of rules go, too.
    pub alerts: Option<Output>,
    /// Where what was seen of the records goes at the end. One thread looks at them then.
    pub profile: Option<Output>,
    /// What events look like.
    pub shape: Shape,
    /// The reference time, in seconds since 1970-01-01T00:00:00Z; else the clock's.
    pub now: Option<i64>,
    /// What is shown meanwhile.
    pub progress: Progress,
    /// How many threads run records.
    pub threads: usize,
}

/// What is done before records are run: what they are held against may have changed.
pub type Reload<'r> = Box<dyn FnMut() -> Result<(), Stop> + 'r>;

/// Takes the files of a run, one after the other.
pub struct Reader<'s> {
    lane: Lane<'s>,
    reload: Option<Reload<'s>>,
    batch: Batch,
    now: Option<i64>,
    records: u64,
}

/// Who runs and writes what was read.
enum Lane<'s> {
    /// The thread that reads.
    Alone(Box<Worker<'s>>, Box<Writer>),
    /// Others.
    Pool(WorkerPool<'s>),
}

/// Outside: whether the output took everything. Inside: whether the file could be read to its end.
type Read = Result<Result<(), Stop>, Stop>;

/// Runs what `read` reads, and gives the counts.
///
/// # Errors
/// Where an output does not take it, or a thread cannot be started; and those of `read`.
pub fn run(
    formats: &Formats,
    options: Options,
    reload: Option<Reload<'_>>,
    read: impl FnOnce(&mut Reader<'_>) -> Result<(), Stop>,
) -> Result<Tally, Stop> {
    let Options { events, errors, alerts, profile, shape, now, progress, threads } = options;
    let (correlated, tally) = (HashMap::new(), Tally::default());
    let writer = Writer { events, errors, alerts, correlated, progress, tally };
    let profiler = profile.as_ref().map(|_| Profiler::new(formats));
    if threads > 1 && profiler.is_none() {
        return thread::scope(|scope| {
            let pool = WorkerPool::start(scope, threads, formats, shape, writer)
                .map_err(|error| Stop::Because(format!("cannot start threads: {error}")))?;
            let mut reader = Reader { lane: Lane::Pool(pool), reload, batch: Batch::default(), now, records: 0 };
            let read = read(&mut reader).and_then(|()| reader.send());
            let Lane::Pool(pool) = reader.lane else { return read.map(|()| Tally::default()) };
            // Why the writer stopped says more than that it did.
            let written = pool.finish()?;
            read?;
            written.finish()
        });
    }
    let lane = Lane::Alone(Box::new(Worker::new(formats, shape, profiler)), Box::new(writer));
    let mut reader = Reader { lane, reload, batch: Batch::default(), now, records: 0 };
    read(&mut reader)?;
    reader.send()?;
    let Lane::Alone(worker, writer) = reader.lane else { return Ok(Tally::default()) };
    let tally = writer.finish()?;
    if let (Some(mut file), Some(profiler)) = (profile, worker.into_profiler()) {
        file.write(&profiler.json(formats)?)?;
        file.finish()?;
    }
    Ok(tally)
}

impl Reader<'_> {
    /// Reads each line of a file; blank ones are passed over. What was read before a file broke off is run.
    ///
    /// # Errors
    /// See [`Read`].
    pub fn lines(&mut self, path: &Path) -> Read {
        let mut source = match input::open(path) {
            Ok(source) => source,
            Err(stop) => return Ok(Err(stop)),
        };
        self.begin(path)?;
        let mut lines = Lines::new(&mut *source, MOST);
        let mut broken = Ok(());
        loop {
            while let Some(line) = lines.next() {
                self.batch.add_line(line);
                if self.batch.is_full() {
                    self.send()?;
                }
            }
            // What was read need not wait for what will be read.
            if lines.ended() || lines.short() {
                self.send()?;
            }
            if lines.ended() {
                return Ok(broken);
            }
            if lines.short() {
                self.flush()?;
            }
            match lines.fill() {
                Ok(bytes) => self.batch.tally.read += bytes as u64,
                Err(error) => broken = Err(Stop::cannot("read", path, &error)),
            }
        }
    }

    /// Reads the selected records of a document.
    ///
    /// # Errors
    /// See [`Read`].
    pub fn document(&mut self, path: &Path, selection: &Selection) -> Read {
        let selected = input::open(path).and_then(|mut source| selection.messages(&mut *source, path));
        let (messages, bytes) = match selected {
            Ok(selected) => selected,
            Err(stop) => return Ok(Err(stop)),
        };
        self.begin(path)?;
        self.batch.tally.read += bytes;
        for message in messages {
            self.batch.add(message.as_bytes());
            if self.batch.is_full() {
                self.send()?;
            }
        }
        self.send().map(Ok)
    }

    /// How many records were read so far.
    pub fn records(&self) -> u64 {
        self.records + self.batch.records()
    }

    /// Shows a line on standard error, behind what is said of the records so far.
    ///
    /// # Errors
    /// Where it cannot be shown, or nobody writes any more.
    pub fn note(&mut self, text: String) -> Result<(), Stop> {
        match &mut self.lane {
            Lane::Alone(_, writer) => writer.note(&text),
            Lane::Pool(pool) => pool.note(text).then_some(()).ok_or(Stop::PipeClosed),
        }
    }

    fn begin(&mut self, path: &Path) -> Result<(), Stop> {
        self.send()?;
        self.batch.file = Arc::from(path.display().to_string());
        Ok(())
    }

    /// Sends what was read on its way.
    fn send(&mut self) -> Result<(), Stop> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.records += self.batch.records();
        self.reload.as_mut().map_or(Ok(()), |reload| reload())?;
        let mut batch = std::mem::take(&mut self.batch);
        batch.now = self.now.unwrap_or_else(clock);
        match &mut self.lane {
            Lane::Alone(worker, writer) => {
                worker.run(&mut batch, |results| writer.write(&results))?;
                self.batch = batch.reuse();
            }
            Lane::Pool(pool) => {
                self.batch = pool.batch();
                self.batch.file = Arc::clone(&batch.file);
                if !pool.send(batch) {
                    return Err(Stop::PipeClosed);
                }
            }
        }
        Ok(())
    }

    /// Writes what was run: the next read may have to wait. The writer of a pool sees to that itself.
    fn flush(&mut self) -> Result<(), Stop> {
        match &mut self.lane {
            Lane::Alone(_, writer) => writer.flush(),
            Lane::Pool(_) => Ok(()),
        }
    }
}

/// Seconds since 1970-01-01T00:00:00Z.
fn clock() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
