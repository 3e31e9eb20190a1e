//! Peers that are Python packages, in an environment of their own below `target/peers`.

use crate::tally::say;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What is installed: one package a line, with its version.
const REQUIREMENTS: &str = include_str!("requirements.txt");

/// Asks a script below `scripts` all questions at once: it reads one JSON value a line and answers with one a line. `None`
/// where Python or a package cannot be had, which is said.
pub fn ask(peer: &str, script: &str, questions: &[Value]) -> Option<Vec<Value>> {
    let python = match python() {
        Ok(python) => python,
        Err(reason) => {
            say(&format!("{peer}: SKIPPED, {reason}"));
            return None;
        }
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/scripts").join(script);
    let asked: String = questions.iter().map(|question| format!("{question}\n")).collect();
    let output = piped(Command::new(python).args(["-B", "-X", "utf8"]).arg(&script), &asked)
        .unwrap_or_else(|error| panic!("{peer}: {error}"));
    let answers: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{peer}: {line}: {error}")))
        .collect();
    assert_eq!(answers.len(), questions.len(), "{peer}: each question has its answer");
    Some(answers)
}

/// The interpreter with the packages; made once, and again when the list of packages changes.
pub fn python() -> &'static Result<PathBuf, String> {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers");
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
    })
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = errors.lines().last().unwrap_or("no reason given").to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{:?}: {last}", command.get_program())) }
}

/// What a command prints that is given a text.
fn piped(command: &mut Command, text: &str) -> Result<String, String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let text = text.to_owned();
    // Beside the reading: a script may answer before it was asked everything.
    let asking = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let _ = asking.join();
    if !output.status.success() {
        return Err(format!("the script ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
