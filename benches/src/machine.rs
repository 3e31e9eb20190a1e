//! On what machine, and with which versions, figures were taken.

use serde::Serialize;
use std::fs;
use std::process::Command;

/// What figures depend on.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// The processor, as it calls itself.
    pub processor: String,
    /// How many cores there are.
    pub cores: usize,
    /// The operating system's kernel.
    pub kernel: String,
    /// The compiler.
    pub rustc: String,
    /// How many programs wanted to run before the bench began, over a minute. More than a few tenths: the figures are noise.
    pub load: String,
    /// The day, in UTC.
    pub date: String,
    /// The commit, if it is known, and whether something was changed since.
    pub commit: String,
    /// The peers with their versions.
    pub peers: Vec<String>,
}

impl Machine {
    /// This one, now.
    pub fn this() -> Self {
        Machine {
            processor: line_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            kernel: first_line(&fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default()),
            rustc: said("rustc", &["--version"]),
            load: fs::read_to_string("/proc/loadavg")
                .ok()
                .and_then(|text| text.split(' ').next().map(str::to_owned))
                .unwrap_or_default(),
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
            commit: said("git", &["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty"]),
            peers: peers(),
        }
    }
}

fn peers() -> Vec<String> {
    let mut peers: Vec<String> =
        ["vrl", "jaq-core", "minijinja", "serde_json", "sonic-rs", "mimalloc", "pcre2"].map(version).into();
    let python = "import sys, jinja2; print('Python', sys.version.split()[0] + ', jinja2', jinja2.__version__)";
    peers.push(said("python3", &["-c", python]));
    // It tells its version on standard error, and fails.
    let rules = Command::new("lognormalizer").arg("-V").output();
    peers.push(rules.map(|output| first_line(&String::from_utf8_lossy(&output.stderr))).unwrap_or_default());
    peers.push(said("syslog-ng", &["--version"]));
    peers.retain(|peer| !peer.is_empty());
    peers
}

/// A crate with its version in the lock file.
fn version(name: &str) -> String {
    let lock = include_str!("../Cargo.lock");
    let package = lock.split("[[package]]").find(|package| package.contains(&format!("name = \"{name}\"\n")));
    let version =
        package.and_then(|package| package.split("version = \"").nth(1)).and_then(|rest| rest.split('"').next());
    format!("{name} {}", version.unwrap_or("unknown"))
}

fn line_of(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What a program says first; nothing where it is not there or fails.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
    output.map(|output| first_line(&String::from_utf8_lossy(&output.stdout))).unwrap_or_default()
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}
