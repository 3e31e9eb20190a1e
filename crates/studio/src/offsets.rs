//! Places in texts as a browser counts them: in units of UTF-16.

/// Turns offsets in bytes into offsets in units of UTF-16.
#[derive(Debug, Default)]
pub struct Offsets {
    is_ascii: bool,
    /// In bytes.
    length: usize,
    /// After so many bytes, so many units: once for each [`STEP`] bytes.
    marks: Vec<usize>,
    text: String,
}

/// How many bytes lie between marks, about.
const STEP: usize = 1024;

impl Offsets {
    /// The offsets of a text.
    pub fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Offsets { is_ascii: true, length: text.len(), ..Offsets::default() };
        }
        let (mut marks, mut units) = (Vec::with_capacity(text.len() / STEP + 1), 0);
        for (byte, letter) in text.char_indices() {
            while marks.len() * STEP <= byte {
                marks.push(units);
            }
            units += letter.len_utf16();
        }
        Offsets { is_ascii: false, length: text.len(), marks, text: text.to_owned() }
    }

    /// The offset of a byte. One inside of a character is that of the character, and one past the end that of the end.
    pub fn utf16(&self, byte: usize) -> usize {
        if self.is_ascii {
            return byte.min(self.length);
        }
        let mark = (byte / STEP).min(self.marks.len().saturating_sub(1));
        let floor = |mut byte: usize| {
            while !self.text.is_char_boundary(byte) {
                byte -= 1;
            }
            byte
        };
        let start = self.start(mark);
        let end = floor(byte.min(self.text.len())).max(start);
        self.marks.get(mark).copied().unwrap_or_default() + self.text[start..end].encode_utf16().count()
    }

    /// Where a mark is: it counts the characters that begin before it.
    fn start(&self, mark: usize) -> usize {
        (mark * STEP..=self.length).find(|start| self.text.is_char_boundary(*start)).unwrap_or(self.length)
    }

    /// The byte of an offset. One past the end is the end.
    pub fn byte(&self, unit: usize) -> usize {
        if self.is_ascii {
            return unit.min(self.length);
        }
        let mark = self.marks.partition_point(|units| *units <= unit).saturating_sub(1);
        let start = self.start(mark);
        let mut units = self.marks.get(mark).copied().unwrap_or_default();
        let letter = self.text[start..].char_indices().find(|(_, letter)| {
            units += letter.len_utf16();
            units > unit
        });
        letter.map_or(self.length, |(place, _)| start + place)
    }

    /// The range of a range of bytes.
    pub fn range(&self, from: usize, to: usize) -> (usize, usize) {
        (self.utf16(from), self.utf16(to))
    }
}

#[cfg(test)]
mod tests {
    use super::{Offsets, STEP};

    #[test]
    fn offsets_count_units_of_utf_16_and_never_leave_the_text() {
        let mixed: String = "aé€😀\n".chars().cycle().take(3 * STEP).collect();
        for text in [String::new(), "plain".to_owned(), mixed, "é".repeat(STEP), "€".repeat(STEP)] {
            let offsets = Offsets::of(&text);
            let mut units = 0;
            for (byte, letter) in text.char_indices() {
                assert_eq!(offsets.utf16(byte), units, "byte {byte}");
                assert_eq!(offsets.byte(units), byte, "unit {units}");
                units += letter.len_utf16();
            }
            assert_eq!(offsets.utf16(text.len()), units);
            assert_eq!((offsets.byte(units), offsets.byte(units + 5000)), (text.len(), text.len()));
            assert_eq!(offsets.utf16(text.len() + 5000), units);
        }
    }
}
