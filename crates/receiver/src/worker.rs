//! A worker: a member of the consumer group that delivers what receivers have stored in a topic, from the start to an orderly end.

use crate::config::Config;
use crate::counters::Counters;
use crate::dead_letters::{DeadLetters, LastFailures};
use crate::deliver::{Delivery, Parts, SinkState, Source};
use crate::formats::IntakeFormats;
use crate::kafka::{Assigned, Begun, Member};
use crate::listeners::{Address, Gates, Listeners};
use crate::notices::{Level, Notices};
use crate::operate::{Bodies, Operation};
use crate::partition::Partition;
use crate::receiver::told::{tell_reloaded, tell_rules};
use crate::receiver::{StartError, beside, sinks, states};
use crate::settings::Listen;
use crate::stopping::Stopping;
use axum::Router;
use std::any::Any;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;
use uuid::Uuid;
use weir_log::files::{Disk, Files};

/// How long the brokers may take to let a worker go, after its sinks have ended.
const LAST: Duration = Duration::from_secs(5);

/// A worker that delivers. Dropped, it ends at once, and loses nothing; [`Worker::stop`] ends it in order.
pub struct Worker {
    formats: Arc<IntakeFormats>,
    counters: Arc<Counters>,
    notices: Arc<Notices>,
    operation: Arc<Operation>,
    listeners: Listeners,
    assigned: Arc<Assigned>,
    stopping: Arc<Stopping>,
    ended: Receiver<()>,
    farewell: Duration,
    /// The folder is this worker's alone.
    _lock: Box<dyn Any + Send + Sync>,
}

impl Worker {
    /// Loads the formats, listens for operators where the configuration says, and joins the group.
    ///
    /// # Errors
    /// Where the configuration has no topic, or a wrong one, a format does not compile, another worker has the folder of data, or an
    /// address cannot be listened on.
    pub fn start(config: Config, notices: Arc<Notices>) -> Result<Self, StartError> {
        let missing = || StartError::Topic("the configuration has no `log: {kafka: \u{2026}}`".to_owned());
        let topic = config.topic.clone().ok_or_else(missing)?;
        let lock = locked(&config.data).map_err(|source| StartError::Folder { folder: config.data.clone(), source })?;
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
        let paths = |_: Router, listen: &Listen| beside(listen, &operation, &Router::new());
        let listeners = Listeners::start(&config, Arc::clone(&counters), &gates, paths)?;
        let (assigned, stopping) = (Arc::<Assigned>::default(), Arc::<Stopping>::default());
        let states = states(&config, &counters);
        operation.runs(Bodies::Partitions(Arc::clone(&assigned)), states.clone());
        let farewell = config.limits.farewell;
        let beginner = Beginner {
            config,
            formats: Arc::clone(&formats),
            counters: Arc::clone(&counters),
            failures,
            notices: Arc::clone(&notices),
            states,
        };
        let begin =
            Box::new(move |partition: &Arc<Partition>| beginner.begin(partition).map_err(|error| error.to_string()));
        let member = Member::new(&topic, Arc::clone(&assigned), begin, Arc::clone(&notices));
        let ended = run(member.map_err(StartError::Topic)?, &assigned, &stopping, farewell)
            .map_err(|error| StartError::Topic(format!("there is no thread for it: {error}")))?;
        Ok(Worker {
            formats,
            counters,
            notices,
            operation,
            listeners,
            assigned,
            stopping,
            ended,
            farewell,
            _lock: lock,
        })
    }

    /// Where it listens for operators.
    pub fn addresses(&self) -> &[Address] {
        self.listeners.addresses()
    }

    /// What is to be done once a second: samples rates, loads formats that have changed. Why the process should end, if it should.
    pub fn look(&self) -> Option<String> {
        self.operation.sample();
        self.tell(&self.formats.reload_changed());
        self.assigned.failure()
    }

    /// Loads all formats again, changed or not: somebody asks for it.
    pub fn reload(&self) {
        self.tell(&self.formats.reload_all());
    }

    fn tell(&self, reloaded: &[crate::formats::Reloaded]) {
        tell_reloaded(reloaded, &self.formats, &self.counters, &self.notices);
    }

    /// Ends it in order: stores what sinks have gathered, commits that, and leaves the group. What is not done in time comes again to
    /// whoever has the partitions next.
    pub fn stop(self) {
        let Worker { listeners, stopping, ended, farewell, notices, .. } = self;
        stopping.say();
        if ended.recv_timeout(farewell + LAST).is_err() {
            notices.tell(Level::Warn, "the worker has not left its group in time", &[]);
        }
        listeners.stop();
    }
}

/// Runs the member on a thread of its own. It tells when it has ended.
fn run(
    member: Member,
    assigned: &Arc<Assigned>,
    stopping: &Arc<Stopping>,
    farewell: Duration,
) -> io::Result<Receiver<()>> {
    let (end, ended) = channel();
    let (assigned, stopping) = (Arc::clone(assigned), Arc::clone(stopping));
    let running = move || {
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| member.run(&stopping, farewell)));
        if ran.is_err() {
            assigned.fail("a defect of weir: the thread of the group ended in a panic".to_owned());
        }
        // Who waits for it may be gone.
        let _ = end.send(());
    };
    thread::Builder::new().name("weir-group".to_owned()).spawn(running)?;
    Ok(ended)
}

fn locked(folder: &Path) -> io::Result<Box<dyn Any + Send + Sync>> {
    Disk::create(folder)?.lock()
}

/// What begins to deliver partitions.
struct Beginner {
    config: Config,
    formats: Arc<IntakeFormats>,
    counters: Arc<Counters>,
    failures: Arc<LastFailures>,
    notices: Arc<Notices>,
    states: Vec<Arc<SinkState>>,
}

impl Beginner {
    fn begin(&self, partition: &Arc<Partition>) -> Result<Begun, StartError> {
        let id = Uuid::from_bytes(partition.id()).simple().to_string();
        let folder = self.config.data.join("partitions").join(partition.name());
        let only = only(&folder, &id).map_err(|source| StartError::Folder { folder: folder.clone(), source });
        only?;
        let letters = self.config.dead_letters_folder().join(partition.name());
        let dead_letters = DeadLetters::open(&letters, partition.id());
        let dead_letters = dead_letters.map_err(|source| StartError::Folder { folder: letters, source })?;
        let sinks = sinks(&self.config, &self.states, &self.formats, &folder.join(id), partition.id())?;
        let stopping = Arc::<Stopping>::default();
        let parts = Parts {
            source: Source::Partition(Arc::clone(partition)),
            formats: Arc::clone(&self.formats),
            dead_letters: Arc::new(dead_letters),
            counters: Arc::clone(&self.counters),
            notices: Arc::clone(&self.notices),
            failures: Arc::clone(&self.failures),
            stopping: Arc::clone(&stopping),
        };
        let delivery = Delivery::start(parts, sinks, self.config.delivery.clone())?;
        Ok(Begun { delivery, stopping })
    }
}

/// Removes what is in a folder but for one name: notes of sinks under ids that a partition had before.
fn only(folder: &Path, name: &str) -> io::Result<()> {
    Disk::create(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() != *name {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
