//! The public formats beside the project, where they are there, and the project's own, run by the built binary.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How many of a hundred recorded pairs must pass.
const LEAST: u64 = 98;

#[test]
fn public_pairs_pass() {
    let corpus = workspace().join("../shared/corpus");
    if !corpus.is_dir() {
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"skipped: public_pairs_pass: no public formats at ../shared/corpus\n",
        );
        return;
    }
    let output = weir(&["test", "--report", "json"], &corpus);
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let (passed, total) = (report["passed"].as_u64().unwrap_or(0), report["total"].as_u64().unwrap_or(0));
    assert!(total > 0, "{}", String::from_utf8_lossy(&output.stderr));
    assert!(passed * 100 >= total * LEAST, "{passed} of {total} pairs passed");
}

#[test]
fn own_formats_pass_and_are_clean() {
    let specs = workspace().join("specs");
    for arguments in [&["test", "--quiet"][..], &["check", "--deny-warnings"]] {
        let output = weir(arguments, &specs);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// A format of the bench that reads nothing costs little, and no one would see why.
#[test]
fn formats_of_the_bench_pass() {
    let output = weir(&["test", "--quiet"], &workspace().join("benches/formats"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn own_samples_run_without_a_failure() {
    let format = workspace().join("specs/cloudflare/access_requests");
    let sample = format.join("samples/access_requests.ndjson");
    let lines = std::fs::read_to_string(&sample).expect("a sample").lines().count();
    let output = weir(&["run", "--strict", &format.to_string_lossy()], &sample);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), lines);
}

fn weir(arguments: &[&str], path: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_weir")).args(arguments).arg(path).output().expect("the binary runs")
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
