//! The bytes that end or interrupt a JSON string, found sixteen at once.

use wide::u8x16;

/// How many bytes are looked at together.
pub(super) const WIDTH: usize = 16;

/// A bit for each of these bytes that is a `"`, a `\` or a control character, the first byte's lowest.
#[inline(always)]
pub(super) fn marks(bytes: [u8; WIDTH]) -> u32 {
    let bytes = u8x16::new(bytes);
    let is_control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    (bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\')) | is_control).to_bitmask()
}

/// The place of the first such byte from `start` on.
#[inline]
pub(super) fn find(bytes: &[u8], start: usize) -> Option<usize> {
    let mut place = start;
    while let Some(word) = bytes.get(place..)?.first_chunk() {
        match marks(*word) {
            0 => place += WIDTH,
            marks => return Some(place + marks.trailing_zeros() as usize),
        }
    }
    // What is left is looked at with some of the bytes before it.
    match bytes.last_chunk() {
        Some(word) => match marks(*word) >> (WIDTH - (bytes.len() - place)) {
            0 => None,
            marks => Some(place + marks.trailing_zeros() as usize),
        },
        None => find_short(&bytes[place..]).map(|found| place + found),
    }
}

/// As [`find`] in less than a word: its ends are looked at together, or what there is of it and spaces.
fn find_short(bytes: &[u8]) -> Option<usize> {
    const HALF: usize = WIDTH / 2;
    let mut word = [b' '; WIDTH];
    let (Some(first), Some(last)) = (bytes.first_chunk::<HALF>(), bytes.last_chunk::<HALF>()) else {
        word.iter_mut().zip(bytes).for_each(|(byte, left)| *byte = *left);
        let marks = marks(word);
        return (marks != 0).then(|| marks.trailing_zeros() as usize);
    };
    word[..HALF].copy_from_slice(first);
    word[HALF..].copy_from_slice(last);
    let marks = marks(word);
    match (marks & ((1 << HALF) - 1), marks >> HALF) {
        (0, 0) => None,
        (0, last) => Some(bytes.len() - HALF + last.trailing_zeros() as usize),
        (first, _) => Some(first.trailing_zeros() as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, find, marks};

    #[test]
    fn each_byte_is_found_at_each_place_among_all_others() {
        for byte in 0..=u8::MAX {
            let is_mark = u32::from(matches!(byte, b'"' | b'\\' | 0..0x20));
            for place in 0..WIDTH {
                for filling in [b' ', b'a', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff] {
                    let mut word = [filling; WIDTH];
                    word[place] = byte;
                    assert_eq!(marks(word), is_mark << place, "{byte} at {place} among {filling}");
                }
            }
        }
    }

    #[test]
    fn a_text_of_any_length_is_looked_through() {
        for length in 0..70 {
            let bytes = vec![b'a'; length];
            for start in 0..=length {
                assert_eq!(find(&bytes, start), None);
            }
            for place in 0..length {
                let mut bytes = bytes.clone();
                bytes[place] = b'"';
                for start in 0..=length {
                    assert_eq!(find(&bytes, start), (start <= place).then_some(place), "{length} {start} {place}");
                }
            }
        }
    }
}
