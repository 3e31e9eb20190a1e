//! The header of a frame: a piece of one entry, and where the piece before it is.

use super::{HIGHEST, array_at, blocks_of, close, is_whole, put, u32_at, u64_at};

/// How many bytes a frame's header has; what the frame carries follows at once.
pub const HEADER_BYTES: usize = 112;

/// The most bytes that a frame carries, body and metadata together.
pub const MAX_PAYLOAD_BYTES: usize = 4 << 20;

/// The most bytes of metadata of an entry.
pub const MAX_METADATA_BYTES: usize = 4096;

const MAGIC: [u8; 8] = *b"weirfrm1";
const LAST: u32 = 1;

/// The header of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameHeader {
    /// The block that the frame begins in, counted from the log's beginning: a frame that stands elsewhere is none.
    pub block: u64,
    /// The block of the entry's first frame.
    pub first: u64,
    /// The block of the entry's frame before this one; its own for the first.
    pub previous: u64,
    /// How many frames of the entry are before this one.
    pub part: u32,
    /// Whether the entry is complete with this frame. Without it nothing of the entry counts.
    pub is_last: bool,
    /// How many bytes of the body it carries.
    pub body: u32,
    /// How many bytes of metadata follow the body; only in the last frame.
    pub metadata: u32,
    /// CRC32C of body and metadata.
    pub payload_crc: u32,
    /// How many bytes the body has up to and with this frame.
    pub total: u64,
    /// When the entry was received, in milliseconds since 1970, as the caller said: data, which nothing here goes by.
    pub received: i64,
    /// How many entries of the log were complete before this frame.
    pub number: u64,
    /// Up to which block the log was on the disk when this frame was written.
    pub synced: u64,
}

impl FrameHeader {
    /// The header as it is written.
    pub fn encode(&self, mark: &[u8; 16]) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        put(&mut bytes, 0, MAGIC);
        put(&mut bytes, 8, *mark);
        put(&mut bytes, 24, self.block.to_le_bytes());
        put(&mut bytes, 32, self.first.to_le_bytes());
        put(&mut bytes, 40, self.previous.to_le_bytes());
        put(&mut bytes, 48, self.part.to_le_bytes());
        put(&mut bytes, 52, if self.is_last { LAST } else { 0 }.to_le_bytes());
        put(&mut bytes, 56, self.body.to_le_bytes());
        put(&mut bytes, 60, self.metadata.to_le_bytes());
        put(&mut bytes, 64, self.payload_crc.to_le_bytes());
        put(&mut bytes, 72, self.total.to_le_bytes());
        put(&mut bytes, 80, self.received.to_le_bytes());
        put(&mut bytes, 88, self.number.to_le_bytes());
        put(&mut bytes, 96, self.synced.to_le_bytes());
        close(&mut bytes);
        bytes
    }

    /// The header at a block, if there is one: with the log's mark, of this place, undamaged, and with lengths that can be.
    pub fn decode(bytes: &[u8], mark: &[u8; 16], block: u64) -> Option<Self> {
        let bytes = bytes.get(..HEADER_BYTES)?;
        let is_ours = bytes[..8] == MAGIC && bytes[8..24] == *mark && u64_at(bytes, 24) == block;
        let flags = u32_at(bytes, 52);
        let header = FrameHeader {
            block,
            first: u64_at(bytes, 32),
            previous: u64_at(bytes, 40),
            part: u32_at(bytes, 48),
            is_last: flags == LAST,
            body: u32_at(bytes, 56),
            metadata: u32_at(bytes, 60),
            payload_crc: u32_at(bytes, 64),
            total: u64_at(bytes, 72),
            received: i64::from_le_bytes(array_at(bytes, 80)),
            number: u64_at(bytes, 88),
            synced: u64_at(bytes, 96),
        };
        (is_ours && flags <= LAST && is_whole(bytes) && header.is_possible()).then_some(header)
    }

    fn is_possible(&self) -> bool {
        let places = match self.part {
            0 => self.first == self.block && self.previous == self.block,
            _ => self.first <= self.previous && self.previous < self.block,
        };
        let is_short = self.metadata as usize <= MAX_METADATA_BYTES && self.payload() <= MAX_PAYLOAD_BYTES as u64;
        let is_low = [self.block, self.total].iter().all(|value| *value < HIGHEST);
        // Each entry before it has a block of its own.
        let is_counted = self.number <= self.block;
        places && is_short && is_low && is_counted && self.synced <= self.block && self.total >= u64::from(self.body)
    }

    /// How many bytes follow the header.
    pub fn payload(&self) -> u64 {
        u64::from(self.body) + u64::from(self.metadata)
    }

    /// How many blocks the frame takes.
    pub fn blocks(&self) -> u64 {
        blocks_of(HEADER_BYTES as u64 + self.payload())
    }

    /// The block after the frame.
    pub fn end(&self) -> u64 {
        self.block + self.blocks()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: [u8; 16] = [7; 16];

    fn header() -> FrameHeader {
        FrameHeader { block: 9, first: 3, previous: 5, part: 2, is_last: true, body: 5000, metadata: 12, ..more() }
    }

    fn more() -> FrameHeader {
        FrameHeader { payload_crc: 77, total: 9000, received: -1, number: 4, synced: 2, ..FrameHeader::default() }
    }

    #[test]
    fn a_header_is_read_as_it_was_written() {
        let bytes = header().encode(&MARK);
        assert_eq!(FrameHeader::decode(&bytes, &MARK, 9), Some(header()));
        assert_eq!((header().blocks(), header().end()), (2, 11));
    }

    #[test]
    fn a_header_of_another_place_or_log_or_with_any_bit_changed_is_none() {
        let bytes = header().encode(&MARK);
        assert_eq!(FrameHeader::decode(&bytes, &MARK, 8), None);
        assert_eq!(FrameHeader::decode(&bytes, &[8; 16], 9), None);
        assert_eq!(FrameHeader::decode(&bytes[..111], &MARK, 9), None);
        for bit in 0..HEADER_BYTES * 8 {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(FrameHeader::decode(&changed, &MARK, 9), None, "bit {bit}");
        }
    }

    #[test]
    fn a_whole_header_that_cannot_be_is_none() {
        let impossible = [
            FrameHeader { part: 0, ..header() },
            FrameHeader { previous: 9, ..header() },
            FrameHeader { first: 6, ..header() },
            FrameHeader { metadata: 5000, ..header() },
            FrameHeader { body: u32::MAX, total: u64::MAX, ..header() },
            FrameHeader { total: 4999, ..header() },
            FrameHeader { number: 10, ..header() },
            FrameHeader { synced: 10, ..header() },
        ];
        for header in impossible {
            assert_eq!(FrameHeader::decode(&header.encode(&MARK), &MARK, 9), None, "{header:?}");
        }
    }
}
