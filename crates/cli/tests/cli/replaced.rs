//! Files of the user that are replaced: the disk gets full, a signal comes, links, modes.

use crate::weir::Folder;
use serde_json::Value;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const LONE: &str = r#"{"input": {"message": "{\"who\":\"zoe\",\"tags\":[1,2,3]}"}}"#;

const PAIR: &str = r#"{"input": {"message": "{\"who\":\"zoe\"}"}, "expected": {"event": {"kind": "alert"}}}"#;

/// What is in a directory, by name.
fn names(folder: &Folder, directory: &str) -> Vec<String> {
    let entries = fs::read_dir(folder.path(directory)).expect("a directory");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Runs the binary where no file may get longer than so many bytes; the disk is as good as full.
fn limited(folder: &Folder, bytes: u64, arguments: &[&str]) -> (Option<i32>, String) {
    // Blocks of 512 bytes, as POSIX has it; writing on then fails, where the signal is ignored.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", bytes / 512);
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_weir")]).args(arguments).current_dir(folder.path("."));
    let output = command.stdin(Stdio::null()).output().expect("a shell");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_full_disk_leaves_pairs_as_they_are() {
    let folder = Folder::new();
    let long = format!(r#"{{"input": {{"message": "{{\"who\":\"{}\"}}"}}}}"#, "z".repeat(3000));
    for text in [LONE, &long] {
        folder.write("gates/gate/tests/a.json", text);
        let (code, error) = limited(&folder, 0, &["test", "--accept"]);
        assert_eq!(code, Some(2), "{error}");
        assert!(error.contains("cannot write gates/gate/tests/a.json: "), "{error}");
        assert_eq!(folder.read("gates/gate/tests/a.json"), text);
        assert_eq!(names(&folder, "gates/gate/tests"), ["a.json"], "nothing is left beside it");
    }
}

#[test]
fn a_full_disk_leaves_outputs_reports_and_pages_as_they_are() {
    let folder = Folder::new();
    folder.write("gates/gate/tests/a.json", PAIR);
    folder.write(
        "gates/gate/_meta/manifest.yml",
        "name: Gate\nslug: gate\nuuid: 00000000-0000-4000-8000-000000000000\ndescription: d\n",
    );
    folder.write("records", "{\"who\":\"zoe\"}\n".repeat(2000));
    folder.run(&["docs", "gates", "-o", "pages"]).exits(0);
    for name in ["out", "errors", "profile", "report", "coverage"] {
        folder.write(name, "old");
    }
    let page = "pages/gates/gate.md";
    folder.write(page, "old");
    for (arguments, file) in [
        (&["run", "gates/gate", "records", "-o", "out"][..], "out"),
        (&["run", "gates/gate", "records", "-o", "/dev/null", "--profile", "profile"], "profile"),
        (&["test", "--report", "json", "--report-file", "report"], "report"),
        (&["test", "--coverage=lcov", "--coverage-file", "coverage"], "coverage"),
        (&["docs", "gates", "-o", "pages"], page),
    ] {
        let before = names(&folder, ".");
        let (code, error) = limited(&folder, 0, arguments);
        assert!(code == Some(2) && error.contains("cannot write"), "{arguments:?}: {error}");
        assert_eq!(folder.read(file), "old", "{arguments:?}");
        assert_eq!(names(&folder, "."), before, "{arguments:?}");
        folder.weir(arguments).stdout(Stdio::null()).status().expect("a run");
        assert_ne!(folder.read(file), "old", "{arguments:?}");
    }
    let ran = folder.run(&["run", "gates/gate", "records", "-o", "/dev/full"]).exits(2);
    assert!(ran.err.contains("cannot write /dev/full"), "{}", ran.err);
}

#[test]
fn a_signal_leaves_each_pair_whole() {
    let folder = Folder::new();
    for number in 0..200 {
        let text =
            format!(r#"{{"input": {{"message": "{{\"who\":\"u{number}\",\"note\":\"{}\"}}"}}}}"#, "é".repeat(20_000));
        folder.write(&format!("gates/gate/tests/{number}.json"), text);
    }
    for wait in [5, 30, 80] {
        let mut accepting = folder.weir(&["test", "--accept"]).stdout(Stdio::null()).spawn().expect("a run");
        sleep(Duration::from_millis(wait));
        accepting.kill().expect("a signal");
        accepting.wait().expect("an end");
        for name in names(&folder, "gates/gate/tests").iter().filter(|name| name.ends_with(".json")) {
            let pair: Value = serde_json::from_str(&folder.read(&format!("gates/gate/tests/{name}"))).expect(name);
            assert!(pair["input"]["message"].is_string(), "{name}");
        }
    }
}

#[test]
fn a_signal_leaves_an_output_as_it_was() {
    let folder = Folder::new();
    folder.write("out", "old");
    let mut running = folder.weir(&["run", "gates/gate", "-o", "out"]).stdin(Stdio::piped()).spawn().expect("a run");
    let mut input = running.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut input, "{\"who\":\"zoe\"}\n".repeat(5000).as_bytes()).expect("records");
    sleep(Duration::from_millis(50));
    running.kill().expect("a signal");
    running.wait().expect("an end");
    assert_eq!(folder.read("out"), "old");
}

#[test]
fn a_new_output_can_be_watched_as_it_grows() {
    let folder = Folder::new();
    let mut running =
        folder.weir(&["run", "gates/gate", "-q", "-o", "new"]).stdin(Stdio::piped()).spawn().expect("a run");
    let mut input = running.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut input, b"{\"who\":\"zoe\"}\n").expect("a record");
    let is_there = || fs::read_to_string(folder.path("new")).is_ok_and(|text| text.contains("zoe"));
    for _ in 0..200 {
        if is_there() {
            break;
        }
        sleep(Duration::from_millis(20));
    }
    assert!(is_there(), "before the input ends");
    drop(input);
    assert!(running.wait().expect("an end").success());
}

#[test]
fn links_stay_links_and_modes_stay_modes() {
    let folder = Folder::new();
    folder.write("elsewhere/real.json", LONE);
    folder.write("gates/gate/tests/readme", "");
    fs::set_permissions(folder.path("elsewhere/real.json"), Permissions::from_mode(0o640)).expect("a mode");
    symlink("../../../elsewhere/real.json", folder.path("gates/gate/tests/a.json")).expect("a link");
    folder.run(&["test", "--accept"]).exits(0);
    assert!(fs::symlink_metadata(folder.path("gates/gate/tests/a.json")).expect("a link").is_symlink());
    assert!(folder.read("elsewhere/real.json").contains("\"expected\""));
    let mode = fs::metadata(folder.path("elsewhere/real.json")).expect("a file").mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(names(&folder, "elsewhere"), ["real.json"]);
    symlink("later", folder.path("early")).expect("a link to nothing");
    folder.pipe(&["run", "gates/gate", "-o", "early"], b"{\"who\":\"zoe\"}\n").exits(0);
    assert!(folder.read("later").contains("zoe"), "what a link leads to is made");
    symlink("b", folder.path("a")).expect("a link");
    symlink("a", folder.path("b")).expect("a link");
    folder.pipe(&["run", "gates/gate", "-o", "a"], b"{}\n").exits(2);
}
