//! An entry as it is read: what it is, and its body in pieces.

use crate::layout::FrameHeader;
use crate::segment_files::SegmentFiles;
use std::fmt::{self, Debug, Formatter};
use std::io::{self, ErrorKind, Read};

/// The sequence number of an entry: the block of its last frame. It grows from entry to entry, but not by ones, and is never given
/// to two entries of a log, whatever is lost or repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub u64);

/// Where a reader goes on after an entry: what [`crate::Reader::save`] takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Checkpoint {
    pub(crate) next: u64,
    pub(crate) number: u64,
}

impl Checkpoint {
    /// The block from which on nothing was read.
    pub fn block(&self) -> u64 {
        self.next
    }

    /// How many entries of the log are before it, lost ones with them.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// An entry that is whole: all of its frames were there and undamaged when it was delivered.
pub struct Entry {
    pub(crate) last: FrameHeader,
    /// Body and metadata of the last frame.
    pub(crate) payload: Vec<u8>,
    /// The frames before the last one, the first one first.
    pub(crate) parts: Vec<FrameHeader>,
    pub(crate) files: SegmentFiles,
}

impl Entry {
    /// Its sequence number.
    pub fn sequence(&self) -> Sequence {
        Sequence(self.last.block)
    }

    /// How many entries of the log are before it.
    pub fn number(&self) -> u64 {
        self.last.number
    }

    /// When it was received, in milliseconds since 1970, as the caller said when it was appended.
    pub fn received(&self) -> i64 {
        self.last.received
    }

    /// What the caller gave beside the body.
    pub fn metadata(&self) -> &[u8] {
        &self.payload[self.last.body as usize..]
    }

    /// How many bytes the body has.
    pub fn bytes(&self) -> u64 {
        self.last.total
    }

    /// Where to go on after it.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint { next: self.last.end(), number: self.last.number + 1 }
    }

    /// The body, in pieces of one frame: what is in memory does not grow with it.
    pub fn body(&self) -> Body<'_> {
        Body { entry: self, files: self.files.clone(), part: 0, piece: Vec::new(), read: 0 }
    }

    /// The body in memory.
    ///
    /// # Errors
    /// Where it has more bytes than these, or cannot be read any more.
    pub fn whole_body(&self, at_most: u64) -> io::Result<Vec<u8>> {
        if self.bytes() > at_most {
            return Err(io::Error::other(format!("the body has {} bytes, more than {at_most}", self.bytes())));
        }
        let mut bytes = Vec::with_capacity(self.bytes() as usize);
        self.body().read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Debug for Entry {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} of {} bytes", self.last.block, self.last.total)
    }
}

/// The body of an entry, as a stream.
pub struct Body<'a> {
    entry: &'a Entry,
    files: SegmentFiles,
    /// Which of the frames comes next.
    part: usize,
    piece: Vec<u8>,
    read: usize,
}

impl Body<'_> {
    /// The rest of the piece that is being read, or the next one; nothing after the last.
    fn piece(&mut self) -> io::Result<&[u8]> {
        while self.read == self.piece.len() && self.part <= self.entry.parts.len() {
            self.piece = match self.entry.parts.get(self.part) {
                Some(header) => self.part_of(header)?,
                None => self.entry.payload[..self.entry.last.body as usize].to_vec(),
            };
            (self.part, self.read) = (self.part + 1, 0);
        }
        Ok(&self.piece[self.read..])
    }

    fn part_of(&mut self, header: &FrameHeader) -> io::Result<Vec<u8>> {
        let changed = || io::Error::new(ErrorKind::InvalidData, format!("block {} has changed", header.block));
        let payload = self.files.payload(header).map_err(io::Error::other)?;
        payload.ok_or_else(changed)
    }
}

impl Read for Body<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.piece()?.read(bytes)?;
        self.read += read;
        Ok(read)
    }
}
