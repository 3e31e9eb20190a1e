//! A hash for names of fields, which are short and come by the dozen in every record.

use std::hash::{BuildHasherDefault, Hasher};

/// Makes the hashers of a map by names. The names in the map are those of contracts, so nobody can choose them to collide.
pub(crate) type ByName = BuildHasherDefault<NameHasher>;

/// Eight bytes a step; the standard hasher takes several times as long for a short name.
#[derive(Default)]
pub(crate) struct NameHasher(u64);

const FACTOR: u64 = 0x517c_c1b7_2722_0a95;

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(byte)).wrapping_mul(FACTOR);
    }

    fn finish(&self) -> u64 {
        // The map takes its bucket from the low bits, and a product has its best ones on top.
        self.0.rotate_left(26)
    }
}
