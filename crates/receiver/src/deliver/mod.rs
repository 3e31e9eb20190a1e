//! From the log to the sinks, each at its own pace.
//!
//! A thread a sink: its reader of the log gives entries, their records become events and dead letters, the letters are put on the disk, the
//! events go to the sink until it takes them, and once the sink says they are stored, the position in the log is saved. One thread more
//! maps ahead of all of them. What was mapped is there for each sink that comes to the same place a little later. What each step promises:
//! `docs/receiver/delivery.md`.

mod ahead;
mod backoff;
mod entries;
mod entry_mapper;
mod mapped;
mod mapper;
mod marks;
mod pending;
mod refusals;
mod shared;
mod shared_batches;
mod sink_state;
mod sink_thread;
mod source;
mod stretch;

pub use mapped::{Count, Mapped, Outcome};
pub use mapper::Mapper;
pub use shared::{Options, Parts};
pub use sink_state::{SinkState, SinkTrouble};
pub use source::Source;
pub use stretch::EntryFacts;

use ahead::Ahead;
use shared::Shared;
use sink_thread::SinkThread;
use source::Reader;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use weir_log::ReadError;
use weir_sinks::Sink;

/// As much as a main thread usually has: expressions and documents may nest deep.
const STACK: usize = 8 << 20;

/// A sink with its name in the configuration, which is the name of its reader of the log as well.
pub struct NamedSink {
    /// What is known of it, by its name.
    pub state: Arc<SinkState>,
    /// What stores events.
    pub sink: Box<dyn Sink>,
}

/// Why delivery does not start.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The log has no reader for a sink.
    #[error("the sink {sink} cannot read the log: {source}")]
    Reader {
        /// Which.
        sink: String,
        /// What the log says.
        source: ReadError,
    },
    /// The system gives no thread.
    #[error("cannot start the thread of the sink {sink}: {source}")]
    Thread {
        /// Which.
        sink: String,
        /// What the system says.
        source: io::Error,
    },
}

/// Sinks that are being delivered to.
pub struct Delivery {
    shared: Arc<Shared>,
    states: Vec<Arc<SinkState>>,
    ended: Receiver<String>,
    /// What maps ahead of the sinks; nothing for a partition, of which nobody but its reader has the parts.
    ahead: Option<JoinHandle<()>>,
}

impl Delivery {
    /// Starts a thread for each sink.
    ///
    /// # Errors
    /// Where the log or the system refuses one. Those that were started are told to stop.
    pub fn start(parts: Parts, sinks: Vec<NamedSink>, options: Options) -> Result<Self, DeliveryError> {
        let shared = Arc::new(Shared::new(parts, sinks.len(), options));
        let (end, ended) = channel();
        let states = sinks.iter().map(|named| Arc::clone(&named.state)).collect();
        let mut readers = Vec::new();
        for NamedSink { state, .. } in &sinks {
            let reader = shared.source.reader(&state.name);
            readers.push(reader.map_err(|source| DeliveryError::Reader { sink: state.name.clone(), source })?);
        }
        let ahead = map_ahead(&shared, &readers);
        for (number, (named, reader)) in sinks.into_iter().zip(readers).enumerate() {
            start(&shared, number, named, reader, end.clone()).inspect_err(|_| shared.stopping.say())?;
        }
        Ok(Delivery { shared, states, ended, ahead })
    }

    /// What is known of each sink.
    pub fn sinks(&self) -> &[Arc<SinkState>] {
        &self.states
    }

    /// Why the process should end with a failure, if it should: the log cannot be trusted any more, or a thread met a defect.
    pub fn failure(&self) -> Option<String> {
        self.shared.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells all to stop and waits for them, at most so long; those that have not stopped by then. They have lost nothing: what was
    /// not stored comes again after the next start.
    pub fn stop(self, within: Duration) -> Vec<String> {
        self.shared.stopping.say();
        let until = Instant::now() + within;
        let mut left: Vec<String> = self.states.iter().map(|state| state.name.clone()).collect();
        while !left.is_empty() {
            match self.ended.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(name) => left.retain(|other| *other != name),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        if let Some(ahead) = self.ahead.filter(|_| left.is_empty()) {
            // Where it ended in a panic, the sinks have mapped by themselves.
            drop(ahead.join());
        }
        left
    }
}

/// Starts the thread that maps ahead of the sinks, from where the last of them is. Where the system gives none, they do without.
fn map_ahead(shared: &Arc<Shared>, readers: &[Reader]) -> Option<JoinHandle<()>> {
    let Source::Log(log) = &shared.source else { return None };
    let from = readers.iter().filter_map(Reader::saved).min()?;
    let (shared, reader) = (Arc::clone(shared), log.look_ahead(from));
    let run = move || Ahead::new(&shared, reader).run();
    thread::Builder::new().name("weir-ahead".to_owned()).stack_size(STACK).spawn(run).ok()
}

fn start(
    shared: &Arc<Shared>,
    number: usize,
    named: NamedSink,
    reader: Reader,
    end: Sender<String>,
) -> Result<(), DeliveryError> {
    let NamedSink { state, sink } = named;
    let name = state.name.clone();
    let shared = Arc::clone(shared);
    let run = {
        let name = name.clone();
        move || {
            let run = || SinkThread::new(Arc::clone(&shared), number, sink, reader, state).run();
            let ran = catch_unwind(AssertUnwindSafe(run));
            let failure =
                ran.unwrap_or_else(|_| Err("a defect of weir: the thread of a sink ended in a panic".to_owned()));
            if let Err(why) = failure {
                // Nothing is delivered to this sink any more: the next process does better, and has lost nothing.
                let mut broken = shared.broken.lock().unwrap_or_else(PoisonError::into_inner);
                broken.get_or_insert(format!("sink {name}: {why}"));
                drop(broken);
                shared.stopping.say();
            }
            // Who waits for it may be gone.
            drop(end.send(name));
        }
    };
    let thread = thread::Builder::new().name(format!("weir-{name}")).stack_size(STACK).spawn(run);
    thread.map_err(|source| DeliveryError::Thread { sink: name, source })?;
    Ok(())
}
