//! The HTTP endpoint: what it answers with 2xx is stored, everything else comes again.

use crate::deliverer::Deliverer;
use crate::server::{Reply, Request, Server};
use crate::source::Source;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use weir_sinks::{Context, Settings};

const EVENTS: usize = 300;

type Seen = Arc<Mutex<Vec<Request>>>;

/// Keeps what it answers with 200.
fn endpoint(mut gate: impl FnMut(usize, &Request) -> Option<Reply> + Send + 'static) -> (Server, Seen) {
    let seen = Seen::default();
    let (kept, mut number) = (Arc::clone(&seen), 0);
    let server = Server::start(move |request| {
        number += 1;
        gate(number, request).unwrap_or_else(|| {
            kept.lock().expect("no test panics with it").push(request.clone());
            Reply::new(200, "thanks")
        })
    });
    (server, seen)
}

fn run(settings: &str) -> Deliverer {
    let mut deliverer =
        Deliverer::new(Source::new(EVENTS), settings, Context::new("other", Path::new("data"), [7; 16]));
    deliverer.run(&[50, 3], &|| false).expect("nobody kills it");
    assert_eq!(deliverer.position, deliverer.source.end());
    deliverer
}

/// How often each event came.
fn numbers(seen: &Seen) -> BTreeMap<usize, usize> {
    let mut numbers = BTreeMap::new();
    for request in seen.lock().expect("the requests").iter() {
        let events: Vec<String> = match request.header("content-type") {
            Some("application/json") => {
                let array: Vec<serde_json::Value> = serde_json::from_str(&request.body).expect("an array");
                array.iter().map(ToString::to_string).collect()
            }
            _ => request.body.lines().map(str::to_owned).collect(),
        };
        events.iter().for_each(|event| *numbers.entry(Source::number(event)).or_default() += 1);
    }
    numbers
}

#[test]
fn events_come_as_lines_or_as_an_array() {
    for more in ["", ", compress: none", ", body: array", ", body: array, compress: none"] {
        let (server, seen) = endpoint(|_, _| None);
        run(&format!("{{type: http, url: '{}/in', size: 1kB{more}}}", server.url));
        let numbers = numbers(&seen);
        assert!(numbers.len() == EVENTS && numbers.values().all(|times| *times == 1), "{more}");
        let seen = seen.lock().expect("the requests");
        assert!(
            seen.iter().all(|request| request.line.starts_with("POST /in ") && request.body.len() < 1_400),
            "{more}"
        );
        let keys: std::collections::BTreeSet<_> =
            seen.iter().map(|request| request.header("idempotency-key")).collect();
        assert!(keys.len() == seen.len() && !keys.contains(&None), "each request has a key of its own");
    }
}

#[test]
fn what_is_not_answered_with_success_comes_again_and_nothing_else() {
    let statuses = [301, 400, 401, 403, 404, 429, 500, 503];
    let gate = move |number: usize, _: &Request| match number % 3 {
        0 => Some(Reply::new(statuses[number / 3 % statuses.len()], "no")),
        _ => None,
    };
    let (server, seen) = endpoint(gate);
    let deliverer = run(&format!("{{type: http, url: '{}', size: 1kB}}", server.url));
    let numbers = numbers(&seen);
    assert!(numbers.len() == EVENTS && numbers.values().all(|times| *times == 1));
    assert!(deliverer.failures > 8 && deliverer.refused.is_empty());
}

#[test]
fn a_request_that_is_too_large_is_cut_and_an_event_that_is_is_refused() {
    let gate = |_: usize, request: &Request| {
        (request.body.len() > 600 || request.body.contains(r#""number":"7""#)).then(|| Reply::new(413, ""))
    };
    let (server, seen) = endpoint(gate);
    let deliverer = run(&format!("{{type: http, url: '{}'}}", server.url));
    assert_eq!(numbers(&seen).len(), EVENTS - 1);
    assert_eq!((deliverer.refused.len(), deliverer.refused[0].code.as_str(), deliverer.failures), (1, "too_large", 0));
}

#[test]
fn headers_and_secrets_are_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("password");
    std::fs::write(&path, "open sesame").expect("a file");
    let (server, seen) = endpoint(|_, _| None);
    let auth =
        format!("{{basic: {{user: Aladdin, password: {{file: '{}'}}}}, headers: {{X-Tenant: one}}}}", path.display());
    run(&format!("{{type: http, url: '{}', auth: {auth}}}", server.url));
    let seen = seen.lock().expect("the requests");
    assert!(seen.iter().all(|request| request.header("authorization") == Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")));
    assert!(seen.iter().all(|request| request.header("x-tenant") == Some("one")));
}

#[test]
fn a_destination_that_cannot_be_one_is_refused_with_the_reason() {
    let secret = "auth: {bearer: {env: TOKEN}}";
    let wrong = [
        ("url: 'ftp://example.com'", "https://"),
        ("url: 'https://user:hunter2@example.com'", "auth"),
        (&format!("url: 'http://example.com', {secret}"), "https://"),
        ("url: '/in'", "host"),
        ("url: 'https://example.com', auth: {bearer: {env: A}, api_key: {env: B}}", "one of"),
        ("url: 'https://example.com', auth: {headers: {'a b': c}}", "no name of a header"),
        ("url: 'https://example.com', ca: /nowhere", "/nowhere"),
    ];
    for (settings, hint) in wrong {
        let settings: Settings = serde_yaml::from_str(&format!("{{type: http, {settings}}}")).expect(settings);
        let error =
            settings.open(&Context::new("other", Path::new("data"), [7; 16])).err().expect("it is refused").to_string();
        assert!(error.contains(hint) && !error.contains("hunter2"), "{error}");
    }
    for (settings, hint) in [
        ("{type: http}", "url"),
        ("{type: http, url: a, sise: 1}", "sise"),
        ("{type: htp}", "htp"),
        ("{type: ndjson, to: a, size: 5 parsecs}", "parsecs"),
    ] {
        let error = serde_yaml::from_str::<Settings>(settings).expect_err(settings).to_string();
        assert!(error.contains(hint), "{error}");
    }
}
