//! Goes through a log from a block on: entries that are whole, and damage that is passed over.

use crate::damage::{Damage, Hit};
use crate::entry::{Checkpoint, Entry};
use crate::layout::FrameHeader;
use crate::refusal::ReadError;
use crate::scan::Found;
use crate::segment_files::SegmentFiles;
use crate::segments::Segment;
use crate::shared::Shared;
use std::sync::Arc;

/// What comes next in a log.
#[derive(Debug)]
pub enum Item {
    /// An entry.
    Entry(Entry),
    /// Damage, which was passed over.
    Damage(Damage),
}

impl Item {
    /// Where to go on after it.
    pub fn checkpoint(&self) -> Checkpoint {
        match self {
            Item::Entry(entry) => entry.checkpoint(),
            Item::Damage(damage) => damage.checkpoint(),
        }
    }
}

/// A place in a log, from which it is read on.
pub(crate) struct Cursor {
    shared: Arc<Shared>,
    files: SegmentFiles,
    /// The frames of an entry that are not in the same segment as its last one are read through these.
    parts: SegmentFiles,
    next: u64,
    /// How many entries are before it; not known at the beginning.
    number: Option<u64>,
}

/// A part of a segment that is to be read.
struct Stretch {
    end: u64,
    /// Whether frames reach until there for certain: zeros before it are damage.
    is_full: bool,
    /// Up to which block it was on the disk once for certain.
    synced: u64,
    /// How many entries are before its end, if the segment after it says so.
    number: Option<u64>,
}

/// What is to be done next.
enum Step {
    Read(Stretch),
    Give(Item),
    Again,
    Wait,
}

impl Cursor {
    /// A cursor at a block, with the number of entries before it if that is known.
    pub fn new(shared: Arc<Shared>, next: u64, number: Option<u64>) -> Self {
        let files = SegmentFiles::new(Arc::clone(&shared));
        Cursor { parts: files.clone(), files, shared, next, number }
    }

    /// Where the cursor is.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { next: self.next, number: self.number.unwrap_or(0) }
    }

    /// What comes next of that which is on the disk, if anything does.
    ///
    /// # Errors
    /// Where it cannot be read now. The cursor stays where it is.
    pub fn next(&mut self) -> Result<Option<Item>, ReadError> {
        loop {
            let item = match self.step() {
                Step::Wait => return Ok(None),
                Step::Again => None,
                Step::Give(item) => Some(item),
                Step::Read(stretch) => self.read(&stretch)?,
            };
            if item.is_some() {
                return Ok(item);
            }
        }
    }

    /// Finds the stretch that the cursor is in, or goes on to the next segment.
    fn step(&mut self) -> Step {
        let shared = Arc::clone(&self.shared);
        let state = shared.state();
        let durable = state.durable;
        let following = state.segments.after(self.next);
        if let Some(segment) = state.segments.holding(self.next) {
            self.next = self.next.max(segment.first());
            let stretch = stretch(segment, following, durable);
            if self.next < stretch.end {
                return Step::Read(stretch);
            }
        }
        match following.filter(|following| following.first() < durable) {
            Some(following) => self.enter(following, state.segments.holding(self.next)),
            None => Step::Wait,
        }
    }

    /// Goes on to a segment. What is missing before it is damage.
    fn enter(&mut self, following: &Segment, before: Option<&Segment>) -> Step {
        let (from, known) = (self.next, self.number);
        self.next = following.first();
        let number = following.header.map(|header| header.number);
        self.number = number.or(known);
        let lost = known.zip(number).map_or(0, |(known, number)| number.saturating_sub(known));
        let ended = following.header.map_or(0, |header| header.previous_end);
        let is_missing = known.is_some() && ended > before.map_or(from, Segment::limit);
        if !is_missing && lost == 0 {
            return Step::Again;
        }
        let (to, hit) = if is_missing { (ended, Hit::Segment) } else { (following.base, Hit::Blocks) };
        let lost = known.zip(number).map(|_| lost);
        let checkpoint = self.checkpoint();
        Step::Give(Item::Damage(Damage { from, to, hit, lost, was_synced: true, blocks: Vec::new(), checkpoint }))
    }

    /// Reads the next frame. A frame that is not the last of its entry gives nothing, and neither do zeros at the end.
    fn read(&mut self, stretch: &Stretch) -> Result<Option<Item>, ReadError> {
        match self.files.find(self.next, stretch.end)? {
            Found::Frame(header) => self.frame(header, stretch),
            Found::Nothing { to, last, then } => Ok(self.pass(to, last, then, stretch)),
        }
    }

    fn frame(&mut self, header: FrameHeader, stretch: &Stretch) -> Result<Option<Item>, ReadError> {
        let item = match header.is_last {
            true => Some(self.entry(header, stretch)?),
            false => None,
        };
        self.next = header.end().min(stretch.end);
        self.number = Some(header.number + u64::from(header.is_last));
        Ok(item)
    }

    /// Blocks without a frame: damage, unless they are zeros after which there was never anything.
    fn pass(&mut self, to: u64, last: Option<u64>, then: Option<FrameHeader>, stretch: &Stretch) -> Option<Item> {
        let (from, known) = (self.next, self.number);
        self.next = to;
        if last.is_none() && then.is_none() && !stretch.is_full {
            return None;
        }
        let number = then.map(|then| then.number).or(stretch.number);
        self.number = number.or(known);
        let lost = known.zip(number).map(|(known, number)| number.saturating_sub(known));
        let was_synced = then.map_or(0, |then| then.synced).max(stretch.synced) >= to;
        let to = if stretch.is_full || then.is_some() { to } else { last.unwrap_or(to) };
        let (hit, blocks, checkpoint) = (Hit::Blocks, vec![(from, to)], self.checkpoint());
        Some(Item::Damage(Damage { from, to, hit, lost, was_synced, blocks, checkpoint }))
    }

    /// The entry that a frame completes, or the damage that hit it.
    fn entry(&mut self, last: FrameHeader, stretch: &Stretch) -> Result<Item, ReadError> {
        let payload = self.files.payload(&last)?;
        let (parts, is_whole) = self.parts_of(&last)?;
        match payload {
            Some(payload) if is_whole => Ok(Item::Entry(Entry { last, payload, parts, files: self.parts.clone() })),
            payload => {
                let metadata = payload.map(|payload| payload[last.body as usize..].to_vec());
                let was_synced = self.was_synced(&last, stretch)?;
                Ok(Item::Damage(damaged(&last, &parts, metadata, was_synced)))
            }
        }
    }

    /// The frames of an entry before its last one, as far as they can be found, and whether all are there and undamaged.
    fn parts_of(&mut self, last: &FrameHeader) -> Result<(Vec<FrameHeader>, bool), ReadError> {
        let (mut parts, mut after) = (Vec::new(), *last);
        while after.part > 0 {
            match self.parts.header(after.previous) {
                Ok(Some(header)) if is_before(&header, &after) => parts.push(header),
                Ok(_) | Err(ReadError::Gone { .. }) => break,
                Err(error) => return Err(error),
            }
            after = *parts.last().expect("one was added");
        }
        parts.reverse();
        let mut is_whole = after.part == 0 && after.total == u64::from(after.body);
        for header in &parts {
            is_whole = is_whole && self.parts.payload(header)?.is_some();
        }
        Ok((parts, is_whole))
    }

    /// Whether a frame was on the disk once, as the one after it says.
    fn was_synced(&mut self, last: &FrameHeader, stretch: &Stretch) -> Result<bool, ReadError> {
        if stretch.synced > last.block || last.end() >= stretch.end {
            return Ok(stretch.synced > last.block);
        }
        Ok(match self.files.find(last.end(), stretch.end)? {
            Found::Frame(then) | Found::Nothing { then: Some(then), .. } => then.synced > last.block,
            Found::Nothing { then: None, .. } => false,
        })
    }
}

/// What hit an entry of which these frames were found.
fn damaged(last: &FrameHeader, parts: &[FrameHeader], metadata: Option<Vec<u8>>, was_synced: bool) -> Damage {
    let hit = Hit::Entry { sequence: last.block, received: last.received, body: last.total, metadata };
    let blocks = parts.iter().chain([last]).map(|header| (header.block, header.end())).collect();
    let checkpoint = Checkpoint { next: last.end(), number: last.number + 1 };
    Damage { from: last.first, to: last.end(), hit, lost: Some(1), was_synced, blocks, checkpoint }
}

/// How far a segment is to be read.
fn stretch(segment: &Segment, following: Option<&Segment>, durable: u64) -> Stretch {
    let number = following.and_then(|following| following.header).map(|header| header.number);
    let border = following.map_or(u64::MAX, |following| following.base);
    match (segment.end, following) {
        (Some(end), _) => Stretch { end: end.min(durable).min(border), is_full: true, synced: segment.synced, number },
        (None, Some(_)) => Stretch { end: segment.limit().min(border), is_full: false, synced: 0, number },
        // What is on the disk of the segment that is written is frame by frame.
        (None, None) => Stretch { end: durable, is_full: true, synced: durable, number },
    }
}

/// Whether a frame is the one before another of the same entry.
fn is_before(header: &FrameHeader, after: &FrameHeader) -> bool {
    let is_next = header.part.checked_add(1) == Some(after.part) && header.total + u64::from(after.body) == after.total;
    is_next && !header.is_last && header.first == after.first
}
