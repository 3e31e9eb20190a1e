//! Writes frames, one caller at a time: places, chains of frames, and what is done when the disk refuses.

use crate::entry::Sequence;
use crate::files::{File, is_for_now, uninterrupted, write_full};
use crate::layout::{BLOCK, FrameHeader, HEADER_BLOCKS, SegmentHeader, segment_name};
use crate::new_segment::{NewSegment, SPARE, Spare};
use crate::payload::Payload;
use crate::refusal::Refusal;
use crate::segments::Segment;
use crate::shared::Shared;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// The writer of a log. What it wrote counts when [`Writer::sync`] returned.
pub struct Writer {
    shared: Arc<Shared>,
    active: Option<Active>,
    /// Where the next segment begins, at least.
    next_base: u64,
    /// The block after the last frame of the last segment.
    previous_end: u64,
    previous_synced: u64,
    /// How many entries were completed so far.
    number: u64,
    /// Entries that are not complete.
    open: BTreeMap<u64, Chain>,
    /// Why there is no room, until it is tried again.
    no_room: Option<String>,
    spare: Option<Spare>,
    unsynced: u64,
}

/// The segment that is written.
struct Active {
    file: Arc<dyn File>,
    base: u64,
    limit: u64,
    end: u64,
}

/// The frames of an entry so far.
#[derive(Clone, Debug)]
enum Chain {
    Written { first: u64, previous: u64, parts: u32, total: u64 },
    Failed(Refusal),
}

/// Where a recovered log goes on.
pub(crate) struct Continuation {
    pub next_base: u64,
    pub previous_end: u64,
    pub previous_synced: u64,
    pub number: u64,
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>, from: &Continuation) -> Self {
        let Continuation { next_base, previous_end, previous_synced, number } = *from;
        let (active, open, no_room, spare, unsynced) = (None, BTreeMap::new(), None, None, 0);
        Writer { shared, active, next_base, previous_end, previous_synced, number, open, no_room, spare, unsynced }
    }

    /// Writes a frame of an entry that is not its last. `id` is the caller's, and of this entry alone.
    ///
    /// # Errors
    /// Where it cannot be written; then nothing of the entry counts, and the rest of it is refused as well.
    pub fn write(&mut self, id: u64, payload: Payload) -> Result<(), Refusal> {
        self.place(id, payload, None).map(|_| ())
    }

    /// Writes the last frame of an entry. The entry counts after the next [`Writer::sync`].
    ///
    /// # Errors
    /// Where it, or a frame before it, cannot be written; then nothing of the entry counts.
    pub fn finish(&mut self, id: u64, payload: Payload, received: i64) -> Result<Sequence, Refusal> {
        let placed = self.place(id, payload, Some(received));
        self.forget(id);
        placed.map(Sequence)
    }

    /// Gives an entry up: nothing of it counts.
    pub fn abort(&mut self, id: u64) {
        self.forget(id);
    }

    /// Brings all that was written to the disk.
    ///
    /// # Errors
    /// [`Refusal::Broken`]: nothing is known then of what is on the disk, and nothing is accepted any more.
    pub fn sync(&mut self) -> Result<(), Refusal> {
        self.refuse_if_broken()?;
        let Some(active) = self.active.as_ref().filter(|_| self.unsynced > 0) else { return Ok(()) };
        uninterrupted(|| active.file.sync())
            .map_err(|error| self.shared.breaks(&told("sync", &segment_name(active.base), &error)))?;
        self.unsynced = 0;
        let mut state = self.shared.state();
        (state.durable, state.number) = (active.end, self.number);
        drop(state);
        self.shared.tell();
        Ok(())
    }

    /// How many bytes were written since the last sync.
    pub fn unsynced(&self) -> u64 {
        self.unsynced
    }

    /// Lets what there was no room for be tried again.
    pub fn try_again(&mut self) {
        self.no_room = None;
    }

    /// Whether the next segment should be prepared: by [`Spare::prepare`], in a thread of its own or not.
    pub fn wants_spare(&self) -> bool {
        self.active.is_some() && self.spare.is_none() && self.no_room.is_none() && self.has_room_for_segments(2)
    }

    /// Takes a prepared file, to be the next segment.
    pub fn give(&mut self, spare: Spare) {
        self.spare = Some(spare);
    }

    /// Ends the segment, so that what it did not need is free again, and removes what was prepared.
    ///
    /// # Errors
    /// As [`Writer::sync`].
    pub fn close(&mut self) -> Result<(), Refusal> {
        if self.spare.take().is_some() {
            drop(self.shared.files.remove(SPARE));
        }
        self.seal()
    }

    /// Writes a frame where it belongs, and says in which block.
    fn place(&mut self, id: u64, payload: Payload, received: Option<i64>) -> Result<u64, Refusal> {
        self.refuse_if_broken()?;
        let placed = match self.open.get(&id).cloned() {
            Some(Chain::Failed(refusal)) => Err(refusal),
            chain => self.place_after(chain.as_ref(), payload, received),
        };
        match placed {
            Ok((chain, block)) => {
                self.remember(id, chain);
                Ok(block)
            }
            Err(refusal) => {
                self.remember(id, Chain::Failed(refusal.clone()));
                Err(refusal)
            }
        }
    }

    fn place_after(
        &mut self,
        chain: Option<&Chain>,
        mut payload: Payload,
        received: Option<i64>,
    ) -> Result<(Chain, u64), Refusal> {
        self.make_room(payload.blocks())?;
        let block = self.active.as_ref().map_or(0, |active| active.end);
        let header = FrameHeader {
            block,
            is_last: received.is_some(),
            received: received.unwrap_or(0),
            number: self.number,
            synced: self.shared.state().durable,
            ..chained(chain, block, payload.body())
        };
        let mark = self.shared.identity.mark;
        self.append(payload.with_header(header, &mark))?;
        self.number += u64::from(header.is_last);
        let FrameHeader { first, part, total, .. } = header;
        Ok((Chain::Written { first, previous: block, parts: part + 1, total }, block))
    }

    /// Writes at the end of the segment. Where there is no room for it, nothing of it stays.
    fn append(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let active = self.active.as_mut().expect("room was made");
        match write_full(&*active.file, bytes, (active.end - active.base) * BLOCK) {
            Ok(()) => {
                active.end += bytes.len() as u64 / BLOCK;
                self.unsynced += bytes.len() as u64;
                Ok(())
            }
            Err(error) if is_for_now(&error) => {
                self.seal()?;
                Err(self.lacks_room(error.to_string()))
            }
            Err(error) => Err(self.shared.breaks(&told("write", &segment_name(active.base), &error))),
        }
    }

    /// Makes a new segment where the present one has too little room.
    fn make_room(&mut self, blocks: u64) -> Result<(), Refusal> {
        if self.active.as_ref().is_some_and(|active| active.end + blocks <= active.limit) {
            return Ok(());
        }
        if let Some(why) = self.no_room.clone() {
            return Err(self.no_room_because(why));
        }
        if !self.has_room_for_segments(1) {
            let bytes = self.shared.options.log_bytes;
            return Err(self.lacks_room(format!("it has reached its bound of {bytes} bytes; readers are behind")));
        }
        // The present segment stays until there is another: what is smaller may still find room in it.
        match self.new_segment() {
            Ok(new) => {
                self.seal()?;
                self.enter(new)
            }
            Err((what, error)) if is_for_now(&error) => Err(self.lacks_room(format!("cannot {what}: {error}"))),
            Err((what, error)) => Err(self.shared.breaks(&told(what, "a new segment", &error))),
        }
    }

    /// A file of the right length, whose name does not count yet.
    fn new_segment(&mut self) -> Result<NewSegment, (&'static str, io::Error)> {
        match self.spare.take() {
            Some(spare) => Ok(spare.into()),
            None => NewSegment::allocate(&*self.shared.files, self.shared.options.segment_bytes),
        }
    }

    /// Gives a new segment its header and its name, and goes on in it.
    fn enter(&mut self, new: NewSegment) -> Result<(), Refusal> {
        let base = self.next_base;
        let blocks = self.shared.options.segment_blocks();
        let header = SegmentHeader {
            identity: self.shared.identity,
            base,
            blocks,
            needs: self.incomplete().unwrap_or(base),
            previous_end: self.previous_end,
            number: self.number,
            previous_synced: self.previous_synced,
        };
        let name = segment_name(base);
        if let Err((what, error)) = new.become_segment(&*self.shared.files, &header) {
            return match is_for_now(&error) {
                true => Err(self.lacks_room(format!("cannot {what} {name}: {error}"))),
                false => Err(self.shared.breaks(&told(what, &name, &error))),
            };
        }
        let (bytes, file) = (self.shared.options.segment_bytes, new.into_file());
        self.shared.state().segments.add(Segment { base, bytes, header: Some(header), end: None, synced: 0 });
        self.next_base = base + blocks;
        self.active = Some(Active { file, base, limit: base + blocks, end: base + HEADER_BLOCKS });
        Ok(())
    }

    /// Ends the present segment: all of it is on the disk, and room that it did not need is free.
    fn seal(&mut self) -> Result<(), Refusal> {
        let Some(active) = self.active.as_ref() else { return Ok(()) };
        let (base, end) = (active.base, active.end);
        uninterrupted(|| active.file.set_bytes((end - base) * BLOCK))
            .map_err(|error| self.shared.breaks(&told("shorten", &segment_name(base), &error)))?;
        self.sync()?;
        self.active = None;
        (self.previous_end, self.previous_synced) = (end, end);
        if let Some(last) = self.shared.state().segments.last_mut() {
            (last.bytes, last.end, last.synced) = ((end - base) * BLOCK, Some(end), end);
        }
        Ok(())
    }

    fn remember(&mut self, id: u64, chain: Chain) {
        self.open.insert(id, chain);
        self.tell_incomplete();
    }

    fn forget(&mut self, id: u64) {
        self.open.remove(&id);
        self.tell_incomplete();
    }

    fn tell_incomplete(&self) {
        self.shared.state().incomplete = self.incomplete();
    }

    /// The lowest block of an entry that is not complete.
    fn incomplete(&self) -> Option<u64> {
        let first = |chain: &Chain| match chain {
            Chain::Written { first, .. } => Some(*first),
            Chain::Failed(_) => None,
        };
        self.open.values().filter_map(first).min()
    }

    fn has_room_for_segments(&self, more: u64) -> bool {
        let options = &self.shared.options;
        self.shared.state().segments.bytes() + more * options.segment_bytes <= options.log_bytes
    }

    fn lacks_room(&mut self, why: String) -> Refusal {
        self.no_room = Some(why.clone());
        self.no_room_because(why)
    }

    fn no_room_because(&self, why: String) -> Refusal {
        Refusal::NoRoom { why, retry_after: self.shared.options.retry_after }
    }

    fn refuse_if_broken(&self) -> Result<(), Refusal> {
        match self.shared.state().broken.clone() {
            Some(why) => Err(Refusal::Broken { why }),
            None => Ok(()),
        }
    }
}

/// The part of a header that says where the frames of the entry before it are.
fn chained(chain: Option<&Chain>, block: u64, body: u32) -> FrameHeader {
    let body = u64::from(body);
    match chain {
        Some(Chain::Written { first, previous, parts, total }) => FrameHeader {
            first: *first,
            previous: *previous,
            part: *parts,
            total: total + body,
            ..FrameHeader::default()
        },
        _ => FrameHeader { first: block, previous: block, part: 0, total: body, ..FrameHeader::default() },
    }
}

fn told(what: &str, name: &str, error: &io::Error) -> String {
    format!("cannot {what} {name}: {error}")
}
