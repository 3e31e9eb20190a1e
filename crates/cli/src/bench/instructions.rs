//! How many instructions an event takes, counted by valgrind.
//!
//! `weir bench` runs itself under callgrind, which writes down what it counted since the last time whenever the program comes
//! to [`mark`]. There is a mark around a pass that nobody looks at, which gives the total, and in another pass one at the
//! beginning of each step. What callgrind knows of functions is not asked for: inlined ones are not there.

use super::pass::{Counts, Pass};
use crate::stop::Stop;
use std::env;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use weir::Plan;

/// How many records are run at most, how many bytes of them, and how many marks they come to: valgrind takes fifty times as
/// long as the processor, and some milliseconds to write down what it counted.
const RECORDS: usize = 64;
const BYTES: usize = 1 << 18;
const MARKS: usize = 512;

/// How many records run before counting, and how many passes: what is kept from event to event is warm then.
const WARM_RUNS: usize = 128;
const WARM_PASSES: usize = 2;

/// Instructions an event of a format, over some of the records.
///
/// # Errors
/// Why nothing was counted.
pub fn count(format: &Path, plan: &Plan, records: &[Vec<u8>]) -> Result<Counts, String> {
    let mut steps = vec![0; Pass::new(plan, records).steps().len()];
    let sample = sample(records, steps.len());
    let counted = counted(format, &sample)?;
    let mut pass = Pass::new(plan, &sample);
    let mut marks = Vec::new();
    pass.run_in_steps(|step| marks.push(step));
    // What came before the first mark, the pass without steps, what came between; then a count after each step's mark.
    let [_, total, _, each @ ..] = counted.as_slice() else { return Err(unmarked()) };
    if each.len() != marks.len() {
        return Err(unmarked());
    }
    for (step, count) in marks.into_iter().zip(each) {
        if let Some(step) = step {
            steps[step] += count;
        }
    }
    let per_event = |count: u64| count as f64 / sample.len() as f64;
    let steps = steps.into_iter().map(per_event).collect();
    Ok(Counts { records: sample.len(), total: per_event(*total), steps })
}

/// What runs under valgrind: the records of standard input, with marks.
///
/// # Errors
/// Where the records cannot be read.
pub fn run_marked(plan: &Plan) -> Result<(), Stop> {
    let records = receive(&mut io::stdin().lock()).map_err(|error| Stop::cannot("read", Path::new("-"), &error))?;
    let mut pass = Pass::new(plan, &records);
    for _ in 0..WARM_RUNS.div_ceil(records.len().max(1)).max(WARM_PASSES) {
        pass.run();
    }
    mark(0);
    pass.run();
    mark(0);
    pass.run_in_steps(|step| mark(step.unwrap_or_default()));
    Ok(())
}

/// Where callgrind writes down what it counted. It must be a function that is called.
#[inline(never)]
fn mark(step: usize) {
    black_box(step);
}

/// Records from all over, few enough for valgrind, of which each comes to so many steps.
fn sample(records: &[Vec<u8>], steps: usize) -> Vec<Vec<u8>> {
    let average = records.iter().map(Vec::len).sum::<usize>().div_ceil(records.len().max(1));
    let most = RECORDS.min(BYTES / average.max(1)).min(MARKS / (steps + 1)).max(1);
    records.iter().step_by(records.len().div_ceil(most).max(1)).cloned().collect()
}

/// What callgrind counted from mark to mark.
fn counted(format: &Path, records: &[Vec<u8>]) -> Result<Vec<u64>, String> {
    let mut child = start(format).map_err(|error| match error.kind() {
        ErrorKind::NotFound => "valgrind is not on PATH; install it to count them".to_owned(),
        _ => format!("valgrind does not start: {error}"),
    })?;
    // A program that ended early has not read them: how it ended says more.
    let sent = child.stdin.take().map(|mut input| send(&mut input, records));
    let counts = child.stdout.take().map_or(Ok(Vec::new()), |output| totals(BufReader::new(output)));
    let status = child.wait().map_err(|error| error.to_string())?;
    match (status.success(), sent, counts) {
        (true, Some(Ok(())), Ok(counts)) => Ok(counts),
        _ => Err(format!("valgrind ended with {status}; run `valgrind --tool=callgrind weir --version` to see why")),
    }
}

fn start(format: &Path) -> io::Result<Child> {
    Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/stdout", "--combine-dumps=yes", "--dump-line=no"])
        .arg(concat!("--dump-before=", module_path!(), "::mark*"))
        .arg(env::current_exe()?)
        .args(["bench", "--marked", "--"])
        .arg(format)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

/// The totals of callgrind's dumps. Names in them need not be UTF-8.
fn totals(dumps: impl BufRead) -> io::Result<Vec<u64>> {
    let mut totals = Vec::new();
    for line in dumps.split(b'\n') {
        totals.extend(total(&line?));
    }
    Ok(totals)
}

fn total(line: &[u8]) -> Option<u64> {
    str::from_utf8(line.strip_prefix(b"totals: ")?).ok()?.trim().parse().ok()
}

fn unmarked() -> String {
    "valgrind did not find the steps in this program; perhaps its symbols were stripped".to_owned()
}

/// Writes records so that [`receive`] finds their ends, whatever is in them.
fn send(out: &mut impl Write, records: &[Vec<u8>]) -> io::Result<()> {
    records.iter().try_for_each(|record| {
        out.write_all(&(record.len() as u64).to_le_bytes())?;
        out.write_all(record)
    })
}

fn receive(input: &mut impl Read) -> io::Result<Vec<Vec<u8>>> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let (mut records, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let (record, after) = after.split_at_checked(length).ok_or(ErrorKind::UnexpectedEof)?;
        records.push(record.to_vec());
        rest = after;
    }
    Ok(records)
}
