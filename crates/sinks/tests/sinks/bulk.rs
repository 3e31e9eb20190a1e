//! A strict stand-in for Elasticsearch: partial failures, cut answers, closed connections, refusals of every kind.

use crate::deliverer::Deliverer;
use crate::server::{Reply, Request, Server};
use crate::source::Source;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use weir_sinks::{Context, Place, Settings};

const EVENTS: usize = 1_000;

/// What the stand-in has, and what it was sent.
#[derive(Default)]
struct Index {
    documents: BTreeMap<String, Value>,
    requests: Vec<usize>,
    sent: BTreeMap<String, usize>,
    indices: BTreeSet<String>,
}

/// What the server does with an item before it stores it: a status with the error's type, or nothing.
type Judge = dyn FnMut(usize, &str) -> Option<(u16, &'static str)> + Send;

/// What the server does with a whole request. `None`: nothing special. The flag says whether it stores what it was sent all the same.
type Gate = dyn FnMut(usize, &Request) -> Option<(bool, Reply)> + Send;

fn stand_in(mut judge: Box<Judge>, mut gate: Box<Gate>) -> (Server, Arc<Mutex<Index>>) {
    let index = Arc::new(Mutex::new(Index::default()));
    let kept = Arc::clone(&index);
    let mut number = 0;
    let server = Server::start(move |request| {
        number += 1;
        let gated = gate(number, request);
        if let Some((false, reply)) = gated {
            return reply;
        }
        let answer = kept.lock().expect("no test panics with it").bulk(request, &mut judge);
        match gated {
            Some((true, mut reply)) => {
                reply.body = answer;
                reply
            }
            _ => Reply::new(200, answer),
        }
    });
    (server, index)
}

impl Index {
    /// Takes a request as Elasticsearch does, and is strict: actions and documents in turn, each a JSON object on a line of its own.
    fn bulk(&mut self, request: &Request, judge: &mut Judge) -> String {
        assert!(request.line.starts_with("POST /_bulk"), "{}", request.line);
        assert_eq!(request.header("content-type"), Some("application/x-ndjson"));
        assert!(request.body.ends_with('\n'), "the last line has no end");
        let lines: Vec<&str> = request.body.lines().collect();
        let items: Vec<Value> = lines.chunks(2).map(|pair| self.create(pair[0], pair[1], judge)).collect();
        self.requests.push(items.len());
        let errors = items.iter().any(|item| item["create"]["status"] != 201);
        json!({"errors": errors, "items": items, "took": 1}).to_string()
    }

    fn create(&mut self, action: &str, document: &str, judge: &mut Judge) -> Value {
        let action: Value = serde_json::from_str(action).expect("an action");
        let document: Value = serde_json::from_str(document).expect("a document");
        let (id, index) = (
            action["create"]["_id"].as_str().expect("an id").to_owned(),
            action["create"]["_index"].as_str().expect("an index"),
        );
        self.indices.insert(index.to_owned());
        *self.sent.entry(id.clone()).or_default() += 1;
        if self.documents.contains_key(&id) {
            let error = json!({"type": "version_conflict_engine_exception", "reason": "document already exists"});
            return json!({"create": {"_id": id, "status": 409, "error": error}});
        }
        let number = Source::number(&document.to_string());
        if let Some((status, kind)) = judge(number, &id) {
            return json!({"create": {"_id": id, "status": status, "error": {"type": kind, "reason": format!("event {number}")}}});
        }
        self.documents.insert(id.clone(), document);
        json!({"create": {"_id": id, "status": 201}})
    }
}

fn settings(server: &Server, more: &str) -> String {
    format!("{{type: elasticsearch, url: '{}', size: 20kB{more}}}", server.url)
}

fn deliverer(settings: &str) -> Deliverer {
    Deliverer::new(Source::new(EVENTS), settings, Context::new("search", Path::new("data"), [7; 16]))
}

fn run(settings: &str) -> Deliverer {
    let mut deliverer = deliverer(settings);
    deliverer.run(&[250, 40, 7], &|| false).expect("nobody kills it");
    assert_eq!(deliverer.position, deliverer.source.end());
    deliverer
}

#[test]
fn t14_items_are_handled_one_by_one() {
    // Of 1,000 events 3 are refused for good, 5 are not taken the first two times, and 2 are there before.
    let mut tries: BTreeMap<usize, usize> = BTreeMap::new();
    let judge = move |number: usize, _: &str| {
        let tries = tries.entry(number).or_default();
        *tries += 1;
        match number {
            100 | 200 | 999 => Some((400, "document_parsing_exception")),
            300..305 if *tries <= 2 => Some((429, "es_rejected_execution_exception")),
            _ => None,
        }
    };
    let (server, index) = stand_in(Box::new(judge), Box::new(|_, _| None));
    let there = |number: u128| uuid(number << 64 | 7);
    for number in [5, 6] {
        index.lock().expect("the index").documents.insert(there(number), json!({}));
    }
    let deliverer = run(&settings(&server, ""));
    let index = index.lock().expect("the index");
    assert_eq!(index.documents.len(), EVENTS - 3);
    assert!(deliverer.failures >= 2);
    let refused: Vec<usize> =
        deliverer.refused.iter().map(|refused| Source::number(&String::from_utf8_lossy(&refused.event))).collect();
    assert_eq!(refused, [100, 200, 999]);
    assert!(
        deliverer
            .refused
            .iter()
            .all(|refused| refused.code == "document_parsing_exception" && refused.reason.starts_with("event "))
    );
    // Nothing but what was not taken is sent again.
    let again: Vec<(&String, &usize)> = index.sent.iter().filter(|(_, times)| **times > 1).collect();
    assert_eq!(again.len(), 5, "{again:?}");
    assert!(again.iter().all(|(_, times)| **times == 3));
    assert_eq!(index.indices.iter().collect::<Vec<_>>(), ["weir-access", "weir-dns%2fquery"]);
}

#[test]
fn what_is_refused_for_an_unknown_reason_is_the_events_fault_where_others_are_taken() {
    // A pipeline is missing at first, and all are refused for it; event 7 it refuses each time.
    let requests = Arc::new(AtomicUsize::new(0));
    let asked = Arc::clone(&requests);
    let judge = move |number: usize, _: &str| {
        (asked.load(Ordering::Relaxed) <= 3 || number == 7).then_some((400, "odd_exception"))
    };
    let gate = move |number: usize, _: &Request| {
        requests.store(number, Ordering::Relaxed);
        None
    };
    let (server, index) = stand_in(Box::new(judge), Box::new(gate));
    let deliverer = run(&settings(&server, ""));
    assert_eq!(index.lock().expect("the index").documents.len(), EVENTS - 1);
    let refused: Vec<&str> = deliverer.refused.iter().map(|refused| &*refused.reason).collect();
    assert_eq!((refused, deliverer.failures), (vec!["event 7"], 3));
}

fn uuid(id: u128) -> String {
    let hex = format!("{id:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[test]
fn t14_an_answer_that_is_cut_or_never_comes_doubles_nothing() {
    // It stores what it is sent, and then the answer is cut at many places, or the connection is closed.
    let gate = |number: usize, _: &Request| {
        let reply = Reply::new(200, "");
        match number % 4 {
            1 => Some((true, Reply { cut: Some(number * 97 % 3_000), ..reply })),
            2 => Some((true, Reply { closes: true, ..reply })),
            _ => None,
        }
    };
    let (server, index) = stand_in(Box::new(|_, _| None), Box::new(gate));
    let deliverer = run(&settings(&server, ""));
    let index = index.lock().expect("the index");
    assert!(deliverer.failures > 10 && deliverer.refused.is_empty(), "{} failures", deliverer.failures);
    assert_eq!(index.documents.len(), EVENTS);
}

#[test]
fn t9_a_server_that_refuses_everything_is_asked_again() {
    let statuses = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 301];
    let gate = move |number: usize, _: &Request| {
        let status = statuses.get(number - 1)?;
        Some((false, Reply { headers: vec![("Retry-After", "7".to_owned())], ..Reply::new(*status, "not now\u{7}") }))
    };
    let (server, index) = stand_in(Box::new(|_, _| None), Box::new(gate));
    let source = Source::new(10);
    let settings: Settings = serde_yaml::from_str(&settings(&server, "")).expect("settings");
    let mut sink = settings.open(&Context::new("search", Path::new("data"), [7; 16])).expect("a sink");
    let batch = source.batch(Place::default(), 10);
    for status in statuses {
        let error = sink.write(&batch).expect_err("it refuses");
        assert!(error.why.contains(&format!("answered {status}: not now ")), "{error}");
        assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
        assert_eq!((sink.stored(), sink.refused()), (Place::default(), Vec::new()));
    }
    assert_eq!(sink.write(&batch), Ok(()));
    assert_eq!((sink.stored(), index.lock().expect("the index").documents.len()), (batch.to(), 10));
}

#[test]
fn items_that_fail_for_the_index_are_not_refused_for_good() {
    for (status, kind) in [
        (400, "index_closed_exception"),
        (403, "cluster_block_exception"),
        (404, "index_not_found_exception"),
        (503, "unavailable_shards_exception"),
    ] {
        let mut first = true;
        let judge = move |_: usize, _: &str| std::mem::take(&mut first).then_some((status, kind));
        let (server, index) = stand_in(Box::new(judge), Box::new(|_, _| None));
        let deliverer = run(&settings(&server, ""));
        assert!(deliverer.refused.is_empty() && deliverer.failures == 1, "{kind}");
        assert_eq!(index.lock().expect("the index").documents.len(), EVENTS, "{kind}");
    }
}

#[test]
fn requests_become_smaller_where_the_server_takes_less_and_an_event_that_never_fits_is_refused() {
    let gate = |_: usize, request: &Request| {
        (request.body.len() > 2_000 || request.body.contains(r#""number":"77""#) && request.body.lines().count() == 2)
            .then(|| (false, Reply::new(413, "")))
    };
    let gate = move |number: usize, request: &Request| {
        let has_poison = request.body.contains(r#""number":"77""#);
        if has_poison { Some((false, Reply::new(413, ""))) } else { gate(number, request) }
    };
    let (server, index) = stand_in(Box::new(|_, _| None), Box::new(gate));
    let deliverer = run(&settings(&server, ""));
    assert_eq!(index.lock().expect("the index").documents.len(), EVENTS - 1);
    assert_eq!(deliverer.refused.len(), 1);
    assert_eq!((deliverer.refused[0].code.as_str(), deliverer.failures), ("too_large", 0));
}

#[test]
fn an_answer_that_is_none_stores_nothing() {
    let answers = [
        "",
        "{}",
        "{\"items\":[]}",
        "<html>",
        "{\"items\":[{\"create\":{\"status\":201}}]}",
        "{\"items\":[{\"index\":{\"status\":201}},{}]}",
    ];
    let gate =
        move |number: usize, _: &Request| answers.get(number - 1).map(|answer| (false, Reply::new(200, *answer)));
    let (server, index) = stand_in(Box::new(|_, _| None), Box::new(gate));
    let deliverer = run(&settings(&server, ", compress: none"));
    assert_eq!((deliverer.failures, index.lock().expect("the index").documents.len()), (answers.len(), EVENTS));
}

#[test]
fn a_server_that_is_down_or_hangs_is_given_up_on_in_time() {
    let gate = |number: usize, _: &Request| {
        (number == 1).then(|| (true, Reply { delay: Duration::from_secs(5), ..Reply::new(200, "") }))
    };
    let (server, index) = stand_in(Box::new(|_, _| None), Box::new(gate));
    let started = Instant::now();
    let deliverer = run(&settings(&server, ", timeout: 300ms"));
    assert!(deliverer.failures >= 1 && started.elapsed() < Duration::from_secs(60));
    assert_eq!(index.lock().expect("the index").documents.len(), EVENTS);
    let url = server.url.clone();
    drop(server);
    let settings: Settings = serde_yaml::from_str(&format!("{{type: elasticsearch, url: '{url}'}}")).expect("settings");
    let mut sink =
        settings.open(&Context::new("search", Path::new("data"), [7; 16])).expect("a server need not be there");
    std::thread::sleep(Duration::from_millis(100));
    assert!(sink.write(&Source::new(3).batch(Place::default(), 3)).is_err());
}

#[test]
fn secrets_are_sent_and_new_ones_without_a_restart_and_shown_to_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    std::fs::write(&key, "old-secret\n").expect("a file");
    let gate = |_: usize, request: &Request| {
        (request.header("authorization") != Some("ApiKey new-secret")).then(|| (false, Reply::new(401, "who are you?")))
    };
    let (server, index) = stand_in(Box::new(|_, _| None), Box::new(gate));
    let text = settings(&server, &format!(", auth: {{api_key: {{file: '{}'}}}}", key.display()));
    let settings: Settings = serde_yaml::from_str(&text).expect("settings");
    assert!(!format!("{settings:?}").contains("secret\n"));
    let mut sink = settings.open(&Context::new("search", Path::new("data"), [7; 16])).expect("a sink");
    let batch = Source::new(10).batch(Place::default(), 10);
    let error = sink.write(&batch).expect_err("the old key");
    assert!(error.why.contains("401") && !error.why.contains("old-secret"), "{error}");
    std::fs::write(&key, "new-secret\n").expect("a file");
    assert_eq!(sink.write(&batch), Ok(()));
    assert_eq!(index.lock().expect("the index").documents.len(), 10);
}
