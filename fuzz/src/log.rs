//! What must hold of the receiver's log whatever is in its files: the bodies of the targets `log_frames` and `log_positions`, which
//! the tests of `crates/log` run too.
//!
//! A log that is in order is changed as the input says, with checksums that are right again, which chance does not give.

use crate::sim::Sim;
use std::sync::OnceLock;
use std::time::Duration;
use weir_log::layout::{
    BLOCK, FrameHeader, HEADER_BLOCKS, HIGHEST, Position, SegmentHeader, position_name, segment_base,
};
use weir_log::{Bare, Inspection, Item, Options, Payload, Sequence, Start};

const READER: &str = "reader";

/// Segments with any content are opened and read to their end, and what is stored then is read again.
pub fn frames(data: &[u8]) {
    let sim = intact().copied();
    let segments: Vec<String> = sim.all_names().into_iter().filter(|name| segment_base(name).is_some()).collect();
    for edit in data.chunks(12).take(64) {
        let mut edit = Edit { bytes: edit };
        let name = &segments[edit.below(segments.len())];
        let mut content = sim.content(name).unwrap_or_default();
        edit.apply(&mut content, segment_base(name).unwrap_or_default());
        sim.put(name, content);
    }
    hold(&sim);
}

/// A file of a position with any content is opened, and a reader goes on from somewhere.
pub fn positions(data: &[u8]) {
    let sim = intact().copied();
    let (name, mut edit) = (position_name(READER), Edit { bytes: data });
    let identity = identity(&sim);
    let mut content = Vec::new();
    for _ in 0..edit.below(4) {
        let position = Position { identity, generation: edit.number(), next: edit.number(), number: edit.number() };
        content.extend(position.encode());
    }
    for _ in 0..edit.below(4) {
        let at = edit.below(content.len());
        content.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << edit.below(8));
    }
    content.truncate(content.len() - edit.below(content.len() + 1));
    content.extend(edit.bytes.iter().take(2 * BLOCK as usize));
    sim.put(&name, content);
    hold(&sim);
}

/// What is read from an input; zeros after its end.
struct Edit<'a> {
    bytes: &'a [u8],
}

impl Edit<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.bytes.split_first().unwrap_or((&0, &[]));
        self.bytes = rest;
        *first
    }

    fn below(&mut self, bound: usize) -> usize {
        let [low, high] = [self.byte(), self.byte()];
        usize::from(u16::from_le_bytes([low, high])) % bound.max(1)
    }

    /// A low number, or one near a border.
    fn number(&mut self) -> u64 {
        let low = self.below(usize::from(u16::MAX)) as u64;
        match self.byte() % 4 {
            0 => u64::MAX - low,
            1 => HIGHEST - low % 3,
            _ => low % 200,
        }
    }

    fn apply(&mut self, content: &mut Vec<u8>, base: u64) {
        let kind = self.byte() % 8;
        let block = self.below(content.len() / BLOCK as usize) as u64;
        let at = (block * BLOCK) as usize;
        match kind {
            0 => content.truncate(at + self.below(BLOCK as usize)),
            1 => content.iter_mut().skip(at).take(BLOCK as usize).for_each(|byte| *byte = 0),
            2 => self.change_segment(content, base),
            3 | 4 => {
                let at = at + self.below(BLOCK as usize);
                content.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << self.below(8));
            }
            _ => self.change_frame(content, base, block),
        }
    }

    fn change_segment(&mut self, content: &mut [u8], base: u64) {
        let Some(mut header) = SegmentHeader::decode(content, base) else { return };
        match self.byte() % 5 {
            0 => header.blocks = self.number(),
            1 => header.needs = self.number(),
            2 => header.previous_end = self.number(),
            3 => header.number = self.number(),
            _ => header.previous_synced = self.number(),
        }
        content.iter_mut().zip(header.encode()).for_each(|(old, new)| *old = new);
    }

    fn change_frame(&mut self, content: &mut [u8], base: u64, block: u64) {
        let mark = identity(intact()).mark;
        let at = (block.max(HEADER_BLOCKS) * BLOCK) as usize;
        let block = base + block.max(HEADER_BLOCKS);
        let Some(bytes) = content.get_mut(at..at + BLOCK as usize) else { return };
        let mut header = FrameHeader::decode(bytes, &mark, block).unwrap_or_default();
        header.block = block;
        match self.byte() % 9 {
            0 => header.first = self.number(),
            1 => header.previous = self.number(),
            2 => header.part = self.number() as u32,
            3 => header.is_last ^= true,
            4 => header.body = self.number() as u32,
            5 => header.metadata = self.number() as u32,
            6 => header.total = self.number(),
            7 => header.number = self.number(),
            _ => header.synced = self.number(),
        }
        let encoded = header.encode(&mark);
        bytes[..encoded.len()].copy_from_slice(&encoded);
    }
}

/// A log in order: entries of one frame and of several, in a few segments.
fn intact() -> &'static Sim {
    static INTACT: OnceLock<Sim> = OnceLock::new();
    INTACT.get_or_init(|| {
        let sim = Sim::new(1);
        let (log, mut writer, _) = Bare::open(sim.files(), options()).expect("a new log");
        for id in 0..12_u64 {
            if id % 3 == 0 {
                writer.write(id, Payload::new(&[1; 6_000], &[])).expect("room");
            }
            writer.finish(id, Payload::new(&[2; 5_000], b"metadata"), 0).expect("room");
        }
        writer.sync().expect("a sync");
        drop(log.reader(READER, Start::Oldest).expect("a reader"));
        sim
    })
}

fn options() -> Options {
    Options { segment_bytes: 48 << 10, part_bytes: 8_000, zeros: false, ..Options::default() }
}

fn identity(sim: &Sim) -> weir_log::layout::Identity {
    let content = sim.content("0000000000000000.segment").unwrap_or_default();
    SegmentHeader::decode(&content, 0).expect("the first segment is in order").identity
}

/// The log opens, or says why not; it is read to its end; what is stored is read again by the next process.
fn hold(sim: &Sim) {
    let most = 10 * sim.used() / BLOCK + 100;
    let Ok(inspection) = Inspection::of(sim.files()) else { return };
    let check = inspection.check().expect("damage is no error");
    assert!(check.entries + check.damage.len() as u64 <= most, "there is more than there is room for");
    drop(inspection);
    let (log, mut writer, _) = Bare::open(sim.files(), options()).expect("it could be looked at");
    let sequence = writer.finish(0, Payload::new(b"new", b""), 0).expect("room");
    writer.sync().expect("a sync");
    drop((log, writer));
    let (log, _, _) = Bare::open(sim.killed().files(), options()).expect("it opened before");
    let mut reader = log.reader(READER, Start::Oldest).expect("a reader");
    let mut last = None::<Sequence>;
    for number in 0.. {
        assert!(number <= most, "there is more than there is room for");
        match reader.next(Duration::ZERO).expect("damage is no error") {
            Some(Item::Entry(entry)) => {
                assert!(Some(entry.sequence()) > last, "out of order");
                assert_eq!(entry.whole_body(1 << 30).expect("a body").len() as u64, entry.bytes());
                last = Some(entry.sequence());
            }
            Some(Item::Damage(_)) => {}
            None => break,
        }
    }
    assert_eq!(last, Some(sequence), "what was stored last is read last");
}
