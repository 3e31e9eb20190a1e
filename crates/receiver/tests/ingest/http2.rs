//! HTTP/2 by its frames: a request, and floods of them.

use crate::server::{HEADER, KEY, Server};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header that is not indexed, in the form of RFC 7541, 6.2.2.
fn literal(name: &str, value: &str) -> Vec<u8> {
    [&[0, name.len() as u8], name.as_bytes(), &[value.len() as u8], value.as_bytes()].concat()
}

/// `POST path`, with the key where it is given.
fn request(path: &str, key: Option<&str>) -> Vec<u8> {
    // Of the static table: `:method: POST` and `:scheme: http`.
    let mut headers = vec![0x83, 0x86];
    headers.extend(literal(":path", path));
    headers.extend(literal(":authority", "x"));
    headers.extend(key.map(|key| literal(&HEADER.to_ascii_lowercase(), key)).unwrap_or_default());
    headers
}

fn connect(server: &Server) -> TcpStream {
    let mut stream = server.connect();
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).expect("it listens");
    stream
}

/// The payload of the first frame of this kind.
fn await_frame(stream: &mut TcpStream, wanted: u8) -> Vec<u8> {
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).expect("a frame");
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        stream.read_exact(&mut payload).expect("its payload");
        if head[3] == wanted {
            return payload;
        }
    }
}

#[test]
fn a_request_is_answered_as_over_http_1() {
    let server = Server::start();
    let mut stream = connect(&server);
    let headers = frame(HEADERS, END_HEADERS, 1, &request("/plain/batch", Some(KEY)));
    let data = [frame(DATA, 0, 1, b"a\nb"), frame(DATA, END_STREAM, 1, b"\nc")].concat();
    stream.write_all(&[headers, data].concat()).expect("it listens");
    // `:status: 200` of the static table.
    assert_eq!(await_frame(&mut stream, HEADERS)[0], 0x88);
    let answer: serde_json::Value = serde_json::from_slice(&await_frame(&mut stream, DATA)).expect("JSON");
    assert_eq!(answer["event_ids"].as_array().map(Vec::len), Some(3));
    assert_eq!(server.texts(), ["a", "b", "c"]);
    stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, 3, &request("/plain", None))).expect("it listens");
    assert_ne!(await_frame(&mut stream, HEADERS)[0], 0x88);
}

/// Whether the server closes the connection while it is written to, within ten seconds and so many frames.
fn is_closed(mut stream: TcpStream, frames: impl Iterator<Item = Vec<u8>>) -> bool {
    let reading = stream.try_clone().expect("a socket");
    let reader = std::thread::spawn(move || drop(std::io::copy(&mut &reading, &mut std::io::sink())));
    let start = Instant::now();
    let mut is_closed = false;
    for frame in frames {
        if stream.write_all(&frame).is_err() {
            is_closed = true;
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "it reads on and on");
    }
    drop(stream.shutdown(std::net::Shutdown::Both));
    reader.join().expect("no panic");
    is_closed
}

#[test]
fn floods_end_their_connection_and_nothing_else() {
    let server = Server::start();
    let open = |number: u32| frame(HEADERS, END_HEADERS, 2 * number + 1, &request("/plain", Some(KEY)));
    // Rapid reset: CVE-2023-44487.
    let resets =
        (0..100_000).map(|number| [open(number), frame(RESET, 0, 2 * number + 1, &8u32.to_be_bytes())].concat());
    assert!(is_closed(connect(&server), resets), "rapid reset");
    // Headers without an end: CVE-2024-27316 and its kin.
    let first = frame(HEADERS, 0, 1, &request("/plain", Some(KEY)));
    let more = frame(CONTINUATION, 0, 1, &literal("x-filler", &"y".repeat(100)).repeat(80));
    let headers = std::iter::once(first).chain(std::iter::repeat_n(more, 10_000));
    assert!(is_closed(connect(&server), headers), "continuation");
    // Made-up settings, each of which wants an answer.
    let settings = std::iter::repeat_n(frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 255, 255]).repeat(100), 2_000);
    let _ = is_closed(connect(&server), settings);
    server.post("/plain", "a").ids();
    assert_eq!(server.texts(), ["a"], "requests that were withdrawn are not stored");
}
