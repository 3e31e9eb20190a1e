//! Syslog over TCP and TLS.

use crate::server::{Extra, KEY, OTHER, Server};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PLAIN: &str = "syslog: {listen: '127.0.0.1:0'}\nlimits: {shutdown_timeout: 2 s}";

fn server() -> Server {
    Server::with(&Extra { parts: PLAIN, ..Extra::default() })
}

fn message(key: &str, text: &str) -> String {
    format!("<13>1 2026-01-01T00:00:00Z host app 12 LOG [SEKOIA@53288 intake_key=\"{key}\"] {text}")
}

fn counted(message: &str) -> String {
    format!("{} {message}", message.len())
}

fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.syslog()).expect("it listens")
}

#[test]
fn both_framings_bring_messages_to_their_intakes() {
    let server = server();
    let mut stream = connect(&server);
    let text = [
        counted(&message(KEY, "one\nof two lines")),
        format!("{}\n", message(KEY, "two")),
        format!("{}\r\n", message(OTHER, "three")),
        counted(&message(KEY, "\u{feff}four")),
        counted(&message(KEY, "")),
    ];
    for byte in text.concat().bytes() {
        stream.write_all(&[byte]).expect("it listens");
    }
    let mut texts = server.wait_for(4);
    texts.sort();
    assert_eq!(texts, ["four", "one\nof two lines", "three", "two"]);
    let intakes: Vec<_> = server.logged().into_iter().filter(|(intake, ..)| intake == "other").collect();
    assert_eq!(intakes[0].1, "three");
    assert_eq!(server.counters.syslog.stored.get(), 4);
    assert!(!server.texts().concat().contains(KEY), "the key is not in the log");
}

#[test]
fn what_is_nobodys_is_counted_and_the_rest_goes_on() {
    let server = server();
    let mut stream = connect(&server);
    let without = "<13>1 2026-01-01T00:00:00Z host app 12 LOG - text";
    let odd = "<13>Jan  1 00:00:00 host app: text";
    let long = message(KEY, &"x".repeat(251 << 10));
    let strange = message("wrong-key-1", &"x".repeat(100 << 10));
    for text in [without, odd, &message("wrong-key-1", "a"), &long, &strange, &message(KEY, "b")] {
        stream.write_all(format!("{text}\n{}", counted(text)).as_bytes()).expect("it listens");
    }
    assert_eq!(server.wait_for(2), ["b", "b"]);
    let counters = &server.counters;
    assert_eq!(
        (counters.syslog.unauthorized.get(), counters.syslog.malformed.get(), counters.syslog.oversize.get()),
        (4, 2, 4)
    );
    assert_eq!(counters.intake("main").rejected.get(), 2);
}

#[test]
fn who_has_shown_no_key_gives_way_and_who_has_stays() {
    let parts = "syslog: {listen: '127.0.0.1:0'}\nlimits: {connections: 3, shutdown_timeout: 2 s}";
    let server = Server::with(&Extra { parts, ..Extra::default() });
    let mut known = connect(&server);
    known.write_all(counted(&message(KEY, "one")).as_bytes()).expect("it listens");
    server.wait_for(1);
    let strangers = [connect(&server), connect(&server)];
    let mut second = connect(&server);
    second.write_all(counted(&message(KEY, "two")).as_bytes()).expect("it listens");
    let mut texts = server.wait_for(2);
    known.write_all(counted(&message(KEY, "three")).as_bytes()).expect("it is still there");
    texts.append(&mut server.wait_for(3));
    assert!(texts.contains(&"three".to_owned()), "{texts:?}");
    drop(strangers);
}

#[test]
fn a_message_that_an_error_has_cut_is_none() {
    let server = server();
    let mut stream = connect(&server);
    let whole = format!("{}\n", message(KEY, "whole"));
    let text = format!("{whole}{}", message(KEY, "cut"));
    stream.write_all(text.as_bytes()).expect("it listens");
    server.wait_for(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _entered = runtime.enter();
    stream.set_nonblocking(true).expect("an option");
    let stream = tokio::net::TcpStream::from_std(stream).expect("a connection");
    stream.set_zero_linger().expect("an option");
    // So it is reset.
    drop(stream);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(server.texts(), ["whole"]);
}

#[test]
fn the_last_message_of_a_connection_needs_no_end() {
    let server = server();
    let mut stream = connect(&server);
    stream.write_all(message(KEY, "last").as_bytes()).expect("it listens");
    stream.shutdown(Shutdown::Write).expect("it is open");
    stream.read_to_end(&mut Vec::new()).expect("it ends");
    assert_eq!(server.texts(), ["last"]);
    let mut broken = connect(&server);
    broken.write_all(b"12x <13>").expect("it listens");
    broken.read_to_end(&mut Vec::new()).expect("it is closed: nobody can tell where the next message begins");
}

#[test]
fn a_client_that_overlooks_the_end_cannot_write_its_next_message_into_it() {
    let mut server = server();
    let mut stream = connect(&server);
    stream.write_all(counted(&message(KEY, "one")).as_bytes()).expect("it listens");
    server.wait_for(1);
    server.stop();
    // Into a connection that was only closed the first message would go without an error, and be lost.
    let error = stream.write_all(counted(&message(KEY, "two")).as_bytes()).expect_err("it was reset");
    assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{error}");
}

#[test]
fn many_messages_of_many_connections_are_all_there() {
    let server = server();
    std::thread::scope(|scope| {
        for connection in 0..8 {
            let server = &server;
            scope.spawn(move || {
                let mut stream = connect(server);
                for number in 0..2_500 {
                    let text = message(KEY, &format!("{connection} {number}"));
                    let framed = if connection % 2 == 0 { counted(&text) } else { format!("{text}\n") };
                    stream.write_all(framed.as_bytes()).expect("it listens");
                }
            });
        }
    });
    let texts = server.wait_for(20_000);
    for connection in 0..8 {
        let own: Vec<_> = texts.iter().filter(|text| text.starts_with(&format!("{connection} "))).collect();
        let expected: Vec<_> = (0..2_500).map(|number| format!("{connection} {number}")).collect();
        assert!(own.into_iter().eq(&expected), "in the order of their connection");
    }
}

#[test]
fn an_end_takes_what_was_sent_and_tells_the_sender() {
    let mut server = server();
    let mut streams: Vec<TcpStream> = (0..4).map(|_| connect(&server)).collect();
    for (number, stream) in streams.iter_mut().enumerate() {
        for message_number in 0..1000 {
            stream
                .write_all(counted(&message(KEY, &format!("{number} {message_number}"))).as_bytes())
                .expect("it listens");
        }
    }
    let senders: Vec<_> = streams
        .into_iter()
        .map(|mut stream| {
            std::thread::spawn(move || {
                stream.read_to_end(&mut Vec::new()).expect("it says that it ends");
                // On its way when the end was told.
                stream.write_all(counted(&message(KEY, "last")).as_bytes()).expect("it still reads");
            })
        })
        .collect();
    let start = Instant::now();
    server.stop();
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    senders.into_iter().for_each(|sender| sender.join().expect("no panic"));
    assert_eq!(server.texts().len(), 4_004);
}

#[test]
fn a_log_without_room_holds_senders_up_and_loses_nothing() {
    let server = Server::with(&Extra { parts: PLAIN, log_bytes: Some(4 << 20), ..Extra::default() });
    let log = Arc::clone(&server.log);
    let mut reader = log.reader("slow", weir_log::Start::Oldest).expect("a reader");
    let address = server.syslog();
    let sender = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).expect("it listens");
        for number in 0..200 {
            stream
                .write_all(counted(&message(KEY, &format!("{number:03}{}", "x".repeat(100 << 10)))).as_bytes())
                .expect("it reads");
        }
    });
    std::thread::sleep(Duration::from_millis(1500));
    assert!(!sender.is_finished(), "20 MB do not fit into 4 MiB");
    let (mut found, start) = (0, Instant::now());
    while found < 200 && start.elapsed() < Duration::from_secs(60) {
        if let Some(weir_log::Item::Entry(entry)) = reader.next(Duration::from_millis(100)).expect("readable") {
            let arrival: weir_receiver::Arrival = serde_json::from_slice(entry.metadata()).expect("an arrival");
            found += arrival.records;
            reader.save(entry.checkpoint()).expect("room for it");
        }
    }
    sender.join().expect("all was taken");
    assert_eq!(found, 200);
}
