//! The parser counts characters, spans count bytes: the step from one to the other.

/// The byte of every [`STRIDE`]th character of a text.
pub(super) struct Offsets<'t> {
    text: &'t str,
    /// Empty for ASCII, where a character is a byte.
    marks: Vec<u32>,
}

/// Characters from one mark to the next: the longest walk.
const STRIDE: usize = 64;

impl<'t> Offsets<'t> {
    /// Walks the text once.
    pub(super) fn new(text: &'t str) -> Self {
        let marks = match text.is_ascii() {
            true => Vec::new(),
            false => text.char_indices().step_by(STRIDE).map(|(byte, _)| byte as u32).collect(),
        };
        Offsets { text, marks }
    }

    /// The byte at which a character begins; the end of the text for one past the last.
    pub(super) fn byte(&self, character: usize) -> usize {
        if self.marks.is_empty() {
            return character.min(self.text.len());
        }
        let Some(mark) = self.marks.get(character / STRIDE) else { return self.text.len() };
        let from = *mark as usize;
        let rest = self.text[from..].char_indices().nth(character % STRIDE);
        rest.map_or(self.text.len(), |(byte, _)| from + byte)
    }
}

#[cfg(test)]
mod tests {
    use super::Offsets;

    #[test]
    fn every_character_of_a_long_mixed_text_has_its_byte() {
        let text = "aé€😀".repeat(100);
        let offsets = Offsets::new(&text);
        for (character, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(offsets.byte(character), byte);
        }
        assert_eq!(offsets.byte(400), text.len());
        assert_eq!(offsets.byte(4000), text.len());
    }
}
