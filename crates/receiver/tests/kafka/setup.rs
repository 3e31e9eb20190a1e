//! A cluster, and processes as the configuration makes them.

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use weir_receiver::config::System;
use weir_receiver::notices::{NoticeForm, Notices};
use weir_receiver::partition::Note;
use weir_receiver::{Config, Receiver, Worker};

/// The name of the topic.
pub const TOPIC: &str = "raw";

/// The key of the only intake.
pub const KEY: &str = "key-of-the-intake";

/// How long something may take that takes moments.
pub const WITHIN: Duration = Duration::from_secs(90);

/// A spec that reads JSON and fails for anything else.
const PARSER: &str = "
name: counted
pipeline:
  - name: parsed
    external:
      name: json.parse-json
      properties:
        input_field: original.message
        raise_errors: true
  - name: set_fields
stages:
  set_fields:
    actions:
      - set:
          event.kind: event
          event.sequence: '{{parsed.message.n}}'
";

/// Brokers with the topic, and a folder for all processes.
pub struct Setup {
    pub cluster: MockCluster<'static, DefaultProducerContext>,
    pub folder: TempDir,
}

/// A message of the topic.
pub struct Stored {
    pub note: Note,
    pub body: Vec<u8>,
}

impl Setup {
    pub fn new(partitions: i32) -> Self {
        let cluster = MockCluster::new(1).expect("a broker");
        cluster.create_topic(TOPIC, partitions, 1).expect("a topic");
        let folder = TempDir::new().expect("a folder");
        let parser = folder.path().join("format/ingest/parser.yml");
        fs::create_dir_all(parser.parent().expect("a folder")).expect("it is made");
        fs::write(&parser, PARSER).expect("it is written");
        Setup { cluster, folder }
    }

    /// The configuration of a process with a folder of data of its own.
    pub fn config(&self, data: &str, more: &str) -> Config {
        let text = format!(
            "
data: {data}
http: [{{listen: '127.0.0.1:0'}}]
intakes: {{web: {{format: format, key: {KEY}}}}}
limits: {{commit_timeout: 2s}}
log:
  kafka:
    brokers: '{}'
    topic: {TOPIC}
    idempotence: false
    properties: {{session.timeout.ms: '6000', heartbeat.interval.ms: '500'}}
sinks:
  lines: {{type: ndjson, to: events, age: 300ms}}
{more}",
            self.cluster.bootstrap_servers()
        );
        Config::parse(&self.folder.path().join("weir.yml"), &text, &System).expect("a configuration")
    }

    pub fn receiver(&self) -> Receiver {
        let validation = axum::Router::new();
        let receiver = Receiver::start(self.config("receiver", ""), notices(), &validation);
        let mut receiver = receiver.expect("it starts");
        receiver.open().expect("it opens");
        receiver
    }

    pub fn worker(&self, name: &str) -> Worker {
        Worker::start(self.config(name, ""), notices()).expect("it starts")
    }

    /// What is in the topic once so many messages are.
    pub fn stored(&self, least: usize) -> Vec<Stored> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", self.cluster.bootstrap_servers())
            .set("group.id", "test")
            .set("auto.offset.reset", "earliest")
            .create()
            .expect("a consumer");
        consumer.subscribe(&[TOPIC]).expect("the topic");
        let (mut all, until) = (Vec::new(), Instant::now() + WITHIN);
        while all.len() < least && Instant::now() < until {
            let Some(Ok(message)) = consumer.poll(Duration::from_millis(200)) else { continue };
            let header =
                message.headers().and_then(|headers| headers.iter().find(|header| header.key == Note::HEADER)?.value);
            let note = serde_json::from_slice(header.expect("a header")).expect("a note");
            all.push(Stored { note, body: message.payload().expect("a body").to_vec() });
        }
        all
    }

    /// The ids of events by the number of their record, from all complete files.
    pub fn events(&self) -> BTreeMap<u64, Vec<String>> {
        let mut events = BTreeMap::<u64, Vec<String>>::new();
        for path in files(&self.folder.path().join("events")) {
            for line in fs::read_to_string(path).expect("a file").lines() {
                let event: serde_json::Value = serde_json::from_str(line).expect("an event");
                let number = event["event"]["sequence"].as_u64().expect("a number");
                events.entry(number).or_default().push(event["event"]["id"].as_str().expect("an id").to_owned());
            }
        }
        events
    }
}

/// All files that are not hidden, also in folders below.
pub fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let shown = paths.filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
    shown.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Lines with numbers.
pub fn lines(numbers: std::ops::Range<u64>) -> String {
    numbers.map(|number| format!("{{\"n\":{number}}}\n")).collect()
}

/// Posts a body until it is stored; the ids of its events.
pub fn push(receiver: &Receiver, body: &str) -> Vec<String> {
    let until = Instant::now() + WITHIN;
    loop {
        let (status, text) = post(receiver, body.as_bytes());
        if status == 200 {
            let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let ids = answer["event_ids"].as_array().expect("ids").iter();
            return ids.map(|id| id.as_str().expect("an id").to_owned()).collect();
        }
        assert!(status == 503 && Instant::now() < until, "{status} {text}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Posts a body once.
pub fn post(receiver: &Receiver, body: &[u8]) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = format!("http://{}/plain/batch", receiver.addresses()[0].address);
    let mut answer = agent.post(url).header("X-SEKOIAIO-INTAKE-KEY", KEY).send(body).expect("an answer");
    (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
}

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + WITHIN;
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn notices() -> Arc<Notices> {
    Arc::new(Notices::standard(NoticeForm::Text))
}
