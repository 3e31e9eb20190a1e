//! Kafka, as librdkafka's own cluster of brokers in memory plays it.

use crate::deliverer::Deliverer;
use crate::source::Source;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use weir_sinks::{Context, Place, Settings};

const EVENTS: usize = 300;

type Cluster = MockCluster<'static, DefaultProducerContext>;

fn cluster() -> Cluster {
    let cluster = MockCluster::new(2).expect("brokers");
    for topic in ["weir-access", "weir-dns_2Fquery"] {
        cluster.create_topic(topic, 3, 2).expect("a topic");
    }
    cluster
}

fn settings(cluster: &Cluster, more: &str) -> String {
    format!("{{type: kafka, brokers: '{}', topic: 'weir-{{format}}'{more}}}", cluster.bootstrap_servers())
}

fn deliverer(settings: &str) -> Deliverer {
    Deliverer::new(Source::new(EVENTS), settings, Context::new("kafka", Path::new("data"), [7; 16]))
}

/// The keys of each event's messages, by its number.
fn messages(cluster: &Cluster, least: usize) -> BTreeMap<usize, Vec<String>> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", cluster.bootstrap_servers())
        .set("group.id", "test")
        .set("auto.offset.reset", "earliest")
        .create()
        .expect("a consumer");
    consumer.subscribe(&["weir-access", "weir-dns_2Fquery"]).expect("topics");
    let (mut messages, mut count) = (BTreeMap::<usize, Vec<String>>::new(), 0);
    let deadline = Instant::now() + Duration::from_secs(60);
    while count < least && Instant::now() < deadline {
        let Some(message) = consumer.poll(Duration::from_millis(200)) else { continue };
        let message = message.expect("a message");
        let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.expect("bytes").to_vec()).expect("text");
        messages.entry(Source::number(&text(message.payload()))).or_default().push(text(message.key()));
        count += 1;
    }
    messages
}

#[test]
fn each_event_is_a_message_with_its_id_as_key() {
    let cluster = cluster();
    let mut deliverer = deliverer(&settings(&cluster, ""));
    deliverer.run(&[100, 7], &|| false).expect("nobody kills it");
    assert_eq!((deliverer.position, deliverer.failures), (deliverer.source.end(), 0));
    let messages = messages(&cluster, EVENTS);
    assert_eq!(messages.len(), EVENTS);
    assert!(messages.iter().all(|(number, keys)| *keys == [uuid((*number as u128) << 64 | 7)]));
}

fn uuid(id: u128) -> String {
    let hex = format!("{id:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[test]
fn brokers_that_are_down_get_every_event_when_they_are_back() {
    let cluster = cluster();
    let settings: Settings =
        serde_yaml::from_str(&settings(&cluster, ", timeout: 1s, idempotence: false")).expect("settings");
    let mut sink = settings.open(&Context::new("kafka", Path::new("data"), [7; 16])).expect("a sink");
    let source = Source::new(EVENTS);
    let batch = source.batch(Place::default(), EVENTS);
    for broker in [1, 2] {
        cluster.broker_down(broker).expect("a broker");
    }
    let error = sink.write(&batch).expect_err("nobody is there");
    assert!(error.why.starts_with("Kafka did not acknowledge"), "{error}");
    assert_eq!((sink.stored(), sink.refused()), (Place::default(), Vec::new()));
    for broker in [1, 2] {
        cluster.broker_up(broker).expect("a broker");
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while sink.write(&batch).is_err() && Instant::now() < deadline {}
    assert_eq!(sink.stored(), batch.to());
    let messages = messages(&cluster, EVENTS);
    assert_eq!(messages.len(), EVENTS);
    assert!(
        messages.values().all(|keys| keys.iter().all(|key| *key == keys[0])),
        "what is there twice has the same key"
    );
}

#[test]
fn a_message_that_never_fits_is_refused() {
    let cluster = cluster();
    let mut deliverer = Deliverer::new(
        Source::new(3),
        &settings(&cluster, ", properties: {message.max.bytes: '1000'}"),
        Context::new("kafka", Path::new("data"), [7; 16]),
    );
    deliverer.run(&[3], &|| false).expect("nobody kills it");
    let settings = deliverer.settings.clone();
    let mut sink = settings.open(&deliverer.context).expect("a sink");
    let place = |record| Place { sequence: 90, record };
    let mut builder = weir_sinks::BatchBuilder::new(place(0), vec![std::sync::Arc::from("access")]);
    builder.push(1, 0, place(0), 0, |line| line.extend_from_slice(format!("\"{}\"", "x".repeat(5_000)).as_bytes()));
    let batch = std::sync::Arc::new(builder.finish(place(1)));
    assert_eq!(sink.write(&batch), Ok(()));
    let refused = sink.refused();
    assert_eq!((refused.len(), refused[0].place, refused[0].code.as_str()), (1, place(0), "MessageSizeTooLarge"));
    assert_eq!(sink.stored(), place(1));
}

#[test]
fn what_the_sink_promises_cannot_be_set_otherwise() {
    let text = "{type: kafka, brokers: 'localhost:1', topic: a, properties: {acks: '1'}}";
    let settings: Settings = serde_yaml::from_str(text).expect("settings");
    assert!(
        settings
            .open(&Context::new("kafka", Path::new("data"), [7; 16]))
            .err()
            .expect("it is refused")
            .to_string()
            .contains("acks")
    );
    let text = "{type: kafka, brokers: 'localhost:1', topic: a, properties: {no.such: '1'}}";
    let settings: Settings = serde_yaml::from_str(text).expect("settings");
    assert!(
        settings
            .open(&Context::new("kafka", Path::new("data"), [7; 16]))
            .err()
            .expect("it is refused")
            .to_string()
            .contains("no.such")
    );
}
