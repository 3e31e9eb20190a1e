//! Lines out of bytes, as they come; however long they are, memory is bounded.

use std::io::{self, Read};

/// The longest line that is held, in bytes: one more than the engine reads, so that it fails the record. Of what it fails
/// so, no more than the first part is kept anyway.
pub const MOST: usize = weir::run::LONGEST + 1;

/// How many bytes are read at once.
const CHUNK: usize = 256 << 10;

/// What may stand before a line without being part of it: before the first of a file, and where files were put together.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A line without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'l> {
    /// Its bytes; a `\r` before the `\n` is no part of them.
    pub bytes: &'l [u8],
    /// Whether the line was longer than what is held; the rest is lost.
    pub cut: bool,
}

impl Line<'_> {
    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
    }
}

/// The lines of a source. Bytes are read by [`Lines::fill`] only, so that the caller can write out what it has before a
/// read that may wait.
pub struct Lines<'s> {
    source: &'s mut dyn Read,
    held: Vec<u8>,
    most: usize,
    /// The first byte not given out.
    start: usize,
    /// Up to here there is no newline.
    searched: usize,
    /// The line that begins at `start` was given out, cut; what comes before the next newline is passed over.
    passing_over: bool,
    ended: bool,
    short: bool,
}

impl<'s> Lines<'s> {
    /// The lines of a source, `most` bytes of each.
    pub fn new(source: &'s mut dyn Read, most: usize) -> Self {
        Lines { source, held: Vec::new(), most, start: 0, searched: 0, passing_over: false, ended: false, short: false }
    }

    /// The next line that is held; at the end of the source what is left is a line too.
    pub fn next(&mut self) -> Option<Line<'_>> {
        if self.passing_over && !self.pass_over() {
            return None;
        }
        let (start, held) = (self.start, self.held.len());
        let newline = memchr::memchr(b'\n', &self.held[self.searched..]).map(|place| self.searched + place);
        self.searched = held;
        let end = match newline {
            Some(newline) => newline,
            None if held - start > self.most || (self.ended && start < held) => held,
            None => return None,
        };
        let cut = end - start > self.most;
        self.passing_over = cut && newline.is_none();
        self.start = newline.map_or(held, |newline| newline + 1);
        self.searched = self.start;
        let end = if cut { start + self.most } else { end };
        Some(Line { bytes: self.trimmed(start, end, newline.is_some() && !cut), cut })
    }

    /// Reads more bytes and says how many; none at the end of the source.
    ///
    /// # Errors
    /// Where the source cannot be read. What is held is given out as if the source had ended.
    pub fn fill(&mut self) -> io::Result<usize> {
        self.make_room();
        let length = self.held.len();
        self.held.resize(length + CHUNK, 0);
        let read = loop {
            match self.source.read(&mut self.held[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.held.truncate(length + *read.as_ref().unwrap_or(&0));
        self.short = self.held.len() < length + CHUNK;
        self.ended = self.held.len() == length;
        read
    }

    /// Whether all bytes were read.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the last read brought less than it could: the next may have to wait.
    pub fn short(&self) -> bool {
        self.short
    }

    /// Passes over the rest of a line that was cut; tells whether its end was found.
    fn pass_over(&mut self) -> bool {
        let newline = memchr::memchr(b'\n', &self.held[self.start..]);
        self.start = newline.map_or(self.held.len(), |newline| self.start + newline + 1);
        self.searched = self.start;
        self.passing_over = newline.is_none();
        newline.is_some()
    }

    fn make_room(&mut self) {
        self.held.drain(..self.start);
        (self.start, self.searched) = (0, self.searched - self.start);
        // After a long line its memory is given back.
        if self.held.capacity() > 16 * CHUNK && self.held.len() < CHUNK {
            self.held.shrink_to(2 * CHUNK);
        }
    }

    fn trimmed(&self, start: usize, end: usize, has_newline: bool) -> &[u8] {
        let bytes = &self.held[start..end];
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        match bytes {
            [before @ .., b'\r'] if has_newline => before,
            _ => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use std::io::{self, Read};

    /// Gives its bytes a few at a time, and then an error if it is to.
    struct Drip<'b>(&'b [u8], usize, bool);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() && self.2 {
                return Err(io::Error::other("broken"));
            }
            let (now, later) = self.0.split_at(self.1.min(self.0.len()).min(buffer.len()));
            buffer[..now.len()].copy_from_slice(now);
            self.0 = later;
            Ok(now.len())
        }
    }

    fn all(text: &str, drip: usize, most: usize, breaks: bool) -> Vec<(String, bool)> {
        let mut source = Drip(text.as_bytes(), drip, breaks);
        let mut lines = Lines::new(&mut source, most);
        let mut found = Vec::new();
        loop {
            while let Some(line) = lines.next() {
                found.push((String::from_utf8_lossy(line.bytes).into_owned(), line.cut));
            }
            if lines.ended() {
                return found;
            }
            assert_eq!(lines.fill().is_err(), breaks && lines.ended());
        }
    }

    #[test]
    fn lines_are_the_same_however_their_bytes_come() {
        for drip in [1, 2, 3, 1000] {
            for breaks in [false, true] {
                let found = all("a\r\n\nb\rb\n\r\nlast\r", drip, 100, breaks);
                let texts: Vec<&str> = found.iter().map(|(text, _)| &**text).collect();
                assert_eq!(texts, ["a", "", "b\rb", "", "last\r"]);
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_and_the_next_is_whole() {
        for drip in [1, 3, 5, 1000] {
            let found = all("12345\n123456\n1234567890123\nab\n123456", drip, 5, false);
            let expected = [("12345", false), ("12345", true), ("12345", true), ("ab", false), ("12345", true)];
            assert_eq!(found, expected.map(|(text, cut)| (text.to_owned(), cut)), "{drip}");
        }
    }
}
