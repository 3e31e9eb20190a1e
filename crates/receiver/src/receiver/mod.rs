//! The receiver as a whole: formats, listeners, the log and delivery, from the start to an orderly end.

mod reload;
mod seen;
pub(crate) mod told;

use crate::config::{Config, SinkSettings, System};
use crate::counters::Counters;
use crate::dead_letters::{DeadLetters, LastFailures};
use crate::deliver::{Delivery, DeliveryError, NamedSink, Parts, SinkState, Source};
use crate::formats::IntakeFormats;
#[cfg(feature = "kafka")]
use crate::kafka::Topic;
use crate::listeners::{Address, Gates, ListenError, Listeners};
use crate::notices::{Level, Notices};
use crate::operate::{Bodies, Operation, health, pages};
use crate::settings::Listen;
use crate::stopping::Stopping;
use crate::store::Store;
#[cfg(feature = "kafka")]
use crate::store::StoreError;
use axum::Router;
use seen::Seen;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use told::tell_rules;
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
    /// Whether senders were refused when it was looked last.
    refuses: bool,
    seen: Seen,
}

/// What there is once bodies can be stored.
enum Running {
    /// A log on this machine's disk, and what delivers it.
    Log(Arc<Log>, Delivery),
    /// A topic, which workers deliver.
    #[cfg(feature = "kafka")]
    Topic(Arc<dyn Store>),
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
    /// A folder cannot be made, or another process has it.
    #[error("cannot use {folder}: {source}", folder = folder.display())]
    Folder {
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
    /// The topic cannot be used as it is configured.
    #[error("the topic cannot be used: {0}")]
    Topic(String),
}

impl Receiver {
    /// Loads the formats and listens. Until [`Receiver::open`] was called senders get 503. `validation` are the paths of the validation
    /// API, for those listeners that have it.
    ///
    /// # Errors
    /// Where a format does not compile, an address cannot be listened on, or a certificate cannot be used.
    pub fn start(config: Config, notices: Arc<Notices>, validation: &Router) -> Result<Self, StartError> {
        let formats = IntakeFormats::load(&config.formats(), &config.detection).map_err(StartError::Formats)?;
        tell_rules(&formats.rules(), &notices);
        let formats = Arc::new(formats);
        let (counters, failures) = (Arc::<Counters>::default(), Arc::<LastFailures>::default());
        let gates = Arc::new(Gates::new(&config.limits));
        let operation = Arc::new(Operation::new(
            Arc::clone(&formats),
            Arc::clone(&counters),
            Arc::clone(&gates),
            Arc::clone(&failures),
            config.dead_letters_folder(),
        ));
        let paths = |senders: Router, listen: &Listen| senders.merge(beside(listen, &operation, validation));
        let listeners = Listeners::start(&config, Arc::clone(&counters), &gates, paths)?;
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
            refuses: false,
            seen,
        })
    }

    /// Opens the log, begins to deliver to all sinks, and takes bodies in from then on. Where a topic takes the log's place, workers
    /// deliver it.
    ///
    /// # Errors
    /// Where the log, the dead letters or a sink cannot be opened, or a setting of the topic is none.
    pub fn open(&mut self) -> Result<(), StartError> {
        #[cfg(feature = "kafka")]
        if let Some(settings) = &self.config.topic {
            let topic = Topic::open(settings, self.config.limits.answer_within, &self.config.data.join("bodies"));
            let topic: Arc<dyn Store> = topic.map_err(StartError::Topic)?;
            self.operation.runs(Bodies::Topic(Arc::clone(&topic)), Vec::new());
            self.listeners.open(Arc::clone(&topic));
            self.running = Some(Running::Topic(topic));
            return Ok(());
        }
        self.open_log()
    }

    fn open_log(&mut self) -> Result<(), StartError> {
        let folder = self.config.log_folder();
        let opened = Log::open(&folder, self.config.log.clone());
        let (log, opened) = opened.map_err(|source| StartError::Log { folder, source })?;
        self.tell_opened(&opened);
        let log = Arc::new(log);
        let folder = self.config.dead_letters_folder();
        let dead_letters = DeadLetters::open(&folder, log.id());
        let dead_letters = dead_letters.map_err(|source| StartError::Folder { folder, source })?;
        let states = states(&self.config, &self.counters);
        let sinks = sinks(&self.config, &states, &self.formats, &self.config.sinks_folder(), log.id())?;
        let parts = Parts {
            source: Source::Log(Arc::clone(&log)),
            formats: Arc::clone(&self.formats),
            dead_letters: Arc::new(dead_letters),
            counters: Arc::clone(&self.counters),
            notices: Arc::clone(&self.notices),
            failures: Arc::clone(&self.failures),
            stopping: Arc::clone(&self.stopping),
        };
        let delivery = Delivery::start(parts, sinks, self.config.delivery.clone())?;
        // Only now: a start that fails must not cost what another sink has not stored.
        self.forget_others(&log);
        self.operation.runs(Bodies::Log(Arc::clone(&log)), states);
        self.listeners.open(Arc::clone(&log) as Arc<dyn Store>);
        self.running = Some(Running::Log(log, delivery));
        Ok(())
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

    /// Forgets sinks that the configuration does not have any more and that have stored everything. What others have not stored stays
    /// until somebody says so: their name may be misspelt.
    fn forget_others(&self, log: &Log) {
        let known: BTreeSet<&str> = self.config.sinks.iter().map(|sink| &*sink.name).collect();
        for reader in log.usage().readers.iter().filter(|reader| !known.contains(&*reader.name)) {
            let facts: [(&str, &dyn ToString); 2] = [("sink", &reader.name), ("entries", &reader.entries_behind)];
            if reader.entries_behind > 0 {
                let text =
                    "a sink is not configured any more: the log keeps what it has not stored until `weir log forget`";
                self.notices.tell(Level::Warn, text, &facts);
            } else if let Err(error) = log.forget(&reader.name) {
                self.notices.tell(Level::Warn, &error.to_string(), &facts);
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
        self.tell_refusal();
        match self.running.as_ref()? {
            #[cfg(feature = "kafka")]
            Running::Topic(topic) => topic.refusal().filter(StoreError::is_for_good).map(|error| error.to_string()),
            Running::Log(log, delivery) => delivery.failure().or_else(|| match log.refusal() {
                Some(Refusal::Broken { why }) => Some(format!("the log cannot be trusted any more: {why}")),
                _ => None,
            }),
        }
    }

    /// Says when nothing can be stored any more, and when it can again.
    fn tell_refusal(&mut self) {
        let refusal = match &self.running {
            Some(Running::Log(log, _)) => Store::refusal(&**log),
            #[cfg(feature = "kafka")]
            Some(Running::Topic(topic)) => topic.refusal(),
            None => None,
        };
        match (&refusal, std::mem::replace(&mut self.refuses, refusal.is_some())) {
            (Some(why), false) => self.notices.tell(Level::Error, &format!("senders are refused: {why}"), &[]),
            (None, true) => self.notices.tell(Level::Info, "senders are served again", &[]),
            _ => {}
        }
    }

    /// Ends it in order: accepts nothing more, answers what was asked, stores what sinks have gathered, closes the log. Each of these
    /// has its time; what is not done by then comes again after the next start.
    pub fn stop(self) {
        let Receiver { listeners, running, notices, .. } = self;
        listeners.stop();
        let (log, delivery) = match running {
            Some(Running::Log(log, delivery)) => (log, delivery),
            #[cfg(feature = "kafka")]
            Some(Running::Topic(_)) => return,
            None => return,
        };
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
pub(crate) fn beside(listen: &Listen, operation: &Arc<Operation>, validation: &Router) -> Router {
    let mut router = health(Arc::clone(operation));
    if listen.has_status() {
        router = router.merge(pages(Arc::clone(operation), listen.status == Some(true)));
    }
    if listen.validate {
        router = router.merge(validation.clone());
    }
    router
}

/// What is known of each sink, before it is there.
pub(crate) fn states(config: &Config, counters: &Counters) -> Vec<Arc<SinkState>> {
    let state =
        |sink: &SinkSettings| Arc::new(SinkState::new(&sink.name, sink.settings.kind(), counters.sink(&sink.name)));
    config.sinks.iter().map(state).collect()
}

/// The sinks of the source with this id, with folders for their notes below `folder`.
pub(crate) fn sinks(
    config: &Config,
    states: &[Arc<SinkState>],
    formats: &Arc<IntakeFormats>,
    folder: &Path,
    id: [u8; 16],
) -> Result<Vec<NamedSink>, StartError> {
    let open = |(sink, state): (&SinkSettings, &Arc<SinkState>)| {
        let (name, formats) = (sink.name.clone(), Arc::clone(formats));
        let context = Context::new(&name, &folder.join(&name), id);
        let context = context.with_fields(Arc::new(move |format| formats.fields_of(format)));
        let opened = sink.settings.open(&context).map_err(|error| StartError::Sink { name, why: error.0 })?;
        Ok(NamedSink { state: Arc::clone(state), sink: opened })
    };
    config.sinks.iter().zip(states).map(open).collect()
}
