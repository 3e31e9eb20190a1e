//! Where JSON is written: a buffer that keeps its room, so that bytes are stored in words of fixed length.

use super::escape;
use super::marks::{WIDTH, marks, short_word};

/// Bytes that are known beforehand, in whole words: the last one has spaces behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    words: Box<[[u8; WIDTH]]>,
    length: usize,
}

impl Words {
    /// The bytes as words.
    pub fn new(bytes: &[u8]) -> Self {
        let word = |chunk: &[u8]| {
            let mut word = [b' '; WIDTH];
            word[..chunk.len()].copy_from_slice(chunk);
            word
        };
        Words { words: bytes.chunks(WIDTH).map(word).collect(), length: bytes.len() }
    }
}

/// A text of JSON that grows. What is behind its end is room that was made ready before.
///
/// A `Vec` would be asked for room, and would have its length set, for every few bytes.
#[derive(Debug, Default)]
pub struct Sink {
    bytes: Vec<u8>,
    end: usize,
}

impl Sink {
    /// How much room is kept from event to event, in bytes.
    const KEPT: usize = 1 << 20;
    /// How much room is made at least.
    const STEP: usize = 512;

    /// Appends to a buffer what `work` writes.
    pub(super) fn append<T>(out: &mut Vec<u8>, work: impl FnOnce(&mut Sink) -> T) -> T {
        let mut sink = Sink { end: out.len(), bytes: std::mem::take(out) };
        let result = work(&mut sink);
        sink.bytes.truncate(sink.end);
        *out = sink.bytes;
        result
    }

    /// Empties it; it keeps its room, but for what a rare huge event took.
    pub fn clear(&mut self) {
        self.end = 0;
        if self.bytes.len() > Self::KEPT {
            self.bytes = Vec::new();
        }
    }

    /// What was written.
    pub fn written(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.end
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.end == 0
    }

    /// Takes back all but the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.end = self.end.min(length);
    }

    /// Takes back the last byte if it is this one.
    pub fn take_back(&mut self, byte: u8) {
        if self.written().last() == Some(&byte) {
            self.end -= 1;
        }
    }

    /// Appends a byte.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.room(1)[0] = byte;
        self.end += 1;
    }

    /// Appends bytes as they are.
    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
    }

    /// Appends bytes that are known beforehand.
    #[inline]
    pub fn words(&mut self, words: &Words) {
        let room = self.room(words.words.len() * WIDTH);
        copy_words(words, room);
        self.end += words.length;
    }

    /// Appends text as a JSON string with its quotes; only what must be escaped is.
    pub fn text(&mut self, text: &str) {
        self.words_and_text(&Words::default(), text);
    }

    /// Appends bytes that are known beforehand, and text as a JSON string.
    ///
    /// PERF: `benches/guard.sh` (access_requests): a text is looked through and copied in one walk, and room is asked for
    /// once.
    #[inline]
    pub fn words_and_text(&mut self, words: &Words, text: &str) {
        let bytes = text.as_bytes();
        let least = words.words.len() * WIDTH + bytes.len() + 2 + WIDTH;
        let room = match self.bytes.get_mut(self.end..) {
            Some(room) if room.len() >= least => room,
            _ => return self.grown(least).words_and_text(words, text),
        };
        copy_words(words, room);
        room[words.length] = b'"';
        let room = &mut room[words.length + 1..];
        let plain = match bytes.len() {
            WIDTH.. => copy_plain(bytes, room),
            _ => copy_short(bytes, room),
        };
        room[plain] = b'"';
        self.end += words.length + 1 + plain;
        match bytes.get(plain..) {
            Some(rest @ [_, ..]) => self.escaped(rest),
            _ => self.end += 1,
        }
    }

    /// Appends the rest of a string from its first byte that must be escaped on.
    #[inline(never)]
    fn escaped(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(escape::BLOCK) {
            let written = escape::block(block, self.room(escape::most(block.len())));
            self.end += written;
        }
        self.push(b'"');
    }

    #[inline]
    fn room(&mut self, least: usize) -> &mut [u8] {
        if self.bytes.len() - self.end < least {
            self.grow(least);
        }
        &mut self.bytes[self.end..]
    }

    #[cold]
    fn grow(&mut self, least: usize) {
        self.bytes.resize(self.end + least.max(Self::STEP), 0);
    }

    #[cold]
    fn grown(&mut self, least: usize) -> &mut Self {
        self.grow(least);
        self
    }
}

/// Formatting appends.
impl std::fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.extend(text.as_bytes());
        Ok(())
    }
}

#[inline(always)]
fn copy_words(words: &Words, room: &mut [u8]) {
    let (room, _) = room.as_chunks_mut();
    room.iter_mut().zip(&words.words).for_each(|(to, word)| *to = *word);
}

/// Copies a word or more up to the first byte that must be escaped; tells how many bytes that are. The room is a word
/// larger than the bytes.
#[inline(always)]
fn copy_plain(bytes: &[u8], room: &mut [u8]) -> usize {
    let mut place = 0;
    while bytes.len() - place > WIDTH {
        match copy_word(bytes, place, room) {
            0 => place += WIDTH,
            marks => return place + marks.trailing_zeros() as usize,
        }
    }
    // What is left is looked at and copied with some of the bytes before it.
    let last = bytes.len() - WIDTH;
    match copy_word(bytes, last, room) {
        0 => bytes.len(),
        marks => last + marks.trailing_zeros() as usize,
    }
}

/// Copies the word at a place to the same place; its marks.
#[inline(always)]
fn copy_word(bytes: &[u8], place: usize, room: &mut [u8]) -> u32 {
    let (from, to) = (&bytes[place..place + WIDTH], &mut room[place..place + WIDTH]);
    let mut word = [0; WIDTH];
    word.copy_from_slice(from);
    to.copy_from_slice(&word);
    marks(word)
}

/// As [`copy_plain`] for less than a word.
#[inline(always)]
fn copy_short(bytes: &[u8], room: &mut [u8]) -> usize {
    let word = short_word(bytes);
    if let Some(to) = room.first_chunk_mut() {
        *to = word;
    }
    match marks(word) {
        0 => bytes.len(),
        marks => marks.trailing_zeros() as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::Sink;

    fn written(text: &str) -> String {
        let mut out = b"before".to_vec();
        Sink::append(&mut out, |sink| sink.text(text));
        String::from_utf8(out).unwrap_or_default()
    }

    #[test]
    fn a_text_of_any_length_comes_out_as_serde_json_writes_it() {
        const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz é ";
        for length in 0..300 {
            let plain: String = LETTERS.chars().cycle().take(length).collect();
            assert_eq!(written(&plain), format!("before{}", serde_json::json!(plain)));
            for place in 0..=length {
                for mark in ['"', '\\', '\n', '\u{1}', '\u{7f}'] {
                    let start: String = plain.chars().take(place).collect();
                    let text = format!("{start}{mark}{}", plain.chars().skip(place).collect::<String>());
                    assert_eq!(written(&text), format!("before{}", serde_json::json!(text)), "{length} {place}");
                }
            }
        }
    }

    #[test]
    fn each_byte_is_escaped_in_its_own_way_among_many_others() {
        let all: String = (0..0x250).filter_map(char::from_u32).collect();
        for start in 0..all.len() {
            let Some(text) = all.get(start..) else { continue };
            assert_eq!(written(text), format!("before{}", serde_json::json!(text)));
        }
        let dense = "\"\\\"\\".repeat(500);
        assert_eq!(written(&dense), format!("before{}", serde_json::json!(dense)));
    }

    #[test]
    fn a_huge_event_does_not_keep_its_room() {
        let mut sink = Sink::default();
        sink.text(&"a".repeat(2 << 20));
        assert_eq!(sink.len(), (2 << 20) + 2);
        sink.clear();
        assert!(sink.bytes.is_empty() && sink.is_empty());
    }
}
