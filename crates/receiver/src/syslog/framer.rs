//! Bytes of a connection → syslog messages, in both framings of RFC 6587: each message is counted, or ends with its line.

use crate::body::count;
use memchr::memchr;
use std::ops::Range;

/// How much of a message has to tell whose it is. More is held only of those who may send it.
pub(super) const HEAD: usize = 16 << 10;

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A message at this place of what is held, without what frames it.
    Message(Range<usize>),
    /// A message that is passed over: it is too long, or nobody's.
    PassedOver,
    /// A count that is none: there is no telling where the next message begins.
    Broken,
}

/// The messages of a connection.
#[derive(Debug, Default)]
pub(super) struct Framer {
    held: Vec<u8>,
    start: usize,
    /// Up to here there is no newline.
    searched: usize,
    /// What is passed over now.
    skip: Skip,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Skip {
    #[default]
    Nothing,
    Bytes(u64),
    Line,
}

impl Framer {
    /// Adds bytes that came.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 && (self.start == self.held.len() || self.held.len() + bytes.len() > self.held.capacity()) {
            self.held.drain(..self.start);
            (self.searched, self.start) = (self.searched.saturating_sub(self.start), 0);
        }
        self.held.extend_from_slice(bytes);
    }

    /// A message by its place, until more is pushed.
    pub fn at(&self, place: Range<usize>) -> &[u8] {
        &self.held[place]
    }

    /// The next message; nothing where it has not come whole. Longer ones than `most` are passed over, and those whose beginning
    /// `may` does not like.
    pub fn next(&mut self, most: usize, may: impl FnOnce(&[u8]) -> bool) -> Option<Frame> {
        if !self.skipped() {
            return None;
        }
        self.pass_space();
        let held = &self.held[self.start..];
        match held.first()? {
            b'0'..=b'9' => self.counted(most, may),
            _ => self.line(most, may),
        }
    }

    /// The last message of a connection, where its line has no end.
    pub fn last(&mut self) -> Option<Frame> {
        self.pass_space();
        let is_line =
            self.skip == Skip::Nothing && self.held.get(self.start).is_some_and(|byte| !byte.is_ascii_digit());
        let place = self.start..self.held.len();
        self.start = self.held.len();
        is_line.then_some(Frame::Message(place))
    }

    fn counted(&mut self, most: usize, may: impl FnOnce(&[u8]) -> bool) -> Option<Frame> {
        let held = &self.held[self.start..];
        let Some((length, head)) = count(held) else {
            let is_begun = held.len() < 10 && held.iter().all(u8::is_ascii_digit);
            return (!is_begun).then_some(Frame::Broken);
        };
        let message = &held[head..];
        if (message.len() as u64) < length {
            let is_refused = length > most as u64 || (message.len() >= HEAD && !may(message));
            if is_refused {
                self.skip = Skip::Bytes(length);
                self.start += head;
                self.skipped();
            }
            return is_refused.then_some(Frame::PassedOver);
        }
        let start = self.start + head;
        self.start = start + length as usize;
        self.searched = self.start;
        Some(if length > most as u64 { Frame::PassedOver } else { Frame::Message(start..self.start) })
    }

    fn line(&mut self, most: usize, may: impl FnOnce(&[u8]) -> bool) -> Option<Frame> {
        let from = self.searched.max(self.start);
        let newline = memchr(b'\n', &self.held[from..]).map(|at| from + at);
        let held = &self.held[self.start..];
        let Some(newline) = newline else {
            self.searched = self.held.len();
            let is_refused = held.len() > most || (held.len() >= HEAD && !may(held));
            if is_refused {
                self.skip = Skip::Line;
                self.start = self.held.len();
            }
            return is_refused.then_some(Frame::PassedOver);
        };
        let place = self.start..newline;
        self.start = newline + 1;
        Some(if place.len() > most { Frame::PassedOver } else { Frame::Message(place) })
    }

    /// Passes over what is to be; whether its end was found.
    fn skipped(&mut self) -> bool {
        let held = self.held.len() - self.start;
        match self.skip {
            Skip::Nothing => {}
            Skip::Bytes(left) => {
                let passed = left.min(held as u64);
                self.start += passed as usize;
                self.skip = if passed == left { Skip::Nothing } else { Skip::Bytes(left - passed) };
            }
            Skip::Line => match memchr(b'\n', &self.held[self.start..]) {
                Some(newline) => {
                    self.start += newline + 1;
                    self.skip = Skip::Nothing;
                }
                None => self.start = self.held.len(),
            },
        }
        self.skip == Skip::Nothing
    }

    /// What some senders put between messages.
    fn pass_space(&mut self) {
        let space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
        self.start += self.held[self.start..].iter().take_while(|byte| space(byte)).count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frames(pieces: &[&[u8]], most: usize) -> Vec<Option<Vec<u8>>> {
        let (mut framer, mut found) = (Framer::default(), Vec::new());
        for piece in pieces {
            framer.push(piece);
            while let Some(frame) = framer.next(most, |head| head.starts_with(b"<")) {
                found.push(match frame {
                    Frame::Message(place) => Some(framer.at(place).to_vec()),
                    Frame::PassedOver => None,
                    Frame::Broken => return found,
                });
            }
        }
        if let Some(Frame::Message(place)) = framer.last() {
            found.push(Some(framer.at(place).to_vec()));
        }
        found
    }

    #[test]
    fn both_framings_are_read_also_mixed() {
        let some = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(
            frames(&[b"5 <1>ab<1>cd\n\n<1>e\r\n3 <x>"], 99),
            [some("<1>ab"), some("<1>cd"), some("<1>e\r"), some("<x>")]
        );
        assert_eq!(frames(&[b"<1>no end"], 99), [some("<1>no end")]);
        assert_eq!(frames(&[b"9 <1>short"], 99), [], "what is counted and has not come is none");
        assert_eq!(frames(&[b"12345678901 <1>"], 99), []);
        assert_eq!(frames(&[b"0x <1>\n"], 99), []);
    }

    #[test]
    fn long_messages_are_passed_over_in_bounded_memory() {
        let long = vec![b'<'; 1 << 20];
        let mut framer = Framer::default();
        for piece in [b"1048576 ", &*long, b"3 <a>"].concat().chunks(4096) {
            framer.push(piece);
            while framer.next(100_000, |_| true).is_some() {}
            assert!(framer.held.capacity() < 300_000, "{}", framer.held.capacity());
        }
        let counted = [b"1048576 ", &*long, b"3 <a>"].concat();
        assert_eq!(frames(&counted.chunks(999).collect::<Vec<_>>(), 100_000), [None, Some(b"<a>".to_vec())]);
        let lines = [&*long, b"\n<a>\n"].concat();
        assert_eq!(frames(&lines.chunks(999).collect::<Vec<_>>(), 100_000), [None, Some(b"<a>".to_vec())]);
        let strangers = [&vec![b'x'; 50_000], &b"\n<a>\n"[..]].concat();
        assert_eq!(frames(&strangers.chunks(999).collect::<Vec<_>>(), 100_000), [None, Some(b"<a>".to_vec())]);
    }

    proptest! {
        #[test]
        fn messages_are_the_same_however_they_come(
            messages in proptest::collection::vec(("<[0-9]{1,3}>[a-z 0-9]{0,40}", any::<bool>()), 0..8),
            cuts in proptest::collection::vec(1usize..30, 1..6),
        ) {
            let mut bytes = Vec::new();
            for (text, is_counted) in &messages {
                let framed = if *is_counted { format!("{} {text}", text.len()) } else { format!("{text}\n") };
                bytes.extend_from_slice(framed.as_bytes());
            }
            let expected: Vec<_> = messages.iter().map(|(text, _)| Some(text.clone().into_bytes())).collect();
            let mut pieces = Vec::new();
            let mut rest = &*bytes;
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break }
                let (piece, left) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece);
                rest = left;
            }
            prop_assert_eq!(frames(&pieces, 1000), expected);
        }
    }
}
