//! The part of a decoded body that is held: it moves on over the body, and grows no further than a cutter lets it.

use super::decode::Decoder;
use super::error::BodyError;
use std::io::Read;
use std::ops::Range;

/// How many bytes are decoded at once.
const CHUNK: usize = 64 << 10;

/// What is held of a body.
pub(super) struct Window<R: Read> {
    pub decoder: Decoder<R>,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    has_ended: bool,
}

impl<R: Read> Window<R> {
    pub fn new(decoder: Decoder<R>) -> Self {
        Window { decoder, bytes: Vec::new(), start: 0, end: 0, has_ended: false }
    }

    /// The bytes that are held and not passed over.
    pub fn held(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Whether nothing comes after what is held.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Passes over bytes that are held. A range that was given before stays valid until [`Window::more`].
    pub fn pass(&mut self, count: usize) {
        self.start = self.end.min(self.start + count);
    }

    /// Passes over bytes and gives the place of those before `length`.
    pub fn take(&mut self, length: usize, count: usize) -> Range<usize> {
        let range = self.start..self.start + length;
        self.pass(count);
        range
    }

    /// Bytes by their place.
    pub fn at(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// Decodes more, behind what is held.
    ///
    /// # Errors
    /// As [`Decoder::read`].
    pub fn more(&mut self) -> Result<(), BodyError> {
        self.bytes.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.bytes.len() < self.end + CHUNK {
            // A long record comes bit by bit: to double makes the copies few.
            self.bytes.resize((self.end + CHUNK).max(self.bytes.len() + self.bytes.len() / 2), 0);
        }
        let count = self.decoder.read(&mut self.bytes[self.end..self.end + CHUNK])?;
        self.end += count;
        self.has_ended = count == 0;
        Ok(())
    }

    /// Decodes all that is left, up to a length.
    ///
    /// # Errors
    /// As [`Decoder::read`], and where there is more.
    pub fn whole(&mut self, most: usize) -> Result<(), BodyError> {
        while !self.has_ended {
            self.more()?;
            if self.held().len() > most {
                return Err(BodyError::DocumentTooLarge { most });
            }
        }
        Ok(())
    }

    /// Gives back the memory of what is held.
    pub fn release(&mut self) {
        (self.bytes, self.start, self.end) = (Vec::new(), 0, 0);
    }

    /// Passes over all that is left, and counts it.
    ///
    /// # Errors
    /// As [`Decoder::read`].
    pub fn drain(&mut self) -> Result<u64, BodyError> {
        let mut passed = 0;
        loop {
            passed += self.held().len() as u64;
            self.pass(usize::MAX - self.start);
            if self.has_ended {
                return Ok(passed);
            }
            self.more()?;
        }
    }
}
