//! `weir serve` as a process: what is sent to it over sockets, what lies on the disk then, and what it says.

use crate::weir::{Folder, PARSER, json_lines};
use flate2::Compression;
use flate2::read::GzEncoder;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const HEADER: &str = "X-SEKOIAIO-INTAKE-KEY";

/// The key of tests that give one.
const KEY: &str = "a-key-for-the-gate";

/// A receiver of the binary, which ends with the test.
struct Receiver {
    child: Child,
    /// The lines of standard error so far.
    told: Arc<Mutex<Vec<String>>>,
    reading: Option<JoinHandle<()>>,
}

/// An answer: its status and its text.
struct Answer {
    status: u16,
    text: String,
}

impl Receiver {
    fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let mut command = folder.weir(&[&["serve"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let told = Arc::<Mutex<Vec<String>>>::default();
        let shared = Arc::clone(&told);
        let reading = std::thread::spawn(move || {
            stderr.lines().map_while(Result::ok).for_each(|line| shared.lock().expect("no panic").push(line));
        });
        Receiver { child, told, reading: Some(reading) }
    }

    /// With a configuration that has one intake, `gate`, and these other parts.
    fn with(folder: &Folder, parts: &str) -> Self {
        configure(folder, KEY, parts);
        Receiver::start(folder, &["--config", "weir.yaml"]).ready()
    }

    /// Waits until it takes what comes.
    fn ready(self) -> Self {
        until("it is ready", || {
            let is_there = self.lines().iter().any(|line| line.starts_with("listening on http"));
            is_there && self.get("/readyz").is_some_and(|answer| answer.status == 200)
        });
        self
    }

    fn lines(&self) -> Vec<String> {
        self.told.lock().expect("no panic").clone()
    }

    /// What is behind a beginning, in the first line that has it.
    fn told(&self, beginning: &str) -> String {
        let lines = self.lines();
        let found = lines.iter().find_map(|line| line.strip_prefix(beginning));
        found.unwrap_or_else(|| unreachable!("no line begins with {beginning}:\n{}", lines.join("\n"))).to_owned()
    }

    /// Waits until it says something.
    fn says(&self, words: &str) {
        until(words, || self.lines().iter().any(|line| line.contains(words)));
    }

    fn url(&self) -> String {
        self.told("listening on http").split_once("://").map(|(_, address)| format!("http://{address}")).expect("a URL")
    }

    fn get(&self, path: &str) -> Option<Answer> {
        agent().get(format!("{}{path}", self.url())).call().ok().map(Answer::of)
    }

    fn page(&self, path: &str) -> String {
        let answer = self.get(path).expect("it listens");
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text
    }

    fn post(&self, key: &str, body: &[u8], encoding: Option<&str>) -> Answer {
        let mut request = agent().post(format!("{}/plain/batch", self.url())).header(HEADER, key);
        if let Some(encoding) = encoding {
            request = request.header("Content-Encoding", encoding);
        }
        Answer::of(request.send(body).expect("an answer"))
    }

    /// Posts lines with the key of the configuration.
    fn send(&self, lines: &str) -> Vec<String> {
        self.post(KEY, lines.as_bytes(), None).ids()
    }

    /// Waits until these sinks have taken so many events since it was started.
    fn delivers(&self, sinks: &[&str], events: usize) {
        let lines: Vec<String> =
            sinks.iter().map(|sink| format!("weir_sink_events_total{{sink=\"{sink}\"}} {events}")).collect();
        until("the sinks have all", || {
            let numbers = self.page("/metrics");
            lines.iter().all(|line| numbers.lines().any(|other| other == line))
        });
    }

    /// Ends it by a signal: its exit code, with all that it said and wrote.
    fn end(mut self, signal: &str) -> Ended {
        kill(&self.child, signal);
        let mut out = String::new();
        self.child.stdout.take().expect("a pipe").read_to_string(&mut out).expect("text");
        let code = self.child.wait().expect("it ends").code();
        self.reading.take().expect("it is read").join().expect("no panic");
        Ended { code, out, told: self.lines().join("\n") }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Ended {
    code: Option<i32>,
    out: String,
    told: String,
}

impl Answer {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        Answer { status: response.status().as_u16(), text: response.body_mut().read_to_string().expect("text") }
    }

    /// The ids of a batch that was taken.
    #[track_caller]
    fn ids(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{}", self.text);
        let answer: Value = serde_json::from_str(&self.text).expect("JSON");
        let ids = answer["event_ids"].as_array().expect("ids");
        ids.iter().map(|id| id.as_str().expect("text").to_owned()).collect()
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn kill(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

/// Waits until something is so; too long is a failure.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it took too long until: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Writes a configuration with the intake `gate`.
fn configure(folder: &Folder, key: &str, parts: &str) {
    let listen = if parts.starts_with("http:") { "" } else { "http: {listen: '127.0.0.1:0'}\n" };
    let text = format!("{listen}intakes:\n  gate: {{format: gates/gate, key: {key}}}\n{parts}\n");
    folder.write("weir.yaml", text);
}

/// Records with these numbers, a line each.
fn records(numbers: std::ops::Range<u64>) -> String {
    numbers.map(|n| format!("{{\"who\":\"ada\",\"from\":\"192.0.2.7\",\"n\":{n}}}\n")).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = Vec::new();
    GzEncoder::new(text.as_bytes(), Compression::default()).read_to_end(&mut packed).expect("memory");
    packed
}

/// The whole files below a folder with this ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        match path.is_dir() {
            true => found.extend(files(&path, ending)),
            false if !is_hidden && path.to_string_lossy().ends_with(ending) => found.push(path),
            false => {}
        }
    }
    found.sort();
    found
}

/// All events in the files of lines below a folder.
fn events(folder: &Path) -> Vec<Value> {
    let texts = files(folder, ".ndjson").into_iter().map(|path| fs::read_to_string(path).expect("text"));
    texts.flat_map(|text| json_lines(&text)).collect()
}

fn ids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["event"]["id"].as_str().expect("an id").to_owned()).collect()
}

fn number(event: &Value) -> u64 {
    event["gate"]["count"].as_u64().expect("a number")
}

#[test]
fn with_a_format_alone_it_says_where_and_with_which_key_and_keeps_both() {
    let folder = Folder::new();
    let arguments = ["gates/gate", "--listen", "127.0.0.1:0", "--data", "kept"];
    let receiver = Receiver::start(&folder, &arguments).ready();
    until("it has said how to send", || receiver.lines().iter().any(|line| line.starts_with("events go to")));
    let key = receiver.told("key ").split(' ').next().expect("a key").to_owned();
    assert!(receiver.lines().iter().any(|line| line.contains("curl -H") && line.contains(&key)));
    let mut sent = receiver.post(&key, records(0..10).as_bytes(), None).ids();
    sent.extend(receiver.post(&key, &gzip(&records(10..20)), Some("gzip")).ids());
    let packed = zstd::encode_all(records(20..30).as_bytes(), 3).expect("memory");
    sent.extend(receiver.post(&key, &packed, Some("zstd")).ids());
    assert!(receiver.post(&key, &gzip(r#"{"content":"tests"}"#), Some("gzip")).ids().is_empty(), "it is no event");
    assert_eq!(receiver.post("another-key", b"a", None).status, 401);
    receiver.delivers(&["ndjson", "parquet"], 30);
    let ended = receiver.end("-TERM");
    assert_eq!(ended.code, Some(0), "{}", ended.told);

    let events_of = events(&folder.path("kept/events/ndjson"));
    assert_eq!(ids(&events_of), sent, "the ids that were answered, in their order");
    assert!(events_of.iter().map(number).eq(0..30));
    assert_eq!(files(&folder.path("kept/events/parquet"), ".parquet").len(), 1);

    let receiver = Receiver::start(&folder, &arguments).ready();
    until("it has said how to send", || receiver.lines().iter().any(|line| line.starts_with("key ")));
    assert_eq!(receiver.told("key ").split(' ').next(), Some(&*key), "the same key after a restart");
    receiver.post(&key, records(30..31).as_bytes(), None).ids();
    receiver.delivers(&["ndjson", "parquet"], 1);
    receiver.end("-INT");
    assert!(events(&folder.path("kept/events/ndjson")).iter().map(number).eq(0..31), "nothing comes twice");
}

#[test]
fn what_was_answered_is_there_once_after_it_was_killed_again_and_again() {
    let folder = Folder::new();
    let sinks =
        "sinks: {lines: {type: ndjson, to: lines, age: 200 ms}, tables: {type: parquet, to: tables, age: 300 ms}}";
    let mut answered = Vec::new();
    for round in 0..6 {
        let receiver = Receiver::with(&folder, sinks);
        for part in 0..5 {
            let from = round * 1_000 + part * 100;
            answered.extend(receiver.send(&records(from..from + 100)));
        }
        std::thread::sleep(Duration::from_millis(100 * round));
        assert_eq!(receiver.end("-KILL").code, None);
    }
    let receiver = Receiver::with(&folder, sinks);
    until("all are stored", || events(&folder.path("lines")).len() >= answered.len());
    assert_eq!(receiver.end("-TERM").code, Some(0));
    let stored = ids(&events(&folder.path("lines")));
    assert_eq!(stored.len(), 3_000, "each one once");
    assert!(stored.iter().collect::<BTreeSet<_>>() == answered.iter().collect());
}

#[test]
fn several_sinks_go_at_their_own_pace_and_the_rest_is_told() {
    let folder = Folder::new();
    let parts = "notices: json\ndelivery: {max_retry_wait: 200 ms}\nsinks:\n  lines: {type: ndjson, to: lines, age: 100 ms}\n  \
                 out: {type: stdout}\n  gone:\n    type: http\n    url: http://127.0.0.1:9/nobody\n";
    let receiver = Receiver::with(&folder, parts);
    receiver.send(&records(0..50));
    until("the files are there", || events(&folder.path("lines")).len() == 50);
    until("the failure is counted", || receiver.page("/metrics").contains("weir_sink_failing{sink=\"gone\"} 1"));
    let numbers = receiver.page("/metrics");
    for line in [
        "weir_intake_records_total{intake=\"gate\"} 50",
        "weir_sink_events_total{sink=\"lines\"} 50",
        "weir_sink_behind_entries{sink=\"gone\"} 1",
        "weir_log_accepts 1",
    ] {
        assert!(numbers.lines().any(|other| other == line), "{line}\n{numbers}");
    }
    let page = receiver.page("/");
    assert!(page.contains("gone") && page.contains("fails") && page.contains("gate"), "{page}");
    assert!(!page.contains(KEY) && !numbers.contains(KEY));
    let ended = receiver.end("-TERM");
    assert_eq!(ended.code, Some(0), "{}", ended.told);
    assert_eq!(json_lines(&ended.out).len(), 50, "standard output has nothing but events");
    let notices: Vec<&str> = ended.told.lines().filter(|line| !line.starts_with("listening")).collect();
    assert!(json_lines(&notices.join("\n")).iter().any(|notice| notice["sink"] == "gone"), "{}", ended.told);
    assert!(!ended.told.contains(KEY));
}

#[test]
fn formats_and_keys_change_while_it_runs_and_a_broken_one_does_not_take_its_place() {
    let folder = Folder::new();
    let sinks = "sinks: {lines: {type: ndjson, to: lines, age: 100 ms}}";
    let receiver = Receiver::with(&folder, sinks);
    let kinds = || -> Vec<String> {
        let events = events(&folder.path("lines"));
        events.iter().map(|event| event["event"]["kind"].as_str().unwrap_or_default().to_owned()).collect()
    };
    receiver.send(&records(0..1));
    until("the first is there", || kinds() == ["event"]);
    folder.write("gates/gate/ingest/parser.yml", PARSER.replace("kind: event", "kind: alert"));
    receiver.says("formats were loaded again");
    receiver.send(&records(1..2));
    until("the second is there", || kinds().len() == 2);
    folder.write("gates/gate/ingest/parser.yml", "name: [");
    receiver.says("the version before goes on");
    assert!(receiver.page("/").contains("outdated"));
    receiver.send(&records(2..3));
    until("the third is there", || kinds().len() == 3);
    assert_eq!(kinds(), ["event", "alert", "alert"]);

    configure(&folder, "another-key-for-it", sinks);
    receiver.says("intakes and keys were read again");
    assert_eq!(receiver.post(KEY, b"a", None).status, 401);
    assert_eq!(receiver.post("another-key-for-it", records(3..4).as_bytes(), None).status, 200);
    folder.write("gates/gate/ingest/parser.yml", PARSER);
    until("it runs again", || !receiver.page("/").contains("outdated"));
    let whole = folder.read("weir.yaml");
    folder.write("weir.yaml", whole.replace("gates/gate", "nowhere"));
    receiver.says("what was configured before holds");
    folder.write("weir.yaml", &whole);
    let read_again = || receiver.lines().iter().filter(|line| line.contains("were read again")).count();
    let before = read_again();
    kill(&receiver.child, "-HUP");
    until("all is read again", || read_again() > before);
    configure(&folder, "another-key-for-it", "sinks: {lines: {type: ndjson, too: lines}}");
    receiver.says("did you mean `to`?");
    assert_eq!(receiver.post("another-key-for-it", records(4..5).as_bytes(), None).status, 200);
    receiver.delivers(&["lines"], 5);
    assert_eq!(receiver.end("-TERM").code, Some(0));
    assert_eq!(kinds().len(), 5);
}

#[test]
fn dead_letters_are_replayed_once_the_format_reads_them() {
    let folder = Folder::new();
    let receiver = Receiver::with(&folder, "sinks: {lines: {type: ndjson, to: lines, age: 100 ms}}");
    let sent = receiver.send(&format!("{}no json\n{}", records(0..1), records(1..2)));
    until("they are there", || events(&folder.path("lines")).len() == 2);
    until("the letter is counted", || receiver.page("/metrics").contains("weir_dead_letters_total{stage=\"parse\"} 1"));
    let page = receiver.page("/");
    assert!(page.contains("no json") && page.contains("weir replay"), "{page}");
    assert_eq!(receiver.end("-TERM").code, Some(0));
    let letters = files(&folder.path("data/dead-letters"), ".ndjson");
    let letter = &json_lines(&fs::read_to_string(&letters[0]).expect("text"))[0];
    assert_eq!((letter["id"].as_str(), letter["original"].as_str()), (Some(&*sent[1]), Some("no json")));
    assert_eq!((letter["stage"].as_str(), letter["entry"].as_str()), (Some("parse"), Some("parsed")));

    let replay = ["replay", "data/dead-letters", "--through", "gates/gate", "--output", "fixed.ndjson"];
    let still = folder.run(&replay).exits(1);
    assert!(still.out.contains("0 records become events now, 1 still fails"), "{}", still.out);
    folder.write("gates/gate/ingest/parser.yml", PARSER.replace("        raise_errors: true\n", ""));
    let fixed = folder.run(&replay).exits(0);
    assert!(fixed.out.contains("1 record becomes an event now, 0 still fail"), "{}", fixed.out);
    assert_eq!(ids(&json_lines(&folder.read("fixed.ndjson"))), sent[1..2], "the id that was answered");
    let all = ["replay", "data/log", "--through", "gates/gate", "--format", "json"];
    let whole: Value = serde_json::from_str(&folder.run(&all).exits(0).out).expect("JSON");
    assert_eq!(whole["events"], 3);
}

#[test]
fn syslog_goes_into_the_same_log() {
    let folder = Folder::new();
    let parts = "syslog: {listen: '127.0.0.1:0'}\nsinks: {lines: {type: ndjson, to: lines, age: 100 ms}}";
    let receiver = Receiver::with(&folder, parts);
    let mut stream = TcpStream::connect(receiver.told("listening on syslog+tcp://")).expect("it listens");
    for line in records(0..10).lines() {
        let message =
            format!("<13>1 2026-01-01T00:00:00Z host app 12 LOG [SEKOIA@53288 intake_key=\"{KEY}\"] {line}\n");
        stream.write_all(message.as_bytes()).expect("it reads");
    }
    until("all are there", || events(&folder.path("lines")).len() == 10);
    assert!(receiver.page("/metrics").contains("weir_syslog_messages_total{outcome=\"stored\"} 10"));
    assert_eq!(receiver.end("-TERM").code, Some(0));
}

#[test]
fn a_sink_that_is_not_configured_any_more_holds_the_log_until_it_is_forgotten() {
    let folder = Folder::new();
    let receiver = Receiver::with(
        &folder,
        "sinks: {lines: {type: ndjson, to: lines}, gone: {type: http, url: 'http://127.0.0.1:9'}}",
    );
    receiver.send(&records(0..5));
    assert_eq!(receiver.end("-TERM").code, Some(0));
    let receiver = Receiver::with(&folder, "sinks: {lines: {type: ndjson, to: lines}}");
    receiver.says("a sink is not configured any more");
    assert!(folder.run(&["log", "forget", "data/log", "gone"]).exits(2).err.contains("another process uses this log"));
    assert_eq!(receiver.end("-TERM").code, Some(0));
    assert!(folder.run(&["log", "stat", "data/log"]).exits(0).out.contains("reader gone: 1 behind"));
    let forgotten = folder.run(&["log", "forget", "data/log", "gone"]).exits(0).out;
    assert_eq!(forgotten, "gone is forgotten, with 1 entry that it has not stored\n");
    assert!(folder.run(&["log", "forget", "data/log", "gone"]).exits(2).err.contains("there is no reader gone"));
    assert!(!folder.run(&["log", "stat", "data/log"]).exits(0).out.contains("gone"));
}

#[test]
fn a_start_that_fails_takes_nothing_from_a_sink_that_was_there() {
    let folder = Folder::new();
    let gone = "gone: {type: http, url: 'http://127.0.0.1:9'}";
    let receiver = Receiver::with(&folder, &format!("sinks: {{lines: {{type: ndjson, to: lines}}, {gone}}}"));
    receiver.send(&records(0..5));
    assert_eq!(receiver.end("-TERM").code, Some(0));
    configure(&folder, KEY, "sinks: {lines: {type: ndjson, to: lines}, other: {type: ndjson, to: weir.yaml}}");
    let failed = folder.run(&["serve", "--config", "weir.yaml"]).exits(2);
    assert!(failed.err.contains("the sink other cannot be used"), "{}", failed.err);
    let stat = folder.run(&["log", "stat", "data/log"]).exits(0).out;
    assert!(stat.contains("reader gone: 1 behind"), "{stat}");
}

#[test]
fn a_key_that_was_given_is_in_no_log_and_what_is_made_is_the_owners() {
    let folder = Folder::new();
    let arguments = ["gates/gate", "--listen", "127.0.0.1:0", "--key", KEY];
    let receiver = Receiver::start(&folder, &arguments).ready();
    receiver.says("events go to");
    receiver.says("KEY (header");
    let ended = receiver.end("-TERM");
    assert!(!ended.told.contains(KEY), "{}", ended.told);
    fs::remove_dir_all(folder.path("data")).expect("it is there");
    let receiver = Receiver::start(&folder, &arguments[..3]).ready();
    receiver.says("events go to");
    receiver.end("-TERM");
    for made in ["data", "data/dead-letters", "data/intake.key", "data/log"] {
        let mode = fs::metadata(folder.path(made)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{made}");
    }
    // As a crash could leave it.
    folder.write("data/intake.key", "");
    Receiver::start(&folder, &arguments[..3]).ready().says("kept in data/intake.key");
    assert_eq!(folder.read("data/intake.key").trim().len(), 32);
}

#[test]
fn the_validation_api_is_one_more_path_where_it_is_asked_for() {
    let folder = Folder::new();
    let receiver = Receiver::start(&folder, &["gates/gate", "--listen", "127.0.0.1:0", "--validate"]).ready();
    let body = r#"{"parser": {"name": "empty"}, "taxonomy": [], "events": [{"message": "a"}]}"#;
    let url = format!("{}/api/v1/ingest/formats/validate", receiver.url());
    let answer = Answer::of(agent().post(&url).send(body).expect("an answer"));
    assert_ne!(answer.status, 404, "{}", answer.text);
    drop(receiver);
    let receiver = Receiver::start(&folder, &["gates/gate", "--listen", "127.0.0.1:0"]).ready();
    let url = format!("{}/api/v1/ingest/formats/validate", receiver.url());
    assert_eq!(agent().post(&url).send(body).expect("an answer").status(), 404);
}

#[test]
fn check_says_all_that_is_wrong_and_serves_nothing() {
    let folder = Folder::new();
    configure(&folder, KEY, "");
    let check = ["serve", "--config", "weir.yaml", "--check"];
    let right = folder.run(&check).exits(0);
    assert_eq!(right.out, "nothing is wrong: intakes: 1, sinks: 2\n");
    assert!(!folder.path("data").exists(), "nothing is made");
    configure(&folder, KEY, "limits: {read_timout: 5 s}\nsinks: {lines: {type: ndjson}}");
    let wrong = folder.run(&check).exits(1).err;
    assert!(wrong.contains("yaml: line 4, column 10") && wrong.contains("did you mean `read_timeout`?"), "{wrong}");
    assert!(wrong.contains("`to` is missing here"), "{wrong}");
    configure(&folder, KEY, "");
    folder.write("gates/gate/ingest/parser.yml", "name: [");
    let wrong = folder.run(&check).exits(1).err;
    assert!(wrong.contains("the formats of gate cannot run") && wrong.contains("parser.yml:1"), "{wrong}");
    folder.run(&["serve", "--config", "none.yaml", "--check"]).exits(1);
}

#[test]
fn what_cannot_start_says_why_and_ends_with_2() {
    let folder = Folder::new();
    for (arguments, words) in [
        (&["serve"][..], "required"),
        (&["serve", "nowhere"], "nowhere"),
        (&["serve", "gates/gate", "--listen", "0.0.0.0:0"], "keys would be sent in the clear"),
        (&["serve", "gates/gate", "--key", "short"], "a key has at least 8 characters"),
        (&["serve", "gates/gate", "--key-env", "NO_SUCH_VARIABLE"], "NO_SUCH_VARIABLE"),
        (&["serve", "gates/gate", "--config", "weir.yaml"], "cannot be used with"),
        (&["serve", "--check"], "--config"),
        (&["serve", "--config", "none.yaml"], "none.yaml: it cannot be read"),
    ] {
        let ran = folder.run(arguments).exits(2);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
    let receiver = Receiver::start(&folder, &["gates/gate", "--listen", "127.0.0.1:0"]).ready();
    let second = folder.run(&["serve", "gates/gate", "--listen", "127.0.0.1:0"]).exits(2);
    assert!(second.err.contains("another process uses this log"), "{}", second.err);
    let address = receiver.told("listening on http://");
    let same = folder.run(&["serve", "gates/gate", "--listen", &address, "--data", "other"]).exits(2);
    assert!(same.err.contains("cannot listen on"), "{}", same.err);
}

#[test]
fn the_status_page_is_on_loopback_alone_unless_it_is_said() {
    let folder = Folder::new();
    let parts = "http:\n  - {listen: '127.0.0.1:0', status: false}\nsinks: {out: {type: stdout}}";
    let receiver = Receiver::with(&folder, parts);
    assert_eq!(receiver.get("/metrics").expect("it listens").status, 404);
    assert_ne!(receiver.get("/").expect("it listens").status, 200);
    assert_eq!(receiver.get("/healthz").expect("it listens").text, "{\"status\":\"ok\"}");
}
