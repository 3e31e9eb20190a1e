//! What callers of the log are promised: group commit, bounds, refusals that pass, refusals that do not, and one owner.

use crate::gate::Gate;
use crate::model::small;
use crate::sim::{EIO, Fault, Sim};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};
use weir_log::{Inspection, Item, Log, OpenError, Options, Reader, Refusal, Sequence, Start};

fn open(sim: &Sim, options: Options) -> Log {
    Log::on(sim.files(), options).expect("it opens").0
}

fn store(log: &Log, body: &[u8]) -> Result<Sequence, Refusal> {
    let mut entry = log.append()?;
    entry.write(body)?;
    entry.commit(b"m", 0)
}

/// The bodies that a reader finds from where it is.
fn bodies(reader: &mut Reader) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    while let Some(item) = reader.next(Duration::ZERO).expect("a read") {
        match item {
            Item::Entry(entry) => bodies.push(entry.whole_body(1 << 30).expect("a body")),
            Item::Damage(damage) => panic!("{damage}"),
        }
    }
    bodies
}

#[test]
fn one_sync_serves_all_who_wait() {
    let (sim, gate) = (Sim::new(1), Arc::new(Gate::default()));
    let (log, _) = Log::on(gate.files(sim.files()), small()).expect("it opens");
    store(&log, b"the segment is made").expect("room");
    let before = gate.syncs();
    gate.delay(20);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..5).for_each(|_| assert!(store(&log, b"x").is_ok())));
        }
    });
    let syncs = gate.syncs() - before;
    assert!((5..40).contains(&syncs), "{syncs} syncs for 40 entries");
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    assert_eq!(bodies(&mut reader).len(), 41);
}

#[test]
fn what_was_not_committed_is_never_read() {
    let sim = Sim::new(1);
    let log = open(&sim, small());
    let mut dropped = log.append().expect("room");
    dropped.write(&[1; 50_000]).expect("room");
    store(&log, b"before").expect("room");
    drop(dropped);
    let mut hanging = log.append().expect("room");
    hanging.write(&[2; 50_000]).expect("room");
    store(&log, b"after").expect("room");
    log.close();
    drop((hanging, log));
    let log = open(&sim, small());
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    assert_eq!(bodies(&mut reader), [b"before".to_vec(), b"after".to_vec()]);
}

#[test]
fn entries_come_in_the_order_in_which_they_were_committed_whatever_their_times_say() {
    let sim = Sim::new(1);
    let log = open(&sim, small());
    let mut sequences = Vec::new();
    // An hour back, a day ahead, 2038, before 1970, a leap second that comes twice.
    for received in
        [0, -3_600_000, 86_400_000, 2_147_483_648_000, i64::MIN, i64::MAX, 1_483_228_799_000, 1_483_228_799_000]
    {
        let entry = log.append().expect("room");
        sequences.push((entry.commit(&[], received).expect("room"), received));
    }
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    let mut found = Vec::new();
    while let Some(Item::Entry(entry)) = reader.next(Duration::ZERO).expect("a read") {
        found.push((entry.sequence(), entry.received()));
    }
    assert_eq!(found, sequences);
    assert!(sequences.is_sorted_by(|(before, _), (after, _)| before < after), "{sequences:?}");
}

#[test]
fn no_source_of_the_log_asks_for_the_time_of_day() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut looked_at = 0;
    for folder in [folder.clone(), folder.join("files"), folder.join("layout")] {
        for entry in std::fs::read_dir(folder).expect("sources") {
            let path = entry.expect("a file").path();
            if path.is_file() {
                let text = std::fs::read_to_string(&path).expect("text");
                assert!(!text.contains("SystemTime") && !text.contains("UNIX_EPOCH"), "{}", path.display());
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 20, "{looked_at} sources");
}

#[test]
fn an_answer_comes_in_time_although_the_disk_hangs() {
    let (sim, gate) = (Sim::new(1), Arc::new(Gate::default()));
    let after = Duration::from_millis(150);
    let options = Options { answer_within: after, queue_bytes: 100_000, ..small() };
    let (log, _) = Log::on(gate.files(sim.files()), options).expect("it opens");
    store(&log, b"before").expect("room");
    gate.shut(true);
    let begun = Instant::now();
    assert_eq!(store(&log, b"hangs"), Err(Refusal::TimedOut { after }));
    // The queue is bounded as well, and so is the wait for room in it.
    let mut long = log.append().expect("room");
    let refused = (0..100).find_map(|_| long.write(&[0; 8_000]).err());
    assert_eq!(refused, Some(Refusal::TimedOut { after }));
    assert_eq!(long.write(&[0; 20_000]), Err(Refusal::TimedOut { after }), "a body with a hole is none");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    gate.shut(false);
    drop(long);
    store(&log, b"after").expect("room");
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    assert_eq!(bodies(&mut reader), [b"before".to_vec(), b"hangs".to_vec(), b"after".to_vec()]);
}

#[test]
fn a_failed_sync_is_for_ever_and_the_next_process_goes_on() {
    let sim = Sim::new(1);
    let log = open(&sim, small());
    store(&log, b"before").expect("room");
    sim.fail_next("sync", ".segment", Fault::Code(EIO));
    let refused = store(&log, b"is not promised").expect_err("the sync failed");
    assert!(matches!(refused, Refusal::Broken { .. }), "{refused:?}");
    assert_eq!(log.refusal(), Some(refused.clone()));
    assert_eq!(store(&log, b"never"), Err(refused));
    drop(log);
    let log = open(&sim.killed(), small());
    store(&log, b"after").expect("room");
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    let found: BTreeSet<Vec<u8>> = bodies(&mut reader).into_iter().collect();
    for promised in [&b"before"[..], b"after"] {
        assert!(found.contains(promised));
    }
    assert!(!found.contains(&b"never"[..]));
}

#[test]
fn no_two_have_one_log() {
    let sim = Sim::new(1);
    let log = open(&sim, small());
    assert!(matches!(Log::on(sim.files(), small()), Err(OpenError::Locked)));
    let reader = log.reader("r", Start::Oldest).expect("a reader");
    assert!(log.reader("r", Start::Oldest).is_err(), "a reader is in use");
    assert!(log.forget("r").is_err(), "a reader is in use");
    drop(log);
    assert!(matches!(Log::on(sim.files(), small()), Err(OpenError::Locked)), "its reader still has it");
    drop(reader);
    drop(open(&sim, small()));
}

#[test]
fn a_reader_waits_until_there_is_something() {
    let sim = Sim::new(1);
    let log = open(&sim, small());
    let mut reader = log.reader("r", Start::Newest).expect("a reader");
    assert!(reader.next(Duration::from_millis(20)).expect("a read").is_none());
    thread::scope(|scope| {
        let waiting = scope.spawn(|| reader.next(Duration::from_secs(20)).expect("a read"));
        thread::sleep(Duration::from_millis(30));
        let sequence = store(&log, b"now").expect("room");
        match waiting.join().expect("no panic") {
            Some(Item::Entry(entry)) => assert_eq!(entry.sequence(), sequence),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn who_looks_ahead_reads_what_a_reader_reads_and_keeps_nothing() {
    let sim = Sim::new(1);
    let log = open(&sim, small());
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    let mut ahead = log.look_ahead(reader.saved());
    let mut stored = Vec::new();
    for number in 0..40_u8 {
        stored.push(store(&log, &[number; 5_000]).expect("room"));
    }
    let mut seen = Vec::new();
    while let Some(item) = ahead.next(Duration::ZERO).expect("a read") {
        let Item::Entry(entry) = item else { unreachable!("nothing is damaged") };
        seen.push(entry.sequence());
    }
    assert_eq!(seen, stored);
    let (segments, mut last) = (log.usage().segments, None);
    while let Some(item) = reader.next(Duration::ZERO).expect("a read") {
        last = Some(item.checkpoint());
    }
    reader.save(last.expect("entries")).expect("it is saved");
    assert!(log.usage().segments < segments, "what was read by name is removed, whoever looks at it");
}

#[test]
fn callers_without_threads_are_called_back() {
    let sim = Sim::new(1);
    let log = open(&sim, small());
    let (sender, receiver) = channel();
    for number in 0..10_u8 {
        let mut entry = log.append().expect("room");
        entry.write(&[number]).expect("room");
        let sender = sender.clone();
        entry.submit(&[], 0, move |result| drop(sender.send((number, result))));
    }
    drop(sender);
    let answers: Vec<_> = receiver.iter().collect();
    assert_eq!(answers.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
    assert!(answers.iter().all(|(_, result)| result.is_ok()), "{answers:?}");
    let long = log.append().expect("room").commit(&[0; 5_000], 0);
    assert_eq!(long, Err(Refusal::Metadata { bytes: 5_000 }));
}

#[test]
fn bounds_that_cannot_be_are_refused() {
    let cannot = [
        Options { part_bytes: 0, ..small() },
        Options { part_bytes: 64 << 20, ..small() },
        Options { segment_bytes: 8_192, ..small() },
        Options { log_bytes: 1_000, ..small() },
    ];
    for options in cannot {
        assert!(matches!(Log::on(Sim::new(1).files(), options), Err(OpenError::Options(_))));
    }
    let log = open(&Sim::new(1), small());
    for name in ["", "../x", "A"] {
        assert!(log.reader(name, Start::Oldest).is_err(), "{name}");
    }
}

#[test]
fn files_of_another_log_are_refused() {
    let (one, other) = (Sim::new(1), Sim::new(2));
    for sim in [&one, &other] {
        let log = open(sim, small());
        store(&log, b"x").expect("room");
        drop(log.reader("r", Start::Oldest).expect("a reader"));
    }
    let position = other.content("r.position").expect("a position");
    one.put("r.position", position);
    assert!(matches!(Log::on(one.files(), small()), Err(OpenError::Foreign { .. })));
}

#[test]
fn a_log_is_looked_at_while_it_is_written() {
    let sim = Sim::new(1);
    let log = open(&sim, small());
    let sequences: Vec<Sequence> = (0..30).map(|_| store(&log, &[9; 20_000]).expect("room")).collect();
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    let item = reader.next(Duration::ZERO).expect("a read").expect("an entry");
    reader.save(item.checkpoint()).expect("a save");
    let inspection = Inspection::of(sim.files()).expect("a log");
    let stat = inspection.stat();
    assert_eq!((stat.entries, stat.id, stat.readers.len()), (30, Some(log.id()), 1));
    assert_eq!(stat.readers[0].number, 1);
    let check = inspection.check().expect("a check");
    assert!(check.damage.is_empty(), "{:?}", check.damage);
    assert_eq!((check.entries, check.body_bytes), (30, 600_000));
    assert_eq!(check.range, Some((sequences[0], sequences[29])));
    let entry = inspection.entry(sequences[7]).expect("a read").expect("an entry");
    assert_eq!(entry.whole_body(1 << 20).expect("a body"), [9; 20_000]);
    assert!(inspection.entry(Sequence(sequences[7].0 + 1)).expect("a read").is_none());
    assert_eq!(log.usage().readers[0].entries_behind, 29);
}
