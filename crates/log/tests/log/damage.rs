//! Bytes flip: only the record that is hit is missed, it lies in quarantine, and all before and after it is delivered.

use crate::model::{READER, small};
use crate::sim::{Random, Sim};
use std::collections::BTreeMap;
use std::time::Duration;
use weir_log::files::QUARANTINE;
use weir_log::layout::{BLOCK, FrameHeader, HEADER_BLOCKS, HEADER_BYTES, SegmentHeader, position_name, segment_base};
use weir_log::{Bare, Item, Payload, Sequence, Start, Writer};

/// How many flips of a kind the ordinary tests make; the ignored one makes 5,000.
const FLIPS: usize = 250;

/// A reader that has passed nothing.
const OTHER: &str = "other";

/// A log with many entries, and what is where in it.
pub struct Sample {
    pub sim: Sim,
    pub bodies: BTreeMap<Sequence, Vec<u8>>,
    pub frames: Vec<Frame>,
}

/// A frame of the sample: the file and the offset in it, and the entry that it belongs to, if that was ever complete.
pub struct Frame {
    pub segment: String,
    pub offset: usize,
    pub header: FrameHeader,
    pub entry: Option<Sequence>,
}

impl Sample {
    /// A log of so many entries: of one frame and of several, among them frames of entries that were given up.
    pub fn new(entries: u64) -> Self {
        let sim = Sim::new(3);
        let (log, mut writer, _) = Bare::open(sim.files(), small()).expect("a new log");
        let mut random = Random::new(11);
        let mut bodies = BTreeMap::new();
        for id in 0..entries {
            let (sequence, body) = store(&mut writer, id, &mut random);
            bodies.insert(sequence, body);
            if id == entries / 4 {
                pass_some(&log, &mut writer);
            }
        }
        writer.sync().expect("a sync");
        drop(log.reader(OTHER, Start::Oldest).expect("a reader"));
        drop((log, writer));
        let frames = frames(&sim);
        Sample { sim, bodies, frames }
    }
}

fn store(writer: &mut Writer, id: u64, random: &mut Random) -> (Sequence, Vec<u8>) {
    let mut body = Vec::new();
    for _ in 0..[0, 0, 1, 3][random.below(4)] {
        let piece = filled(random, 8_000);
        writer.write(id, Payload::new(&piece, &[])).expect("room");
        body.extend(piece);
    }
    if random.percent(10) {
        // Another one begins and is given up.
        writer.write(1_000_000 + id, Payload::new(&filled(random, 3_000), &[])).expect("room");
        writer.abort(1_000_000 + id);
    }
    let length = random.below(7_000);
    let piece = filled(random, length);
    body.extend(&piece);
    (writer.finish(id, Payload::new(&piece, b"some metadata"), 7).expect("room"), body)
}

fn filled(random: &mut Random, length: usize) -> Vec<u8> {
    (0..length).map(|_| random.next() as u8).collect()
}

/// A reader reads a few entries, and has its position written at least twice.
fn pass_some(log: &Bare, writer: &mut Writer) {
    writer.sync().expect("a sync");
    let mut reader = log.reader(READER, Start::Oldest).expect("a reader");
    for _ in 0..3 {
        let item = reader.next(Duration::ZERO).expect("a read").expect("an entry");
        reader.save(item.checkpoint()).expect("a save");
    }
}

fn frames(sim: &Sim) -> Vec<Frame> {
    let mut frames = Vec::new();
    for segment in sim.all_names().into_iter().filter(|name| segment_base(name).is_some()) {
        let (base, bytes) = (segment_base(&segment).expect("a base"), sim.content(&segment).expect("a file"));
        let mark = SegmentHeader::decode(&bytes, base).expect("a header").identity.mark;
        let mut block = base + HEADER_BLOCKS;
        while let Some(content) = bytes.get(((block - base) * BLOCK) as usize..).filter(|rest| !rest.is_empty()) {
            let Some(header) = FrameHeader::decode(content, &mark, block) else { break };
            let offset = ((block - base) * BLOCK) as usize;
            frames.push(Frame { segment: segment.clone(), offset, header, entry: None });
            block = header.end();
        }
    }
    let lasts: BTreeMap<u64, Sequence> = frames
        .iter()
        .filter(|frame| frame.header.is_last)
        .map(|frame| (frame.header.first, Sequence(frame.header.block)))
        .collect();
    frames.iter_mut().for_each(|frame| frame.entry = lasts.get(&frame.header.first).copied());
    frames
}

/// What a new process delivers to a reader that has passed nothing, and the names of what is in quarantine then.
pub fn read(sim: &Sim) -> (BTreeMap<Sequence, Vec<u8>>, Vec<String>) {
    let (log, _, _) = Bare::open(sim.files(), small()).expect("damage is no reason not to open");
    for name in [READER, OTHER] {
        let mut reader = log.reader(name, Start::Oldest).expect("a reader");
        while reader.next(Duration::ZERO).expect("a read").is_some() {}
    }
    let mut bodies = BTreeMap::new();
    let mut reader = log.reader(OTHER, Start::Oldest).expect("a reader");
    while let Some(item) = reader.next(Duration::ZERO).expect("a read") {
        if let Item::Entry(entry) = item {
            assert_eq!((entry.metadata(), entry.received()), (&b"some metadata"[..], 7));
            bodies.insert(entry.sequence(), entry.whole_body(1 << 20).expect("a body"));
        }
    }
    let kept = sim.all_names().into_iter().filter(|name| name.starts_with(QUARANTINE) && name.ends_with(".txt"));
    (bodies, kept.collect())
}

/// Flips a bit of a byte, reads all, and expects nothing to be missed but this entry.
fn flip(sample: &Sample, file: &str, offset: usize, bit: usize, hit: Option<Sequence>, is_kept: bool) {
    let sim = sample.sim.copied();
    let mut content = sim.content(file).expect("a file");
    content[offset] ^= 1 << (bit % 8);
    sim.put(file, content);
    let (bodies, kept) = read(&sim);
    let mut expected = sample.bodies.clone();
    hit.map(|sequence| expected.remove(&sequence));
    let what = format!("byte {offset} of {file}, bit {}", bit % 8);
    assert!(bodies == expected, "{what}: of {:?} there are {:?}", expected.keys(), bodies.keys());
    assert_eq!(kept.is_empty(), !is_kept, "{what}: {kept:?}");
}

/// The places of a kind: in which file and where, and the entry that is hit.
type Place = (String, usize, Option<Sequence>);

fn flip_many(places: impl Fn(&Sample, &mut Random) -> Option<Place>, is_kept: bool, flips: usize) {
    let (sample, mut random) = (Sample::new(60), Random::new(5));
    let mut made = 0;
    while made < flips {
        if let Some((file, offset, hit)) = places(&sample, &mut random) {
            let bit = random.below(8);
            flip(&sample, &file, offset, bit, hit, is_kept);
            made += 1;
        }
    }
}

fn in_frame(sample: &Sample, random: &mut Random, range: impl Fn(&FrameHeader) -> (usize, usize)) -> Option<Place> {
    let frame = &sample.frames[random.below(sample.frames.len())];
    let (from, to) = range(&frame.header);
    (from < to).then(|| (frame.segment.clone(), frame.offset + from + random.below(to - from), frame.entry))
}

/// Where the header of a frame has its own checksum.
const CHECKSUM: usize = HEADER_BYTES - 4;

fn headers(sample: &Sample, random: &mut Random) -> Option<Place> {
    in_frame(sample, random, |_| (0, CHECKSUM))
}

fn checksums(sample: &Sample, random: &mut Random) -> Option<Place> {
    // The one of the header, and in it the one of the payload.
    let range = [(64, 68), (CHECKSUM, HEADER_BYTES)][random.below(2)];
    in_frame(sample, random, |_| range)
}

/// Of entries: what belongs to none is never read.
fn payloads(sample: &Sample, random: &mut Random) -> Option<Place> {
    in_frame(sample, random, |header| (HEADER_BYTES, HEADER_BYTES + header.payload() as usize))
        .filter(|(_, _, entry)| entry.is_some())
}

fn padding(sample: &Sample, random: &mut Random) -> Option<Place> {
    in_frame(sample, random, |header| (HEADER_BYTES + header.payload() as usize, (header.blocks() * BLOCK) as usize))
        .map(|(file, offset, _)| (file, offset, None))
}

fn segment_headers(sample: &Sample, random: &mut Random) -> Option<Place> {
    let segment = &sample.frames[random.below(sample.frames.len())].segment;
    Some((segment.clone(), random.below((HEADER_BLOCKS * BLOCK) as usize), None))
}

fn positions(_: &Sample, random: &mut Random) -> Option<Place> {
    // Half of them where the slot has something.
    let within = if random.percent(50) { 80 } else { BLOCK as usize };
    let slot = random.below(2) * BLOCK as usize;
    Some((position_name([READER, OTHER][random.below(2)]), slot + random.below(within), None))
}

#[test]
fn a_flipped_byte_in_a_header_hits_its_record_alone() {
    flip_many(headers, true, FLIPS);
}

#[test]
fn a_flipped_byte_in_a_checksum_hits_its_record_alone() {
    flip_many(checksums, true, FLIPS);
}

#[test]
fn a_flipped_byte_in_a_payload_hits_its_record_alone() {
    flip_many(payloads, true, FLIPS);
}

#[test]
fn a_flipped_byte_in_padding_hits_nothing() {
    flip_many(padding, false, FLIPS);
}

#[test]
fn a_flipped_byte_in_the_header_of_a_segment_hits_nothing() {
    flip_many(segment_headers, false, FLIPS);
}

#[test]
fn a_flipped_byte_in_a_position_hits_nothing() {
    flip_many(positions, false, FLIPS);
}

#[test]
#[ignore = "takes minutes: cargo test -p weir-log --release -- --ignored"]
fn five_thousand_flipped_bytes_of_each_kind_hit_their_records_alone() {
    flip_many(headers, true, 5_000);
    flip_many(checksums, true, 5_000);
    flip_many(payloads, true, 5_000);
    flip_many(padding, false, 5_000);
    flip_many(segment_headers, false, 5_000);
    flip_many(positions, false, 5_000);
}

/// How far from one length to the next the ordinary test goes; the ignored one goes by single bytes.
const STEP: usize = 509;

#[test]
fn a_log_that_is_cut_keeps_all_before_the_cut() {
    cut_everywhere(STEP);
}

#[test]
#[ignore = "takes minutes: cargo test -p weir-log --release -- --ignored"]
fn a_log_that_is_cut_at_any_byte_keeps_all_before_the_cut() {
    cut_everywhere(1);
}

/// The last 64 KiB are cut at each length: the last segment, and what is before it.
fn cut_everywhere(step: usize) {
    let sample = Sample::new(30);
    let last = sample.frames.last().expect("a frame").segment.clone();
    let content = sample.sim.content(&last).expect("a file");
    for length in (0..content.len()).step_by(step) {
        let sim = sample.sim.copied();
        sim.put(&last, content[..length].to_vec());
        let is_there = |frame: &&Frame| frame.segment != last || end_of(frame) <= length;
        let whole: Vec<Sequence> =
            sample.frames.iter().filter(is_there).filter(|frame| frame.header.is_last).map(of_frame).collect();
        let (bodies, _) = read(&sim);
        let found: Vec<Sequence> = bodies.keys().copied().collect();
        assert_eq!(found, whole, "cut to {length} bytes");
        assert!(bodies.iter().all(|(sequence, body)| sample.bodies[sequence] == *body));
        next_is_new(&sample, &sim, length);
    }
}

/// Where the content of a frame ends in its file.
fn end_of(frame: &Frame) -> usize {
    frame.offset + HEADER_BYTES + frame.header.payload() as usize
}

fn of_frame(frame: &Frame) -> Sequence {
    Sequence(frame.header.block)
}

/// A new entry gets a number that none of the lost ones had.
fn next_is_new(sample: &Sample, sim: &Sim, length: usize) {
    let (_log, mut writer, _) = Bare::open(sim.files(), small()).expect("it opens");
    let sequence = writer.finish(0, Payload::new(b"new", b""), 0).expect("room");
    let highest = sample.bodies.keys().next_back().copied();
    assert!(Some(sequence) > highest, "{sequence:?} after {highest:?}, cut to {length} bytes");
}
