//! A place in a JSON document that moves on over white space, brackets, commas, colons and words.

use super::error::{Error, Problem};
use super::structural;

/// Which texts count as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonDialect {
    /// RFC 8259.
    Json,
    /// What Python's `json.loads` reads: `NaN`, `Infinity`, `-Infinity` and escapes of lone surrogates, too.
    Python,
}

/// A place in a document.
#[derive(Debug)]
pub(crate) struct Cursor<'t, 'i> {
    pub(super) text: &'t str,
    /// Where strings end or are interrupted.
    index: &'i [u64],
    pub(super) place: usize,
    pub(super) dialect: JsonDialect,
    /// What is wrong, and where, once it stopped.
    stopped: Option<(Problem, usize)>,
}

/// The document is wrong here; the cursor knows why. It has no size, so that results are no larger than their values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

/// What was read, unless the document is wrong.
pub(crate) type Read<T> = Result<T, Stopped>;

impl<'t, 'i> Cursor<'t, 'i> {
    /// The beginning of a document, behind white space. The index is that of the whole text.
    pub(super) fn new(text: &'t str, index: &'i [u64], dialect: JsonDialect) -> Self {
        let mut cursor = Cursor { text, index, place: 0, dialect, stopped: None };
        cursor.space();
        cursor
    }

    /// Why it stopped.
    pub(super) fn error(&self) -> Error {
        let (problem, place) = self.stopped.unwrap_or((Problem::End, self.text.len()));
        Error::new(problem, self.text.as_bytes(), place)
    }

    /// Stops because of what stands here.
    #[cold]
    pub(super) fn stop<T>(&mut self, problem: Problem) -> Read<T> {
        let problem = if self.place < self.text.len() { problem } else { Problem::End };
        self.stopped = Some((problem, self.place));
        Err(Stopped)
    }

    /// The next byte.
    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.place).copied()
    }

    /// Takes a byte, if it is the next.
    #[inline]
    pub(super) fn takes(&mut self, byte: u8) -> bool {
        let takes = self.peek() == Some(byte);
        self.place += usize::from(takes);
        takes
    }

    /// Passes over white space.
    #[inline(always)]
    pub(super) fn space(&mut self) {
        while let Some(b'\0'..=b' ') = self.peek() {
            if !self.takes_space() {
                return;
            }
        }
    }

    fn takes_space(&mut self) -> bool {
        let takes = matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t'));
        self.place += usize::from(takes);
        takes
    }

    /// Takes an opening bracket, which stands here; whether anything is inside.
    #[inline]
    pub(crate) fn opens(&mut self, close: u8) -> bool {
        self.place += 1;
        self.space();
        !self.takes(close)
    }

    /// Takes a comma, and space around it, or the closing bracket; whether it was the comma.
    #[inline]
    pub(crate) fn goes_on(&mut self, close: u8) -> Read<bool> {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.place += 1;
                self.space();
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.place += 1;
                Ok(false)
            }
            _ => self.stop(if close == b']' { Problem::NoCommaInList } else { Problem::NoCommaInObject }),
        }
    }

    /// Takes a colon and space around it.
    #[inline]
    pub(crate) fn colon(&mut self) -> Read<()> {
        self.space();
        if !self.takes(b':') {
            return self.stop(Problem::NoColon);
        }
        self.space();
        Ok(())
    }

    /// Takes a word.
    pub(super) fn word(&mut self, word: &str) -> Read<()> {
        let rest = self.text.as_bytes().get(self.place..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return self.stop(Problem::NoValue);
        }
        self.place += word.len();
        Ok(())
    }

    /// Makes sure that the document ends here.
    pub(super) fn end(&mut self) -> Read<()> {
        self.space();
        if self.place == self.text.len() { Ok(()) } else { self.stop(Problem::Trailing) }
    }

    /// The place of the next quote, backslash or control character from a place on.
    #[inline(always)]
    pub(super) fn next_structural(&self, place: usize) -> Option<usize> {
        structural::next(self.index, place)
    }

    /// Moves on to the next quote, backslash or control character; what is passed over.
    #[inline]
    pub(super) fn pass_plain(&mut self) -> Read<&'t str> {
        let start = self.place;
        let Some(end) = self.next_structural(start) else {
            self.place = self.text.len();
            return self.stop(Problem::End);
        };
        self.place = end;
        Ok(self.since(start))
    }

    /// What was passed over since a place.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.place).unwrap_or_default()
    }

    /// The next byte's place.
    pub(crate) fn place(&self) -> usize {
        self.place
    }
}
