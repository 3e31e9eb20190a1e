//! Kafka: each event a message, acknowledged by all replicas in step.
//!
//! Why so: `docs/decisions/0144`.

use crate::batch::{Batch, Event, Place};
use crate::http::Header;
use crate::partition::{Template, time_of};
use crate::sink::{OpenError, Refused, Sink, SinkError};
use crate::under_way::UnderWay;
use crate::values::Span;
use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A Kafka cluster. The key of a message is the `event.id`; an event that is sent again has the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaSettings {
    /// `host:port` of one broker or several, with commas.
    pub brokers: String,
    /// The topic; `{format}`, `{date}` and so on may stand in it.
    pub topic: Template,
    /// Whether the broker drops what the client sends twice over one connection's failure; true by default.
    #[serde(default = "yes")]
    pub idempotence: bool,
    /// How long a batch may take until it is acknowledged, 60s by default.
    #[serde(default = "timeout")]
    pub timeout: Span,
    /// Other properties of librdkafka, such as `security.protocol`; a value may be a secret.
    #[serde(default)]
    pub properties: BTreeMap<String, Header>,
}

fn yes() -> bool {
    true
}

fn timeout() -> Span {
    Span(Duration::from_secs(60))
}

/// What the sink decides itself, for its promises hang on it.
const OWN: &[&str] = &[
    "acks",
    "request.required.acks",
    "enable.idempotence",
    "bootstrap.servers",
    "metadata.broker.list",
    "message.timeout.ms",
    "delivery.timeout.ms",
];

impl KafkaSettings {
    pub(crate) fn open(&self) -> Result<Box<dyn Sink>, OpenError> {
        if let Some(own) = self.properties.keys().find(|name| OWN.contains(&name.as_str())) {
            return Err(OpenError(format!("`{own}` is no property to be given: the sink decides it")));
        }
        let sink = Kafka {
            settings: self.clone(),
            producer: None,
            stored: Place::default(),
            refused: Vec::new(),
            under_way: UnderWay::default(),
        };
        // A property that is none is a mistake; a broker or a secret that is not there yet may come.
        sink.producer(false).map_err(|error| OpenError(error.why))?;
        Ok(Box::new(sink))
    }
}

struct Kafka {
    settings: KafkaSettings,
    /// Made with the secrets as they were read last; a failure drops it, with all that is on the way.
    producer: Option<BaseProducer<Reports>>,
    stored: Place,
    refused: Vec<Refused>,
    under_way: UnderWay,
}

/// What became of messages, by the numbers of their events.
#[derive(Default)]
struct Reports(Mutex<BTreeMap<usize, Option<RDKafkaErrorCode>>>);

impl ClientContext for Reports {}

impl ProducerContext for Reports {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        let error =
            result.as_ref().err().map(|(error, _)| error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(number, error);
    }
}

/// How long one wait for reports is.
const WAIT: Duration = Duration::from_millis(50);

/// What the client itself needs beyond the time that a message has.
const GRACE: Duration = Duration::from_secs(5);

impl Kafka {
    fn producer(&self, with_secrets: bool) -> Result<BaseProducer<Reports>, SinkError> {
        let KafkaSettings { brokers, idempotence, timeout, properties, .. } = &self.settings;
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", brokers)
            .set("acks", "all")
            .set("linger.ms", "5")
            .set("compression.type", "zstd");
        config
            .set("enable.idempotence", idempotence.to_string())
            .set("message.timeout.ms", timeout.0.as_millis().to_string());
        for (name, value) in properties {
            match value {
                Header::Text(text) => config.set(name, text),
                Header::Secret(secret) if with_secrets => {
                    config.set(name, secret.read().map_err(SinkError::new)?.reveal())
                }
                Header::Secret(_) => continue,
            };
        }
        let producer = config.create_with_context(Reports::default());
        producer.map_err(|error| SinkError::new(format!("Kafka at {brokers}: {error}")))
    }

    /// Sends the open events and waits for all reports; leaves in `open` those that are not acknowledged.
    fn send(&mut self, batch: &Batch, open: &mut Vec<usize>) -> Result<(), SinkError> {
        let producer = match self.producer.take() {
            Some(producer) => producer,
            None => self.producer(true)?,
        };
        let events: Vec<Event<'_>> = batch.events().collect();
        let deadline = Instant::now() + self.settings.timeout.0 + GRACE;
        for number in open.iter() {
            self.enqueue(&producer, &events[*number], *number, deadline)?;
        }
        while producer.in_flight_count() > 0 && Instant::now() < deadline {
            producer.poll(WAIT);
        }
        let reports = std::mem::take(&mut *producer.context().0.lock().unwrap_or_else(PoisonError::into_inner));
        let why = self.settle(&reports, &events, open);
        match why {
            None => self.producer = Some(producer),
            // Nothing of it is to come after what is sent next.
            Some(_) => producer.purge(rdkafka::producer::PurgeConfig::default().queue().inflight()),
        }
        match why {
            None => Ok(()),
            Some(why) => Err(SinkError::new(format!(
                "Kafka did not acknowledge {} of {} events: {why}",
                open.len(),
                reports.len()
            ))),
        }
    }

    fn enqueue(
        &self,
        producer: &BaseProducer<Reports>,
        event: &Event<'_>,
        number: usize,
        deadline: Instant,
    ) -> Result<(), SinkError> {
        let mut topic = String::new();
        self.settings.topic.write(event, time_of(event), &mut topic);
        let topic = topic.trim_end_matches('/').replace(|letter: char| !is_of_a_topic(letter), "_");
        let key = Uuid::from_u128(event.id).to_string();
        let mut record =
            BaseRecord::with_opaque_to(&topic, number).key(&key).payload(event.json).timestamp(time_of(event) / 1_000);
        loop {
            match producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), again))
                    if Instant::now() < deadline =>
                {
                    record = again;
                    producer.poll(WAIT);
                }
                Err((error, _)) => {
                    let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
                    producer.context().0.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Some(code));
                    return Ok(());
                }
            }
        }
    }

    /// Takes out of `open` what is acknowledged or refused for good; why the others are not.
    fn settle(
        &mut self,
        reports: &BTreeMap<usize, Option<RDKafkaErrorCode>>,
        events: &[Event<'_>],
        open: &mut Vec<usize>,
    ) -> Option<String> {
        let mut why = None;
        open.retain(|number| match reports.get(number) {
            Some(None) => false,
            Some(Some(code)) if OF_THE_EVENT.contains(code) => {
                let Event { place, id, json, .. } = events[*number];
                let (name, reason) = (format!("{code:?}"), code.to_string());
                self.refused.push(Refused { place, id, code: name, reason, event: json.to_vec() });
                false
            }
            other => {
                why.get_or_insert_with(|| {
                    other.map_or("no report came".to_owned(), |code| {
                        code.map_or_else(String::new, |code| code.to_string())
                    })
                });
                true
            }
        });
        why
    }
}

fn is_of_a_topic(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-')
}

/// Errors that a message has each time.
const OF_THE_EVENT: &[RDKafkaErrorCode] =
    &[RDKafkaErrorCode::MessageSizeTooLarge, RDKafkaErrorCode::InvalidMessageSize, RDKafkaErrorCode::InvalidRecord];

impl Sink for Kafka {
    fn stored(&self) -> Place {
        self.stored
    }

    fn write(&mut self, batch: &Arc<Batch>) -> Result<(), SinkError> {
        let mut open = self.under_way.open(batch);
        if !open.is_empty()
            && let Err(error) = self.send(batch, &mut open)
        {
            self.under_way.keep(batch, open);
            return Err(error);
        }
        self.stored = batch.to();
        Ok(())
    }

    fn refused(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.refused)
    }
}
