//! The log as its users have it: entries are appended by many at once, and read by readers with names.

use crate::append::Append;
use crate::commit::{Committer, Pause};
use crate::entry::Checkpoint;
use crate::files::{Disk, Files};
use crate::options::Options;
use crate::queue::Queue;
use crate::reader::{LookAhead, Reader, Start};
use crate::recovery::{Opened, Recovered, recover};
use crate::refusal::{OpenError, ReadError, Refusal};
use crate::shared::Shared;
use crate::writer::Writer;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// A durable log. One process has it at a time; in it, it is shared between threads behind an [`Arc`].
pub struct Log {
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    pause: Arc<Pause>,
    next_id: AtomicU64,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Log {
    /// Opens the log in a folder, or makes one, and says what was found.
    ///
    /// # Errors
    /// Where another process has it, or the system refuses something. Damage is none: it is passed over.
    pub fn open(folder: &Path, options: Options) -> Result<(Self, Opened), OpenError> {
        let disk = Disk::create(folder).map_err(OpenError::io("make", "the folder"))?;
        Log::on(Arc::new(disk), options)
    }

    /// Opens the log in these files.
    ///
    /// # Errors
    /// As [`Log::open`].
    pub fn on(files: Arc<dyn Files>, options: Options) -> Result<(Self, Opened), OpenError> {
        let (writer, shared, opened) = open_writer(files, options)?;
        let queue = Arc::new(Queue::new(shared.options.queue_bytes));
        let pause = Arc::<Pause>::default();
        let (shared, queue, pause) = (&shared, &queue, &pause);
        let [own, log] = [(); 2].map(|()| (Arc::clone(shared), Arc::clone(queue), Arc::clone(pause)));
        let committer = Committer { shared: own.0, queue: own.1, pause: own.2, writer, spare: None };
        let thread = thread::Builder::new().name("weir-log".to_owned()).spawn(move || committer.run());
        let thread = Mutex::new(Some(thread.map_err(OpenError::io("start", "the thread that writes"))?));
        Ok((Log { shared: log.0, queue: log.1, pause: log.2, next_id: AtomicU64::new(0), thread }, opened))
    }

    /// Begins an entry.
    ///
    /// # Errors
    /// Where it is known already that it would be refused.
    pub fn append(&self) -> Result<Append, Refusal> {
        match self.refusal() {
            Some(refusal) => Err(refusal),
            None => {
                let id = self.next_id.fetch_add(1, Ordering::Relaxed);
                Ok(Append::new(&self.shared, &self.queue, &self.pause, id))
            }
        }
    }

    /// What would refuse an entry that came now. [`Refusal::Broken`] is for ever: the process should end, with a failure.
    pub fn refusal(&self) -> Option<Refusal> {
        self.shared.refusal().or_else(|| self.pause.refusal())
    }

    /// The reader of this name, which goes on where its position says.
    ///
    /// # Errors
    /// Where it is in use, or its position cannot be read or made.
    pub fn reader(&self, name: &str, start: Start) -> Result<Reader, ReadError> {
        Reader::open(&self.shared, name, start)
    }

    /// Reads on from a checkpoint, without a name and a position that is saved.
    pub fn look_ahead(&self, from: Checkpoint) -> LookAhead {
        LookAhead::new(&self.shared, from)
    }

    /// Forgets a reader, so that the log does not wait for it any more.
    ///
    /// # Errors
    /// Where it is in use, or its file cannot be removed.
    pub fn forget(&self, name: &str) -> Result<(), ReadError> {
        Reader::forget(&self.shared, name)
    }

    /// The public name of this log, the same for as long as it lives: ids of events are made from it and from
    /// [`crate::Sequence`].
    pub fn id(&self) -> [u8; 16] {
        self.shared.identity.log
    }

    /// How large it is and where its readers are.
    pub fn usage(&self) -> Usage {
        let state = self.shared.state();
        let readers = state.readers.iter().map(|(name, reader)| ReaderUsage {
            name: name.clone(),
            entries_behind: state.number.saturating_sub(reader.number),
        });
        Usage {
            bytes: state.segments.bytes(),
            segments: state.segments.all().count(),
            entries: state.number,
            readers: readers.collect(),
            cannot_remove: state.cannot_remove.clone(),
        }
    }

    /// Stores what was submitted, ends the segment and the thread, and refuses what comes after. Dropping the log does the same.
    /// It takes as long as the disk does: who cannot wait ends the process, and loses nothing that was committed.
    pub fn close(&self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A panic there was told where it happened.
        drop(thread.map(JoinHandle::join));
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.close();
    }
}

/// How large a log is, and where its readers are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The bytes of all segments.
    pub bytes: u64,
    /// How many segments there are.
    pub segments: usize,
    /// How many entries the log has had so far.
    pub entries: u64,
    /// The readers, by name.
    pub readers: Vec<ReaderUsage>,
    /// Why segments that nobody needs any more are still there, if they are.
    pub cannot_remove: Option<String>,
}

/// Where a reader is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderUsage {
    /// Its name.
    pub name: String,
    /// How many entries are after its saved position.
    pub entries_behind: u64,
}

/// A log without threads: a writer, to be driven by hand, and its readers.
pub struct Bare {
    shared: Arc<Shared>,
}

impl Bare {
    /// Opens the log in these files.
    ///
    /// # Errors
    /// As [`Log::open`].
    pub fn open(files: Arc<dyn Files>, options: Options) -> Result<(Self, Writer, Opened), OpenError> {
        let (writer, shared, opened) = open_writer(files, options)?;
        Ok((Bare { shared }, writer, opened))
    }

    /// What refuses everything, if something does.
    pub fn refusal(&self) -> Option<Refusal> {
        self.shared.refusal()
    }

    /// As [`Log::reader`].
    ///
    /// # Errors
    /// As [`Log::reader`].
    pub fn reader(&self, name: &str, start: Start) -> Result<Reader, ReadError> {
        Reader::open(&self.shared, name, start)
    }
}

fn open_writer(files: Arc<dyn Files>, options: Options) -> Result<(Writer, Arc<Shared>, Opened), OpenError> {
    if let Some(mistake) = options.mistake() {
        return Err(OpenError::Options(mistake));
    }
    let Recovered { shared, from, opened } = recover(files, options)?;
    Ok((Writer::new(Arc::clone(&shared), &from), shared, opened))
}
