//! What users of other collectors reported, as tests: each names the public thread.

use crate::damage::{Sample, read};
use crate::model::{READER, small};
use crate::sim::{Fault, Random, Sim};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use weir_log::layout::{BLOCK, segment_base};
use weir_log::{Bare, Hit, Inspection, Item, Log, Payload, Sequence, Start};

/// T1: vector #17644: a damaged buffer was an endless loop that only SIGKILL ended.
#[test]
fn t1_garbage_in_place_of_any_block_ends_within_a_bound() {
    let sample = Sample::new(40);
    let mut random = Random::new(1);
    for name in sample.sim.all_names() {
        let blocks = sample.sim.content(&name).expect("a file").len() / BLOCK as usize;
        for _ in 0..blocks.min(6) {
            let sim = sample.sim.copied();
            let mut content = sim.content(&name).expect("a file");
            let (from, kind) = (random.below(blocks) * BLOCK as usize, random.below(3));
            let to = (from + (1 + random.below(3)) * BLOCK as usize).min(content.len());
            content[from..to].iter_mut().for_each(|byte| *byte = [0, 0xff, random.next() as u8][kind]);
            sim.put(&name, content);
            let begun = Instant::now();
            let (bodies, _) = read(&sim);
            assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
            assert!(bodies.iter().all(|(sequence, body)| sample.bodies[sequence] == *body));
            assert!(bodies.len() + 6 > sample.bodies.len(), "{name}: {} of {}", bodies.len(), sample.bodies.len());
        }
    }
}

/// T2: vector #18336, #18130, #20561, #19155; fluent-bit #3229, #5265, #11847: one bad record blocked all others.
#[test]
fn t2_a_flipped_byte_in_every_64_kib_is_passed_over_told_and_kept() {
    let sample = Sample::new(200);
    let sim = sample.sim.copied();
    let mut hit = Vec::new();
    for name in sim.all_names().into_iter().filter(|name| segment_base(name).is_some()) {
        // A segment has 64 KiB here: one frame of each is hit.
        let frames: Vec<_> =
            sample.frames.iter().filter(|frame| frame.segment == name && frame.entry.is_some()).collect();
        let Some(frame) = frames.get(frames.len() / 2) else { continue };
        let mut content = sim.content(&name).expect("a file");
        content[frame.offset + 120] ^= 4;
        sim.put(&name, content);
        // A frame may carry less than that.
        hit.extend(frame.entry.filter(|_| frame.header.payload() > 8));
    }
    hit.dedup();
    assert!(hit.len() > 10, "{} entries", hit.len());
    // From outside, without changing anything.
    let check = Inspection::of(sim.files()).expect("a log").check().expect("a check");
    let told: Vec<Sequence> = check.damage.iter().filter_map(|damage| sequence_of(&damage.hit)).collect();
    assert_eq!(told, hit);
    let (bodies, kept) = read(&sim);
    assert_eq!(bodies.len() + hit.len(), sample.bodies.len());
    assert!(hit.iter().all(|sequence| !bodies.contains_key(sequence)));
    assert_eq!(kept.len(), hit.len(), "{kept:?}");
}

fn sequence_of(hit: &Hit) -> Option<Sequence> {
    match hit {
        Hit::Entry { sequence, .. } => Some(Sequence(*sequence)),
        Hit::Blocks | Hit::Segment => None,
    }
}

/// T3: vector PR 25570: a file was removed before the position after it was on the disk; the next start failed for ever.
#[test]
fn t3_a_crash_between_any_two_steps_of_removing_segments_loses_nothing() {
    let calls = passing(usize::MAX).1;
    let removes = calls.iter().filter(|call| call.starts_with("remove")).count();
    assert!(removes >= 3, "{calls:?}");
    let synced = calls.iter().position(|call| call.starts_with("sync") && call.ends_with(".position"));
    let removed = calls.iter().position(|call| call.starts_with("remove"));
    assert!(synced.is_some_and(|synced| Some(synced) < removed), "the position is on the disk first: {calls:?}");
    for (call, made) in calls.iter().enumerate() {
        let ((sim, stored), _) = passing(call);
        let mut random = Random::new(call as u64);
        for turn in 0..20 {
            let after = if turn == 0 { sim.killed() } else { sim.power_cut(&mut random) };
            let (log, _, _) = Bare::open(after.files(), small()).expect("it starts");
            let mut reader = log.reader(READER, Start::Oldest).expect("a reader");
            let saved = reader.saved().block();
            let mut left: Vec<Sequence> = stored.iter().copied().filter(|sequence| sequence.0 >= saved).collect();
            left.reverse();
            while let Some(item) = reader.next(Duration::ZERO).expect("a read") {
                match item {
                    Item::Entry(entry) => assert_eq!(left.pop(), Some(entry.sequence())),
                    Item::Damage(damage) => panic!("{damage}"),
                }
            }
            assert!(left.is_empty(), "crash at {made}: {left:?} are lost");
        }
    }
}

/// A reader passes several segments in one save, in which a call crashes; gives the disk, what was stored, and the calls.
fn passing(crash: usize) -> ((Sim, Vec<Sequence>), Vec<String>) {
    let sim = Sim::new(4);
    let (log, mut writer, _) = Bare::open(sim.files(), small()).expect("a new log");
    let body = [6; 7_000];
    let stored: Vec<Sequence> =
        (0..40).map(|id| writer.finish(id, Payload::new(&body, &[]), 0).expect("room")).collect();
    writer.sync().expect("a sync");
    let mut reader = log.reader(READER, Start::Oldest).expect("a reader");
    let items = (0..35).map(|_| reader.next(Duration::ZERO).expect("a read").expect("an entry"));
    let checkpoint = items.last().expect("entries").checkpoint();
    sim.fail(crash, Fault::Crash);
    // Whether it says so or not: what counts is what the next process finds.
    drop(reader.save(checkpoint));
    let calls = sim.calls();
    ((sim, stored), calls)
}

/// T6: vector #22944: a record larger than the buffer's limit killed the writer.
#[test]
fn t6_a_body_may_be_larger_than_a_segment() {
    let sim = Sim::new(1);
    let (log, _) = Log::on(sim.files(), small()).expect("it opens");
    let body: Vec<u8> = (0..1_000_000_u32).map(|number| (number / 7) as u8).collect();
    assert!(body.len() as u64 > 10 * small().segment_bytes);
    let mut entry = log.append().expect("room");
    body.chunks(1_234).for_each(|piece| entry.write(piece).expect("room"));
    let sequence = entry.commit(b"m", 0).expect("room");
    drop(log);
    let (log, _) = Log::on(sim.killed().files(), small()).expect("it opens");
    match log.reader("r", Start::Oldest).expect("a reader").next(Duration::ZERO).expect("a read") {
        Some(Item::Entry(entry)) => {
            assert_eq!((entry.sequence(), entry.bytes()), (sequence, 1_000_000));
            assert!(entry.whole_body(999_999).is_err(), "it has more bytes than that");
            assert!(entry.whole_body(1_000_000).expect("a body") == body);
        }
        other => panic!("{other:?}"),
    }
}

/// T10: vector #20118, #12084, #14865, #9587: duplicates after restarts, and positions that went back.
#[test]
fn t10_twenty_restarts_give_each_entry_once_and_positions_only_grow() {
    let mut sim = Sim::new(1);
    let (mut delivered, mut stored, mut last) = (BTreeMap::<Sequence, usize>::new(), Vec::new(), 0);
    for restart in 0..=20 {
        let (log, _) = Log::on(sim.files(), small()).expect("it opens");
        let mut reader = log.reader("r", Start::Oldest).expect("a reader");
        assert!(reader.saved().block() >= last, "after restart {restart}");
        for number in 0..7_u8 {
            let mut entry = log.append().expect("room");
            entry.write(&[number; 9_000]).expect("room");
            stored.push(entry.commit(&[], 0).expect("room"));
        }
        let most = if restart == 20 { usize::MAX } else { 5 };
        for _ in 0..most {
            let Some(Item::Entry(entry)) = reader.next(Duration::ZERO).expect("a read") else { break };
            *delivered.entry(entry.sequence()).or_default() += 1;
            reader.save(entry.checkpoint()).expect("a save");
            last = reader.saved().block();
        }
        sim = sim.killed();
    }
    assert_eq!(delivered.keys().copied().collect::<Vec<_>>(), stored);
    assert!(delivered.values().all(|times| *times == 1), "{delivered:?}");
    assert!(stored.is_sorted_by(|before, after| before < after), "no number is given twice");
}

/// What a sender sends cannot pass for a frame, even where damage makes the log look for one in its body.
#[test]
fn a_body_that_looks_like_a_frame_is_not_taken_for_one() {
    let sim = Sim::new(1);
    let (log, mut writer, _) = Bare::open(sim.files(), small()).expect("a new log");
    writer.finish(0, Payload::new(b"genuine", &[]), 0).expect("room");
    writer.sync().expect("a sync");
    let name = "0000000000000000.segment";
    // A frame of this log, at a block of the body of the next one, where it does not belong.
    let frame = sim.content(name).expect("a file")[2 * 4096..3 * 4096].to_vec();
    let body = [vec![0; 4096 - 112], frame.clone(), frame].concat();
    writer.finish(1, Payload::new(&body[..8_000], &[]), 0).expect("room");
    writer.finish(2, Payload::new(b"after", &[]), 0).expect("room");
    writer.sync().expect("a sync");
    drop((log, writer));
    let mut content = sim.content(name).expect("a file");
    content[3 * 4096] ^= 1;
    sim.put(name, content);
    let (log, _, _) = Bare::open(sim.files(), small()).expect("it opens");
    let mut reader = log.reader("r", Start::Oldest).expect("a reader");
    let mut found = Vec::new();
    while let Some(item) = reader.next(Duration::ZERO).expect("a read") {
        found.push(match item {
            Item::Entry(entry) => String::from_utf8(entry.whole_body(100).expect("a body")).expect("text"),
            Item::Damage(damage) => format!("{:?} of blocks {} to {}", damage.lost, damage.from, damage.to),
        });
    }
    assert_eq!(found, ["genuine", "Some(1) of blocks 3 to 5", "after"]);
}
