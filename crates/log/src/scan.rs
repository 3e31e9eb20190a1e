//! Finds frames in a file, also past what is none.

use crate::files::{File, read_full};
use crate::layout::{BLOCK, BLOCK_BYTES, FrameHeader};
use std::io;

/// How many blocks are looked at at once where there is no frame.
const STRIDE: usize = 16;

/// What stands at a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A frame's header.
    Frame(FrameHeader),
    /// No frame until the block `to`, where one is if there is another.
    Nothing {
        to: u64,
        /// The block after the last one that is not all zeros, if any is not.
        last: Option<u64>,
        then: Option<FrameHeader>,
    },
}

/// A segment's file, to be looked through.
#[derive(Clone, Copy)]
pub(crate) struct Scan<'a> {
    pub file: &'a dyn File,
    pub mark: &'a [u8; 16],
    /// The block that the file begins with.
    pub base: u64,
}

impl Scan<'_> {
    /// What stands at a block before `end`.
    pub fn find(&self, block: u64, end: u64) -> io::Result<Found> {
        let mut bytes = [0; BLOCK_BYTES];
        let read = self.read(&mut bytes, block)?;
        match FrameHeader::decode(&bytes[..read], self.mark, block) {
            Some(header) => Ok(Found::Frame(header)),
            None => self.pass(block, end),
        }
    }

    /// Goes on until there is a frame.
    fn pass(&self, from: u64, end: u64) -> io::Result<Found> {
        let mut bytes = vec![0; STRIDE * BLOCK_BYTES];
        let (mut at, mut last) = (from, None);
        while at < end {
            let read = self.read(&mut bytes, at)?;
            for (block, content) in (at..end).zip(bytes[..read].chunks(BLOCK_BYTES)) {
                if let Some(then) = FrameHeader::decode(content, self.mark, block) {
                    return Ok(Found::Nothing { to: block, last, then: Some(then) });
                }
                if content.iter().any(|byte| *byte != 0) {
                    last = Some(block + 1);
                }
            }
            at += STRIDE as u64;
        }
        Ok(Found::Nothing { to: end, last, then: None })
    }

    /// Body and metadata of a frame, if they are undamaged.
    pub fn payload(&self, header: &FrameHeader) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = vec![0; header.payload() as usize];
        let start = (header.block - self.base) * BLOCK + crate::layout::HEADER_BYTES as u64;
        let read = read_full(self.file, &mut bytes, start)?;
        Ok((read == bytes.len() && crc32c::crc32c(&bytes) == header.payload_crc).then_some(bytes))
    }

    fn read(&self, bytes: &mut [u8], block: u64) -> io::Result<usize> {
        read_full(self.file, bytes, (block - self.base) * BLOCK)
    }
}
