//! The header of a segment, which stands twice in its first two blocks.

use super::{BLOCK_BYTES, HIGHEST, Identity, array_at, close, is_whole, put, u32_at, u64_at};

/// How many blocks of a segment are before its first frame: the header, twice.
pub const HEADER_BLOCKS: u64 = 2;

/// The most blocks of a segment: 16 TiB.
pub const MAX_SEGMENT_BLOCKS: u64 = 1 << 32;

const MAGIC: [u8; 8] = *b"weirlog1";
const VERSION: u32 = 1;
const COVERED: usize = 100;
const ENDING: &str = ".segment";

/// The header of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentHeader {
    /// Whose segment this is.
    pub identity: Identity,
    /// The number of its first block, which names the file.
    pub base: u64,
    /// How many blocks it was made for, with those of the header.
    pub blocks: u64,
    /// The lowest block that an entry needs which was not complete when the segment was made; [`SegmentHeader::base`] if none.
    pub needs: u64,
    /// The block after the last frame of the segment before; 0 for the first.
    pub previous_end: u64,
    /// How many entries of the log were complete before the segment.
    pub number: u64,
    /// Up to which block the segment before is known to have been on the disk: its end, unless a crash ended it.
    pub previous_synced: u64,
}

impl SegmentHeader {
    /// The header as it is written: both blocks.
    pub fn encode(&self) -> Vec<u8> {
        let mut block = vec![0; BLOCK_BYTES];
        put(&mut block, 0, MAGIC);
        put(&mut block, 8, VERSION.to_le_bytes());
        put(&mut block, 16, self.identity.log);
        put(&mut block, 32, self.identity.mark);
        put(&mut block, 48, self.base.to_le_bytes());
        put(&mut block, 56, self.blocks.to_le_bytes());
        put(&mut block, 64, self.needs.to_le_bytes());
        put(&mut block, 72, self.previous_end.to_le_bytes());
        put(&mut block, 80, self.number.to_le_bytes());
        put(&mut block, 88, self.previous_synced.to_le_bytes());
        close(&mut block[..COVERED]);
        block.repeat(HEADER_BLOCKS as usize)
    }

    /// The header out of the first blocks of a segment with this base, from whichever copy is undamaged.
    pub fn decode(bytes: &[u8], base: u64) -> Option<Self> {
        bytes.chunks(BLOCK_BYTES).take(HEADER_BLOCKS as usize).find_map(|copy| Self::decode_copy(copy, base))
    }

    fn decode_copy(bytes: &[u8], base: u64) -> Option<Self> {
        let bytes = bytes.get(..COVERED)?;
        let is_ours = bytes[..8] == MAGIC && u32_at(bytes, 8) == VERSION && u64_at(bytes, 48) == base;
        let header = SegmentHeader {
            identity: Identity { log: array_at(bytes, 16), mark: array_at(bytes, 32) },
            base,
            blocks: u64_at(bytes, 56),
            needs: u64_at(bytes, 64),
            previous_end: u64_at(bytes, 72),
            number: u64_at(bytes, 80),
            previous_synced: u64_at(bytes, 88),
        };
        (is_ours && is_whole(bytes) && header.is_possible()).then_some(header)
    }

    fn is_possible(&self) -> bool {
        let is_low = self.base < HIGHEST && self.number <= self.base && self.blocks <= MAX_SEGMENT_BLOCKS;
        let is_before = [self.needs, self.previous_end, self.previous_synced].iter().all(|block| *block <= self.base);
        is_low && is_before && self.blocks > HEADER_BLOCKS
    }
}

/// The name of the segment whose first block this is: names sort as the segments do.
pub fn segment_name(base: u64) -> String {
    format!("{base:016x}{ENDING}")
}

/// The first block of the segment with this name, if it is one.
pub fn segment_base(name: &str) -> Option<u64> {
    let base = name.strip_suffix(ENDING).filter(|digits| digits.len() == 16)?;
    u64::from_str_radix(base, 16).ok().filter(|base| *base < HIGHEST && segment_name(*base) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> SegmentHeader {
        let identity = Identity::of([3; 32]);
        SegmentHeader { identity, base: 64, blocks: 32, needs: 40, previous_end: 60, number: 12, previous_synced: 58 }
    }

    #[test]
    fn a_header_is_read_from_either_copy() {
        let bytes = header().encode();
        assert_eq!(bytes.len(), 2 * BLOCK_BYTES);
        for copy in [0, BLOCK_BYTES] {
            for bit in 0..COVERED * 8 {
                let mut changed = bytes.clone();
                changed[copy + bit / 8] ^= 1 << (bit % 8);
                assert_eq!(SegmentHeader::decode(&changed, 64), Some(header()), "bit {bit} of the copy at {copy}");
                changed[BLOCK_BYTES - copy + 50] ^= 1;
                assert_eq!(SegmentHeader::decode(&changed, 64), None);
            }
        }
        assert_eq!(SegmentHeader::decode(&bytes, 63), None);
        assert_eq!(SegmentHeader::decode(&bytes[..50], 64), None);
    }

    #[test]
    fn a_name_is_the_first_block() {
        assert_eq!(segment_name(255), "00000000000000ff.segment");
        assert_eq!(segment_base("00000000000000ff.segment"), Some(255));
        for other in [
            "ff.segment",
            "ffffffffffffffff.segment",
            "00000000000000FF.segment",
            "+0000000000000ff.segment",
            "00000000000000ff.part",
        ] {
            assert_eq!(segment_base(other), None, "{other}");
        }
    }
}
