//! Text that is a moment already as the engine writes it: it is not read to be written anew.

use crate::value::{Arena, Fault};

/// The moment with six digits of a fraction, where a text is one in UTC, with such a fraction or none; `None` for any other
/// text.
///
/// # Errors
/// Limit.
pub fn in_full<'a>(arena: &'a Arena, text: &'a str) -> Result<Option<&'a str>, Fault> {
    match split(text) {
        Some((seconds, "Z")) => arena.concat(&[seconds, ".000000Z"]).map(Some),
        Some((_, fraction)) if is_fraction(fraction) => Ok(Some(text)),
        _ => Ok(None),
    }
}

/// As [`in_full`], and without a fraction where it is zero.
///
/// # Errors
/// Limit.
pub fn in_brief<'a>(arena: &'a Arena, text: &'a str) -> Result<Option<&'a str>, Fault> {
    match split(text) {
        Some((_, "Z")) => Ok(Some(text)),
        Some((seconds, ".000000Z")) => arena.concat(&[seconds, "Z"]).map(Some),
        Some((_, fraction)) if is_fraction(fraction) => Ok(Some(text)),
        _ => Ok(None),
    }
}

fn is_fraction(text: &str) -> bool {
    matches!(text.as_bytes(), [b'.', digits @ .., b'Z'] if digits.len() == 6 && digits.iter().all(u8::is_ascii_digit))
}

/// The date and time of day at the front, and what follows, where the former is plain.
fn split(text: &str) -> Option<(&str, &str)> {
    begins_plainly(text).then(|| text.split_at_checked(SECONDS))?
}

/// How long a date and time of day are.
const SECONDS: usize = 19;

/// Whether a text begins with a date and time of day as the engine writes them, `2024-03-05T06:07:08`, of which it is plain
/// that they exist: of a year with four digits, and of a day that every month has.
///
/// PERF: `benches/guard.sh` (access_requests): eight bytes are looked at together; 40 instructions.
fn begins_plainly(text: &str) -> bool {
    const FORMS: [(usize, WrittenForm); 3] =
        [(0, WrittenForm::new(b"0000-00-")), (8, WrittenForm::new(b"00T00:00")), (11, WrittenForm::new(b"00:00:00"))];
    let Some(bytes) = text.as_bytes().first_chunk::<SECONDS>() else { return false };
    let number = |place: usize| (bytes[place] & 15) * 10 + (bytes[place + 1] & 15);
    FORMS.iter().all(|(start, form)| bytes[*start..].first_chunk().is_some_and(|bytes| form.has(bytes)))
        && bytes[0] != b'0'
        && (1..=12).contains(&number(5))
        && (1..=28).contains(&number(8))
        && number(11) < 24
        && number(14) < 60
        && number(17) < 60
}

/// Eight bytes: digits where the form has zeros, and the form's bytes elsewhere.
struct WrittenForm {
    bytes: u64,
    /// The high halves of digits.
    high: u64,
    /// All bytes that are no digits.
    others: u64,
}

impl WrittenForm {
    const fn new(form: &[u8; 8]) -> Self {
        let (mut high, mut others, mut place) = (0, 0, 0);
        while place < form.len() {
            let (is_digit, at) = (form[place] == b'0', 8 * place);
            high |= if is_digit { 0xf0 << at } else { 0 };
            others |= if is_digit { 0 } else { 0xff << at };
            place += 1;
        }
        WrittenForm { bytes: u64::from_le_bytes(*form), high, others }
    }

    #[inline]
    fn has(&self, bytes: &[u8; 8]) -> bool {
        let word = u64::from_le_bytes(*bytes);
        // A digit has the high half of `0`, and still has it when six is added.
        let six = self.high >> 4 & u64::from_ne_bytes([6; 8]);
        word & (self.high | self.others) == self.bytes && (word.wrapping_add(six) ^ self.bytes) & self.high == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{in_brief, in_full};
    use crate::time::read_whole;
    use crate::value::Arena;

    #[test]
    fn what_is_plain_is_what_would_be_written() {
        let arena = Arena::default();
        let (mut plain, mut seed) = (0, 1_usize);
        let mut below = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % most
        };
        for _ in 0..100_000 {
            let (year, month, day) = (below(2) * 2000 + below(30), below(14), below(33));
            let (hour, minute, second) = (below(25), below(61), below(61));
            let rest = ["Z", ".000000Z", ".120000Z", ".12Z", "", "+00:00", "z", ".00000aZ"][below(8)];
            let mut text =
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{rest}").into_bytes();
            if below(4) == 0 {
                let place = below(text.len());
                text[place] = b"0:-T/;a9 \x7f"[below(10)];
            }
            let text = String::from_utf8(text).expect("ASCII");
            let (full, brief) = (in_full(&arena, &text).expect("room"), in_brief(&arena, &text).expect("room"));
            if let (Some(full), Some(brief)) = (full, brief) {
                plain += 1;
                let moment = read_whole(&text).expect("a date");
                assert_eq!(moment.text(&arena), Ok(full), "{text}");
                assert_eq!(moment.brief_text(&arena, ""), Ok(brief), "{text}");
            }
            assert_eq!(full.is_some(), brief.is_some(), "{text}");
        }
        assert!(plain > 1_000, "{plain} of the texts are plain");
    }
}
