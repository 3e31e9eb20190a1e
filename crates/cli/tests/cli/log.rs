//! `weir log`: a log in order, one with damage, and folders that have none.

use crate::weir::Folder;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use weir_log::{Log, Options, Sequence, Start};

/// A log of three entries, the second of several frames, with a reader behind the first.
fn log(folder: &Folder) -> (PathBuf, Vec<Sequence>) {
    let path = folder.path("log");
    let options = Options { segment_bytes: 1 << 20, part_bytes: 8_000, ..Options::default() };
    let (log, _) = Log::open(&path, options).expect("a new log");
    let store = |body: &[u8], metadata: &[u8]| {
        let mut entry = log.append().expect("room");
        entry.write(body).expect("room");
        entry.commit(metadata, 1_700_000_000_000).expect("room")
    };
    let sequences = vec![store(b"one", b"key"), store(&[b'2'; 30_000], b"key"), store(b"three", &[0xff, 0])];
    let mut reader = log.reader("ndjson", Start::Oldest).expect("a reader");
    let item = reader.next(Duration::ZERO).expect("a read").expect("an entry");
    reader.save(item.checkpoint()).expect("a save");
    (path, sequences)
}

fn flip(log: &Path, offset: usize) {
    let path = log.join("0000000000000000.segment");
    let mut content = fs::read(&path).expect("a segment");
    content[offset] ^= 1;
    fs::write(path, content).expect("a segment");
}

#[test]
fn a_log_in_order_is_told_so_and_dumped() {
    let folder = Folder::new();
    let (_, sequences) = log(&folder);
    let checked = folder.run(&["log", "check", "log"]).exits(0);
    assert_eq!(checked.out, format!("3 entries, {} to {}; bodies of 30008 bytes\n", sequences[0].0, sequences[2].0));
    let stat = folder.run(&["log", "stat", "log"]).exits(0);
    assert!(stat.out.contains("3 entries, 1 segment of"), "{}", stat.out);
    assert!(stat.out.contains("reader ndjson: 2 behind"), "{}", stat.out);
    let lines = folder.run(&["log", "dump", "log"]).exits(0).events();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["bytes"], 30_000);
    assert_eq!(lines[1]["sequence"], sequences[1].0);
    assert_eq!((&lines[0]["metadata"], &lines[2]["metadata_hex"]), (&"key".into(), &"ff00".into()));
    assert_eq!(lines[0]["received"], "2023-11-14T22:13:20Z");
    let second = sequences[1].0.to_string();
    let rest = folder.run(&["log", "dump", "log", "--from", &second, "--limit", "1"]).exits(0).events();
    assert_eq!(rest, lines[1..2]);
    assert_eq!(folder.run(&["log", "dump", "log", "--body", &second]).exits(0).out, "2".repeat(30_000));
}

#[test]
fn damage_is_told_with_what_it_hit() {
    let folder = Folder::new();
    let (path, sequences) = log(&folder);
    // In the body of the second entry's first frame, which is the second one of the log.
    flip(&path, 3 * 4096 + 1_000);
    let checked = folder.run(&["log", "check", "log"]).exits(1);
    let told = format!("damage: entry {} of 30000 bytes: its content is damaged; entries lost: 1", sequences[1].0);
    assert!(checked.out.starts_with("2 entries") && checked.out.contains(&told), "{}", checked.out);
    let json = &folder.run(&["log", "check", "log", "--format", "json"]).exits(1).events()[0];
    assert_eq!((&json["entries"], &json["damage"][0]["sequence"]), (&2.into(), &sequences[1].0.into()));
    let lines = folder.run(&["log", "dump", "log"]).exits(0).events();
    assert!(lines[1]["damage"].is_string() && lines.len() == 3, "{lines:?}");
    let second = sequences[1].0.to_string();
    let none = folder.run(&["log", "dump", "log", "--body", &second]).exits(2);
    assert!(none.err.contains("no whole entry"), "{}", none.err);
    assert!(!path.join("quarantine").exists(), "looking changes nothing");
}

#[test]
fn damaged_positions_and_headers_are_damage() {
    let folder = Folder::new();
    let (path, _) = log(&folder);
    let position = path.join("ndjson.position");
    let mut content = fs::read(&position).expect("a position");
    content[0] ^= 1;
    fs::write(&position, content).expect("a position");
    flip(&path, 20);
    flip(&path, 4096 + 20);
    let checked = folder.run(&["log", "check", "log"]).exits(1);
    assert!(checked.out.contains("position of ndjson: one slot"), "{}", checked.out);
    assert!(checked.out.contains("segment: both copies of its header"), "{}", checked.out);
    folder.run(&["log", "stat", "log"]).exits(0);
}

#[test]
fn a_folder_without_a_log_is_told() {
    let folder = Folder::new();
    for command in ["check", "stat", "dump"] {
        let none = folder.run(&["log", command, "gates"]).exits(2);
        assert!(none.err.contains("gates has no log: it needs a file *.segment"), "{}", none.err);
        let missing = folder.run(&["log", command, "nowhere"]).exits(2);
        assert!(missing.err.contains("cannot read nowhere"), "{}", missing.err);
    }
}
