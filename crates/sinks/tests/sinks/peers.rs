//! Peers that are Python packages, in an environment of their own below `target`.

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What is installed: one package a line, with its version.
const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The interpreter with the packages; made once, and again when the list changes. Where it cannot be had, that is said.
pub fn python(test: &str) -> Option<&'static Path> {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match PYTHON.get_or_init(install) {
        Ok(python) => Some(python),
        Err(reason) => {
            // A test's output is only shown where it fails: this goes past that.
            let _ = writeln!(std::io::stderr(), "skipped: {test}: {reason}");
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("sinks-peers");
    let (python, stamp) = (folder.join("bin/python"), folder.join("requirements.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == REQUIREMENTS) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let list = folder.join("wanted.txt");
    fs::write(&list, REQUIREMENTS).map_err(|error| error.to_string())?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&list))?;
    fs::rename(list, stamp).map_err(|error| error.to_string())?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = errors.lines().last().unwrap_or("no reason given").to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{:?}: {last}", command.get_program())) }
}

/// Asks a script below `scripts` one question.
pub fn ask(python: &Path, script: &str, question: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sinks/scripts").join(script);
    let mut command = Command::new(python);
    command.args(["-B", "-X", "utf8"]).arg(&script).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the interpreter runs");
    let mut stdin = child.stdin.take().expect("its input");
    writeln!(stdin, "{question}").expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}: {}", script.display(), output.status);
    serde_json::from_slice(&output.stdout).expect("it answers with JSON")
}
