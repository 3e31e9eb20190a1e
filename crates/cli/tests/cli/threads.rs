//! `weir run --threads`: the same bytes in the same order, however many threads run the records.

use crate::weir::{Folder, Ran};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

/// Records of very different length, some of which fail, with blank lines between.
fn records(many: usize) -> String {
    let record = |number: usize| match number % 7 {
        0 => format!("not json {number}\n"),
        1 => "\n".to_owned(),
        2 => format!("{{\"who\":\"{}\",\"n\":{number}}}\n", "x".repeat(number * 37 % 90_000)),
        _ => format!("{{\"who\":\"user{number}\",\"from\":\"192.0.2.{}\",\"n\":{number}}}\n", number % 256),
    };
    (0..many).map(record).collect()
}

fn run(folder: &Folder, threads: &str) -> Ran {
    folder
        .pipe(
            &[
                "run",
                "gates/gate",
                "--threads",
                threads,
                "--errors",
                threads,
                "--now",
                "2026-01-01T00:00:00Z",
                "records",
                "more",
            ],
            b"",
        )
        .exits(0)
}

#[test]
fn threads_change_neither_the_events_nor_the_errors_nor_the_counts() {
    let folder = Folder::new();
    folder.write("records", records(2_000));
    folder.write("more", records(300));
    let alone = run(&folder, "1");
    let counts = |ran: &Ran| ran.err.split(" in, ").next().map(str::to_owned);
    assert!(alone.out.lines().count() > 1_900 && alone.out.len() > 1 << 20, "{}", alone.out.len());
    for threads in ["2", "3", "8"] {
        let together = run(&folder, threads);
        assert!(together.out == alone.out, "{threads} threads");
        assert_eq!(folder.read(threads), folder.read("1"), "{threads} threads");
        assert_eq!(counts(&together), counts(&alone));
    }
    let kept: Vec<String> = records(2_000).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let last = kept.iter().rposition(|line| line.starts_with("not json")).expect("one that fails") + 1;
    assert!(folder.read("8").contains(&format!("{{\"record\":{last},\"file\":\"records\"")), "{last}");
}

#[test]
fn nothing_comes_of_nothing() {
    let folder = Folder::new();
    for threads in ["1", "4"] {
        let ran = folder.pipe(&["run", "gates/gate", "--threads", threads], b"").exits(0);
        assert_eq!(ran.out, "");
        assert!(ran.err.starts_with("0 records, 0 failed"), "{}", ran.err);
    }
    assert!(folder.pipe(&["run", "gates/gate", "--threads", "0"], b"").exits(2).err.contains("--threads"));
}

#[test]
fn a_record_comes_out_before_the_next_goes_in() {
    let folder = Folder::new();
    for threads in ["1", "4"] {
        let mut command = folder.weir(&["run", "gates/gate", "-q", "--threads", threads]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a run");
        let (mut records, mut events) =
            (child.stdin.take().expect("in"), BufReader::new(child.stdout.take().expect("out")));
        for number in 0..3 {
            writeln!(records, "{{\"who\":\"ada{number}\"}}").expect("written");
            records.flush().expect("flushed");
            let mut event = String::new();
            events.read_line(&mut event).expect("an event");
            assert!(event.contains(&format!("ada{number}")), "{event}");
        }
        drop(records);
        assert!(child.wait().expect("an end").success());
    }
}

#[test]
fn a_reader_that_goes_away_ends_all_threads() {
    let folder = Folder::new();
    folder.write("records", records(20_000));
    for threads in ["1", "4"] {
        let mut command = folder.weir(&["run", "gates/gate", "-q", "--threads", threads, "records"]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("a run");
        let mut events = BufReader::new(child.stdout.take().expect("out"));
        let mut event = String::new();
        events.read_line(&mut event).expect("an event");
        drop(events);
        assert!(child.wait().expect("an end").success(), "a closed pipe is no error");
    }
}

#[test]
fn an_output_that_cannot_take_more_is_told() {
    let folder = Folder::new();
    folder.write("records", records(5_000));
    for threads in ["1", "4"] {
        let ran =
            folder.pipe(&["run", "gates/gate", "--threads", threads, "--output", "/dev/full", "records"], b"").exits(2);
        assert!(ran.err.contains("cannot write /dev/full"), "{}", ran.err);
    }
}
