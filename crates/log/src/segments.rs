//! Which segments there are: where each begins, where it ends if that is known, and what it needs of those before.

use crate::files::{File, Files, read_full, uninterrupted};
use crate::layout::{BLOCK, BLOCK_BYTES, HEADER_BLOCKS, Identity, SegmentHeader, segment_base, segment_name};
use crate::refusal::OpenError;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::ops::Bound::{Excluded, Unbounded};

/// A segment of the log.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub base: u64,
    /// The length of the file.
    pub bytes: u64,
    /// What its header says; nothing where both copies are damaged.
    pub header: Option<SegmentHeader>,
    /// The block after its last frame, as far as the segment after it, or recovery, knows.
    pub end: Option<u64>,
    /// Up to which block it is known to have been on the disk before anything could damage it.
    pub synced: u64,
}

impl Segment {
    /// The first block that no frame of this segment can have.
    pub fn limit(&self) -> u64 {
        self.base + self.header.map_or(0, |header| header.blocks).max(self.bytes.div_ceil(BLOCK))
    }

    /// The first block that a frame can have.
    pub fn first(&self) -> u64 {
        self.base + HEADER_BLOCKS
    }
}

/// All segments, by their first block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segments {
    by_base: BTreeMap<u64, Segment>,
}

impl Segments {
    /// Reads the headers of the segments among these files, and nothing else of them.
    pub fn read(files: &dyn Files, names: &[String]) -> Result<Self, OpenError> {
        let mut bases: Vec<u64> = names.iter().filter_map(|name| segment_base(name)).collect();
        bases.sort_unstable();
        let mut segments = Segments::default();
        for base in bases {
            let name = segment_name(base);
            let file = match uninterrupted(|| files.open(&name)) {
                Ok(file) => file,
                // Another process has the log, and all readers have passed this one.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(OpenError::io("open", &name)(error)),
            };
            segments.add(read_segment(&*file, base).map_err(OpenError::io("read", &name))?);
        }
        Ok(segments)
    }

    /// Adds the youngest segment, which says where the one before it ended.
    pub fn add(&mut self, segment: Segment) {
        let base = segment.base;
        if let Some(header) = segment.header
            && let Some((_, before)) = self.by_base.range_mut(..base).next_back()
            && (before.first()..=before.limit()).contains(&header.previous_end)
        {
            (before.end, before.synced) = (Some(header.previous_end), header.previous_synced);
        }
        self.by_base.insert(base, segment);
    }

    pub fn remove(&mut self, base: u64) {
        self.by_base.remove(&base);
    }

    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Segment> {
        self.by_base.values()
    }

    pub fn first(&self) -> Option<&Segment> {
        self.all().next()
    }

    pub fn last(&self) -> Option<&Segment> {
        self.all().next_back()
    }

    pub fn last_mut(&mut self) -> Option<&mut Segment> {
        self.by_base.values_mut().next_back()
    }

    /// The segment that a block is in, or the one before where it is in none.
    pub fn holding(&self, block: u64) -> Option<&Segment> {
        self.by_base.range(..=block).next_back().map(|(_, segment)| segment)
    }

    /// The segment after the one that a block is in.
    pub fn after(&self, block: u64) -> Option<&Segment> {
        self.by_base.range((Excluded(block), Unbounded)).next().map(|(_, segment)| segment)
    }

    /// How many bytes all files have.
    pub fn bytes(&self) -> u64 {
        self.all().map(|segment| segment.bytes).sum()
    }

    /// Whose log this is, as the first undamaged header says.
    ///
    /// # Errors
    /// Where another header says something else.
    pub fn identity(&self) -> Result<Option<Identity>, OpenError> {
        let mut headers = self.all().filter_map(|segment| segment.header);
        let Some(first) = headers.next() else { return Ok(None) };
        match headers.find(|other| other.identity != first.identity) {
            Some(other) => Err(OpenError::Foreign { name: segment_name(other.base) }),
            None => Ok(Some(first.identity)),
        }
    }

    /// The lowest block that somebody needs who goes on at a block: entries after it may have begun before it.
    pub fn needed_from(&self, block: u64) -> u64 {
        let oldest = self.first().map_or(0, |segment| segment.base);
        match self.holding(block) {
            Some(Segment { header: Some(header), .. }) => header.needs,
            // A damaged header does not say: everything is kept until the reader is past it.
            _ => oldest,
        }
    }
}

fn read_segment(file: &dyn File, base: u64) -> io::Result<Segment> {
    let mut bytes = vec![0; HEADER_BLOCKS as usize * BLOCK_BYTES];
    let read = read_full(file, &mut bytes, 0)?;
    let header = SegmentHeader::decode(&bytes[..read], base);
    Ok(Segment { base, bytes: uninterrupted(|| file.bytes())?, header, end: None, synced: 0 })
}
