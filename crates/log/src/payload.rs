//! What one frame carries while it is put together: room for the header, a piece of a body, metadata, zeros up to the block's end.

use crate::layout::{BLOCK_BYTES, FrameHeader, HEADER_BYTES, MAX_METADATA_BYTES};
use std::mem;

/// The bytes of a frame but for its header, which the writer adds when it knows the place.
pub struct Payload {
    bytes: Vec<u8>,
    body: u32,
    metadata: u32,
    crc: u32,
}

impl Payload {
    /// A frame with a piece of a body, at most [`crate::layout::MAX_PAYLOAD_BYTES`] with the metadata. Only the last one of an
    /// entry has metadata.
    pub fn new(body: &[u8], metadata: &[u8]) -> Self {
        let mut gathered = Gathered::of(body.len());
        gathered.push(body);
        gathered.close(metadata)
    }

    pub(crate) fn blocks(&self) -> u64 {
        (self.bytes.len() / BLOCK_BYTES) as u64
    }

    pub(crate) fn body(&self) -> u32 {
        self.body
    }

    /// How many bytes the frame takes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The whole frame: the header gets lengths and checksum from here, and the rest from the writer.
    pub(crate) fn with_header(&mut self, header: FrameHeader, mark: &[u8; 16]) -> &[u8] {
        let Payload { body, metadata, crc, .. } = *self;
        let header = FrameHeader { body, metadata, payload_crc: crc, ..header };
        self.bytes[..HEADER_BYTES].copy_from_slice(&header.encode(mark));
        &self.bytes
    }
}

/// Up to how many bytes memory for a frame grows bit by bit; beyond, it is made for a full one.
const SMALL: usize = 16 << 10;

/// A frame that is being filled.
pub(crate) struct Gathered {
    bytes: Vec<u8>,
    /// How many bytes a full frame takes.
    full: usize,
}

impl Gathered {
    /// An empty frame for at most so many bytes of a body.
    pub fn of(body: usize) -> Self {
        let full = (HEADER_BYTES + body + MAX_METADATA_BYTES).next_multiple_of(BLOCK_BYTES);
        Gathered { bytes: Vec::new(), full }
    }

    /// The frame, with an empty one in its place.
    pub fn take(&mut self) -> Self {
        Gathered { bytes: mem::take(&mut self.bytes), full: self.full }
    }

    /// How many bytes of the body are in it.
    pub fn body(&self) -> usize {
        self.bytes.len().saturating_sub(HEADER_BYTES)
    }

    pub fn push(&mut self, body: &[u8]) {
        if self.bytes.is_empty() {
            self.bytes.resize(HEADER_BYTES, 0);
        }
        let needed = self.bytes.len() + body.len();
        if needed > SMALL {
            // Doubling it would take up to twice the memory.
            self.bytes.reserve_exact(self.full.max(needed) - self.bytes.len());
        }
        self.bytes.extend_from_slice(body);
    }

    /// The frame, with metadata after the body.
    pub fn close(mut self, metadata: &[u8]) -> Payload {
        self.push(metadata);
        let body = self.body() - metadata.len();
        let crc = crc32c::crc32c(&self.bytes[HEADER_BYTES..]);
        self.bytes.resize(self.bytes.len().next_multiple_of(BLOCK_BYTES), 0);
        Payload { bytes: self.bytes, body: body as u32, metadata: metadata.len() as u32, crc }
    }
}
