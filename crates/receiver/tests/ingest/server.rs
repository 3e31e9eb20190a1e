//! A receiver on free ports with a log of its own, and clients that know nothing of it.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use weir_log::{Item, Log, Options, Start};
use weir_receiver::config::System;
use weir_receiver::{Arrival, Config, Counters, Gates, Listeners, Protocol, Records, Verdict};

/// The key of the intake `main`.
pub const KEY: &str = "key-of-main-intake";

/// The key of the intake `other`.
pub const OTHER: &str = "key-of-other-intake";

/// The header with the key.
pub const HEADER: &str = "X-SEKOIAIO-INTAKE-KEY";

/// What a server is started with, beside its defaults.
#[derive(Default)]
pub struct Extra<'e> {
    /// Settings of the intake `main`, such as `record_bytes: 1 KiB`.
    pub main: &'e str,
    /// Parts of the file.
    pub parts: &'e str,
    /// Whether the log stays closed.
    pub is_closed: bool,
    /// The bound of the log, where it is not large.
    pub log_bytes: Option<u64>,
}

/// A receiver that ends with the test.
pub struct Server {
    pub folder: TempDir,
    pub log: Arc<Log>,
    pub counters: Arc<Counters>,
    pub listeners: Option<Listeners>,
    pub gates: Gates,
    pub address: SocketAddr,
}

/// A record that is in the log: its intake, its text, its time.
pub type Logged = (String, String, Option<String>);

impl Server {
    pub fn start() -> Self {
        Server::with(&Extra::default())
    }

    pub fn with(extra: &Extra<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Server::on(folder, extra)
    }

    pub fn on(folder: TempDir, extra: &Extra<'_>) -> Self {
        let config = config(folder.path(), extra);
        let (log, _) = Log::open(&folder.path().join("log"), options(extra.log_bytes)).expect("a log");
        let (log, counters) = (Arc::new(log), Arc::new(Counters::default()));
        let gates = Gates::new(&config.limits);
        let listeners =
            Listeners::start(&config, Arc::clone(&counters), &gates, |senders, _| senders).expect("it listens");
        if !extra.is_closed {
            listeners.open(log.clone());
        }
        let address = listeners.addresses()[0].address;
        Server { folder, log, counters, listeners: Some(listeners), gates, address }
    }

    /// How many connections of HTTP there are.
    pub fn connections(&self) -> usize {
        self.gates.now(Protocol::Http).open
    }

    /// Where it listens for syslog.
    pub fn syslog(&self) -> SocketAddr {
        let addresses = self.listeners.as_ref().expect("it runs").addresses();
        addresses.iter().find(|address| address.protocol == Protocol::Syslog).expect("syslog").address
    }

    /// Posts to a path with the key of `main`.
    pub fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.post_with(path, body, &[(HEADER, KEY)])
    }

    pub fn post_with(&self, path: &str, body: impl AsRef<[u8]>, headers: &[(&str, &str)]) -> Answer {
        let mut request = agent().post(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send(body.as_ref()).expect("an answer"))
    }

    /// Sends bytes as they are, and reads until the server closes the connection.
    pub fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // A server that has seen enough closes early.
        drop(stream.write_all(bytes));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream
    }

    /// All records in the log, cut as delivery cuts them.
    pub fn logged(&self) -> Vec<Logged> {
        let mut reader = self.log.reader("test", Start::Oldest).expect("a reader");
        let mut logged = Vec::new();
        while let Some(item) = reader.next(Duration::ZERO).expect("readable") {
            let Item::Entry(entry) = item else { unreachable!("nothing is damaged") };
            let arrival: Arrival = serde_json::from_slice(entry.metadata()).expect("an arrival");
            let mut records = Records::new(entry.body(), &arrival).expect("a decoder");
            while let Some(record) = records.next().expect("what is in the log is whole") {
                if record.verdict == Verdict::Event {
                    let text = String::from_utf8_lossy(&record.bytes).into_owned();
                    let time = record.time.map(|time| time.into_owned()).or_else(|| arrival.timestamp.clone());
                    logged.push((arrival.intake.clone(), text, time));
                }
            }
            assert_eq!(records.count(), arrival.records, "delivery counts as ingest did");
        }
        drop(reader);
        self.log.forget("test").expect("nobody has it");
        logged
    }

    /// The texts of all records in the log.
    pub fn texts(&self) -> Vec<String> {
        self.logged().into_iter().map(|(_, text, _)| text).collect()
    }

    /// Waits until so many records are in the log.
    #[track_caller]
    pub fn wait_for(&self, records: usize) -> Vec<String> {
        let start = Instant::now();
        loop {
            let texts = self.texts();
            if texts.len() >= records || start.elapsed() > Duration::from_secs(20) {
                assert_eq!(texts.len(), records);
                return texts;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn stop(&mut self) {
        if let Some(listeners) = self.listeners.take() {
            listeners.stop();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The configuration of a server.
pub fn config(folder: &Path, extra: &Extra<'_>) -> Config {
    let (main, parts) = (extra.main, extra.parts);
    let listen = if parts.contains("http:") { "" } else { "http: {listen: '127.0.0.1:0'}" };
    let text = format!(
        "{listen}\nintakes:\n  main: {{format: one, key: {KEY}, {main}}}\n  other: {{format: two, key: {OTHER}}}\n{parts}\n"
    );
    Config::parse(&folder.join("weir.yaml"), &text, &System)
        .unwrap_or_else(|mistakes| unreachable!("{mistakes}\n{text}"))
}

fn options(log_bytes: Option<u64>) -> Options {
    match log_bytes {
        Some(log_bytes) => Options { segment_bytes: 1 << 20, log_bytes, ..Options::default() },
        None => Options { segment_bytes: 16 << 20, log_bytes: 8 << 30, ..Options::default() },
    }
}

/// An answer: its status and what it says.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<u64>,
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let (kind, retry_after) = (header("content-type"), header("retry-after"));
        let text = response.body_mut().with_config().limit(1 << 30).read_to_string().expect("text");
        if status != 405 {
            assert_eq!(kind.as_deref(), Some("application/json"), "{status} {text}");
        }
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, retry_after: retry_after.and_then(|seconds| seconds.parse().ok()), body, text }
    }

    /// The ids, where it is 200.
    #[track_caller]
    pub fn ids(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{:.2000}", self.text);
        match &self.body["event_ids"] {
            Value::Array(ids) => ids.clone(),
            _ => vec![self.body["event_id"].clone()],
        }
    }

    /// The code of a refusal with this status.
    #[track_caller]
    pub fn refused(&self, status: u16) -> &str {
        assert_eq!(self.status, status, "{:.2000}", self.text);
        assert!(self.body["message"].as_str().is_some_and(|message| !message.is_empty()), "{:.2000}", self.text);
        assert_eq!(self.retry_after.is_some(), [429, 503].contains(&status), "{self:?}");
        self.body["code"].as_str().expect("a code")
    }
}

/// A client that takes every status for an answer.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

pub fn gzip(bytes: impl Read) -> Vec<u8> {
    let mut packed = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::best()).read_to_end(&mut packed).expect("memory");
    packed
}

pub fn zstd(bytes: impl Read) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).expect("memory")
}

/// The head of a request with the key of `main` on a connection of its own.
pub fn head(path: &str, more: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: x\r\n{HEADER}: {KEY}\r\nConnection: close\r\n{more}\r\n")
}
