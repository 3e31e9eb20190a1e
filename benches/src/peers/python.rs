//! Python: a function of its own, or json and jinja2 with native values. A process that is told when to take its turn.

use crate::contest::{Contender, Lines};
use crate::workload::project;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A process that reads commands and answers each with one line, or with as many as there are events.
struct Python {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// The records that it has read, where there are any.
    lines: Option<PathBuf>,
}

/// A mapping: a module with a function `event` from a line to an event, or the same file as for the other templates.
///
/// # Errors
/// Where there is no Python 3, or no jinja2 for templates.
pub fn peer(mapping: &Path) -> Result<Box<dyn Contender>, String> {
    let mut child = Command::new("python3")
        // It leaves no compiled modules behind.
        .arg("-B")
        .arg(project().join("benches/src/peers/python.py"))
        .arg(mapping)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("python3: {error}"))?;
    let (commands, answers) = (child.stdin.take(), child.stdout.take());
    let (Some(commands), Some(answers)) = (commands, answers) else { return Err("python3 has no pipes".to_owned()) };
    let mut python = Python { child, commands, answers: BufReader::new(answers), lines: None };
    match python.ask("ready")?.as_str() {
        "ready" => Ok(Box::new(python)),
        other => Err(format!("python3 answers {other}")),
    }
}

impl Python {
    fn ask(&mut self, command: &str) -> Result<String, String> {
        writeln!(self.commands, "{command}").map_err(|error| format!("python3 takes no command: {error}"))?;
        self.answer()
    }

    fn answer(&mut self) -> Result<String, String> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line).map_err(|error| format!("python3: {error}"))?;
        if read == 0 { Err("python3 broke off".to_owned()) } else { Ok(line.trim_end().to_owned()) }
    }

    /// Hands the lines over in a file, once.
    fn hand_over(&mut self, lines: &Lines) -> Result<(), String> {
        let path = std::env::temp_dir().join(format!("weir-bench-{}-{}.log", std::process::id(), lines.text.len()));
        if self.lines.as_ref() == Some(&path) {
            return Ok(());
        }
        std::fs::write(&path, &lines.text).map_err(|error| error.to_string())?;
        let answer = self.ask(&format!("read {}", path.display()));
        let removed = std::fs::remove_file(&path).map_err(|error| error.to_string());
        self.lines = Some(path);
        answer.and(removed)
    }
}

impl Contender for Python {
    fn name(&self) -> String {
        super::PYTHON.to_owned()
    }

    fn events(&mut self, lines: &Lines) -> Result<Vec<Vec<u8>>, String> {
        self.hand_over(lines)?;
        writeln!(self.commands, "events").map_err(|error| error.to_string())?;
        (0..lines.many).map(|_| self.answer().map(String::into_bytes)).collect()
    }

    fn pass(&mut self, lines: &Lines) -> Result<Duration, String> {
        self.hand_over(lines)?;
        let nanoseconds = self.ask("pass")?;
        nanoseconds.parse().map(Duration::from_nanos).map_err(|error| format!("python3 says `{nanoseconds}`: {error}"))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
