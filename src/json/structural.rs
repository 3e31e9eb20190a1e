//! The structural index: the bytes that end or interrupt a JSON string, found sixteen and more at once; and few bytes as words.

use bumpalo::Bump;
use wide::u8x16;

/// How many bytes are looked at together.
pub(super) const WIDTH: usize = 16;

/// A bit for each of these bytes that is a `"`, a `\` or a control character, the first byte's lowest.
#[inline(always)]
pub(super) fn bits(bytes: [u8; WIDTH]) -> u32 {
    let bytes = u8x16::new(bytes);
    let is_control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    (bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\')) | is_control).to_bitmask()
}

/// A bit for each byte that two words of twice the width have in common at its place, the first byte's lowest.
#[inline(always)]
pub(super) fn equal_bytes(one: &[u8; 2 * WIDTH], other: &[u8; 2 * WIDTH]) -> u64 {
    let (one, other) = (one.as_chunks().0, other.as_chunks().0);
    let equal = |word: usize| u64::from(u8x16::new(one[word]).simd_eq(u8x16::new(other[word])).to_bitmask());
    equal(0) | equal(1) << WIDTH
}

/// How many bytes have their bits in one integer of the index.
const BLOCK: usize = 4 * WIDTH;

/// How many integers the index of a text has.
pub(super) const fn blocks(length: usize) -> usize {
    length / BLOCK + 1
}

/// The index of a whole text, sixty-four bytes to an integer, the first byte's bit lowest.
pub(super) fn index<'a>(bytes: &[u8], bump: &'a Bump) -> &'a [u64] {
    let index = bump.alloc_slice_fill_copy(blocks(bytes.len()), 0);
    fill(index, bytes);
    index
}

/// Fills in the index of a whole text; see [`index`].
#[inline]
pub(super) fn fill(index: &mut [u64], bytes: &[u8]) {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut last = [b' '; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    let all = index.iter_mut().zip(blocks.iter().chain([&last]));
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the function is safe where the processor has the feature, which was asked for just above.
        #[allow(unsafe_code)]
        return unsafe { avx2_blocks(all) };
    }
    portable_blocks(all);
}

/// PERF: `benches/guard.sh` (access_requests): 270 instructions for a record instead of 660.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2_blocks<'b>(all: impl Iterator<Item = (&'b mut u64, &'b [u8; BLOCK])>) {
    for (bits, bytes) in all {
        let (words, _) = bytes.as_chunks();
        *bits = avx2_bits(&words[0]) | avx2_bits(&words[1]) << (2 * WIDTH);
    }
}

/// As [`bits`], of twice as many bytes.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn avx2_bits(bytes: &[u8; 2 * WIDTH]) -> u64 {
    use core::arch::x86_64::*;
    // SAFETY: thirty-two bytes are read, at any address, from a reference to as many.
    #[allow(unsafe_code)]
    let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
    let is_control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes);
    let is_quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(b'"' as i8));
    let is_backslash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(b'\\' as i8));
    let is_structural = _mm256_or_si256(is_control, _mm256_or_si256(is_quote, is_backslash));
    u64::from(_mm256_movemask_epi8(is_structural) as u32)
}

fn portable_blocks<'b>(all: impl Iterator<Item = (&'b mut u64, &'b [u8; BLOCK])>) {
    all.for_each(|(bits, bytes)| *bits = block(bytes));
}

#[inline(always)]
fn block(bytes: &[u8; BLOCK]) -> u64 {
    let (words, _) = bytes.as_chunks();
    let bits = [0, 1, 2, 3].map(|word| u64::from(bits(words[word])));
    bits[0] | bits[1] << WIDTH | bits[2] << (2 * WIDTH) | bits[3] << (3 * WIDTH)
}

/// The place of the first structural byte from `start` on.
#[inline(always)]
pub(super) fn next(index: &[u64], start: usize) -> Option<usize> {
    let bits = *index.get(start / BLOCK)? >> (start % BLOCK);
    if bits != 0 {
        return Some(start + bits.trailing_zeros() as usize);
    }
    next_block(index, start / BLOCK)
}

/// The place of the first structural byte behind a block.
fn next_block(index: &[u64], mut block: usize) -> Option<usize> {
    let mut bits = 0;
    while bits == 0 {
        block += 1;
        bits = *index.get(block)?;
    }
    Some(block * BLOCK + bits.trailing_zeros() as usize)
}

/// Less than a word, with spaces behind.
#[inline]
pub(super) fn short_word(bytes: &[u8]) -> [u8; WIDTH] {
    let spaces = |length: usize| u64::from_ne_bytes([b' '; 8]) << (8 * length);
    let parts = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let length = bytes.len() - 8;
            // The last eight bytes, of which the first ones are in `first` too, moved to the front.
            let last = u64::from_le_bytes(*last).checked_shr(64 - 8 * length as u32).unwrap_or(0);
            [u64::from_le_bytes(*first), last | spaces(length)]
        }
        _ => [shorter(bytes) | spaces(bytes.len()), spaces(0)],
    };
    let mut word = [0; WIDTH];
    word[..8].copy_from_slice(&parts[0].to_le_bytes());
    word[8..].copy_from_slice(&parts[1].to_le_bytes());
    word
}

/// Less than eight bytes as the low bytes of an integer.
#[inline]
pub(super) fn shorter(bytes: &[u8]) -> u64 {
    let u32_of = |chunk: &[u8; 4]| u64::from(u32::from_le_bytes(*chunk));
    match (bytes.first_chunk(), bytes.last_chunk(), bytes) {
        (Some(first), Some(last), _) => u32_of(first) | u32_of(last) << (8 * (bytes.len() - 4)),
        (_, _, [first, .., last]) => {
            // Two or three: the middle one is one of the two where there are two.
            let middle = bytes[bytes.len() / 2];
            u64::from(*first)
                | u64::from(middle) << (8 * (bytes.len() / 2))
                | u64::from(*last) << (8 * (bytes.len() - 1))
        }
        (_, _, [only]) => u64::from(*only),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, bits, index, next};
    use bumpalo::Bump;

    #[test]
    fn each_byte_is_found_at_each_place_among_all_others() {
        for byte in 0..=u8::MAX {
            let is_structural = u32::from(is_structural(byte));
            for place in 0..WIDTH {
                for filling in [b' ', b'a', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff] {
                    let mut word = [filling; WIDTH];
                    word[place] = byte;
                    assert_eq!(bits(word), is_structural << place, "{byte} at {place} among {filling}");
                }
            }
        }
    }

    #[test]
    fn the_index_is_the_same_by_any_instructions() {
        let bytes: Vec<u8> = (0..4_000_usize).map(|place| (place * place * 7 + place / 3) as u8).collect();
        for start in 0..300 {
            let bytes = &bytes[start..];
            let bump = Bump::new();
            let index = index(bytes, &bump);
            for (block, bits) in bytes.chunks(64).zip(index) {
                let expected = (0..).zip(block).map(|(place, byte)| u64::from(is_structural(*byte)) << place);
                assert_eq!(*bits, expected.sum::<u64>());
                if let Some(block) = block.first_chunk() {
                    assert_eq!(*bits, super::block(block));
                }
            }
        }
    }

    fn is_structural(byte: u8) -> bool {
        matches!(byte, b'"' | b'\\' | 0..0x20)
    }

    #[test]
    fn a_text_of_any_length_is_looked_through() {
        for length in 0..140 {
            let (bytes, bump) = (vec![b'a'; length], Bump::new());
            for start in 0..=length {
                assert_eq!(next(index(&bytes, &bump), start), None);
            }
            for place in 0..length {
                let mut bytes = bytes.clone();
                bytes[place] = b'"';
                for start in 0..=length {
                    assert_eq!(
                        next(index(&bytes, &bump), start),
                        (start <= place).then_some(place),
                        "{length} {start} {place}"
                    );
                }
            }
        }
    }
}
