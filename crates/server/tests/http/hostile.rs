//! Clients that mean no good, or are broken: the server goes on.

use crate::server::{PATH, Server, block_on, body};
use flate2::Compression;
use flate2::read::GzEncoder;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::time::{Duration, Instant};
use weir_server::Limits;

fn gzip(bytes: impl Read) -> Vec<u8> {
    let mut packed = Vec::new();
    GzEncoder::new(bytes, Compression::best()).read_to_end(&mut packed).expect("memory");
    packed
}

fn packed() -> Vec<u8> {
    gzip(body(&[json!({"who": "ada"})]).to_string().as_bytes())
}

const GZIP: &[(&str, &str)] = &[("Content-Encoding", "gzip")];

#[test]
fn a_packed_body_is_unpacked_and_a_broken_one_refused() {
    let server = Server::start();
    let packed = packed();
    assert_eq!(server.post_bytes(&packed, GZIP).well()["parsed_messages"][0]["user"]["name"], "ada");
    let text = body(&[json!({})]).to_string();
    let (left, right) = text.split_at(text.len() / 2);
    let parts = [gzip(left.as_bytes()), gzip(right.as_bytes())].concat();
    server.post_bytes(&parts, &[("Content-Encoding", " X-GZIP")]).well();
    server.post_bytes(text.as_bytes(), &[("Content-Encoding", "identity")]).well();
    assert_eq!(server.post_bytes(text.as_bytes(), GZIP).refused(400), "bad-gzip");
    assert_eq!(server.post_bytes(&packed[..packed.len() - 4], GZIP).refused(400), "bad-gzip");
    let mut damaged = packed.clone();
    damaged[packed.len() / 2] ^= 0x55;
    assert_eq!(server.post_bytes(&damaged, GZIP).refused(400), "bad-gzip");
    assert_eq!(server.post_bytes(&packed, &[]).refused(400), "bad-json");
    assert_eq!(server.post_bytes(&packed, &[("Content-Encoding", "br")]).refused(415), "unknown-encoding");
}

#[test]
fn a_gzip_bomb_is_not_unpacked() {
    let server = Server::within(Limits { body: 1 << 20, ..Limits::default() });
    let bomb = gzip(std::io::repeat(b' ').take(512 << 20));
    assert!(bomb.len() < 1 << 20);
    assert_eq!(server.post_bytes(&bomb, GZIP).refused(413), "body-too-large");
}

#[test]
fn a_body_that_is_too_large_is_refused_announced_or_not() {
    let server = Server::within(Limits { body: 100_000, ..Limits::default() });
    let part = "x".repeat(10_000);
    let announced = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 150000\r\n\r\n");
    let answer = server.send(&[announced.as_bytes(), part.repeat(15).as_bytes()].concat());
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body-too-large"), "{answer}");
    let chunk = format!("2710\r\n{part}\r\n");
    let chunked = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    let answer = server.send(format!("{chunked}{}0\r\n\r\n", chunk.repeat(15)).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let polite =
        format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9999999999\r\n\r\n");
    assert!(server.send(polite.as_bytes()).starts_with("HTTP/1.1 413 "));
    // Endless: the server stops to read.
    let mut stream = server.connect();
    stream.write_all(chunked.as_bytes()).expect("it listens");
    let start = Instant::now();
    while stream.write_all(chunk.as_bytes()).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(30), "it reads on and on");
    }
    server.post(&body(&[json!({})])).well();
}

#[test]
fn what_is_no_http_and_what_breaks_off_does_not_harm() {
    let server = Server::start();
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\n");
    for bytes in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        vec![0; 100_000],
        format!("{head}Content-Length: -1\r\n\r\n").into_bytes(),
        format!("{head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello").into_bytes(),
        format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n").into_bytes(),
        format!("{head}{}\r\n", "A: b\r\n".repeat(10_000)).into_bytes(),
        format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(1 << 20)).into_bytes(),
    ] {
        let answer = server.send(&bytes);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer:.200}");
    }
    let mut stream = server.connect();
    stream.write_all(format!("{head}Content-Length: 1000\r\n\r\n{{\"parser\"").as_bytes()).expect("it listens");
    drop(stream);
    server.post(&body(&[json!({})])).well();
}

#[test]
fn slow_clients_are_given_up() {
    let server = Server::within(Limits { patience: Duration::from_millis(300), ..Limits::default() });
    let start = Instant::now();
    assert_eq!(server.send(b"POST / HT"), "", "half a head");
    let half = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 10\r\n\r\n{{");
    let answer = server.send(half.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("body-too-slow"), "{answer}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_client_that_does_not_read_its_answer_is_given_up() {
    let server = Server::within(Limits { patience: Duration::from_millis(300), ..Limits::default() });
    let text = body(&vec![json!({"who": "x".repeat(30_000)}); 500]).to_string();
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", text.len());
    let mut stream = server.connect();
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(text.as_bytes())).expect("it listens");
    std::thread::sleep(Duration::from_secs(4));
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    assert!(read.is_err() || answer.len() < 30_000_000, "all {} bytes came", answer.len());
}

#[test]
fn a_request_that_takes_too_long_is_answered_and_leaves_room() {
    let server = Server::within(Limits { time: Duration::from_millis(500), jobs: 1, ..Limits::default() });
    let parser = json!({"name": "x", "pipeline": [{"name": "s"}], "stages": {"s": {"actions": [{"set": {"event.reason":
        "{% for i in range(9999) %}{% for j in range(9999) %}{{ i * j }}{% endfor %}{% endfor %}"}}]}}});
    let events = vec![json!({"message": "x"}); 10_000];
    let start = Instant::now();
    let answer = server.post(&json!({"parser": parser, "events": events}));
    assert!(["took-too-long", "busy"].contains(&answer.refused(503).as_str()));
    assert!(start.elapsed() < Duration::from_secs(30));
    // The one job ends between two events; then there is room again.
    while server.post(&body(&[json!({})])).status != 200 {
        assert!(start.elapsed() < Duration::from_secs(60), "it never ends");
    }
}

#[test]
fn connections_that_say_nothing_or_little_keep_nobody_out() {
    let server = Server::within(Limits { connections: 8, ..Limits::default() });
    let start = Instant::now();
    let mut idle: Vec<_> = (0..40).map(|_| server.connect()).collect();
    for stream in idle.iter_mut().step_by(2) {
        // Some are closed already.
        let _ = stream.write_all(b"POST / HT");
    }
    for _ in 0..3 {
        server.post(&body(&[json!({})])).well();
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// A parser with a stage of so many actions, which so many entries run.
fn repeated(entries: usize, actions: usize) -> Value {
    let entries: Vec<Value> = (0..entries).map(|_| json!({"name": "s"})).collect();
    let actions: Vec<Value> = (0..actions).map(|n| json!({"set": {"event.reason": format!("{n}")}})).collect();
    json!({"name": "x", "pipeline": entries, "stages": {"s": {"actions": actions}}})
}

#[test]
fn a_parser_that_would_compile_without_end_is_refused() {
    let server = Server::start();
    let start = Instant::now();
    let answer = server.post(&json!({"parser": repeated(20_000, 20_000), "events": [{"message": "x"}]}));
    assert_eq!(answer.body["findings"][0]["code"], "spec-too-large");
    assert_eq!(answer.refused(422), "does-not-compile");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    server.post(&body(&[json!({})])).well();
}

#[test]
fn a_parser_that_takes_too_long_to_compile_is_given_up() {
    let server = Server::within(Limits { time: Duration::from_millis(100), jobs: 1, ..Limits::default() });
    let start = Instant::now();
    // Just below what a spec may take.
    let answer = server.post(&json!({"parser": repeated(480, 500), "events": [{"message": "x"}]}));
    assert_eq!(answer.refused(503), "took-too-long");
    while server.post(&body(&[json!({})])).status != 200 {
        assert!(start.elapsed() < Duration::from_secs(30), "it never ends");
    }
}

#[test]
fn many_clients_at_once_are_all_served() {
    let server = Server::within(Limits { jobs: 2, requests: 3, connections: 8, ..Limits::default() });
    std::thread::scope(|scope| {
        for client in 0..32 {
            let server = &server;
            scope.spawn(move || {
                let messages: Vec<Value> = (0..50).map(|n| json!({"who": format!("{client}-{n}")})).collect();
                let answer = server.post(&body(&messages)).well();
                assert_eq!(answer["parsed_messages"][49]["user"]["name"], format!("{client}-49"));
            });
        }
    });
}

#[test]
fn one_connection_serves_request_after_request() {
    let server = Server::start();
    let text = body(&[json!({})]).to_string();
    let one = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{text}", text.len());
    let last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = server.send(format!("{one}{one}{last}").as_bytes());
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 3, "{answer}");
}

#[test]
fn a_server_that_is_told_to_end_finishes_what_it_does() {
    let mut server = Server::start();
    let text = body(&[json!({"who": "ada"})]).to_string();
    let idle = server.connect();
    let mut stream = server.connect();
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", text.len());
    stream.write_all(head.as_bytes()).expect("it listens");
    std::thread::sleep(Duration::from_millis(200));
    server.tell();
    std::thread::sleep(Duration::from_millis(200));
    assert!(!server.has_ended(), "a request is under way");
    stream.write_all(text.as_bytes()).expect("it still reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"ada\""), "{answer}");
    let start = Instant::now();
    while !server.has_ended() {
        assert!(start.elapsed() < Duration::from_secs(5), "idle connections are closed");
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(idle);
}

#[test]
fn a_server_that_is_told_to_end_does_not_wait_for_ever() {
    let mut server = Server::within(Limits { farewell: Duration::from_millis(300), ..Limits::default() });
    let mut stream = server.connect();
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("it listens");
    std::thread::sleep(Duration::from_millis(100));
    server.tell();
    let start = Instant::now();
    while !server.has_ended() {
        assert!(start.elapsed() < Duration::from_secs(5), "it waits");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let server = Server::start();
    let taken = block_on(tokio::net::TcpListener::bind(server.address));
    assert!(taken.is_err());
}
