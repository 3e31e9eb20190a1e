//! What lies where in the files, byte by byte: frames, headers of segments, slots of positions.
//!
//! All numbers are little-endian. `docs/receiver/log.md` has the same as tables.

mod frame;
mod segment;
mod slot;

pub use frame::{FrameHeader, HEADER_BYTES, MAX_METADATA_BYTES, MAX_PAYLOAD_BYTES};
pub use segment::{HEADER_BLOCKS, MAX_SEGMENT_BLOCKS, SegmentHeader, segment_base, segment_name};
pub use slot::{Position, SLOTS, choose_position, is_reader_name, position_name, reader_of};

/// The unit of place, in bytes: frames begin on its boundaries, and disks write no more than this at once.
pub const BLOCK: u64 = 4096;

/// No block, count or generation is as high as this: what says so is none of ours, and sums of such numbers cannot overflow.
pub const HIGHEST: u64 = 1 << 62;

/// [`BLOCK`], as a length in memory.
pub(crate) const BLOCK_BYTES: usize = 4096;

/// What tells this log's bytes from all others. It is random, and senders never see it: what they send cannot pass for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The public name of the log, from which ids of events are made.
    pub log: [u8; 16],
    /// The secret in every frame.
    pub mark: [u8; 16],
}

impl Identity {
    /// Both parts, out of random bytes.
    pub fn of(random: [u8; 32]) -> Self {
        let (log, mark) = random.split_at(16);
        Identity { log: log.try_into().expect("half of 32"), mark: mark.try_into().expect("half of 32") }
    }
}

/// How many blocks so many bytes take.
pub(crate) fn blocks_of(bytes: u64) -> u64 {
    bytes.div_ceil(BLOCK)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("so many bytes")
}

fn put<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    bytes[at..at + N].copy_from_slice(&value);
}

/// Whether the last four bytes are the CRC32C of those before.
fn is_whole(bytes: &[u8]) -> bool {
    let (covered, crc) = bytes.split_at(bytes.len() - 4);
    crc32c::crc32c(covered) == u32_at(crc, 0)
}

/// Makes the last four bytes the CRC32C of those before.
fn close(bytes: &mut [u8]) {
    let (covered, crc) = bytes.split_at_mut(bytes.len() - 4);
    crc.copy_from_slice(&crc32c::crc32c(covered).to_le_bytes());
}
