//! Where records come from: lines, events, documents, compressed files.

use crate::weir::Folder;
use serde_json::{Value, json};
use std::io::Write;

const LINES: &str = "{\"who\":\"ada\"}\n{\"who\":\"bob\"}\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

fn zstd(text: &str) -> Vec<u8> {
    zstd::encode_all(text.as_bytes(), 1).expect("memory")
}

fn messages(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["message"].as_str()).collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["user"]["name"].as_str()).collect()
}

#[test]
fn a_line_is_a_record_with_or_without_its_end() {
    let ran =
        Folder::new().pipe(&["run", "gates/gate"], b"\xef\xbb\xbfone \r\n\r\n \t \n\n two\rtwo\nthree\r").exits(0);
    let events = ran.events();
    assert_eq!(messages(&events), ["one ", " two\rtwo", "three\r"]);
    assert!(ran.err.contains("3 blank lines skipped"), "{}", ran.err);
    assert_eq!(Folder::new().pipe(&["run", "gates/gate", "-q"], b"").exits(0).out, "");
}

#[test]
fn a_byte_order_mark_before_any_line_is_no_part_of_it() {
    let text = "\u{feff}{\"who\":\"ada\"}\n\u{feff}{\"who\":\"bob\"}\r\n\u{feff}\n{\"who\":\"\u{feff}c\"}\n";
    let folder = Folder::new();
    let ran = folder.pipe(&["run", "gates/gate", "--strict"], text.as_bytes()).exits(0);
    assert_eq!(names(&ran.events()), ["ada", "bob", "\u{feff}c"], "but inside");
    assert!(ran.err.contains("1 blank line skipped"), "{}", ran.err);
    folder.write("records", text);
    let ran = folder.run(&["explain", "gates/gate", "records", "--record", "2", "--field", "user.name"]).exits(0);
    assert!(ran.out.starts_with("user.name = \"bob\""), "{}", ran.out);
}

#[test]
fn files_are_read_one_after_the_other_and_a_dash_is_standard_input() {
    let folder = Folder::new();
    folder.write("a", "{\"who\":\"ada\"}");
    folder.write("c", "{\"who\":\"cyd\"}\n");
    let ran = folder.pipe(&["run", "gates/gate", "a", "-", "c"], b"{\"who\":\"bob\"}").exits(0);
    assert_eq!(names(&ran.events()), ["ada", "bob", "cyd"]);
}

#[test]
fn an_event_has_more_than_a_message() {
    let lines = "{\"message\":\"{\\\"who\\\":\\\"ada\\\"}\",\"note\":\"n1\"}\n[1]\n{\"note\":\"n2\"}\nbroken\n";
    let ran = Folder::new().pipe(&["run", "gates/gate", "--input", "events"], lines.as_bytes()).exits(0);
    let events = ran.events();
    assert_eq!(events.len(), 4);
    assert_eq!((&events[0]["user"]["name"], &events[0]["gate"]["note"]), (&json!("ada"), &json!("n1")));
    assert_eq!(events[0]["message"], "{\"who\":\"ada\"}");
    for failed in [1, 3] {
        assert!(events[failed]["sekoiaio"]["intake"]["parsing_error"].is_string(), "{}", events[failed]);
    }
}

#[test]
fn compressed_files_are_known_by_their_first_bytes() {
    let folder = Folder::new();
    let second = "{\"who\":\"cyd\"}\n";
    let gzip = [gzip(LINES), gzip(second)].concat();
    let skipped = [&[0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"any"].concat();
    let frames = [skipped, zstd(LINES), zstd(second)].concat();
    for bytes in [&gzip, &[zstd(LINES), zstd(second)].concat(), &frames] {
        folder.write("records.txt", bytes);
        let ran = folder.run(&["run", "gates/gate", "records.txt"]).exits(0);
        assert_eq!(names(&ran.events()), ["ada", "bob", "cyd"], "{}", ran.err);
        let ran = folder.pipe(&["run", "gates/gate"], bytes).exits(0);
        assert_eq!(names(&ran.events()), ["ada", "bob", "cyd"], "standard input");
    }
}

#[test]
fn utf_16_is_known_by_its_mark_also_in_a_compressed_file() {
    let folder = Folder::new();
    let text = format!("\u{feff}{}\r\n{{\"who\":\"zoë\"}}\r\n", LINES.trim_end());
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&utf16).expect("memory");
        for bytes in [&utf16, &encoder.finish().expect("memory"), &zstd::encode_all(&utf16[..], 1).expect("memory")] {
            let ran = folder.pipe(&["run", "gates/gate"], bytes).exits(0);
            assert_eq!(names(&ran.events()), ["ada", "bob", "zoë"], "{}", ran.err);
        }
        let ran = folder.pipe(&["run", "gates/gate"], &utf16[2..]).exits(2);
        assert!(ran.err.contains("UTF-16 without a byte order mark") && ran.err.contains("iconv"), "{}", ran.err);
    }
}

#[test]
fn a_compressed_file_that_breaks_off_gives_what_it_has_and_an_error() {
    let folder = Folder::new();
    let lines = (0..100_000_u64).map(|n| format!("{{\"n\":{}}}\n", n * n * 7919 % 1_000_003)).collect::<String>();
    for whole in [gzip(&lines), zstd(&lines)] {
        folder.write("records", &whole[..whole.len() / 2]);
        let ran = folder.run(&["run", "gates/gate", "records"]).exits(2);
        assert!(ran.err.contains("cannot read records"), "{:.500}", ran.err);
        assert!(ran.events().len() > 1000, "{}", ran.events().len());
    }
    let damaged = folder.pipe(&["run", "gates/gate"], &[0x1f, 0x8b, 0xff, 0, 0]).exits(2);
    assert_eq!(damaged.out, "");
}

#[test]
fn what_only_begins_like_a_compressed_file_is_text() {
    for text in ["(", "\u{1f}", "Q*", "(x", "P"] {
        let events = Folder::new().pipe(&["run", "gates/gate"], text.as_bytes()).exits(0).events();
        assert_eq!(messages(&events), [text]);
    }
}

#[test]
fn records_of_a_document_are_selected_by_a_path() {
    let folder = Folder::new();
    let document = "{\"Records\": [ {\"who\": \"ada\", \"n\": 12345678901234567890123, \"x\": 1.50}, \"{\\\"who\\\":\\\"bob\\\"}\", 7 ], \
                    \"more\": {\"who\":\"cyd\"}}";
    folder.write("a.json", document);
    folder.write("b.json", gzip("{\"Records\":[{\"who\":\"dee\"}]}"));
    let ran = folder.run(&["run", "gates/gate", "a.json", "b.json", "--records", "$.Records[*]"]).exits(0);
    let events = ran.events();
    let expected =
        ["{\"who\":\"ada\",\"n\":12345678901234567890123,\"x\":1.50}", "{\"who\":\"bob\"}", "7", "{\"who\":\"dee\"}"];
    assert_eq!(messages(&events), expected);
    let ran = folder.run(&["run", "gates/gate", "a.json", "--records", "$..[?@.who]"]).exits(0);
    assert_eq!(names(&ran.events()), ["cyd", "ada"]);
    let nothing = ["run", "gates/gate", "a.json", "--records", "$.none[*]"];
    let ran = folder.run(&nothing).exits(0);
    assert!(ran.out.is_empty() && ran.err.contains("`$.none[*]` selects nothing in a.json"), "{}", ran.err);
    let quiet = folder.run(&[&nothing[..], &["-q"]].concat()).exits(0);
    assert!(quiet.out.is_empty() && quiet.err.is_empty(), "{}", quiet.err);
}

#[test]
fn documents_and_paths_that_are_none_exit_with_two() {
    let folder = Folder::new();
    folder.write("bad.json", "{\"Records\": [");
    folder.write("good.json", "[{\"who\":\"ada\"}]");
    let ran = folder.run(&["run", "gates/gate", "bad.json", "good.json", "--records", "$[*]"]).exits(2);
    assert!(ran.err.contains("bad.json: not JSON"), "{}", ran.err);
    assert_eq!(names(&ran.events()), ["ada"]);
    let ran = folder.run(&["run", "gates/gate", "good.json", "--records", "$[["]).exits(2);
    assert!(ran.err.contains("JSONPath"), "{}", ran.err);
    folder.run(&["run", "gates/gate", "good.json", "--records", "$", "--input", "events"]).exits(2);
}
