//! Files in S3: a stand-in that refuses, and moto as a second opinion.

use crate::deliverer::Deliverer;
use crate::peers;
use crate::server::{Reply, Request, Server};
use crate::source::Source;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use weir_sinks::{Context, Place, Settings};

const EVENTS: usize = 300;

/// Objects by their names, and uploads in pieces that are not complete.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    puts: BTreeMap<String, usize>,
}

impl Bucket {
    fn answer(&mut self, request: &Request) -> Reply {
        let mut words = request.line.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (name, tag) = (
            path.trim_start_matches("/lake/").replace("%3D", "=").replace("%25", "%"),
            vec![("ETag", "\"e\"".to_owned())],
        );
        let query: BTreeMap<&str, &str> =
            query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect();
        match (method, query.get("partNumber"), query.get("uploadId")) {
            ("PUT", Some(number), Some(_)) => {
                self.uploads.entry(name).or_default().insert(number.parse().expect("a number"), request.bytes.clone());
                Reply { headers: tag, ..Reply::new(200, "") }
            }
            ("PUT", ..) => {
                *self.puts.entry(name.clone()).or_default() += 1;
                self.objects.insert(name, request.bytes.clone());
                Reply { headers: tag, ..Reply::new(200, "") }
            }
            ("POST", _, None) => Reply::new(
                200,
                format!(
                    "<InitiateMultipartUploadResult><Bucket>lake</Bucket><Key>{name}</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>"
                ),
            ),
            ("POST", _, Some(_)) => {
                let pieces = self.uploads.remove(&name).unwrap_or_default();
                self.objects.insert(name.clone(), pieces.into_values().flatten().collect());
                Reply::new(
                    200,
                    format!(
                        "<CompleteMultipartUploadResult><Bucket>lake</Bucket><Key>{name}</Key><ETag>\"e\"</ETag></CompleteMultipartUploadResult>"
                    ),
                )
            }
            ("DELETE", _, Some(_)) => {
                self.uploads.remove(&name);
                Reply::new(204, "")
            }
            ("DELETE", ..) => {
                self.objects.remove(&name);
                Reply::new(204, "")
            }
            _ => Reply::new(404, ""),
        }
    }
}

/// A store whose answers go through a gate: `None` lets a request through, and the flag whether it is done all the same.
fn stand_in(
    mut gate: impl FnMut(usize, &Request) -> Option<(bool, Reply)> + Send + 'static,
) -> (Server, Arc<Mutex<Bucket>>) {
    let bucket = Arc::new(Mutex::new(Bucket::default()));
    let (kept, mut number) = (Arc::clone(&bucket), 0);
    let server = Server::start(move |request| {
        number += 1;
        let mut bucket = kept.lock().expect("no test panics with it");
        match gate(number, request) {
            Some((false, reply)) => reply,
            Some((true, reply)) => {
                bucket.answer(request);
                reply
            }
            None => bucket.answer(request),
        }
    });
    (server, bucket)
}

/// Settings with keys in files of a folder.
fn settings(kind: &str, endpoint: &str, folder: &Path) -> String {
    for (name, key) in [("id", "AKIAEXAMPLE"), ("key", "a-secret-key")] {
        std::fs::write(folder.join(name), key).expect("a file");
    }
    let keys = format!("access_key_id: {{file: '{0}/id'}}, secret_access_key: {{file: '{0}/key'}}", folder.display());
    format!(
        "{{{kind}, to: 's3://lake/a/b', s3: {{endpoint: '{endpoint}', region: eu-west-1, allow_http: true, {keys}}}}}"
    )
}

fn run(settings: &str, folder: &Path) -> Deliverer {
    let context = Context::new("lake", &folder.join("data"), [7; 16]);
    let mut deliverer = Deliverer::new(Source::new(EVENTS), settings, context);
    deliverer.run(&[50, 3], &|| false).expect("nobody kills it");
    assert_eq!(deliverer.position, deliverer.source.end());
    deliverer
}

/// How often each event is in the objects.
fn numbers(bucket: &Mutex<Bucket>) -> BTreeMap<usize, usize> {
    let mut numbers = BTreeMap::new();
    for (name, object) in &bucket.lock().expect("the bucket").objects {
        assert!(name.starts_with("a/b/"), "{name}");
        for line in crate::files::lines(name, object) {
            *numbers.entry(Source::number(&line)).or_default() += 1;
        }
    }
    numbers
}

const KINDS: &[&str] = &[
    "type: ndjson, size: 5kB, compress: zstd, partition: '{format}/date={date}'",
    #[cfg(feature = "parquet")]
    "type: parquet, size: 2kB",
];

#[test]
fn t9_what_a_store_refuses_for_a_time_is_there_once_it_takes_it() {
    for kind in KINDS {
        let folder = tempfile::tempdir().expect("a folder");
        let refusals = [403, 403, 500, 503, 429, 400, 404, 401];
        let gate = move |number: usize, _: &Request| {
            let reply =
                Reply::new(*refusals.get(number - 1)?, "<Error><Code>No</Code><Message>not now</Message></Error>");
            Some((number.is_multiple_of(2), reply))
        };
        let (server, bucket) = stand_in(gate);
        let deliverer = run(&settings(kind, &server.url, folder.path()), folder.path());
        assert!(deliverer.failures >= 5, "{kind}: {}", deliverer.failures);
        let numbers = numbers(&bucket);
        assert!(numbers.len() == EVENTS && numbers.values().all(|times| *times == 1), "{kind}: {numbers:?}");
        let left = std::fs::read_dir(folder.path().join("data")).expect("the folder").flatten().count();
        assert_eq!(left, 1, "{kind}: the notes alone are left");
    }
}

#[test]
fn errors_say_what_the_store_said_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, _) = stand_in(|_, _| Some((false, Reply::new(403, "<Error><Code>AccessDenied</Code></Error>"))));
    let text = settings(KINDS[0], &server.url, folder.path());
    let settings: Settings = serde_yaml::from_str(&text).expect("settings");
    let mut sink = settings.open(&Context::new("lake", &folder.path().join("data"), [7; 16])).expect("a sink");
    sink.write(&Source::new(10).batch(Place::default(), 10)).expect("it is gathered");
    let why = sink.flush().expect_err("it is refused").why;
    assert!(why.contains("403") && why.contains("AccessDenied") && !why.contains("secret-key"), "{why}");
}

#[test]
fn a_large_file_goes_in_pieces_and_only_a_whole_one_is_an_object() {
    let folder = tempfile::tempdir().expect("a folder");
    // The third piece fails, and the upload begins again.
    let gate = |number: usize, request: &Request| {
        (number == 4 && request.line.contains("partNumber=3"))
            .then(|| (true, Reply { closes: true, ..Reply::new(500, "") }))
    };
    let (server, bucket) = stand_in(gate);
    let text = settings("type: ndjson, size: 1GB", &server.url, folder.path());
    let settings: Settings = serde_yaml::from_str(&text).expect("settings");
    let mut sink = settings.open(&Context::new("lake", &folder.path().join("data"), [7; 16])).expect("a sink");
    let batch = big();
    sink.write(&batch).expect("it is gathered");
    while sink.flush().is_err() {}
    assert_eq!(sink.stored(), batch.to());
    let bucket = bucket.lock().expect("the bucket");
    let objects: Vec<&Vec<u8>> = bucket.objects.values().collect();
    assert!(objects.len() == 1 && objects[0] == batch.ndjson(), "{} objects", objects.len());
}

/// 20 MB of events.
fn big() -> Arc<weir_sinks::Batch> {
    let place = |record| Place { sequence: 3, record };
    let mut builder = weir_sinks::BatchBuilder::new(place(0), vec![Arc::from("f")]);
    for number in 0..20 {
        let text = format!(r#"{{"n":"{}"}}"#, format!("{number:04}").repeat(250_000));
        builder.push(u128::from(number), 0, place(number), 0, |line| line.extend_from_slice(text.as_bytes()));
    }
    Arc::new(builder.finish(place(20)))
}

/// moto's server, until it is dropped.
struct Moto {
    process: Child,
    url: String,
}

impl Moto {
    fn start(python: &Path) -> Moto {
        let mut command = Command::new(python);
        command.args(["-u", "-c", "from moto.server import ThreadedMotoServer as S; s = S(ip_address='127.0.0.1', port=0, verbose=False); s.start(); print(s.get_host_and_port()[1]); input()"]);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the interpreter runs");
        let mut port = String::new();
        BufReader::new(process.stdout.take().expect("its output")).read_line(&mut port).expect("a port");
        Moto { process, url: format!("http://127.0.0.1:{}", port.trim()) }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
#[cfg(feature = "parquet")]
fn t22_objects_in_another_s3_are_read_back() {
    let Some(python) = peers::python("t22_objects_in_another_s3_are_read_back") else { return };
    let moto = Moto::start(python);
    let folder = tempfile::tempdir().expect("a folder");
    peers::ask(python, "objects.py", &json!({"url": moto.url, "make": "lake"}));
    run(&settings("type: parquet, size: 500B", &moto.url, folder.path()), folder.path());
    let seen = peers::ask(python, "objects.py", &json!({"url": moto.url, "read": "lake"}));
    let mut numbers: Vec<usize> =
        seen["rest"].as_array().expect("rows").iter().map(|row| Source::number(row.as_str().expect("JSON"))).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..EVENTS).collect::<Vec<_>>());
    assert!(seen["objects"].as_u64().is_some_and(|objects| objects > 4), "{}", seen["objects"]);
}
