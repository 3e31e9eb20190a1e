//! Escapes of two bytes each, thirty-two bytes at once, with an instruction that spreads bytes over places of a mask.
//!
//! Few processors have it, and so it is called by unsafe code.

use crate::json::structural::WIDTH;
use core::arch::x86_64::*;

/// How many bytes are read at once; up to twice as many come of them.
const WIDE: usize = 2 * WIDTH;

/// Fills a buffer with bytes and their escapes; tells how much of it. `None` where an escape has more than two bytes.
#[target_feature(enable = "avx512vbmi2,avx512bw,avx512vl,bmi2")]
pub fn escapes(bytes: &[u8], out: &mut [u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<WIDE>();
    let mut last = [b' '; WIDE];
    last[..rest.len()].copy_from_slice(rest);
    let mut written = 0;
    for word in words.iter().chain([&last]) {
        written += escape(word, out.get_mut(written..)?.first_chunk_mut()?)?;
    }
    Some(written - (WIDE - rest.len()))
}

#[inline]
#[target_feature(enable = "avx512vbmi2,avx512bw,avx512vl,bmi2")]
fn escape(bytes: &[u8; WIDE], out: &mut [u8; 2 * WIDE]) -> Option<usize> {
    // SAFETY: thirty-two bytes are read, at any address, from a reference to as many.
    #[allow(unsafe_code)]
    let mut word = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
    let is_quote = _mm256_cmpeq_epi8_mask(word, _mm256_set1_epi8(b'"' as i8));
    let is_backslash = _mm256_cmpeq_epi8_mask(word, _mm256_set1_epi8(b'\\' as i8));
    let is_control = _mm256_cmplt_epu8_mask(word, _mm256_set1_epi8(0x20));
    if is_control != 0 {
        let letters = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(load(&LETTERS)), word);
        let is_lettered =
            _mm256_cmplt_epu8_mask(word, _mm256_set1_epi8(WIDTH as i8)) & _mm256_test_epi8_mask(letters, letters);
        if is_control != is_lettered {
            return None;
        }
        word = _mm256_mask_mov_epi8(word, is_control, letters);
    }
    let escaped = is_quote | is_backslash | is_control;
    // Two places for each byte, a backslash's and its own. Those of backslashes that are not there are left out.
    const OWN: u64 = 0xaaaa_aaaa_aaaa_aaaa;
    let places = OWN | _pdep_u64(u64::from(escaped), !OWN);
    let spread =
        _mm512_mask_expand_epi8(_mm512_set1_epi8(b'\\' as i8), _pext_u64(OWN, places), _mm512_castsi256_si512(word));
    // SAFETY: sixty-four bytes are written, at any address, to a reference to as many.
    #[allow(unsafe_code)]
    unsafe {
        _mm512_storeu_si512(out.as_mut_ptr().cast(), spread);
    }
    Some(WIDE + escaped.count_ones() as usize)
}

#[inline]
#[target_feature(enable = "avx")]
fn load(word: &[u8; WIDTH]) -> __m128i {
    // SAFETY: sixteen bytes are read, at any address, from a reference to as many.
    #[allow(unsafe_code)]
    unsafe {
        _mm_loadu_si128(word.as_ptr().cast())
    }
}

/// What stands behind the backslash for the first control characters; 0 where that is more than a letter.
static LETTERS: [u8; WIDTH] = *b"\0\0\0\0\0\0\0\0btn\0fr\0\0";
