//! Escapes of JSON strings, a block of bytes at once.

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod ssse3;

use super::structural::{self, WIDTH};

/// The longest block, in bytes.
pub(super) const BLOCK: usize = 64 * WIDTH;

/// How large a buffer a block needs at most: an escape has six bytes, and words are stored whole.
pub(super) const fn most(length: usize) -> usize {
    6 * length + 4 * WIDTH
}

/// Fills a buffer with bytes and their escapes; tells how much of it.
pub(super) fn block(bytes: &[u8], out: &mut [u8]) -> usize {
    let at_once = avx512(bytes, out).or_else(|| ssse3(bytes, out));
    at_once.or_else(|| short_escapes(bytes, out)).unwrap_or_else(|| any_escapes(bytes, out))
}

/// As [`block`], where all escapes have two bytes and the processor has the instructions of [`avx512`].
#[cfg(target_arch = "x86_64")]
fn avx512(bytes: &[u8], out: &mut [u8]) -> Option<usize> {
    if !(is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("bmi2"))
    {
        return None;
    }
    // SAFETY: the function is safe where the processor has the features, which was asked for just above.
    #[allow(unsafe_code)]
    unsafe {
        avx512::escapes(bytes, out)
    }
}

/// As [`block`], where each escape is a backslash and the byte itself and the processor has the instructions of [`ssse3`].
#[cfg(target_arch = "x86_64")]
fn ssse3(bytes: &[u8], out: &mut [u8]) -> Option<usize> {
    if !(is_x86_feature_detected!("avx") && is_x86_feature_detected!("popcnt")) {
        return None;
    }
    // SAFETY: the function is safe where the processor has the two features, which was asked for just above.
    #[allow(unsafe_code)]
    unsafe {
        ssse3::escapes(bytes, out)
    }
}

/// Other processors go the portable way.
#[cfg(not(target_arch = "x86_64"))]
fn avx512(_: &[u8], _: &mut [u8]) -> Option<usize> {
    None
}

/// Other processors go the portable way.
#[cfg(not(target_arch = "x86_64"))]
fn ssse3(_: &[u8], _: &mut [u8]) -> Option<usize> {
    None
}

/// As [`block`], where all escapes have two bytes.
///
/// PERF: `benches/guard.sh` (access_requests): a message that is JSON has an escape every eight bytes. All copies are of
/// a fixed length; what one copies too much, the next one overwrites.
fn short_escapes(bytes: &[u8], out: &mut [u8]) -> Option<usize> {
    let (mut read, mut written) = (0, 0);
    while let Some(words) = bytes.get(read..).and_then(|rest| rest.first_chunk()) {
        written += escape_word(words, out.get_mut(written..)?)?;
        read += WIDTH;
    }
    let rest = bytes.get(read..)?;
    let mut words = [b' '; 3 * WIDTH];
    words.iter_mut().zip(rest).for_each(|(word, byte)| *word = *byte);
    for start in [0, WIDTH] {
        written += escape_word(words.get(start..)?.first_chunk()?, out.get_mut(written..)?)?;
    }
    Some(written - (2 * WIDTH - rest.len()))
}

/// Fills a buffer with the first of two words; the second is there so that a whole word follows each escape.
#[inline(always)]
fn escape_word(words: &[u8; 2 * WIDTH], out: &mut [u8]) -> Option<usize> {
    let word = words.first_chunk()?;
    *out.first_chunk_mut()? = *word;
    let (mut read, mut written) = (0, 0);
    let mut bits = structural::bits(*word);
    while bits != 0 {
        let place = bits.trailing_zeros() as usize;
        let escape = ESCAPES[words[place % WIDTH] as usize];
        if escape == b'u' {
            return None;
        }
        written += place - read;
        read = place + 1;
        let out = out.get_mut(written..)?.first_chunk_mut::<{ WIDTH + 2 }>()?;
        out[0] = b'\\';
        out[1] = escape;
        *out.last_chunk_mut()? = *words.get(read..)?.first_chunk::<WIDTH>()?;
        written += 2;
        bits &= bits - 1;
    }
    Some(written + WIDTH - read)
}

fn any_escapes(bytes: &[u8], out: &mut [u8]) -> usize {
    let mut written = 0;
    for byte in bytes {
        let escaped: &[u8] = match ESCAPES[*byte as usize] {
            0 => &[*byte],
            b'u' => &[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), HEX[(byte & 15) as usize]],
            escape => &[b'\\', escape],
        };
        out[written..written + escaped.len()].copy_from_slice(escaped);
        written += escaped.len();
    }
    written
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// What stands behind the backslash for each byte; 0 for a byte that stands for itself.
static ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escapes[byte] = b'u';
        byte += 1;
    }
    escapes[b'\n' as usize] = b'n';
    escapes[b'\r' as usize] = b'r';
    escapes[b'\t' as usize] = b't';
    escapes[8] = b'b';
    escapes[12] = b'f';
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes
};

#[cfg(test)]
mod tests {
    use super::{any_escapes, avx512, most, short_escapes, ssse3};

    #[test]
    fn all_ways_give_the_same_where_they_give_anything() {
        let (mut seed, mut taken) = (1_usize, [0, 0, 0]);
        for round in 0..20_000 {
            let mut below = |most: usize| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33) % most
            };
            let letters: &[u8] = [&b"abc \"\\ "[..], b"\xc3\xa9\"\x7f", b"a\"\\\t\n", b"\x01\"a\x1f"][round % 4];
            let bytes: Vec<u8> = (0..below(100)).map(|_| letters[below(letters.len())]).collect();
            let mut out = vec![0; most(bytes.len())];
            let length = any_escapes(&bytes, &mut out);
            for (way, taken) in [ssse3, short_escapes, avx512].into_iter().zip(&mut taken) {
                let mut other = vec![0; most(bytes.len())];
                if let Some(written) = way(&bytes, &mut other) {
                    *taken += 1;
                    assert_eq!(other[..written], out[..length], "{bytes:?}");
                }
            }
        }
        assert!(taken[1] > 10_000, "{taken:?}");
        assert!([0, taken[1]].contains(&taken[2]), "{taken:?}");
        #[cfg(target_arch = "x86_64")]
        assert!(taken[0] > 5_000 || !is_x86_feature_detected!("avx"), "{taken:?}");
    }
}
