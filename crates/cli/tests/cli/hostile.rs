//! Input that means no good: one line comes out for each record all the same.

use crate::weir::Folder;
use flate2::Compression;
use flate2::read::GzEncoder;
use serde_json::Value;
use std::io::Read;
use std::process::{Command, Stdio};

/// Longer than the engine's limit, which is 16 MiB.
const LONG: usize = 64 << 20;

#[test]
fn a_very_long_line_keeps_the_first_part_of_its_message_and_fails() {
    let folder = Folder::new();
    let mut input = vec![b'x'; LONG];
    input.extend(b"\n{\"who\":\"ada\"}\n");
    let ran = folder.pipe(&["run", "gates/gate"], &input).exits(0);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 2);
    let event: Value = serde_json::from_str(lines[0]).expect("JSON");
    assert_eq!(event["message"].as_str().map(str::len), Some(1 << 20));
    assert!(event["sekoiaio"]["intake"]["parsing_error"].as_str().is_some_and(|error| error.contains("16777216")));
    assert!(lines[1].contains("\"ada\""));
}

#[test]
fn a_line_beyond_all_bounds_is_cut_and_takes_little_memory() {
    let folder = Folder::new();
    for packed in [false, true] {
        let mut command = folder.weir(&["run", "gates/gate", "--output", "out", "--errors", "errors"]);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a run");
        let mut stdin = child.stdin.take().expect("a pipe");
        let line = std::io::repeat(b'x').take(256 << 20).chain(&b"\n{\"who\":\"ada\"}\n"[..]);
        let mut source: Box<dyn Read> =
            if packed { Box::new(GzEncoder::new(line, Compression::fast())) } else { Box::new(line) };
        std::io::copy(&mut source, &mut stdin).expect("the pipe is open");
        // It was read but for the last bytes; what it took, it took.
        let most = peak(child.id());
        drop(stdin);
        let output = child.wait_with_output().expect("an end");
        assert!(output.status.success());
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(err.contains("2 records, 1 failed") && err.contains("1 line cut"), "{err}");
        let size = |name: &str| std::fs::metadata(folder.path(name)).expect("a file").len();
        assert!(((1 << 20)..(1 << 20) + 1000).contains(&size("out")), "{}", size("out"));
        assert!(((1 << 20)..(1 << 20) + 1000).contains(&size("errors")), "{}", size("errors"));
        assert!(most < 256, "{most} MiB");
    }
}

/// The most memory that a process had so far, in MiB; nothing where the system does not tell.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) >> 10
}

#[test]
fn bytes_that_are_no_text_and_characters_that_are_no_letters_pass() {
    let lines: [&[u8]; 6] =
        [b"a\0b", b"\xff\xfe\xc0", b"{\"who\":\"\xe9\"}", b"\x1b[31m", b"\xed\xa0\x80", "\u{2028}\u{202e}".as_bytes()];
    let ran = Folder::new().pipe(&["run", "gates/gate"], &lines.join(&b'\n')).exits(0);
    let events = ran.events();
    assert_eq!(events.len(), lines.len());
    assert_eq!(events[0]["message"], "a\0b");
    assert_eq!(events[2]["user"]["name"], "\u{fffd}");
    assert!(!ran.out.contains('\u{1b}'));
}

#[test]
fn nesting_without_end_fails_one_record_only() {
    for open in ["[", "{\"a\":"] {
        let close = if open == "[" { "]" } else { "1}" };
        let deep = format!("{}{}", open.repeat(100_000), &close[close.len() - 1..].repeat(100_000));
        let tagged = format!("{{\"tags\":{deep}}}");
        let lines = [&deep, &tagged, &open.repeat(100_000), "{\"who\":\"ada\"}"].join("\n");
        for arguments in [&["run", "gates/gate", "--errors", "e"][..], &["run", "gates/gate", "--input", "events"]] {
            let events = Folder::new().pipe(arguments, lines.as_bytes()).exits(0).out;
            assert_eq!(events.lines().count(), 4);
        }
        let folder = Folder::new();
        let ran = folder.pipe(&["run", "gates/gate", "-q", "--records", "$..*"], deep.replace("1}", "}").as_bytes());
        assert!([0, 2].contains(&ran.code), "{}", ran.err);
    }
}

#[test]
fn hostile_records_of_every_kind_give_one_line_each() {
    let words =
        ["{", "}", "[", "]", "\"", "\\", "null", "1e999", "{{", "%s", "\r", "\u{0}", "é", "{\"who\":", "-", ","];
    let mut seed = 7_u64;
    let mut input = String::new();
    for _ in 0..2000 {
        input.push('x');
        for _ in 0..seed % 9 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            input.push_str(words[(seed >> 33) as usize % words.len()]);
        }
        seed = seed.wrapping_add(1);
        input.push('\n');
    }
    let folder = Folder::new();
    for arguments in [&["run", "gates/gate", "--meta"][..], &["run", "gates/gate", "--input", "events"]] {
        let ran = folder.pipe(arguments, input.as_bytes()).exits(0);
        assert_eq!(ran.events().len(), 2000);
    }
}

/// A decompressed input of 400 MB, in memory that could not hold it.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_input() {
    let folder = Folder::new();
    let line = [b"[".to_vec(), vec![b'1'; 200_000], b"]\n".to_vec()].concat();
    folder.write("records.zst", zstd::encode_all(&*line.repeat(2000), 1).expect("memory"));
    let binary = env!("CARGO_BIN_EXE_weir");
    let mut command = Command::new("sh");
    let script = format!("ulimit -v 327680; exec '{binary}' run gates/gate records.zst -q");
    command.args(["-c", &script]).current_dir(folder.path(".")).stdout(Stdio::null());
    assert_eq!(command.status().expect("a shell").code(), Some(0));
}
