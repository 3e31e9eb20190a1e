//! Memory that does not grow with bodies: a process of its own, whose peak the system tells.

use crate::server::{Extra, HEADER, KEY, Server, gzip, head};
use std::io::{Read, Write};
use std::process::Command;

/// The most that the process may have had in memory, in KiB: what the issue promises.
const MOST: u64 = 256 << 10;

/// Runs a test of this file alone in a process, with bodies of this size, and returns its peak in KiB.
fn peak_of(test: &str, body_bytes: u64) -> u64 {
    let own = std::env::current_exe().expect("this test");
    let mut command = Command::new(own);
    command.args(["--exact", test, "--ignored", "--nocapture"]).env("WEIR_BODY_BYTES", body_bytes.to_string());
    let output = command.output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let peak = text.lines().find_map(|line| line.split_once("peak ")).expect("it tells its peak").1;
    peak.split_whitespace().next().expect("a number").parse().expect("a number")
}

/// The peak of this process in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[allow(clippy::print_stdout, reason = "the parent reads it")]
fn tell_peak() {
    println!("peak {} KiB", peak());
}

/// Lines that are alike, compressed while they are sent: nothing of them lies in the client's memory either.
fn post_packed(server: &Server, bytes: u64) -> String {
    let line = format!("{{\"ClientIP\":\"192.0.2.1\",\"RayID\":\"{}\"}}\n", "0123456789abcdef".repeat(26));
    let lines = std::iter::repeat_n(line.as_bytes(), bytes as usize / line.len());
    let mut stream = server.connect();
    let request = head("/plain/batch", "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n");
    stream.write_all(request.as_bytes()).expect("it listens");
    let mut packer = flate2::write::GzEncoder::new(Chunks(&mut stream), flate2::Compression::fast());
    for line in lines {
        packer.write_all(line).expect("it listens");
    }
    packer.finish().expect("it listens");
    stream.write_all(b"0\r\n\r\n").expect("it listens");
    let mut first = [0; 12];
    stream.read_exact(&mut first).expect("an answer");
    drop(std::io::copy(&mut stream, &mut std::io::sink()));
    String::from_utf8_lossy(&first).into_owned()
}

struct Chunks<'s>(&'s mut std::net::TcpStream);

impl Write for Chunks<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if !bytes.is_empty() {
            self.0.write_all(&[format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn four_large_bodies() {
    let bytes = std::env::var("WEIR_BODY_BYTES").map_or(60 << 20, |bytes| bytes.parse().expect("a number"));
    let server = Server::start();
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..4).map(|_| scope.spawn(|| post_packed(&server, bytes))).collect();
        for sender in senders {
            assert_eq!(sender.join().expect("no panic"), "HTTP/1.1 200");
        }
    });
    assert!(server.counters.intake("main").decoded_bytes.get() > 4 * bytes / 10 * 9);
    tell_peak();
}

/// T16: other collectors take 10 or 100 MiB.
#[test]
fn t16_four_large_bodies_at_once_take_little_memory() {
    let peak = peak_of("memory::four_large_bodies", 60 << 20);
    assert!(peak < MOST, "{peak} KiB");
}

#[test]
#[ignore = "a minute: run by the nightly tests"]
fn t16_four_bodies_of_600_mb_at_once_take_little_memory() {
    let peak = peak_of("memory::four_large_bodies", 600_000_000);
    assert!(peak < MOST, "{peak} KiB");
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn a_bomb_of_10_gb() {
    let server = Server::with(&Extra { main: "decoded_bytes: 512 MiB", ..Extra::default() });
    // Equal members: 10 GB in 10 MB without compressing 10 GB here.
    let member = gzip(std::io::repeat(0).take(100 << 20));
    let bomb = member.repeat(100);
    assert!(bomb.len() < 11 << 20, "{}", bomb.len());
    let before = peak();
    for path in ["/plain/batch", "/plain", "/jsons"] {
        let answer = server.post_with(path, &bomb, &[(HEADER, KEY), ("Content-Encoding", "gzip")]);
        assert_eq!(answer.refused(413), "body-too-large");
    }
    assert!(peak() < before + (64 << 10), "{before} KiB before, {} KiB after", peak());
    assert_eq!(server.texts().len(), 0);
    tell_peak();
}

#[test]
fn t15_a_bomb_of_10_gb_takes_little_memory() {
    let peak = peak_of("memory::a_bomb_of_10_gb", 0);
    assert!(peak < MOST, "{peak} KiB");
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn many_documents() {
    let server = Server::with(&Extra { main: "requests: 200", ..Extra::default() });
    let document = format!("[{}\"\"]", "\"\",".repeat(3_400_000));
    let nested = format!("{{\"a\":[{}0]}}", "[],".repeat(490_000));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| server.post("/jsons", &document).ids().len());
            scope.spawn(|| server.post("/jsons?path=$.a[*].b", &nested).ids());
        }
    });
    tell_peak();
}

#[test]
#[ignore = "half a minute: run by the nightly tests"]
fn documents_take_turns_in_memory() {
    let peak = peak_of("memory::many_documents", 0);
    // The clients' documents and answers are in this process as well.
    assert!(peak < 3 * MOST, "{peak} KiB");
}
