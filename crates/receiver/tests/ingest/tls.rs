//! TLS: both protocols, certificates that change, and clients that do not finish.

use crate::server::{Extra, HEADER, KEY, Server};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Writes a certificate for `localhost` with its key, and returns it as PEM.
pub fn certificate(folder: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])
        .expect("a certificate");
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("room");
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).expect("room");
    made.cert.pem()
}

fn server() -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    certificate(folder.path());
    let parts =
        "http: {listen: '127.0.0.1:0', tls: {certificate: cert.pem, key: key.pem}}\nlimits: {handshake: 500 ms}";
    Server::on(folder, &Extra { parts, ..Extra::default() })
}

/// What curl says of an upload, which trusts the certificate in a file: the version of HTTP and the status.
fn curl(server: &Server, trusted: &Path, more: &[&str]) -> Option<String> {
    let url = format!("https://localhost:{}/plain/batch", server.address.port());
    let mut command = Command::new("curl");
    command.args([
        "--silent",
        "--show-error",
        "--max-time",
        "20",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_version} %{http_code}",
    ]);
    command.arg("--cacert").arg(trusted).args(["--header", &format!("{HEADER}: {KEY}"), "--data-binary", "a\nb\n"]);
    let output = command.args(more).arg(url).output().expect("curl is there");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn curl_posts_over_tls_by_both_versions_of_http() {
    let server = server();
    let trusted = server.folder.path().join("cert.pem");
    assert_eq!(curl(&server, &trusted, &["--http1.1"]).as_deref(), Some("1.1 200"));
    assert_eq!(curl(&server, &trusted, &["--http2"]).as_deref(), Some("2 200"));
    assert_eq!(curl(&server, &trusted, &["--tlsv1.2", "--tls-max", "1.2"]).as_deref(), Some("2 200"));
    assert_eq!(curl(&server, &trusted, &["--tls-max", "1.1"]), None, "older versions are refused");
    assert_eq!(server.texts().len(), 6);
}

#[test]
fn a_new_pair_is_taken_while_it_runs_and_half_a_pair_is_not() {
    let server = server();
    let folder = server.folder.path();
    let old = folder.join("old.pem");
    std::fs::copy(folder.join("cert.pem"), &old).expect("room");
    let old_key = std::fs::read(folder.join("key.pem")).expect("a key");
    certificate(folder);
    let new_key = std::fs::read(folder.join("key.pem")).expect("a key");
    std::fs::write(folder.join("key.pem"), old_key).expect("room");
    let listeners = server.listeners.as_ref().expect("it runs");
    let failed = listeners.reload_certificates();
    assert!(failed[0].to_string().contains("are no pair"), "{}", failed[0]);
    assert!(curl(&server, &old, &[]).is_some(), "the old pair is in use");
    std::fs::write(folder.join("key.pem"), new_key).expect("room");
    assert!(listeners.reload_certificates().is_empty(), "a pair");
    assert!(curl(&server, &folder.join("cert.pem"), &[]).is_some());
    assert!(curl(&server, &old, &[]).is_none(), "the old one is gone");
}

#[test]
fn handshakes_that_do_not_end_are_ended() {
    let server = server();
    for bytes in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"POST /plain HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let start = Instant::now();
        let mut stream = server.connect();
        stream.write_all(bytes).expect("it listens");
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert!(!answer.starts_with(b"HTTP"), "nothing is answered in the clear");
    }
    assert!(curl(&server, &server.folder.path().join("cert.pem"), &[]).is_some());
}
