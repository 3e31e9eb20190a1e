//! `weir new`, and recorded pairs out of records.

use crate::weir::Folder;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

const LOG: &str = "\
May 14 08:30:12 gate-1 door[41]: user=ada src=8.8.4.4 action=open
May 14 08:31:40 gate-2 door[41]: user=margaret src=8.8.4.5 action=refuse
";

#[test]
fn a_log_becomes_a_format_that_checks_passes_and_runs() {
    let folder = Folder::new();
    folder.write("door.log", LOG);
    let ran = folder.run(&["new", "door", "--from", "door.log"]).exits(0);
    assert!(ran.out.contains("2 of 2 records are read, 2 with a date."), "{}", ran.out);
    assert!(ran.out.contains("Your decisions, also in DECISIONS.md:"), "{}", ran.out);
    folder.run(&["check", "door", "--deny-warnings"]).exits(0);
    folder.run(&["test", "door"]).exits(0);
    let events = folder.run(&["run", "door", "door.log", "--strict"]).exits(0).events();
    assert_eq!(events[1]["source"]["ip"], "8.8.4.5");
    assert_eq!(events[1]["user"]["name"], "margaret");
    assert_eq!(events[1]["host"]["name"], "gate-2");
    let ran = folder.run(&["new", "door", "--from", "door.log"]).exits(2);
    assert!(ran.err.contains("already exists"), "{}", ran.err);
    assert!(folder.run(&["new", "Door", "--from", "door.log"]).exits(2).err.contains("the name begins with"));
    folder.write("empty.log", "\n\n");
    assert!(folder.run(&["new", "empty", "--from", "empty.log"]).exits(2).err.contains("no records"));
    assert!(!folder.path("empty").exists());
}

#[test]
fn a_document_gives_its_records_and_says_how_to_run_them() {
    let folder = Folder::new();
    folder.write("export.json", "{\n \"Records\": [\n  {\"time\":\"2024-05-14T08:30:12Z\",\"user\":\"ada\"},\n  {\"time\":\"2024-05-14T08:31:12Z\",\"user\":\"bob\"}\n ]\n}\n");
    let ran = folder.run(&["new", "export", "--from", "export.json"]).exits(0);
    assert!(ran.out.contains("weir run export FILE --records '$.Records[*]'"), "{}", ran.out);
    let ran = folder.run(&["run", "export", "export.json", "--records", "$.Records[*]", "--strict"]).exits(0);
    assert_eq!(ran.events()[1]["user"]["name"], "bob");
    let ran = folder.run(&["run", "export", "export.json"]).exits(0);
    assert!(ran.err.contains("--records '$' reads the whole document"), "{}", ran.err);
    folder.write(
        "line.json",
        "{\"Records\":[{\"time\":\"2024-05-14T08:30:12Z\",\"user\":\"ada\"},{\"user\":\"bob\"}]}\n",
    );
    let ran = folder.run(&["run", "export", "line.json"]).exits(0);
    assert!(ran.err.contains("--records '$.Records[*]' makes a record of each"), "{}", ran.err);
}

#[test]
fn records_become_pairs_and_names_are_replaced() {
    let folder = Folder::new();
    folder.write("door.log", LOG);
    folder.run(&["new", "door", "--from", "door.log"]).exits(0);
    let ran = folder.run(&["test", "door", "--add", "door.log", "--record", "2"]).exits(0);
    assert!(ran.out.contains("added door/tests/door_1.json"), "{}", ran.out);
    let pair: Value = serde_json::from_str(&folder.read("door/tests/door_1.json")).expect("a pair");
    assert_eq!(pair["expected"]["user"]["name"], "margaret");
    let ran = folder.run(&["test", "door", "--add", "door.log", "--anonymise=key"]).exits(0);
    assert!(ran.out.contains("8.8.4.4 → 192.0.2.1") && ran.out.contains("margaret → "), "{}", ran.out);
    let (first, second) = (folder.read("door/tests/door_2.json"), folder.read("door/tests/door_3.json"));
    for gone in ["margaret", "8.8.4", "gate-1", "gate-2"] {
        assert!(!first.contains(gone) && !second.contains(gone), "{gone}: {first}{second}");
    }
    folder.run(&["test", "door"]).exits(0);
    // What cannot be replaced is told, and the command fails.
    folder.write("left.log", LOG.replace("refuse", "xmargaretx"));
    let ran = folder.run(&["test", "door", "--add", "left.log", "--anonymise=key"]).exits(1);
    assert!(ran.out.contains("still there, within other words: margaret"), "{}", ran.out);
    let ran = folder.run(&["test", "door", "--add", "door.log", "--record", "3"]).exits(2);
    assert!(ran.err.contains("has 2 records; there is no record 3"), "{}", ran.err);
    folder.write("many.log", LOG.repeat(11));
    assert!(folder.run(&["test", "door", "--add", "many.log"]).exits(2).err.contains("choose with --record"));
    assert!(folder.run(&["test", ".", "--add", "door.log"]).exits(2).err.contains("name one"));
}

#[test]
fn a_failing_pair_names_its_explanation_and_a_pair_is_found_by_its_name() {
    let folder = Folder::new();
    folder.write(
        "gates/gate/tests/one.json",
        r#"{"input":{"message":"{\"who\":\"ada\"}"},"expected":{"message":"","user":{"name":"bob"}}}"#,
    );
    let ran = folder.run(&["test", "gates/gate"]).exits(1);
    let command =
        ran.out.lines().find_map(|line| line.trim().strip_prefix("why: weir ")).expect("a command").to_owned();
    assert!(command.starts_with("explain gates/gate one --field "), "{command}");
    let arguments: Vec<&str> = command.split(' ').collect();
    folder.run(&arguments).exits(0);
    folder.run(&["explain", "gates/gate", "one.json"]).exits(0);
    let ran = folder.run(&["explain", "gates/gate", "onee"]).exits(2);
    assert!(ran.err.contains("did you mean `one`?"), "{}", ran.err);
}

#[test]
fn a_watched_format_is_run_again_after_a_change() {
    let folder = Folder::new();
    folder.write(
        "gates/gate/tests/one.json",
        r#"{"input":{"message":"{\"who\":\"ada\"}"},"expected":{"message":"","user":{"name":"bob"}}}"#,
    );
    let mut child = folder.weir(&["test", "gates/gate", "--watch"]).stdout(Stdio::piped()).spawn().expect("a run");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let turn = |lines: &mut dyn Iterator<Item = String>| -> String {
        lines.take_while(|line| !line.contains("watching for changes")).collect::<Vec<_>>().join("\n")
    };
    assert!(turn(&mut lines).contains("0 of 1 pair passes"));
    let started = Instant::now();
    fs::write(folder.path("gates/gate/tests/one.json"), r#"{"input":{"message":"{\"who\":\"ada\"}"},"expected":{"event":{"kind":"event"},"related":{"user":["ada"]},"user":{"name":"ada"}}}"#).expect("a file");
    let second = turn(&mut lines);
    let took = started.elapsed();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(second.contains("changed: gates/gate/tests/one.json") && second.contains("all pairs pass"), "{second}");
    assert!(took < Duration::from_secs(30), "{took:?}");
}
