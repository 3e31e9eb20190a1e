//! The configuration: every mistake has its line and what would help, and none has a key.

use crate::server::{Extra, KEY, OTHER, Server, config};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use weir_receiver::Config;
use weir_receiver::config::{Mistakes, Surroundings};
use weir_receiver::notices::NoticeForm;
use weir_sinks::{Secret, Settings};

/// Files and variables of a test.
#[derive(Default)]
struct Made {
    files: HashMap<PathBuf, String>,
    variables: HashMap<String, String>,
}

impl Surroundings for Made {
    fn file(&self, path: &Path) -> Result<String, String> {
        self.files.get(path).cloned().ok_or_else(|| "no such file".to_owned())
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}

fn read(text: &str) -> Result<Config, Mistakes> {
    let mut made = Made::default();
    made.files.insert("conf/key.txt".into(), "key-out-of-a-file\n".to_owned());
    made.variables.insert("WEIR_KEY".to_owned(), "key-out-of-environment".to_owned());
    Config::parse(Path::new("conf/weir.yaml"), text, &made)
}

const WHOLE: &str = "
data: /var/lib/weir
http:
  - listen: 127.0.0.1:8080
  - listen: '[::]:8443'
    tls: {certificate: tls/cert.pem, key: tls/key.pem}
syslog: {listen: 0.0.0.0:10514, plain: true}
intakes:
  http-requests:
    format: ../specs/http-requests
    key: {file: key.txt}
    record_bytes: 1 MiB
  others:
    format: /formats
    keys:
      - {env: WEIR_KEY}
      - key-as-it-stands-here
    bytes_per_second: 5 MB
limits: {read_timeout: 30 s, memory: 128 MiB}
duplicates: {window: 20 min, drop: true}
log: {bytes: 100 GiB}
sinks:
  files: {type: ndjson, to: events}
  search:
    type: elasticsearch
    url: https://search.example:9200
    auth: {api_key: {file: search.key}}
delivery: {max_retry_wait: 1 min, memory: 64 MiB}
notices: json
";

#[test]
fn a_whole_file_is_read() {
    let config = read(WHOLE).expect("no mistake");
    assert_eq!(config.data, Path::new("/var/lib/weir"));
    assert_eq!((config.http.len(), config.syslog.len()), (2, 1));
    assert_eq!(
        config.http[1].tls.as_ref().expect("TLS").key,
        Path::new("conf/tls/key.pem"),
        "paths go from the file's folder"
    );
    let requests = &config.intakes["http-requests"];
    assert_eq!((requests.keys.len(), requests.settings.record_bytes), (1, 1 << 20));
    assert_eq!(config.intakes["others"].keys.len(), 2);
    assert_eq!(config.intakes["others"].settings.bytes_per_second, Some(5_000_000));
    assert_eq!(config.limits.patience, Duration::from_secs(30));
    assert!(config.duplicates.drop);
    assert_eq!(config.log.log_bytes, 100 << 30);
    let sinks: Vec<_> = config.sinks.iter().map(|sink| (&*sink.name, sink.settings.kind())).collect();
    assert_eq!(sinks, [("files", "ndjson"), ("search", "elasticsearch")]);
    let Settings::Ndjson(files) = &config.sinks[0].settings else { unreachable!("it is one") };
    assert_eq!(files.to.0, "conf/events");
    let Settings::Elasticsearch(search) = &config.sinks[1].settings else { unreachable!("it is one") };
    assert_eq!(search.auth.api_key, Some(Secret::File("conf/search.key".into())), "read when it is used");
    assert_eq!(config.delivery.longest_wait, Duration::from_secs(60));
    assert_eq!(config.notices, NoticeForm::Json);
    assert_eq!(config.files, [Path::new("conf/weir.yaml"), Path::new("conf/key.txt")]);
}

#[test]
fn events_go_to_files_of_both_kinds_where_nothing_is_said() {
    let text = WHOLE.split("sinks:").next().expect("the first part");
    let sinks = read(text).expect("no mistake").sinks;
    let names: Vec<_> = sinks.iter().map(|sink| (&*sink.name, sink.settings.kind())).collect();
    assert_eq!(names, [("ndjson", "ndjson"), ("parquet", "parquet")]);
}

#[test]
fn older_names_of_settings_are_read() {
    let older =
        WHOLE.replace("read_timeout: 30 s", "patience: 31 s, slowest: 2 KiB, answer_within: 12 s, farewell: 13 s");
    let limits = read(&older).expect("it is right").limits;
    let times = [limits.patience, limits.answer_within, limits.farewell].map(|time| time.as_secs());
    assert_eq!((times, limits.slowest), ([31, 12, 13], 2 << 10));
}

#[test]
fn what_holds_from_the_next_start_on_is_told() {
    let (old, new) = (read(WHOLE).expect("no mistake"), WHOLE.replace("30 s", "31 s").replace("events", "lines"));
    assert_eq!(old.needs_start(&read(&new).expect("no mistake")), ["limits", "sinks"]);
    let keys = WHOLE.replace("key-as-it-stands-here", "another-key-of-it");
    assert!(old.needs_start(&read(&keys).expect("no mistake")).is_empty());
}

/// What is wrong in [`WHOLE`] with one text in place of another, as it is told.
fn told(from: &str, to: &str) -> String {
    assert!(WHOLE.contains(from), "{from}");
    let mistakes = read(&WHOLE.replacen(from, to, 1)).expect_err("a mistake");
    mistakes.to_string()
}

#[test]
fn every_mistake_has_its_line_and_what_would_help() {
    for (from, to, line, words) in [
        ("intakes:", "intaks:", "line 8, column 1", "did you mean `intakes`?"),
        ("record_bytes", "record_byte", "line 12, column 5", "did you mean `record_bytes`?"),
        ("1 MiB", "1 mile", "line 12, column 19", "a size such as 128 MB is expected"),
        ("1 MiB", "1", "line 12, column 19", "it can be 1024 to 16777216"),
        ("30 s", "30", "line 19, column 24", "a time such as 5 min is expected"),
        (
            "127.0.0.1:8080",
            "127.0.0.1",
            "line 4, column 13",
            "an address with a port, such as 127.0.0.1:8080, is expected",
        ),
        (
            "127.0.0.1:8080",
            "localhost:8080",
            "line 4, column 13",
            "an address with a port, such as 127.0.0.1:8080, is expected",
        ),
        ("'[::]:8443'", "127.0.0.1:8080", "line 4", "127.0.0.1:8080 is listened on already"),
        ("0.0.0.0:10514", "127.0.0.1:8080", "line 7", "is listened on already"),
        ("  search:", "  twice: {type: ndjson, to: events}\n  search:", "line 24", "the sink files stores such files"),
        ("to: events", "to: /var/lib/weir/log/x", "line 23", "where the receiver keeps its own files"),
        ("127.0.0.1:8080", "0.0.0.0:8080", "line 4, column 5", "keys would be sent in the clear"),
        ("plain: true", "plan: true", "line 7", "did you mean `plain`?"),
        ("    format: /formats\n", "", "line 14, column 5", "`format` is missing"),
        ("{file: key.txt}", "{file: no.txt}", "line 11, column 10", "conf/no.txt cannot be read: no such file"),
        ("WEIR_KEY", "NO_KEY", "line 16, column 9", "no environment variable `NO_KEY`"),
        ("drop: true", "drop: maybe", "line 20, column 36", "a boolean is expected here, and not text"),
        ("syslog: {", "syslog: [{", "line 8", "("),
        ("http-requests:", "\"a/../b\":", "line 10", "the name of an intake"),
        ("key: {file: key.txt}", "key: {fil: key.txt}", "line 11", "did you mean `file`?"),
        ("type: ndjson, to", "type: ndjsn, to", "line 23", "did you mean `ndjson`?"),
        ("to: events", "too: events", "line 23", "did you mean `to`?"),
        ("    url:", "    size: 5 parsecs\n    url:", "line 26, column 11", "a size such as 128 MB is expected"),
        ("{file: search.key}", "a-key-in-the-clear", "line 27", "expected here, and not text"),
        ("    type: elasticsearch\n", "", "line 25", "`type` is missing"),
        ("  files:", "  Files:", "line 23", "the name of a sink"),
        ("log: {bytes: 100 GiB}", "log: {bytes: 1 MB}", "line 21", "less than one segment"),
        ("notices: json", "notices: jsn", "line 29", "did you mean `json`?"),
        ("notices: json", "notices: 5", "line 29, column 10", "`text` or `json` is expected here"),
        ("data: /var/lib/weir", "data: 5", "line 2, column 7", "a path is expected here"),
        ("{file: key.txt}", "1234567890", "line 11, column 10", "`file: PATH` or `env: NAME` is expected here"),
        ("record_bytes: 1 MiB", "requests: '3'", "line 12", "a whole number is expected here, and not text"),
        ("notices: json", "notices: json\ndata: here", "line 30", "is written twice"),
        ("syslog: {", "intakes: {}\nsyslog: {", "line 9", "is written twice"),
        ("  search:", "  files:", "line 24", "is written twice"),
        ("  others:", "  http-requests:", "line 13", "is written twice"),
        ("30 s", "0 s", "line 19, column 24", "`read_timeout` is 0ms: it can be 100ms to 1h"),
        ("30 s, memory", "30 s, handshake: 10 ms, memory", "line 19, column 41", "`handshake` is 10ms"),
        (
            "30 s, memory",
            "30 s, min_body_rate: 1 TB, memory",
            "line 19",
            "`min_body_rate` is 1TB: it can be 0B to 1MiB",
        ),
        (
            "30 s, memory",
            "30 s, shutdown_timeout: 2 h, memory",
            "line 19",
            "`shutdown_timeout` is 2h: it can be 0ms to 1h",
        ),
        ("100 GiB", "100 GiB, commit_timeout: 0 s", "line 21", "`commit_timeout` is 0ms"),
        ("max_retry_wait: 1 min", "max_retry_wait: 1 ms", "line 28", "`max_retry_wait` is 1ms"),
        ("to: events", "to: events, size: 0", "line 23", "`size` has to be at least a byte"),
        ("to: events", "to: events, age: 0 s", "line 23", "`age` has to be at least 100 ms"),
        ("    url:", "    timeout: 0 s\n    url:", "line 25", "`timeout` has to be at least 100 ms"),
        ("1 MiB", "1 MiB\n    decoded_bytes: 1 KiB", "line 10", "`record_bytes` is more than `decoded_bytes`"),
        ("to: events", "to: 'gs://lake/x'", "line 23", "is no `s3://BUCKET/PREFIX`"),
        ("to: events", "to: 's3://lake', s3: {endpoint: not a url}", "line 23", "`endpoint` is no URL"),
        ("to: events", "to: events, s3: {region: here}", "line 23", "`s3` is for a destination"),
    ] {
        let told = told(from, to);
        assert!(told.contains(line) && told.contains(words), "{from} -> {to}: {told}");
        assert!(told.starts_with("conf/weir.yaml: line"), "{told}");
    }
}

#[test]
fn mistakes_of_several_parts_are_told_together_in_their_order() {
    let text = WHOLE.replace("1 MiB", "1 mile").replace("window: 20 min", "windw: 20 min").replace("30 s", "soon");
    let mistakes = read(&text).expect_err("mistakes");
    let lines: Vec<u32> = mistakes.all.iter().map(|mistake| mistake.line).collect();
    assert_eq!(lines, [12, 19, 20], "{mistakes}");
}

#[test]
fn a_key_opens_one_intake_and_is_in_no_message() {
    let secret = "key-as-it-stands-here";
    let twice = told("{file: key.txt}", secret);
    assert!(twice.contains("a key of `others` is one of `http-requests` too"), "{twice}");
    for (from, to) in [
        (secret, "short"),
        (secret, "key with blanks and s3cret"),
        ("keys:", "keyz:"),
        ("{env: WEIR_KEY}", "{env: key-as-it-stands-here: x"),
        ("key: {file: key.txt}", "key-as-it-stands-here: 1"),
        ("key: {file: key.txt}", "key: [[key-as-it-stands-here]]"),
        ("others:", "others: key-as-it-stands-here\n  x:"),
        ("format: /formats", "format: [key-as-it-stands-here]"),
        ("- key-as-it-stands-here", "- \"key-as-it-stands-here"),
        ("- key-as-it-stands-here", "- !key-as-it-stands-here x"),
        ("- key-as-it-stands-here", "- &key-as-it-stands-here"),
    ] {
        let told = told(from, to);
        assert!(!told.contains(secret) && !told.contains("s3cret"), "{from} -> {to}: {told}");
    }
    let config = read(WHOLE).expect("no mistake");
    assert!(!format!("{:?}", config.intakes).contains(secret));
}

#[test]
fn empty_and_other_files_are_told_what_they_lack() {
    for (text, words) in [
        ("", "it listens nowhere"),
        ("[]", "no mapping"),
        ("http: {listen: '127.0.0.1:0'}", "there is no intake"),
        ("http: {listen: '127.0.0.1:0'}\nintakes: {a: {format: b}}", "`a` has no key"),
    ] {
        let told = read(text).expect_err("a mistake").to_string();
        assert!(told.contains(words), "{text:?}: {told}");
    }
    let absent = Config::read(Path::new("conf/none.yaml"), &Made::default()).expect_err("no file");
    assert!(absent.to_string().contains("conf/none.yaml: it cannot be read: no such file"), "{absent}");
}

#[test]
fn keys_are_replaced_without_a_request_dropped() {
    let server = Server::start();
    let address = server.address;
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let sender = std::thread::spawn(move || {
        let mut sent = 0;
        while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            let request = crate::server::agent().post(format!("http://{address}/plain?intake_key={OTHER}"));
            assert_eq!(request.send("a").expect("an answer").status(), 200);
            sent += 1;
        }
        sent
    });
    for number in 0..50 {
        let text = format!("keys: [new-key-{number:04}]");
        let config = config(server.folder.path(), &Extra { main: &text, ..Extra::default() });
        server.listeners.as_ref().expect("it runs").reload(&config);
        server.post(&format!("/plain?intake_key=new-key-{number:04}"), "b").ids();
        server.post_with(&format!("/plain?intake_key=new-key-{:04}", number + 1), "b", &[]).refused(401);
    }
    stop.send(()).expect("it runs");
    let sent = sender.join().expect("each was answered");
    assert_eq!(server.texts().len(), sent + 50);
    assert_eq!(server.counters.intake("main").records.get(), 50, "counters go on");
    server.post(&format!("/plain?intake_key={KEY}"), "c").ids();
}
