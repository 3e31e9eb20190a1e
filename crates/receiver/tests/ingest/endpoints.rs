//! The seven endpoints, as senders use them.

use crate::server::{Answer, Extra, HEADER, KEY, OTHER, Server, gzip, head, zstd};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::time::Duration;

const GZIP: (&str, &str) = ("Content-Encoding", "gzip");
const PREFIXES: [&str; 2] = ["", "/api/v1/intake-http"];

#[test]
fn each_endpoint_stores_its_events_and_answers_their_ids_in_order() {
    let server = Server::start();
    let mut expected = Vec::new();
    for prefix in PREFIXES {
        let post = |path: &str, body: &str| server.post(&format!("{prefix}{path}"), body).ids();
        let keyed = |path: &str, body: Value| server.post_with(&format!("{prefix}{path}"), body.to_string(), &[]).ids();
        let answers = [
            post("/plain", "one\nevent\n"),
            post("/plain/batch", "a\nb\n\nc"),
            post("/jsons", r#"["d",{"e":1}]"#),
            post("/jsons?path=$.x.y", r#"{"x":{"y":["f","g"]}}"#),
            keyed("/", json!({"intake_key": KEY, "json": "h", "@timestamp": "2026-01-01T00:00:00Z"})),
            keyed("/batch", json!({"intake_key": KEY, "jsons": ["i", "j"]})),
            keyed(
                "/array",
                json!([{"intake_key": KEY, "json": "k"}, {"intake_key": KEY, "json": "l", "timestamp": "2026"}]),
            ),
        ];
        assert_eq!(answers.each_ref().map(Vec::len), [1, 3, 2, 2, 1, 2, 2]);
        let mut ids: Vec<String> = answers.concat().iter().map(ToString::to_string).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 13, "each event has an id of its own");
        expected.extend(["one\nevent", "a", "b", "c", "d", r#"{"e":1}"#, "f", "g", "h", "i", "j", "k", "l"]);
    }
    assert_eq!(server.texts(), expected);
    let times: Vec<_> = server.logged().into_iter().filter_map(|(_, text, time)| Some((text, time?))).collect();
    assert_eq!(times[..2], [("h".into(), "2026-01-01T00:00:00Z".into()), ("l".into(), "2026".into())]);
    assert_eq!(server.post("/api/v1/intake-http", r#"{"json":"m"}"#).ids().len(), 1, "without the last slash");
}

#[test]
fn a_key_may_stand_in_four_places_and_opens_its_own_intake() {
    let server = Server::start();
    let basic = "Basic aW50YWtlOmtleS1vZi1vdGhlci1pbnRha2U=";
    server.post_with("/plain", "a", &[(HEADER, OTHER)]).ids();
    server.post_with("/plain", "b", &[("Authorization", basic)]).ids();
    server.post_with(&format!("/plain?intake_key={OTHER}"), "c", &[]).ids();
    server.post_with("/", json!({"intake_key": OTHER, "json": "d"}).to_string(), &[]).ids();
    server.post_with("/", json!({"json": "e"}).to_string(), &[(HEADER, OTHER)]).ids();
    assert!(server.logged().iter().all(|(intake, ..)| intake == "other"));
    assert_eq!(server.texts(), ["a", "b", "c", "d", "e"]);
}

#[test]
fn events_of_several_keys_go_to_their_intakes_and_one_wrong_key_refuses_all() {
    let server = Server::start();
    let event = |key: &str, text: &str| json!({"intake_key": key, "json": text});
    let body = json!([event(KEY, "a"), event(OTHER, "b"), event(KEY, "c")]);
    let ids = server.post_with("/array", body.to_string(), &[]).ids();
    assert_eq!(ids.len(), 3);
    let logged: Vec<_> = server.logged().into_iter().map(|(intake, text, _)| (intake, text)).collect();
    let expected =
        [("main", "a"), ("main", "c"), ("other", "b")].map(|(intake, text)| (intake.to_owned(), text.to_owned()));
    assert_eq!(logged, expected);
    let wrong = json!([event(KEY, "d"), event("no-key-at-all", "e")]);
    assert_eq!(server.post_with("/array", wrong.to_string(), &[]).refused(401), "unauthorized");
    assert_eq!(server.texts().len(), 3, "nothing of it is stored");
}

#[test]
fn who_has_no_key_is_told_nothing() {
    let server = Server::start();
    let mut answers = Vec::new();
    let wrong = [
        ("/", r#"{"json":"x","intake_key":"wrong-key-1"}"#),
        ("/array", r#"[{"json":"x","intake_key":"wrong-key-1"}]"#),
    ];
    let without = [("/", r#"{"json":"x"}"#), ("/batch", r#"{"jsons":["x"]}"#), ("/array", r#"[{"json":"x"}]"#)];
    let plain = [("/plain", "x"), ("/plain/batch", "x"), ("/jsons", "[]")];
    for (path, body) in wrong.into_iter().chain(without).chain(plain) {
        for headers in [
            &[][..],
            &[(HEADER, "wrong-key-1")],
            &[(HEADER, &KEY[1..])],
            &[(HEADER, "")],
            &[("Authorization", "Basic eA==")],
        ] {
            let answer = server.post_with(path, body, headers);
            answer.refused(401);
            answers.push(answer.text);
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "all are told the same: {answers:?}");
    assert!(!answers[0].contains("wrong"));
    assert_eq!(server.texts().len(), 0);
    assert!(server.counters.answers(401) > 10);
}

#[test]
fn bodies_may_be_compressed_and_damaged_ones_are_refused_whole() {
    let server = Server::start();
    let lines = "a\nb\n".as_bytes();
    let with = |body: &[u8], coding: &str| {
        server.post_with("/plain/batch", body, &[(HEADER, KEY), ("Content-Encoding", coding)])
    };
    let packed = gzip(lines);
    assert_eq!(with(&packed, "gzip").ids().len(), 2);
    assert_eq!(with(&[gzip(lines), gzip(lines)].concat(), "X-Gzip").ids().len(), 4);
    assert_eq!(with(&zstd(lines), "zstd").ids().len(), 2);
    assert_eq!(with(lines, "identity").ids().len(), 2);
    let stored = server.texts().len();
    assert_eq!(stored, 10);
    for cut in 0..packed.len() {
        assert_eq!(with(&packed[..cut], "gzip").refused(400), "bad-encoding", "{cut}");
    }
    assert_eq!(with(lines, "gzip").refused(400), "bad-encoding");
    assert_eq!(with(&packed, "zstd").refused(400), "bad-encoding");
    assert_eq!(with(&packed, "br").refused(415), "unknown-encoding");
    assert_eq!(server.texts().len(), stored, "nothing of them is stored");
    let keyed = gzip(json!({"intake_key": KEY, "json": "c"}).to_string().as_bytes());
    assert_eq!(server.post_with("/", &keyed, &[GZIP]).ids().len(), 1);
    assert_eq!(server.post_with("/", &keyed[..keyed.len() - 4], &[GZIP]).refused(400), "bad-encoding");
}

/// T17: Logpush sends no type of JSON.
#[test]
fn t17_the_content_type_may_be_anything() {
    let server = Server::start();
    for kinds in
        [&[][..], &[""], &["text/plain"], &["application/json; charset=\"x"], &["a/b", "application/json"], &["\u{e9}"]]
    {
        let kinds: String = kinds.iter().map(|kind| format!("Content-Type: {kind}\r\n")).collect();
        let answer =
            server.send(format!("{}ab", head("/plain/batch", &format!("{kinds}Content-Length: 2\r\n"))).as_bytes());
        assert!(answer.starts_with("HTTP/1.1 200 "), "{kinds:?} {answer}");
    }
}

/// T18: a job is not made unless these are answered with 200.
#[test]
fn t18_uploads_that_only_try_are_answered_and_not_stored() {
    let server = Server::start();
    for path in ["/plain", "/plain/batch", "/jsons"] {
        for upload in ["{\"content\":\"tests\"}", "{\"content\":\"tests\"}\n", "test", "test\r\n"] {
            for (body, coding) in [(upload.as_bytes().to_vec(), "identity"), (gzip(upload.as_bytes()), "gzip")] {
                let answer = server.post_with(path, &body, &[(HEADER, KEY), ("Content-Encoding", coding)]);
                assert_eq!(answer.status, 200, "{path} {upload:?} {answer:?}");
            }
        }
    }
    assert_eq!(server.texts().len(), 0);
    assert_eq!(server.counters.validations.get(), 24);
    server.post_with("/plain", "test", &[(HEADER, "wrong-key-1")]).refused(401);
}

/// T6: a record of 250 KiB, a line of 1 MiB, a body of 100 MiB.
#[test]
fn t6_events_that_are_too_large_are_rejected_one_by_one() {
    let server = Server::start();
    let (fits, over) = ("x".repeat(250 << 10), "y".repeat((250 << 10) + 1));
    let answer = server.post("/plain/batch", format!("{fits}\n{over}\nc\n"));
    let ids = answer.ids();
    assert_eq!(ids.iter().map(Value::is_string).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(answer.body["rejected"], json!([{"index": 1, "status": 413, "code": "event-too-large"}]));
    assert_eq!(server.texts(), [&*fits, "c"]);
    let batch = json!({"intake_key": KEY, "jsons": [over, "d"]});
    let answer = server.post_with("/batch", batch.to_string(), &[]);
    assert_eq!(answer.ids().iter().map(Value::is_string).collect::<Vec<_>>(), [false, true]);
    assert_eq!(answer.body["rejected"][0]["index"], 0);
    for (path, body) in
        [("/plain", over.clone()), ("/plain/batch", format!("{over}\n{over}")), ("/jsons", json!([over]).to_string())]
    {
        assert_eq!(server.post(path, body).refused(413), "event-too-large", "{path}");
    }
    assert_eq!(server.post("/", json!({"json": over}).to_string()).refused(413), "event-too-large");
    assert_eq!(server.texts().len(), 3);
    let large = Server::with(&Extra { main: "record_bytes: 1 MiB", ..Extra::default() });
    assert_eq!(large.post("/plain/batch", "z".repeat(1 << 20)).ids().len(), 1);
    let lines = format!("{}\n", "w".repeat(1023)).repeat(100 << 10);
    assert_eq!(large.post("/plain/batch", &lines).ids().len(), 100 << 10);
    assert_eq!(large.texts().len(), (100 << 10) + 1);
}

#[test]
fn what_has_no_event_is_no_mistake_of_a_batch() {
    let server = Server::start();
    for (path, body) in [
        ("/plain/batch", ""),
        ("/plain/batch", "\n \r\n"),
        ("/jsons", "[]"),
        ("/jsons", ""),
        ("/batch", r#"{"jsons":[]}"#),
        ("/array", "[]"),
    ] {
        assert_eq!(server.post(path, body).ids(), [Value::Null; 0], "{path} {body:?}");
    }
    assert_eq!(server.post("/plain", "\n").refused(400), "empty");
    for (path, body, code) in [
        ("/jsons", "{}", "wrong-shape"),
        ("/jsons", "nonsense", "bad-json"),
        ("/jsons?path=$[", "[]", "bad-path"),
        ("/", "[]", "wrong-shape"),
        ("/", "nonsense", "bad-json"),
        ("/", "{}", "wrong-shape"),
        ("/", r#"{"json":5}"#, "wrong-shape"),
        ("/batch", "{}", "wrong-shape"),
        ("/batch", r#"{"jsons":"a"}"#, "wrong-shape"),
        ("/array", r#"[1]"#, "wrong-shape"),
    ] {
        assert_eq!(server.post(path, body).refused(400), code, "{path} {body}");
    }
    assert_eq!(server.texts().len(), 0);
}

#[test]
fn nothing_of_a_refused_body_with_keys_inside_is_stored() {
    let server = Server::with(&Extra { main: "decoded_bytes: 2 KiB, bytes_per_second: 1 KiB", ..Extra::default() });
    let item = |key: &str, rest: &str| format!("{{\"intake_key\":\"{key}\",{rest}}}");
    let first = item(OTHER, "\"json\":\"first\"");
    let long = format!("\"json\":\"{}\"", "x".repeat(3 << 10));
    for (second, status, code) in [
        (item(KEY, "\"json\":5"), 400, "wrong-shape"),
        (item(KEY, "\"json\":\"a\",\"timestamp\":17"), 400, "wrong-shape"),
        (item(KEY, "\"json\":\"\\ud800\""), 400, "bad-json"),
        (item("no-key-of-ours", "\"json\":\"a\""), 401, "unauthorized"),
        (item(KEY, &long), 413, "body-too-large"),
    ] {
        let answer = server.post_with("/array", format!("[{first},{second}]"), &[]);
        assert_eq!(answer.refused(status), code, "{second}");
    }
    assert_eq!(server.texts().len(), 0);
    // It owes what is over its limit.
    server.post("/plain/batch", "y".repeat(2 << 10)).ids();
    let limited = server.post_with("/array", format!("[{first},{}]", item(KEY, "\"json\":\"a\"")), &[]);
    assert_eq!(limited.refused(429), "too-many");
    assert_eq!(server.texts().len(), 1);
}

#[test]
fn uploads_that_only_try_need_a_key_and_are_answered_on_each_path() {
    let server = Server::start();
    for path in ["/plain", "/plain/batch", "/jsons", "/", "/batch", "/array"] {
        for body in ["{\"content\":\"tests\"}", "test", "test\n"] {
            let ids = server.post(path, body).ids();
            assert!(ids.iter().all(Value::is_null), "{path} {body} {ids:?}");
            server.post_with(path, body, &[]).refused(401);
        }
    }
    for (path, empty) in [("/plain/batch", ""), ("/jsons", "[]"), ("/batch", ""), ("/batch", "\n"), ("/array", "")] {
        assert!(server.post(path, empty).ids().is_empty(), "{path}");
    }
    assert!(server.post("/array", "[]").ids().is_empty());
    server.post_with("/array", "[]", &[]).refused(401);
    server.post_with("/array", "", &[]).refused(401);
    assert_eq!(server.post("/", "").refused(400), "bad-json");
    assert_eq!(server.texts().len(), 0);
    assert_eq!(server.counters.validations.get(), 18);
}

#[test]
fn other_paths_and_methods_are_refused() {
    let server = Server::start();
    for path in ["/plain/", "/plain/batch/x", "/api/v1/intake-http/x", "/%2e%2e/plain", "//plain"] {
        assert_eq!(server.post(path, "a").refused(404), "not-found", "{path}");
    }
    let get = agent_get(&server, "/plain");
    assert_eq!(get.refused(405), "method-not-allowed");
}

fn agent_get(server: &Server, path: &str) -> Answer {
    Answer::of(crate::server::agent().get(format!("http://{}{path}", server.address)).call().expect("an answer"))
}

#[test]
fn who_asks_before_sending_is_answered_before() {
    let server = Server::start();
    let refused = server.send(head("/plain", "Expect: 100-continue\r\nContent-Length: 9999999999\r\n").as_bytes());
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    let stranger = "POST /plain HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    assert!(server.send(stranger.as_bytes()).starts_with("HTTP/1.1 401 "));
    let mut stream = server.connect();
    stream.write_all(head("/plain", "Expect: 100-continue\r\nContent-Length: 5\r\n").as_bytes()).expect("it listens");
    let mut first = [0; 25];
    stream.read_exact(&mut first).expect("it tells to go on");
    assert_eq!(&first, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hello").expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(server.texts(), ["hello"]);
}

#[test]
fn bodies_may_come_in_chunks_and_in_trickles() {
    let server = Server::start();
    let mut stream = server.connect();
    stream.write_all(head("/plain/batch", "Transfer-Encoding: chunked\r\n").as_bytes()).expect("it listens");
    for chunk in ["3\r\na\nb\r\n", "1;x=y\r\n\n\r\n", "1\r\nc\r\n", "0\r\nTrailer: x\r\n\r\n"] {
        stream.write_all(chunk.as_bytes()).expect("it listens");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(server.texts(), ["a", "b", "c"]);
}

/// T8: a client that went away before its answer sends again.
#[test]
fn t8_a_body_that_comes_again_is_known_also_compressed_anew() {
    for (parts, copies) in [
        ("duplicates: {drop: true}", 1),
        ("duplicates: {drop: false}", 4),
        ("duplicates: {drop: true, window: 1 ms}", 4),
    ] {
        let server = Server::with(&Extra { parts, ..Extra::default() });
        let body = "a\nb\n".repeat(1000);
        let packed = gzip(body.as_bytes());
        let mut gone = server.connect();
        let request = head("/plain/batch", &format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", packed.len()));
        gone.write_all(&[request.as_bytes(), &packed].concat()).expect("it listens");
        // It goes without having read the answer.
        server.wait_for(2000);
        drop(gone);
        let send = |body: &[u8], coding| {
            std::thread::sleep(Duration::from_millis(20));
            server.post_with("/plain/batch", body, &[(HEADER, KEY), ("Content-Encoding", coding)]).ids()
        };
        let answers = [send(&packed, "gzip"), send(&zstd(body.as_bytes()), "zstd"), send(body.as_bytes(), "identity")];
        assert!(answers.iter().all(|ids| ids.len() == 2000));
        assert_eq!(
            answers[0] == answers[1] && answers[1] == answers[2],
            copies == 1,
            "they have the ids of the first one"
        );
        assert_eq!(server.texts().len(), 2000 * copies);
        let counters = server.counters.intake("main");
        let expected = if parts.contains("1 ms") { (0, 0) } else { (3, if copies == 1 { 3 } else { 0 }) };
        assert_eq!((counters.duplicates.get(), counters.dropped_duplicates.get()), expected);
        // The same bytes for another key are another body.
        server.post_with("/plain/batch", &body, &[(HEADER, OTHER)]).ids();
        assert_eq!(server.texts().len(), 2000 * copies + 2000);
    }
}

#[test]
fn a_key_has_limits_of_its_own() {
    let server =
        Server::with(&Extra { main: "requests: 1, encoded_bytes: 64 KiB, decoded_bytes: 128 KiB", ..Extra::default() });
    let mut slow = server.connect();
    slow.write_all(head("/plain", "Content-Length: 5\r\n").as_bytes()).expect("it listens");
    // Its head is read: the connection waits for its body.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(server.post("/plain", "a").refused(429), "too-many");
    server.post_with("/plain", "b", &[(HEADER, OTHER)]).ids();
    slow.write_all(b"hello").expect("it listens");
    drop(slow.read_to_end(&mut Vec::new()));
    server.post("/plain", "c").ids();
    assert_eq!(server.post("/plain/batch", "x\n".repeat(33 << 10)).refused(413), "body-too-large");
    let bomb = gzip(std::io::repeat(b'\n').take(129 << 10));
    assert_eq!(server.post_with("/plain/batch", &bomb, &[(HEADER, KEY), GZIP]).refused(413), "body-too-large");
    let rate = Server::with(&Extra { main: "bytes_per_second: 1 KiB", ..Extra::default() });
    rate.post("/plain/batch", "x\n".repeat(5 << 10)).ids();
    let limited = rate.post("/plain", "a");
    assert_eq!(limited.refused(429), "too-many");
    assert!((8..=12).contains(&limited.retry_after.expect("a time")), "{limited:?}");
}

/// T4: vector #16231: after a damaged buffer HTTP never listened. That a large log opens soon is T5's test.
#[test]
fn t4_until_the_log_is_open_senders_are_told_to_come_again() {
    let server = Server::with(&Extra { is_closed: true, ..Extra::default() });
    assert_eq!(server.post("/plain", "a").refused(503), "starting");
    server.post_with("/plain", "a", &[]).refused(401);
    server.listeners.as_ref().expect("it runs").open(server.log.clone());
    server.post("/plain", "a").ids();
    server.log.close();
    assert_eq!(server.post("/plain", "b").refused(503), "not-durable");
}

#[test]
fn a_full_log_is_503_until_there_is_room() {
    let server = Server::with(&Extra { log_bytes: Some(4 << 20), ..Extra::default() });
    let mut reader = server.log.reader("slow", weir_log::Start::Oldest).expect("a reader");
    let body = "x".repeat(200 << 10);
    let stored = (0..1000).take_while(|_| server.post("/plain", &body).status == 200).count();
    assert!((5..40).contains(&stored), "{stored}");
    let full = server.post("/plain", &body);
    assert_eq!((full.refused(503), full.retry_after), ("no-room", Some(1)));
    let mut read = 0;
    while let Some(item) = reader.next(Duration::ZERO).expect("readable") {
        let weir_log::Item::Entry(entry) = item else { unreachable!("nothing is damaged") };
        reader.save(entry.checkpoint()).expect("room for it");
        read += 1;
    }
    assert_eq!(read, stored, "what was answered is there, and nothing else");
    let start = std::time::Instant::now();
    while server.post("/plain", &body).status != 200 {
        assert!(start.elapsed() < Duration::from_secs(10), "it accepts again by itself");
        std::thread::sleep(Duration::from_millis(100));
    }
}
