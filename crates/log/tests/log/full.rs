//! No room: what is new is refused at once, nothing is lost, readers go on, and so does the log by itself.

use crate::model::small;
use crate::sim::Sim;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use weir_log::{Checkpoint, Item, Log, Options, Reader, Refusal, Sequence, Start};

/// How long it may take to answer where there is no room. It is measured on busy machines too.
const AT_ONCE: Duration = Duration::from_millis(250);

fn log(sim: &Sim, options: &Options) -> Log {
    Log::on(sim.files(), Options { retry_after: Duration::from_millis(100), ..options.clone() }).expect("it opens").0
}

fn store(log: &Log) -> Result<Sequence, Refusal> {
    let mut entry = log.append()?;
    entry.write(&[5; 20_000])?;
    entry.commit(b"m", 0)
}

/// Stores until there is no room; gives what was stored, and expects the refusal at once.
fn fill(log: &Log) -> (Vec<Sequence>, String) {
    let mut stored = Vec::new();
    loop {
        let begun = Instant::now();
        match store(log) {
            Ok(sequence) => stored.push(sequence),
            Err(Refusal::NoRoom { why, retry_after }) => {
                assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
                assert_eq!(retry_after, Duration::from_millis(100));
                return (stored, why);
            }
            Err(other) => panic!("{other}"),
        }
    }
}

fn goes_on_by_itself(log: &Log) -> Sequence {
    let begun = Instant::now();
    loop {
        match store(log) {
            Ok(sequence) => return sequence,
            Err(refusal) => assert!(begun.elapsed() < Duration::from_secs(2), "{refusal}"),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn read(reader: &mut Reader, most: usize) -> (Vec<Sequence>, Option<Checkpoint>) {
    let (mut found, mut checkpoint) = (Vec::new(), None);
    while found.len() < most {
        match reader.next(Duration::ZERO).expect("a read") {
            Some(Item::Entry(entry)) => {
                checkpoint = Some(entry.checkpoint());
                found.push(entry.sequence());
            }
            Some(Item::Damage(damage)) => panic!("{damage}"),
            None => break,
        }
    }
    (found, checkpoint)
}

/// T11: otel-collector #7198, #8115: on a full disk nothing could be removed.
#[test]
fn t11_on_a_full_disk_positions_advance_and_room_comes_back() {
    let sim = Sim::new(1);
    let log = log(&sim, &small());
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    sim.set_room(600_000);
    let (stored, why) = fill(&log);
    assert!(stored.len() > 10 && why.contains("space"), "{why}");
    // Not a byte is free, not even for a name.
    sim.set_room(sim.used());
    assert!(matches!(store(&log), Err(Refusal::NoRoom { .. })));
    let (first, checkpoint) = read(&mut reader, stored.len() / 2);
    reader.save(checkpoint.expect("entries")).expect("the position advances");
    let later = goes_on_by_itself(&log);
    let (rest, _) = read(&mut reader, usize::MAX);
    assert_eq!([first, rest].concat(), [stored, vec![later]].concat(), "nothing is lost");
}

/// T11 on a real file system.
#[test]
#[ignore = "mounts a small file system, as root: cargo test -p weir-log --release -- --ignored"]
fn t11_on_a_small_tmpfs_the_log_refuses_and_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let Some(mounted) = Mounted::at(folder.path()) else {
        println!("skipped: nothing can be mounted");
        return;
    };
    let ballast = mounted.0.join("ballast");
    std::fs::write(&ballast, vec![1; 20 << 20]).expect("there is room");
    let options = Options { segment_bytes: 4 << 20, retry_after: Duration::from_millis(100), ..Options::default() };
    let (log, _) = Log::open(&mounted.0.join("log"), options).expect("it opens");
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    let (stored, why) = fill(&log);
    assert!(stored.len() > 100, "{} entries, then {why}", stored.len());
    for _ in 0..20 {
        let begun = Instant::now();
        assert!(matches!(store(&log), Err(Refusal::NoRoom { .. })));
        assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
        std::thread::sleep(Duration::from_millis(50));
    }
    let (first, checkpoint) = read(&mut reader, 5);
    reader.save(checkpoint.expect("entries")).expect("the position advances");
    std::fs::remove_file(&ballast).expect("it goes");
    let later = goes_on_by_itself(&log);
    let (rest, _) = read(&mut reader, usize::MAX);
    assert_eq!([first, rest].concat(), [stored, vec![later]].concat(), "nothing is lost");
    drop((reader, log));
}

/// A file system of 40 MiB, until it is dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn at(folder: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", "size=40m", "tmpfs"]).arg(folder).status();
        mount.is_ok_and(|status| status.success()).then(|| Mounted(folder.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{} stays mounted", self.0.display());
    }
}

/// T12: opentelemetry-collector-contrib #48635: of a long outage the first hours were missing.
#[test]
fn t12_at_its_bound_the_log_refuses_what_is_new_and_keeps_what_is_old() {
    let sim = Sim::new(1);
    let log = log(&sim, &Options { log_bytes: 400_000, ..small() });
    let mut reader = log.reader("slow", Start::Oldest).expect("a reader");
    let mut fast = log.reader("fast", Start::Oldest).expect("a reader");
    let (stored, why) = fill(&log);
    assert!(why.contains("400000"), "{why}");
    assert!(log.usage().bytes <= 400_000, "{:?}", log.usage());
    let on_top = small().segment_bytes + 2 * 8_192;
    assert!(sim.used() <= 400_000 + on_top, "{} bytes", sim.used());
    // One reader alone frees nothing.
    let (_, checkpoint) = read(&mut fast, usize::MAX);
    fast.save(checkpoint.expect("entries")).expect("a save");
    std::thread::sleep(Duration::from_millis(150));
    assert!(matches!(store(&log), Err(Refusal::NoRoom { .. })));
    let (found, checkpoint) = read(&mut reader, usize::MAX);
    assert_eq!(found, stored, "the oldest is there");
    reader.save(checkpoint.expect("entries")).expect("a save");
    goes_on_by_itself(&log);
}

#[test]
fn a_reader_that_is_forgotten_holds_nothing_up() {
    let sim = Sim::new(1);
    let log = log(&sim, &Options { log_bytes: 400_000, ..small() });
    drop(log.reader("gone", Start::Oldest).expect("a reader"));
    drop(log.reader("newest", Start::Newest).expect("a reader"));
    fill(&log);
    let mut reader = log.reader("newest", Start::Oldest).expect("a reader");
    let (_, checkpoint) = read(&mut reader, usize::MAX);
    reader.save(checkpoint.expect("entries")).expect("a save");
    log.forget("gone").expect("it is forgotten");
    goes_on_by_itself(&log);
    assert!(sim.content("gone.position").is_none());
}

#[test]
fn a_start_on_a_full_disk_delivers_and_accepts_when_there_is_room() {
    let sim = Sim::new(1);
    let first = log(&sim, &small());
    drop(first.reader("r", Start::Oldest).expect("a reader"));
    sim.set_room(600_000);
    let (stored, _) = fill(&first);
    let killed = sim.killed();
    killed.set_room(killed.used());
    let second = log(&killed, &small());
    let mut reader = second.reader("r", Start::Oldest).expect("a reader");
    let (found, checkpoint) = read(&mut reader, usize::MAX);
    assert_eq!(found, stored);
    reader.save(checkpoint.expect("entries")).expect("the position advances");
    goes_on_by_itself(&second);
}

#[test]
fn an_entry_that_found_no_room_is_not_delivered_later() {
    let sim = Sim::new(1);
    let log = log(&sim, &small());
    sim.set_room(300_000);
    let (stored, _) = fill(&log);
    sim.set_room(u64::MAX);
    let later = goes_on_by_itself(&log);
    drop(log);
    let log = self::log(&sim.killed(), &small());
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    assert_eq!(read(&mut reader, usize::MAX).0, [stored, vec![later]].concat());
}

/// What is damaged is kept in any case: without room for a copy the segment itself is.
#[test]
fn a_damaged_segment_goes_to_quarantine_as_a_whole_where_there_is_no_room_for_a_copy() {
    let sim = Sim::new(1);
    let log = log(&sim, &small());
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    (0..10).for_each(|_| assert!(store(&log).is_ok()));
    let (first, last) = ("0000000000000000.segment", "quarantine/0000000000000000.segment");
    let mut content = sim.content(first).expect("a segment");
    content[3 * 4096] ^= 1;
    sim.put(first, content.clone());
    sim.set_room(sim.used());
    let (mut entries, mut damage, mut checkpoint) = (0, 0, None);
    while let Some(item) = reader.next(Duration::ZERO).expect("a read") {
        checkpoint = Some(item.checkpoint());
        match item {
            Item::Entry(_) => entries += 1,
            Item::Damage(_) => damage += 1,
        }
    }
    assert!(entries == 9 && damage > 0, "{entries} entries, {damage} damaged pieces");
    reader.save(checkpoint.expect("entries")).expect("the position advances");
    assert!(sim.content(first).is_none());
    assert!(sim.content(last).expect("it is kept") == content);
}
