//! The receiver as a whole: formats, listeners, the log and delivery, from the start to an orderly end.

mod reload;
mod seen;

use crate::config::{Config, SinkSettings, System};
use crate::counters::Counters;
use crate::dead_letters::{DeadLetters, LastFailures};
use crate::deliver::{Delivery, DeliveryError, NamedSink, Parts};
use crate::formats::IntakeFormats;
use crate::listeners::{Address, Gates, ListenError, Listeners};
use crate::notices::{Level, Notices};
use crate::operate::{Operation, health, pages};
use crate::settings::Listen;
use crate::stopping::Stopping;
use axum::Router;
use seen::Seen;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weir_log::{Log, OpenError, Opened, Refusal};
use weir_sinks::Context;

/// How long sinks may take to store what they have gathered when the process ends, and the log to be closed.
const LAST: Duration = Duration::from_secs(5);

/// A receiver that listens, and stores and delivers once [`Receiver::open`] was called. Dropped, it ends at once, and loses nothing
/// that was acknowledged; [`Receiver::stop`] ends it in order.
pub struct Receiver {
    config: Config,
    counters: Arc<Counters>,
    formats: Arc<IntakeFormats>,
    failures: Arc<LastFailures>,
    notices: Arc<Notices>,
    operation: Arc<Operation>,
    listeners: Listeners,
    stopping: Arc<Stopping>,
    running: Option<Running>,
    seen: Seen,
}

struct Running {
    log: Arc<Log>,
    delivery: Delivery,
}

/// Why a receiver does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Formats do not compile, or are not there: why, for each intake.
    #[error("{}", .0.join("\n"))]
    Formats(Vec<String>),
    /// It cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The log cannot be opened.
    #[error("the log in {folder} cannot be opened: {source}", folder = folder.display())]
    Log {
        /// Where it is.
        folder: PathBuf,
        /// Why.
        source: OpenError,
    },
    /// The folder of dead letters cannot be made.
    #[error("cannot make {folder}: {source}", folder = folder.display())]
    DeadLetters {
        /// Which.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A sink cannot be made.
    #[error("the sink {name} cannot be used: {why}")]
    Sink {
        /// Which.
        name: String,
        /// Why.
        why: String,
    },
    /// Nothing can be delivered.
    #[error(transparent)]
    Deliver(#[from] DeliveryError),
}

impl Receiver {
    /// Loads the formats and listens. Until [`Receiver::open`] was called senders get 503. `validation` are the paths of the validation
    /// API, for those listeners that have it.
    ///
    /// # Errors
    /// Where a format does not compile, an address cannot be listened on, or a certificate cannot be used.
    pub fn start(config: Config, notices: Arc<Notices>, validation: &Router) -> Result<Self, StartError> {
        let formats = Arc::new(IntakeFormats::load(&config.formats()).map_err(StartError::Formats)?);
        let (counters, failures) = (Arc::<Counters>::default(), Arc::<LastFailures>::default());
        let gates = Arc::new(Gates::new(&config.limits));
        let operation = Arc::new(Operation::new(
            Arc::clone(&formats),
            Arc::clone(&counters),
            Arc::clone(&gates),
            Arc::clone(&failures),
            config.dead_letters_folder(),
        ));
        let beside = |listen: &Listen| beside(listen, &operation, validation);
        let listeners = Listeners::start(&config, Arc::clone(&counters), &gates, beside)?;
        let (stopping, seen) = (Arc::default(), Seen::new(&config));
        Ok(Receiver {
            config,
            counters,
            formats,
            failures,
            notices,
            operation,
            listeners,
            stopping,
            running: None,
            seen,
        })
    }

    /// Opens the log, begins to deliver to all sinks, and takes bodies in from then on.
    ///
    /// # Errors
    /// Where the log, the dead letters or a sink cannot be opened.
    pub fn open(&mut self) -> Result<(), StartError> {
        let folder = self.config.log_folder();
        let opened = Log::open(&folder, self.config.log.clone());
        let (log, opened) = opened.map_err(|source| StartError::Log { folder, source })?;
        self.tell_opened(&opened);
        let log = Arc::new(log);
        self.forget_others(&log);
        let folder = self.config.dead_letters_folder();
        let dead_letters = DeadLetters::open(&folder, log.id());
        let dead_letters = dead_letters.map_err(|source| StartError::DeadLetters { folder, source })?;
        let sinks = self.sinks(&log)?;
        let parts = Parts {
            log: Arc::clone(&log),
            formats: Arc::clone(&self.formats),
            dead_letters: Arc::new(dead_letters),
            counters: Arc::clone(&self.counters),
            notices: Arc::clone(&self.notices),
            failures: Arc::clone(&self.failures),
            stopping: Arc::clone(&self.stopping),
        };
        let delivery = Delivery::start(parts, sinks, self.config.delivery.clone())?;
        self.operation.runs(Arc::clone(&log), delivery.sinks().to_vec());
        self.listeners.open(Arc::clone(&log));
        self.running = Some(Running { log, delivery });
        Ok(())
    }

    fn sinks(&self, log: &Log) -> Result<Vec<NamedSink>, StartError> {
        let open = |sink: &SinkSettings| {
            let (name, formats) = (sink.name.clone(), Arc::clone(&self.formats));
            let context = Context::new(&name, &self.config.sink_folder(&name), log.id());
            let context = context.with_fields(Arc::new(move |format| formats.fields_of(format)));
            match sink.settings.open(&context) {
                Ok(opened) => Ok(NamedSink { name, kind: sink.settings.kind().to_owned(), sink: opened }),
                Err(error) => Err(StartError::Sink { name, why: error.0 }),
            }
        };
        self.config.sinks.iter().map(open).collect()
    }

    fn tell_opened(&self, opened: &Opened) {
        let facts: [(&str, &dyn ToString); 3] =
            [("segments", &opened.segments), ("bytes", &opened.bytes), ("read", &opened.scanned_bytes)];
        self.notices.tell(Level::Info, "the log is open", &facts);
        if let Some(torn) = &opened.torn {
            let facts: [(&str, &dyn ToString); 3] = [("from", &torn.from), ("to", &torn.to), ("kept", &torn.is_kept)];
            self.notices.tell(Level::Warn, "the end of the log was not whole and is cut off", &facts);
        }
        for segment in &opened.damaged_headers {
            self.notices.tell(Level::Error, "a segment of the log has a damaged header", &[("segment", segment)]);
        }
        for position in &opened.damaged_positions {
            let facts: [(&str, &dyn ToString); 2] = [("sink", &position.reader), ("lost", &position.is_lost)];
            self.notices.tell(Level::Error, "the position of a sink is damaged", &facts);
        }
    }

    /// Lets the log go what only sinks wait for that the configuration does not have any more: it would fill up for them.
    fn forget_others(&self, log: &Log) {
        let known: BTreeSet<&str> = self.config.sinks.iter().map(|sink| &*sink.name).collect();
        for reader in log.usage().readers.iter().filter(|reader| !known.contains(&*reader.name)) {
            let facts: [(&str, &dyn ToString); 2] = [("sink", &reader.name), ("entries", &reader.entries_behind)];
            match log.forget(&reader.name) {
                Ok(()) => self.notices.tell(Level::Warn, "a sink is not configured any more, and gets nothing", &facts),
                Err(error) => self.notices.tell(Level::Warn, &error.to_string(), &facts),
            }
        }
    }

    /// Where it listens, in the order of the configuration: HTTP first.
    pub fn addresses(&self) -> &[Address] {
        self.listeners.addresses()
    }

    /// What is known of it while it runs.
    pub fn operation(&self) -> &Arc<Operation> {
        &self.operation
    }

    /// What is to be done once a second: samples rates, loads formats, keys and certificates that have changed. Why the process should
    /// end, if it should: the log cannot be trusted any more, or a thread met a defect.
    pub fn look(&mut self) -> Option<String> {
        self.operation.sample();
        self.reload_changed(&System);
        let running = self.running.as_ref()?;
        let broken = || match running.log.refusal() {
            Some(Refusal::Broken { why }) => Some(format!("the log cannot be trusted any more: {why}")),
            _ => None,
        };
        running.delivery.failure().or_else(broken)
    }

    /// Ends it in order: accepts nothing more, answers what was asked, stores what sinks have gathered, closes the log. Each of these
    /// has its time; what is not done by then comes again after the next start.
    pub fn stop(self) {
        let Receiver { listeners, running, notices, .. } = self;
        listeners.stop();
        let Some(Running { log, delivery }) = running else { return };
        for sink in delivery.stop(LAST) {
            notices.tell(Level::Warn, "the sink did not end in time", &[("sink", &sink)]);
        }
        // It takes as long as the disk does, and nothing is lost where nobody waits for it.
        let (done, closed) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            log.close();
            // Who waited may have given up.
            let _ = done.send(());
        });
        let begun = Instant::now();
        if closed.recv_timeout(LAST).is_err() {
            notices.tell(Level::Warn, "the log did not close in time", &[("seconds", &begun.elapsed().as_secs())]);
        }
    }
}

/// The paths that a listener has beside those for senders.
fn beside(listen: &Listen, operation: &Arc<Operation>, validation: &Router) -> Router {
    let mut router = health(Arc::clone(operation));
    if listen.has_status() {
        router = router.merge(pages(Arc::clone(operation), listen.status == Some(true)));
    }
    if listen.validate {
        router = router.merge(validation.clone());
    }
    router
}
