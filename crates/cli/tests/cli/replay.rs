//! `weir replay`: what it says of lines and entries that cannot be read, and of options that would do nothing.

use crate::weir::Folder;
use serde_json::json;
use weir_log::{Log, Options};

/// A dead letter of a record that the format reads.
fn letter() -> String {
    let letter = json!({
        "sequence": 1, "record": 0, "id": "9bbbf53b-a2a0-8000-8000-000200000001", "stage": "parse", "code": "x", "reason": "y",
        "intake": "gate", "received": 0, "original": r#"{"who":"ada","from":"192.0.2.7","n":1}"#,
    });
    format!("{letter}\n")
}

/// A log with an entry of which nobody knows what it is.
fn log(folder: &Folder) {
    let (log, _) = Log::open(&folder.path("log"), Options::default()).expect("a new log");
    let mut entry = log.append().expect("room");
    entry.write(b"a").expect("room");
    entry.commit(b"strange", 0).expect("room");
    log.close();
}

#[test]
fn what_cannot_be_read_is_told_and_is_no_success() {
    let folder = Folder::new();
    folder.write("whole.ndjson", letter());
    folder.write("mixed.ndjson", format!("no letter\n{}{{}}\n", letter()));
    folder.write("broken.ndjson", "no letter\n");
    log(&folder);
    let replay = |path: &str| folder.run(&["replay", path, "--through", "gates/gate"]);
    let whole = replay("whole.ndjson").exits(0).out;
    assert_eq!(whole, "1 record becomes an event now, 0 still fail\n");
    let mixed = replay("mixed.ndjson").exits(1).out;
    assert!(
        mixed.contains("1 record becomes an event now") && mixed.contains("2 lines or entries cannot be read"),
        "{mixed}"
    );
    assert!(replay("broken.ndjson").exits(1).out.contains("1 line or entry cannot be read"));
    assert!(replay("log").exits(1).out.contains("1 line or entry cannot be read"));
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let folder = Folder::new();
    folder.write("whole.ndjson", letter());
    log(&folder);
    for (arguments, words) in [
        (&["log", "--id", "x", "--through", "gates/gate"][..], "--id and --print are for dead letters"),
        (&["log", "--print"], "--id and --print are for dead letters"),
        (&["whole.ndjson", "--from", "1", "--through", "gates/gate"], "--from and --until are for a log"),
        (&["whole.ndjson", "log", "--until", "1", "--through", "gates/gate"], "--from and --until are for a log"),
    ] {
        let ran = folder.run(&[&["replay"], arguments].concat()).exits(2);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
}
