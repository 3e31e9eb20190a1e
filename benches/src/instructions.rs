//! How many instructions the engine runs for an event, counted by valgrind.
//!
//! The program runs itself twice under valgrind, once over a first pass alone and once over a second one too. The difference is
//! what an event costs when everything is warm: starting, compiling and making the records are in both.

use std::env;
use std::process::Command;
use std::thread;

/// How many records a pass has at most: valgrind is slow.
pub const RECORDS: usize = 512;

/// Instructions an event. `arguments` are what makes this program run at most [`RECORDS`] records of a workload in a
/// number of passes, which is added; `records` is how many there are.
///
/// # Errors
/// Where valgrind is not there, or does not count.
pub fn per_event(arguments: &[&str], records: usize) -> Result<f64, String> {
    let (first, both) = thread::scope(|scope| {
        let first = scope.spawn(|| count(arguments, 1));
        let both = count(arguments, 2);
        (first.join().unwrap_or_else(|_| Err("the count broke off".to_owned())), both)
    });
    let (first, both) = (first?, both?);
    Ok(both.saturating_sub(first) as f64 / records.min(RECORDS) as f64)
}

/// Whether valgrind can be run.
pub fn is_possible() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

fn count(arguments: &[&str], passes: u64) -> Result<u64, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(program)
        .args(arguments)
        .arg(passes.to_string())
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = text.lines().find_map(|line| line.split_once(" refs:"));
    let counted = counted.and_then(|(_, count)| count.trim().replace(',', "").parse().ok());
    counted.filter(|_| output.status.success()).ok_or_else(|| format!("valgrind did not count:\n{text}"))
}
