//! Real processes on real files: killed at any moment, two at once, large backlogs and large bodies in little memory.

use crate::sim::Random;
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use weir_log::layout::{BLOCK, FrameHeader, HEADER_BLOCKS, HEADER_BYTES, Identity, SegmentHeader, segment_name};
use weir_log::{Item, Log, OpenError, Options, Start};

/// How often the process is killed.
const KILLS: usize = 200;

/// What a child is to do, and in which folder.
const TASK: &str = "WEIR_LOG_TASK";
const FOLDER: &str = "WEIR_LOG_FOLDER";
const NUMBER: &str = "WEIR_LOG_NUMBER";

const READER: &str = "reader";

fn options() -> Options {
    Options { segment_bytes: 4 << 20, part_bytes: 64 << 10, ..Options::default() }
}

/// The test that the child processes run. Without a task there is nothing to do.
#[test]
#[ignore = "child processes run it"]
fn child() {
    let (Ok(task), Ok(folder)) = (env::var(TASK), env::var(FOLDER)) else { return };
    let number = env::var(NUMBER).ok().and_then(|number| number.parse().ok()).unwrap_or(0);
    let folder = PathBuf::from(folder);
    // The test's name stands on the line.
    say("");
    match task.as_str() {
        "work" => work(&folder, number),
        "backlog" => backlog(&folder),
        "large" => large(&folder, number as usize),
        other => panic!("{other} is no task"),
    }
}

/// Starts a process of this binary.
fn start(task: &str, folder: &Path, number: u64) -> Child {
    let mut command = Command::new(env::current_exe().expect("this binary"));
    command.args(["--exact", "processes::child", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(TASK, task).env(FOLDER, folder).env(NUMBER, number.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a process")
}

/// T13: otel-collector-contrib #35899, #31074; T21: fjall #257, #112: lost after a kill, or nothing was written any more.
#[test]
fn t13_t21_nothing_acknowledged_is_lost_by_kill_9() {
    let folder = TempDir::new().expect("a folder");
    let mut random = Random::new(2);
    let (mut acknowledged, mut read, mut reads) = (BTreeMap::new(), BTreeSet::new(), 0);
    for number in 1..=KILLS as u64 {
        let mut child = start("work", folder.path(), number);
        let output = child.stdout.take().expect("a pipe");
        let stored = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&stored);
        let lines = thread::spawn(move || lines_of(output, &counter));
        wait_for(random.below(25), &stored);
        // Somewhere after it, or while it still starts.
        thread::sleep(Duration::from_millis(random.below(10) as u64));
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        for line in lines.join().expect("no panic") {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["stored", id, sequence, "."] => {
                    assert!(acknowledged.insert(sequence.to_owned(), id.to_owned()).is_none(), "{sequence} twice");
                }
                ["read", id, "."] => {
                    reads += 1;
                    read.insert(id.to_owned());
                }
                ["failed", ..] => panic!("{line}"),
                // The test's own lines, and one that was cut.
                _ => {}
            }
        }
    }
    let (log, _) = Log::open(folder.path(), options()).expect("it opens");
    let mut reader = log.reader(READER, Start::Oldest).expect("a reader");
    while let Some(item) = reader.next(Duration::ZERO).expect("a read") {
        read.insert(checked(item).expect("a whole entry").to_string());
        reads += 1;
    }
    let lost: Vec<_> = acknowledged.values().filter(|id| !read.contains(*id)).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), acknowledged.len());
    assert!(acknowledged.len() > KILLS, "{} were acknowledged in {KILLS} processes", acknowledged.len());
    println!("{KILLS} kills: {} acknowledged, 0 lost; {} read again", acknowledged.len(), reads - read.len());
}

/// The lines of a child, and how many entries they say are stored.
fn lines_of(output: impl Read, stored: &AtomicUsize) -> Vec<String> {
    let count = |line: &String| {
        stored.fetch_add(usize::from(line.starts_with("stored")), Ordering::SeqCst);
    };
    BufReader::new(output).lines().map_while(Result::ok).inspect(|line| count(line)).collect()
}

/// Waits until so many are stored, but not for ever.
fn wait_for(wanted: usize, stored: &AtomicUsize) {
    let begun = Instant::now();
    while stored.load(Ordering::SeqCst) < wanted && begun.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Stores from eight threads, and reads in one, until it is killed; says on standard output what is on the disk.
fn work(folder: &Path, number: u64) {
    let (log, _) = Log::open(folder, options()).unwrap_or_else(|error| fail(&error.to_string()));
    thread::scope(|scope| {
        for writer in 0..8_u64 {
            let log = &log;
            scope.spawn(move || {
                for count in 0.. {
                    store(log, number << 40 | writer << 32 | count);
                }
            });
        }
        let mut reader = log.reader(READER, Start::Oldest).unwrap_or_else(|error| fail(&error.to_string()));
        loop {
            if let Some(item) = reader.next(Duration::from_millis(50)).unwrap_or_else(|error| fail(&error.to_string()))
            {
                let checkpoint = item.checkpoint();
                say(&format!("read {} .", checked(item).unwrap_or_else(|why| fail(&why))));
                reader.save(checkpoint).unwrap_or_else(|error| fail(&error.to_string()));
            }
        }
    });
}

fn store(log: &Log, id: u64) {
    let mut entry = log.append().unwrap_or_else(|refusal| fail(&refusal.to_string()));
    body(id).chunks(10_000).for_each(|piece| entry.write(piece).unwrap_or_else(|refusal| fail(&refusal.to_string())));
    if id.is_multiple_of(13) {
        // Given up: nobody may read it.
        return;
    }
    let stored = entry.commit(&id.to_le_bytes(), 0);
    say(&format!("stored {id} {} .", stored.unwrap_or_else(|refusal| fail(&refusal.to_string())).0));
}

/// The body of an entry: of some bytes, or of several frames.
fn body(id: u64) -> Vec<u8> {
    let mut random = Random::new(id);
    let length = [100, 5_000, 200_000][random.below(3)];
    (0..1 + random.below(length) as u64).map(|number| (id ^ number.wrapping_mul(id | 1) >> 5) as u8).collect()
}

/// The number of an entry that is as it was stored.
fn checked(item: Item) -> Result<u64, String> {
    let entry = match item {
        Item::Entry(entry) => entry,
        Item::Damage(damage) => return Err(damage.to_string()),
    };
    let id = entry.metadata().try_into().map(u64::from_le_bytes).map_err(|error| error.to_string())?;
    let is_same = entry.whole_body(1 << 20).map_err(|error| error.to_string())? == body(id);
    match is_same && !id.is_multiple_of(13) {
        true => Ok(id),
        false => Err(format!("entry {id} is not as it was stored, or was given up")),
    }
}

/// Writes a line in one piece.
fn say(line: &str) {
    drop(std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()));
}

fn fail(why: &str) -> ! {
    say(&format!("failed {why}"));
    std::process::exit(1)
}

#[test]
fn two_processes_cannot_have_one_log() {
    let folder = TempDir::new().expect("a folder");
    let mut child = start("work", folder.path(), 1);
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    while !line.contains("stored") {
        line.clear();
        assert!(output.read_line(&mut line).expect("a line") > 0, "the process ended");
    }
    let refused = Log::open(folder.path(), options()).err();
    child.kill().expect("it is killed");
    drop(output);
    child.wait().expect("it ends");
    assert!(matches!(refused, Some(OpenError::Locked)), "{refused:?}");
    assert!(Log::open(folder.path(), options()).is_ok(), "the lock goes with the process");
}

/// How many segments of 64 MiB the backlog has: 20 GiB.
const SEGMENTS: u64 = 320;

/// T5: vector #26035: the whole buffer was read into memory at the start, until there was none.
///
/// The files have their lengths and one entry of 100 kB each; the rest of them is holes, since 20 GiB would take long to write.
#[test]
fn t5_a_backlog_of_20_gib_takes_neither_time_nor_memory_to_open() {
    let folder = TempDir::new().expect("a folder");
    for number in 0..SEGMENTS {
        make_segment(folder.path(), number);
    }
    let said = run("backlog", folder.path(), 0);
    let numbers: Vec<u64> = said.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [milliseconds, kib, entries] = numbers[..] else { panic!("{said}") };
    println!("opened in {milliseconds} ms, {kib} KiB of memory at most, {entries} entries");
    assert_eq!(entries, SEGMENTS);
    assert!(milliseconds < 5_000, "it took {milliseconds} ms to open");
    assert!(kib < 64 << 10, "it took {kib} KiB");
}

fn make_segment(folder: &Path, number: u64) {
    let identity = Identity::of([9; 32]);
    let blocks = (64 << 20) / BLOCK;
    let base = number * blocks;
    let payload = vec![number as u8; 100_000];
    let frame = FrameHeader {
        block: base + HEADER_BLOCKS,
        first: base + HEADER_BLOCKS,
        previous: base + HEADER_BLOCKS,
        is_last: true,
        body: payload.len() as u32,
        payload_crc: crc32c::crc32c(&payload),
        total: payload.len() as u64,
        number,
        ..FrameHeader::default()
    };
    let previous_end = if number == 0 { 0 } else { frame.end() - blocks };
    let header =
        SegmentHeader { identity, base, blocks, needs: base, previous_end, number, previous_synced: previous_end };
    let file = File::create(folder.join(segment_name(base))).expect("a file");
    file.set_len(64 << 20).expect("a length");
    file.write_all_at(&header.encode(), 0).expect("a header");
    file.write_all_at(&frame.encode(&identity.mark), HEADER_BLOCKS * BLOCK).expect("a frame");
    file.write_all_at(&payload, HEADER_BLOCKS * BLOCK + HEADER_BYTES as u64).expect("a payload");
}

fn backlog(folder: &Path) {
    let begun = Instant::now();
    let (log, _) = Log::open(folder, Options::default()).expect("it opens");
    let opened = begun.elapsed().as_millis();
    let mut reader = log.reader(READER, Start::Oldest).expect("a reader");
    let mut entries = 0;
    while let Some(item) = reader.next(Duration::ZERO).expect("a read") {
        assert!(matches!(item, Item::Entry(_)), "{item:?}");
        entries += 1;
    }
    say(&format!("result {opened} {} {entries}", most_memory()));
}

/// T16: vector's cap at 100 MiB; Logpush's batches may be larger.
#[test]
fn t16_large_bodies_at_once_take_little_memory() {
    large_bodies(40);
}

#[test]
#[ignore = "writes 2.4 GB: cargo test -p weir-log --release -- --ignored"]
fn t16_four_bodies_of_600_mb_at_once_take_little_memory() {
    large_bodies(600);
}

fn large_bodies(megabytes: u64) {
    let folder = TempDir::new().expect("a folder");
    let said = run("large", folder.path(), megabytes);
    let kib: u64 = said.split(' ').find_map(|word| word.parse().ok()).expect("a number");
    println!("four bodies of {megabytes} MB: {kib} KiB of memory at most");
    assert!(kib < 80 << 10, "{kib} KiB");
}

fn large(folder: &Path, megabytes: usize) {
    let (log, _) = Log::open(folder, Options::default()).expect("it opens");
    let piece: Vec<u8> = (0..1_000_000_u32).map(|number| (number >> 3) as u8).collect();
    thread::scope(|scope| {
        for writer in 0..4_u8 {
            let (log, piece) = (&log, &piece);
            scope.spawn(move || {
                let mut entry = log.append().expect("room");
                (0..megabytes).for_each(|_| entry.write(piece).expect("room"));
                entry.commit(&[writer], 0).expect("room");
            });
        }
    });
    let mut reader = log.reader(READER, Start::Oldest).expect("a reader");
    let (mut entries, mut buffer) = (0, vec![0; piece.len()]);
    while let Some(Item::Entry(entry)) = reader.next(Duration::ZERO).expect("a read") {
        let mut body = entry.body();
        for _ in 0..megabytes {
            body.read_exact(&mut buffer).expect("a body");
            assert!(buffer == piece, "it is another one");
        }
        assert_eq!(body.read(&mut buffer).expect("a body"), 0);
        entries += 1;
    }
    assert_eq!(entries, 4);
    say(&format!("result {}", most_memory()));
}

/// Runs a task, and gives what it says as its result.
fn run(task: &str, folder: &Path, number: u64) -> String {
    let output = start(task, folder, number).wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let result = said.lines().find_map(|line| line.split_once("result ")).map(|(_, result)| result.to_owned());
    result.unwrap_or_else(|| panic!("{said}"))
}

/// The most memory that this process had, in KiB.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells it");
    line.split_whitespace().find_map(|word| word.parse().ok()).expect("a number")
}
