//! How many instructions the engine runs for an event, counted by valgrind.
//!
//! The program runs itself twice under valgrind, once over a first pass alone and once over further ones. The difference is
//! what an event costs when everything is warm: starting, compiling and making the records are in both.

use std::env;
use std::process::Command;

/// How many further passes are counted.
const PASSES: u64 = 1;

/// Instructions an event. `arguments` are what makes this program run a workload over a number of passes, which is
/// added; `events` is how many events a pass has.
///
/// # Errors
/// Where valgrind is not there, or does not count.
pub fn per_event(arguments: &[&str], events: usize) -> Result<f64, String> {
    let (first, all) = (count(arguments, 1)?, count(arguments, 1 + PASSES)?);
    Ok(all.saturating_sub(first) as f64 / (PASSES * events as u64) as f64)
}

/// Whether valgrind can be run.
pub fn is_possible() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

fn count(arguments: &[&str], passes: u64) -> Result<u64, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(arguments)
        .arg(passes.to_string())
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = text.lines().find_map(|line| line.split_once("Collected : ")).and_then(|(_, count)| count.trim().parse().ok());
    counted.filter(|_| output.status.success()).ok_or_else(|| format!("valgrind did not count:\n{text}"))
}
