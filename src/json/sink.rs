//! Where JSON is written: a buffer that keeps its capacity, so that bytes are stored in words of fixed length.

use super::escape;
use super::structural::{self, WIDTH, short_word};

/// How many bytes are stored together of what is known beforehand, and of texts that have as many behind them.
const WIDE: usize = 2 * WIDTH;

/// Bytes that are known beforehand, in whole words; behind them stands the quote of a text that may follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    first: [u8; WIDE],
    more: Vec<[u8; WIDE]>,
    length: usize,
}

/// Nothing but the quote of a text.
static QUOTE: Words = Words { first: [b'"'; WIDE], more: Vec::new(), length: 0 };

impl Default for Words {
    fn default() -> Self {
        QUOTE.clone()
    }
}

impl Words {
    /// The bytes as words.
    pub fn new(bytes: &[u8]) -> Self {
        let mut words = vec![QUOTE.first; bytes.len() / WIDE + 1];
        words.as_flattened_mut()[..bytes.len()].copy_from_slice(bytes);
        Words { first: words.remove(0), more: words, length: bytes.len() }
    }

    /// How many bytes are stored of them.
    fn capacity(&self) -> usize {
        (self.more.len() + 1) * WIDE
    }
}

/// A text of JSON that grows. What is behind its end is capacity, made ready before.
///
/// A `Vec` would be asked for capacity, and would have its length set, for every few bytes.
#[derive(Debug, Default)]
pub struct Sink<'r> {
    bytes: Vec<u8>,
    end: usize,
    /// What many of the texts are parts of.
    record: &'r [u8],
}

impl<'r> Sink<'r> {
    /// How much capacity is kept from event to event, in bytes.
    const KEPT: usize = 1 << 20;
    /// How much capacity is made at least.
    const STEP: usize = 512;

    /// An empty sink with the buffer of one before it, for texts that are in part parts of a record.
    pub fn new(buffer: Vec<u8>, record: &'r str) -> Self {
        Sink { bytes: buffer, end: 0, record: record.as_bytes() }
    }

    /// The buffer, unless a rare huge event made it large.
    pub fn into_buffer(self) -> Vec<u8> {
        if self.bytes.len() > Self::KEPT { Vec::new() } else { self.bytes }
    }

    /// Appends to a buffer what `work` writes.
    pub(super) fn append<T>(out: &mut Vec<u8>, work: impl FnOnce(&mut Sink<'_>) -> T) -> T {
        let mut sink = Sink { end: out.len(), bytes: std::mem::take(out), record: &[] };
        let result = work(&mut sink);
        sink.bytes.truncate(sink.end);
        *out = sink.bytes;
        result
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.end = 0;
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
        self.reserve(1)[0] = byte;
        self.end += 1;
    }

    /// Appends bytes as they are.
    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
    }

    /// Appends bytes that are known beforehand.
    #[inline]
    pub fn words(&mut self, words: &Words) {
        copy_words(words, self.reserve(words.capacity()));
        self.end += words.length;
    }

    /// Appends text as a JSON string with its quotes; only what must be escaped is.
    pub fn text(&mut self, text: &str) {
        self.words_and_text(&QUOTE, text);
    }

    /// Appends bytes that are known beforehand, and text as a JSON string.
    #[inline]
    pub fn words_and_text(&mut self, words: &Words, text: &str) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the function is safe where the processor has the feature, which was asked for just above.
            #[allow(unsafe_code)]
            return unsafe { self.text_by_avx2(words, text.as_bytes()) };
        }
        self.text_by_portable(words, text.as_bytes());
    }

    /// PERF: `benches/guard.sh` (access_requests): 51 instructions a text instead of 68.
    #[cfg(target_arch = "x86_64")]
    #[inline(never)]
    #[target_feature(enable = "avx2")]
    fn text_by_avx2(&mut self, words: &Words, text: &[u8]) {
        self.text_by(words, text, |bytes| structural::avx2_bits(bytes));
    }

    #[inline(never)]
    fn text_by_portable(&mut self, words: &Words, text: &[u8]) {
        self.text_by(words, text, |bytes| {
            let (words, _) = bytes.as_chunks();
            u64::from(structural::bits(words[0])) | u64::from(structural::bits(words[1])) << WIDTH
        });
    }

    #[inline(always)]
    fn text_by(&mut self, words: &Words, text: &[u8], bits: impl Fn(&[u8; WIDE]) -> u64) {
        match self.short_text(words, text, bits) {
            Some(written) => self.end += written,
            None => self.any_text(words, text),
        }
    }

    /// As [`Sink::words_and_text`], where all is short and nothing is to be escaped; tells how many bytes that are. What is
    /// stored is not there until they are counted.
    ///
    /// PERF: `benches/guard.sh` (access_requests): the same instructions for most texts (names, addresses, times, UUIDs),
    /// however long they are.
    #[inline(always)]
    fn short_text(&mut self, words: &Words, text: &[u8], bits: impl Fn(&[u8; WIDE]) -> u64) -> Option<usize> {
        let free = self.bytes.get_mut(self.end..)?.first_chunk_mut::<{ 4 * WIDE }>()?;
        if words.length >= WIDE || text.len() > 2 * WIDE {
            return None;
        }
        let start = words.length + 1;
        *free.first_chunk_mut()? = words.first;
        let is_plain = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => {
                let end = start + text.len();
                *free[start..].first_chunk_mut()? = *first;
                *free[end - WIDE..].first_chunk_mut()? = *last;
                bits(first) | bits(last) == 0
            }
            _ => {
                // Of what stands behind it in the record, nothing counts.
                let place = text.as_ptr().addr().wrapping_sub(self.record.as_ptr().addr());
                let around = self.record.get(place..)?.first_chunk()?;
                *free[start..].first_chunk_mut()? = *around;
                bits(around) & !(u64::MAX << text.len()) == 0
            }
        };
        free[start + text.len()] = b'"';
        is_plain.then(|| start + text.len() + 1)
    }

    /// As [`Sink::words_and_text`], whatever the text.
    ///
    /// PERF: `benches/guard.sh` (access_requests): a text is looked through and copied in one walk, and capacity is asked for
    /// once.
    #[inline(never)]
    fn any_text(&mut self, words: &Words, text: &[u8]) {
        let free = self.reserve(words.capacity() + text.len() + 2 + WIDE);
        copy_words(words, free);
        let free = &mut free[words.length + 1..];
        let plain = if text.len() < WIDTH { copy_short(text, free) } else { copy_plain(text, free) };
        free[plain] = b'"';
        self.end += words.length + 1 + plain;
        match text.get(plain..) {
            Some(rest @ [_, ..]) => self.escaped(rest),
            _ => self.end += 1,
        }
    }

    /// Appends the rest of a string from its first byte that must be escaped on.
    #[inline(never)]
    fn escaped(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(escape::BLOCK) {
            let written = escape::block(block, self.reserve(escape::most(block.len())));
            self.end += written;
        }
        self.push(b'"');
    }

    #[inline]
    fn reserve(&mut self, least: usize) -> &mut [u8] {
        if self.bytes.len() - self.end < least {
            self.grow(least);
        }
        &mut self.bytes[self.end..]
    }

    #[cold]
    fn grow(&mut self, least: usize) {
        self.bytes.resize(self.end + least.max(Self::STEP), 0);
    }
}

/// Formatting appends.
impl std::fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.extend(text.as_bytes());
        Ok(())
    }
}

#[inline(always)]
fn copy_words(words: &Words, free: &mut [u8]) {
    let (free, _) = free.as_chunks_mut();
    let (first, free) = free.split_first_mut().expect("the caller asked for capacity");
    *first = words.first;
    if !words.more.is_empty() {
        free.iter_mut().zip(&words.more).for_each(|(to, word)| *to = *word);
    }
}

/// Copies a word or more up to the first byte that must be escaped; tells how many bytes that are. The free part is a word
/// larger than the bytes.
#[inline(always)]
fn copy_plain(bytes: &[u8], free: &mut [u8]) -> usize {
    let mut place = 0;
    while bytes.len() - place > WIDTH {
        match copy_word(bytes, place, free) {
            0 => place += WIDTH,
            bits => return place + bits.trailing_zeros() as usize,
        }
    }
    // What is left is looked at and copied with some of the bytes before it.
    let last = bytes.len() - WIDTH;
    match copy_word(bytes, last, free) {
        0 => bytes.len(),
        bits => last + bits.trailing_zeros() as usize,
    }
}

/// Copies the word at a place to the same place; its structural bits.
#[inline(always)]
fn copy_word(bytes: &[u8], place: usize, free: &mut [u8]) -> u32 {
    let word: &[u8; WIDTH] = bytes[place..].first_chunk().expect("a word is left");
    let to = free[place..].first_chunk_mut().expect("the free part is a word larger than the bytes");
    *to = *word;
    structural::bits(*word)
}

/// As [`copy_plain`] for less than a word.
#[inline(always)]
fn copy_short(bytes: &[u8], free: &mut [u8]) -> usize {
    let word = short_word(bytes);
    if let Some(to) = free.first_chunk_mut() {
        *to = word;
    }
    match structural::bits(word) {
        0 => bytes.len(),
        bits => bits.trailing_zeros() as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::{Sink, Words};

    fn written(text: &str) -> String {
        let mut out = b"before".to_vec();
        Sink::append(&mut out, |sink| sink.text(text));
        let mut portable = b"before".to_vec();
        Sink::append(&mut portable, |sink| sink.text_by_portable(&super::QUOTE, text.as_bytes()));
        assert_eq!(out, portable);
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
    fn a_part_of_the_record_comes_out_as_any_other_text() {
        let record = "The record: \"quoted\", a\tb, c\\d; and so on to the end, which is near, and here it is";
        for start in 0..record.len() {
            for end in start..=record.len() {
                let expected = format!("before{}", serde_json::json!(record[start..end]));
                let (before, text) = (Words::new(b"before"), &record[start..end]);
                let mut sinks = [Sink::new(Vec::new(), record), Sink::new(Vec::new(), record)];
                sinks[0].words_and_text(&before, text);
                // As where the processor has nothing wide.
                sinks[1].text_by_portable(&before, text.as_bytes());
                assert!(sinks.iter().all(|sink| sink.written() == expected.as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn known_bytes_of_any_length_stand_before_a_text_or_alone() {
        for length in 0..100 {
            let known: String = ('a'..='z').cycle().take(length).collect();
            let (words, mut sink) = (Words::new(known.as_bytes()), Sink::default());
            sink.words(&words);
            sink.words_and_text(&words, "text");
            assert_eq!(std::str::from_utf8(sink.written()), Ok(&*format!("{known}{known}\"text\"")));
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
    fn a_huge_event_does_not_keep_its_capacity() {
        let mut sink = Sink::default();
        sink.text(&"a".repeat(2 << 20));
        assert_eq!(sink.len(), (2 << 20) + 2);
        assert!(sink.into_buffer().is_empty());
    }
}
