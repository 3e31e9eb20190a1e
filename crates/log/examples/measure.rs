//! Measures the log on this machine: `cargo run --release -p weir-log --example measure -- append|recover FOLDER […]`.
//!
//! `append FOLDER WRITERS BYTES SECONDS` stores bodies of this size from so many threads, each waiting until its own is on the
//! disk, first into segments full of zeros and then into allocated ones, in turns. `recover FOLDER GIB` fills a log, kills nothing,
//! and opens it as a new process would, with the last segment unfinished. What it fills it removes.

#![allow(clippy::print_stdout, reason = "it says what it measured")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};
use weir_log::{Item, Log, Options, Start};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["append", folder, writers, bytes, seconds] => {
            append(Path::new(folder), writers.parse()?, bytes.parse()?, Duration::from_secs(seconds.parse()?))
        }
        ["recover", folder, gib] => recover(Path::new(folder), gib.parse()?),
        _ => Err("append FOLDER WRITERS BYTES SECONDS, or recover FOLDER GIB".into()),
    }
}

/// Three turns with each kind of segment, so that a busy moment hits both.
fn append(folder: &Path, writers: usize, bytes: usize, time: Duration) -> Result<()> {
    for _ in 0..3 {
        for zeros in [true, false] {
            append_once(folder, writers, bytes, time, zeros)?;
        }
    }
    Ok(())
}

fn append_once(folder: &Path, writers: usize, bytes: usize, time: Duration, zeros: bool) -> Result<()> {
    clear(folder)?;
    let (log, _) = Log::open(folder, Options { zeros, ..Options::default() })?;
    // The first segment is made, and the next one is under way.
    store(&log, &[0; 100])?;
    thread::sleep(Duration::from_millis(500));
    let body = made_up(bytes);
    let (begun, cpu) = (Instant::now(), cpu());
    let times: Vec<std::result::Result<_, String>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..writers).map(|_| scope.spawn(|| times_of(&log, &body, begun, time))).collect();
        let joined = threads.into_iter().map(|thread| thread.join().map_err(|_| "a thread panicked".to_owned()));
        joined.map(|times| times.and_then(|times| times)).collect()
    });
    let (elapsed, cpu) = (begun.elapsed().as_secs_f64(), self::cpu() - cpu);
    let mut all = Vec::new();
    for times in times {
        all.extend(times?);
    }
    all.sort_unstable();
    let megabytes = (all.len() * bytes) as f64 / 1e6;
    let part = |share: usize| all.get(all.len() * share / 100).copied().unwrap_or_default();
    println!(
        "zeros {zeros}: {} entries of {bytes} bytes, {:.0} MB/s, {:.0} entries/s, p10 {:.1?}, p50 {:.1?}, p99 {:.1?}, {:.2} ms of CPU a MB",
        all.len(),
        megabytes / elapsed,
        all.len() as f64 / elapsed,
        part(10),
        part(50),
        part(99),
        cpu * 1e3 / megabytes,
    );
    drop(log);
    clear(folder)
}

/// How long each entry took.
fn times_of(log: &Log, body: &[u8], begun: Instant, time: Duration) -> std::result::Result<Vec<Duration>, String> {
    let mut times = Vec::new();
    while begun.elapsed() < time {
        let before = Instant::now();
        store(log, body).map_err(|error| error.to_string())?;
        times.push(before.elapsed());
    }
    Ok(times)
}

fn recover(folder: &Path, gib: u64) -> Result<()> {
    clear(folder)?;
    let options = || Options { log_bytes: 1 << 40, zeros: false, ..Options::default() };
    let body = made_up(700_000);
    let (mut stored, begun, before) = (0, Instant::now(), cpu());
    {
        let (log, _) = Log::open(folder, options())?;
        drop(log.reader("reader", Start::Oldest)?);
        while stored * body.len() as u64 <= gib << 30 {
            thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| store(&log, &body).is_ok())).collect();
                threads.into_iter().for_each(|thread| stored += u64::from(thread.join().unwrap_or(false)));
            });
        }
        // As after a kill: the last segment stays as long as it was made.
        std::mem::forget(log);
    }
    println!("filled with {stored} entries in {:.1?}, {:.1} s of CPU", begun.elapsed(), cpu() - before);
    // A process of its own would not have the lock of the one that was killed.
    fs::remove_file(folder.join("lock"))?;
    let (begun, before) = (Instant::now(), cpu());
    let (log, found) = Log::open(folder, options())?;
    println!(
        "opened {:.1} GiB in {:.1?}, {:.3} s of CPU; {:.0} MiB were read, {} KiB of memory at most",
        found.bytes as f64 / (1_u64 << 30) as f64,
        begun.elapsed(),
        cpu() - before,
        found.scanned_bytes as f64 / (1 << 20) as f64,
        most_memory(),
    );
    let (begun, before) = (Instant::now(), cpu());
    let (mut reader, mut entries, mut bytes) = (log.reader("reader", Start::Oldest)?, 0, 0);
    while let Some(Item::Entry(entry)) = reader.next(Duration::ZERO)? {
        (entries, bytes) = (entries + 1, bytes + entry.bytes());
    }
    let megabytes = bytes as f64 / 1e6;
    println!(
        "read {entries} entries in {:.1?}, {:.0} MB/s, {:.2} ms of CPU a MB, {} KiB of memory at most",
        begun.elapsed(),
        megabytes / begun.elapsed().as_secs_f64(),
        (cpu() - before) * 1e3 / megabytes,
        most_memory(),
    );
    if entries != stored {
        return Err(format!("{stored} were stored").into());
    }
    drop((reader, log));
    clear(folder)
}

fn store(log: &Log, body: &[u8]) -> Result<()> {
    let mut entry = log.append()?;
    entry.write(body)?;
    entry.commit(b"metadata", 0)?;
    Ok(())
}

/// Bytes that no file system packs.
fn made_up(bytes: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..bytes).map(|_| next()).collect()
}

/// Removes what a log of an earlier run left in the folder, and nothing else.
fn clear(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name == "lock" || name == "spare" || name.ends_with(".segment") || name.ends_with(".position") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The seconds of CPU that this process has used, its threads and the system's part with it.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

/// The most memory that this process had, in KiB.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or_default()
}
