//! Bodies → messages of the topic, acknowledged by all replicas in step before a sender gets its answer.

use super::client::trouble_with;
use super::parts::{Parts, Piece};
use super::settings::TopicSettings;
use crate::arrival::{Arrival, Encoding};
use crate::body::{BodyError, Records, Verdict};
use crate::event_id::Placed;
use crate::partition::Note;
use crate::recent::Recent;
use crate::store::{Deposit, Done, Draft, Store, StoreError};
use rdkafka::client::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::SpooledTempFile;
use uuid::Uuid;
use weir_log::files::make_folder;

/// Up to how many bytes a body is held in memory before it is sent; larger ones are on the disk meanwhile.
const IN_MEMORY: usize = 1 << 20;

/// For how long a body that was not acknowledged is known again when it is sent again.
const RESENT_WITHIN: Duration = Duration::from_secs(3600);

/// How many kilobytes wait for the brokers at most.
const QUEUE_KILOBYTES: &str = "32768";

/// How long to wait before a full queue is tried again, and before the brokers are asked again how they are.
const QUEUE_WAIT: Duration = Duration::from_millis(10);
const LOOK: Duration = Duration::from_secs(1);

/// A topic that bodies are sent to.
pub struct Topic {
    producer: ThreadedProducer<Reports>,
    name: String,
    /// To ids of events it is what the id of a log is.
    log: [u8; 16],
    next: AtomicU64,
    /// The numbers of bodies that are not acknowledged: where one is sent again, its events have the same ids as before.
    unacknowledged: Recent<u64>,
    /// How long a body may take until it is acknowledged.
    answer_within: Duration,
    /// Where large bodies are held.
    folder: PathBuf,
    /// Why the brokers cannot be reached, or do not have the topic.
    trouble: Mutex<Option<String>>,
}

impl Topic {
    /// Makes the client. Brokers are not waited for: until they answer, [`Store::refusal`] says so.
    ///
    /// # Errors
    /// Where a setting is none, or a secret or the folder cannot be read.
    pub fn open(settings: &TopicSettings, answer_within: Duration, folder: &Path) -> Result<Arc<Self>, String> {
        let mut config = settings.client()?;
        config.set("acks", "all").set("enable.idempotence", settings.idempotence.to_string());
        config.set("message.timeout.ms", answer_within.as_millis().to_string());
        config.set("queue.buffering.max.kbytes", QUEUE_KILOBYTES);
        for (name, value) in [("linger.ms", "2"), ("compression.type", "zstd")] {
            if !settings.properties.contains_key(name) {
                config.set(name, value);
            }
        }
        let producer = config.create_with_context(Reports::default()).map_err(|error| error.to_string())?;
        make_folder(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let topic = Arc::new(Topic {
            producer,
            name: settings.topic.clone(),
            log: *Uuid::new_v4().as_bytes(),
            // Somewhere in the lower half of the numbers that ids have: two processes whose ids are alike by chance do not meet.
            next: AtomicU64::new((Uuid::new_v4().as_u128() & ((1 << 45) - 1)) as u64),
            unacknowledged: Recent::new(RESENT_WITHIN),
            answer_within,
            folder: folder.to_owned(),
            trouble: Mutex::new(Some("they have not answered yet".to_owned())),
        });
        let looking = Arc::downgrade(&topic);
        let looks = thread::Builder::new().name("weir-kafka".to_owned()).spawn(move || look(&looking));
        looks.map_err(|error| format!("cannot start a thread: {error}"))?;
        Ok(topic)
    }

    /// Asks the brokers how they are.
    fn ask(&self) {
        let trouble = trouble_with(self.producer.client(), &self.name);
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Sends all parts of a body. The sequence number of the first.
    fn send(&self, spool: SpooledTempFile, deposit: &Deposit, told: &Arc<Told>) -> Result<Placed, StoreError> {
        let Deposit { arrival, digest, decoded, received } = deposit;
        // A record takes at most six bytes in a part for one in the body, and some around it; two parts in a row have more bytes than one.
        let most = 1 + decoded / 20_000;
        let reserve = || self.next.fetch_add(most, Ordering::Relaxed);
        let first = self.unacknowledged.known_or(*digest, reserve);
        let mut ends = Vec::new();
        let mut records = Records::new(spool, arrival).map_err(|error| unreadable(&error))?.at_most(*decoded);
        let mut parts = Parts::new(&arrival.framing);
        let mut send = |piece: Piece| {
            let number = first + ends.len() as u64;
            if number - first >= most {
                // A path that finds parts of parts.
                return Err(StoreError::TooLarge);
            }
            ends.push(ends.last().copied().unwrap_or(0) + piece.records);
            self.send_part(&piece, number, arrival, *received, told)
        };
        while let Some(record) = records.next().map_err(|error| unreadable(&error))? {
            if record.verdict != Verdict::Event {
                continue;
            }
            match parts.push(&record.bytes, record.time.as_deref()) {
                Ok(piece) => piece.map_or(Ok(()), &mut send)?,
                Err(_) => return Err(StoreError::TooLarge),
            }
        }
        parts.finish().map_or(Ok(()), &mut send)?;
        Ok(Placed::parts(self.log, first, ends))
    }

    fn send_part(
        &self,
        piece: &Piece,
        number: u64,
        arrival: &Arrival,
        received: i64,
        told: &Arc<Told>,
    ) -> Result<(), StoreError> {
        let (encoding, framing, records) = (Encoding::Identity, piece.framing.clone(), piece.records);
        let note = Note::new(self.log, number, Arrival { encoding, framing, records, ..arrival.clone() });
        let note = serde_json::to_vec(&note).unwrap_or_default();
        let headers = OwnedHeaders::new().insert(Header { key: Note::HEADER, value: Some(&note) });
        told.open.fetch_add(1, Ordering::AcqRel);
        let mut record = BaseRecord::<(), [u8], Arc<Told>>::with_opaque_to(&self.name, Arc::clone(told))
            .payload(&piece.body)
            .headers(headers)
            .timestamp(received);
        let until = Instant::now() + self.answer_within;
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), again)) if Instant::now() < until => {
                    record = again;
                    thread::sleep(QUEUE_WAIT);
                }
                Err((error, _)) => {
                    let failure = failure(&error, self.answer_within);
                    told.part(Err(failure.clone()));
                    return Err(failure);
                }
            }
        }
    }
}

/// Looks after the brokers for as long as somebody has the topic.
fn look(topic: &Weak<Topic>) {
    while let Some(topic) = topic.upgrade() {
        topic.ask();
        drop(topic);
        thread::sleep(LOOK);
    }
}

fn unreadable(error: &BodyError) -> StoreError {
    StoreError::Unavailable { why: format!("a body cannot be read again: {error}"), retry_after: LOOK }
}

fn cannot_hold(error: &io::Error) -> StoreError {
    StoreError::Unavailable { why: format!("a body cannot be held before it is sent: {error}"), retry_after: LOOK }
}

fn failure(error: &KafkaError, after: Duration) -> StoreError {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::MessageSizeTooLarge | RDKafkaErrorCode::InvalidMessageSize) => StoreError::TooLarge,
        Some(RDKafkaErrorCode::MessageTimedOut | RDKafkaErrorCode::OperationTimedOut) => StoreError::TimedOut { after },
        _ => StoreError::Unavailable { why: format!("the brokers do not take it: {error}"), retry_after: LOOK },
    }
}

/// Who is told when all parts are answered, with the first failure.
type AllTold = Box<dyn FnOnce(Option<StoreError>) + Send>;

/// The answers of the brokers to all parts of a body.
struct Told {
    /// How many are awaited, and one while parts are being sent.
    open: AtomicUsize,
    failed: OnceLock<StoreError>,
    after: Duration,
    done: Mutex<Option<AllTold>>,
}

impl Told {
    /// Notes the answer to a part. The last one is passed on.
    fn part(&self, answer: Result<(), StoreError>) {
        if let Err(error) = answer {
            // The first one is told.
            drop(self.failed.set(error));
        }
        if self.open.fetch_sub(1, Ordering::AcqRel) == 1
            && let Some(done) = self.done.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            done(self.failed.get().cloned());
        }
    }
}

/// Takes the brokers' answers.
#[derive(Default)]
struct Reports {
    /// Why the client takes nothing any more, which does not pass.
    broken: OnceLock<String>,
}

impl ClientContext for Reports {
    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::Fatal) {
            // The first one is told.
            drop(self.broken.set(reason.to_owned()));
        }
    }
}

impl ProducerContext for Reports {
    type DeliveryOpaque = Arc<Told>;

    fn delivery(&self, result: &DeliveryResult<'_>, told: Arc<Told>) {
        let answer = result.as_ref().map(|_| ()).map_err(|(error, _)| failure(error, told.after));
        told.part(answer);
    }
}

impl Store for Topic {
    fn refusal(&self) -> Option<StoreError> {
        if let Some(why) = self.producer.context().broken.get() {
            return Some(StoreError::Broken { why: why.clone() });
        }
        let why = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some(StoreError::Unavailable { why, retry_after: LOOK })
    }

    fn draft(self: Arc<Self>) -> Result<Box<dyn Draft>, StoreError> {
        match self.refusal() {
            Some(refusal) => Err(refusal),
            None => {
                let spool = tempfile::spooled_tempfile_in(IN_MEMORY, &self.folder);
                Ok(Box::new(Spooled { topic: self, spool }))
            }
        }
    }
}

/// A body that is held until it is known to be whole: what is in a topic cannot be undone.
struct Spooled {
    topic: Arc<Topic>,
    spool: SpooledTempFile,
}

impl Draft for Spooled {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.spool.write_all(bytes).map_err(|error| cannot_hold(&error))
    }

    fn submit(self: Box<Self>, deposit: Deposit, done: Done) {
        let Spooled { topic, mut spool } = *self;
        if let Err(error) = spool.rewind() {
            return done(Err(cannot_hold(&error)));
        }
        let placed = Arc::new(OnceLock::new());
        let told = Arc::new(Told {
            open: AtomicUsize::new(1),
            failed: OnceLock::new(),
            after: topic.answer_within,
            done: Mutex::new(Some(Box::new({
                let (topic, placed, digest) = (Arc::clone(&topic), Arc::clone(&placed), deposit.digest);
                move |failed| {
                    let placed: Option<Placed> = placed.get().cloned();
                    match (failed, placed) {
                        (None, Some(placed)) => {
                            topic.unacknowledged.forget(&digest);
                            done(Ok(placed));
                        }
                        (failed, _) => done(Err(failed.unwrap_or(StoreError::TooLarge))),
                    }
                }
            }))),
        });
        match topic.send(spool, &deposit, &told) {
            Ok(sent) => {
                drop(placed.set(sent));
                told.part(Ok(()));
            }
            Err(error) => told.part(Err(error)),
        }
    }
}
