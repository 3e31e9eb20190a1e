//! A whole command over a file of records: `weir run`, and the parsers of rsyslog and syslog-ng.

use crate::contest::{Contender, Lines};
use crate::workload::project;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The command line of weir, as it is released.
pub const WEIR_RUN: &str = "weir run";
/// rsyslog's library for parsing, by the program that comes with it.
pub const LOGNORM: &str = "lognormalizer";
/// The daemon, from its standard input to its standard output.
pub const SYSLOG_NG: &str = "syslog-ng";

/// A command that reads records and writes events, and whose CPU time counts as a whole, with its start.
pub struct Process {
    name: &'static str,
    /// The command over a file; one whose standard input is a pipe is fed with the file's text.
    command: Box<dyn Fn(&Path) -> Result<Command, String>>,
    /// Files of records that were written for it.
    files: Vec<PathBuf>,
}

impl Process {
    /// `weir run` with one thread over a format.
    pub fn weir(program: PathBuf, format: PathBuf) -> Self {
        Process::new(WEIR_RUN, move |file| {
            let mut command = Command::new(&program);
            command.args(["run", "--quiet", "--threads", "1"]).arg(&format).arg(file);
            Ok(command)
        })
    }

    /// rsyslog's parser with the rules of a format, `mappings/lognorm/FORMAT.rulebase`; nothing where there are none.
    pub fn lognorm(format: &str) -> Option<Self> {
        let rules = existing(&format!("lognorm/{format}.rulebase"))?;
        Some(Process::new(LOGNORM, move |file| {
            let mut command = Command::new("lognormalizer");
            command.args(["-e", "json", "-r"]).arg(&rules);
            command.stdin(File::open(file).map_err(|error| error.to_string())?);
            Ok(command)
        }))
    }

    /// syslog-ng with the configuration of a format, `mappings/syslog_ng/FORMAT.conf`; nothing where there is none.
    pub fn syslog_ng(format: &str) -> Option<Self> {
        let configuration = existing(&format!("syslog_ng/{format}.conf"))?;
        Some(Process::new(SYSLOG_NG, move |file| {
            let mut command = Command::new("syslog-ng");
            command.args(["--foreground", "--no-caps", "--cfgfile"]).arg(&configuration).stdin(Stdio::piped());
            for (option, kind) in [("--persist-file", "persist"), ("--pidfile", "pid"), ("--control", "ctl")] {
                command.arg(option).arg(file.with_extension(kind));
            }
            Ok(command)
        }))
    }

    fn new(name: &'static str, command: impl Fn(&Path) -> Result<Command, String> + 'static) -> Self {
        Process { name, command: Box::new(command), files: Vec::new() }
    }

    /// Runs the command over the file of the records; what it writes goes to `output`.
    fn run(&self, lines: &Lines, file: &Path, output: Stdio) -> Result<(), String> {
        let failed = |what: &str| format!("{}: {what}", self.name);
        let mut child = (self.command)(file)?.stdout(output).spawn().map_err(|error| failed(&error.to_string()))?;
        if let Some(mut input) = child.stdin.take() {
            // A command that ends early has not read all: how it ended says more.
            let _ = input.write_all(&lines.text);
        }
        let status = child.wait().map_err(|error| failed(&error.to_string()))?;
        if status.success() { Ok(()) } else { Err(failed(&format!("ended with {status}"))) }
    }

    /// The file with the records, written where it is not there yet.
    fn written(&mut self, lines: &Lines) -> Result<PathBuf, String> {
        let name = format!("weir-bench-{}-{}.log", std::process::id(), lines.text.len());
        let path = std::env::temp_dir().join(name);
        if !path.is_file() {
            fs::write(&path, &lines.text).map_err(|error| error.to_string())?;
            self.files.push(path.clone());
        }
        Ok(path)
    }
}

impl Contender for Process {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn events(&mut self, lines: &Lines) -> Result<Vec<Vec<u8>>, String> {
        let file = self.written(lines)?;
        let output = file.with_extension("out");
        // No pipe: what does not fit into one when the input ends, syslog-ng drops.
        let written = File::create(&output).map_err(|error| error.to_string())?;
        self.run(lines, &file, written.into())?;
        let written = fs::read(&output).map_err(|error| error.to_string())?;
        Ok(written.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect())
    }

    fn pass(&mut self, lines: &Lines) -> Result<Duration, String> {
        let file = self.written(lines)?;
        let begin = children()?;
        self.run(lines, &file, Stdio::null())?;
        Ok(children()?.saturating_sub(begin))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        for file in &self.files {
            for kind in ["log", "out", "persist", "pid", "ctl"] {
                let _ = fs::remove_file(file.with_extension(kind));
            }
        }
    }
}

/// The CPU time of all commands that have ended, user's and system's.
fn children() -> Result<Duration, String> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(micros.unsigned_abs()))
}

fn existing(mapping: &str) -> Option<PathBuf> {
    Some(project().join("benches/mappings").join(mapping)).filter(|path| path.is_file())
}
