//! A body as it was received → its records, one by one, in memory that does not grow with it.
//!
//! Ingest reads a body so while it is stored, and delivery reads the stored bytes again: the same bytes and the same [`Arrival`] give
//! the same records with the same numbers, however the bytes come in pieces.
//!
//! Why so: `docs/decisions/0130`.

mod cut;
mod decode;
mod document;
mod error;
mod window;

pub use document::DOCUMENT_BYTES;
pub use error::BodyError;

pub(crate) use cut::count;
pub(crate) use document::check_event;

use crate::arrival::{Arrival, Framing};
use cut::Found;
use decode::Decoder;
use document::{Document, Element, Item};
use std::borrow::Cow;
use std::io::Read;
use window::Window;

/// A record of a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Record<'r> {
    /// Its number in the body, from 0. Records that are passed over have one too, and blank lines have none.
    pub number: u32,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Its bytes, without a line ending. None where the verdict is [`Verdict::Oversize`].
    pub bytes: Cow<'r, [u8]>,
    /// The time that the sender gave for it alone.
    pub time: Option<Cow<'r, str>>,
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It becomes an event.
    Event,
    /// It is all of the body, and what a sender uploads to see whether it may: answered, and no event.
    Validation,
    /// It has this many bytes, more than a record may have: rejected when it came, and passed over since.
    Oversize(u64),
}

/// What senders upload to see whether they may.
const VALIDATIONS: [&[u8]; 2] = [br#"{"content":"tests"}"#, b"test"];

/// The records of a body.
pub struct Records<R: Read> {
    window: Window<R>,
    framing: Framing,
    most: usize,
    number: u32,
    document: Option<Document>,
    /// What was found already, behind a record that looked as if it were all.
    ahead: Option<Found>,
}

impl<R: Read> Records<R> {
    /// The records of what was received so. `arrival.records` is not looked at.
    ///
    /// # Errors
    /// Where there is no memory to decompress.
    pub fn new(body: R, arrival: &Arrival) -> Result<Self, BodyError> {
        let decoder = Decoder::new(body, arrival.encoding)?;
        let (framing, most) = (arrival.framing.clone(), arrival.record_bytes as usize);
        Ok(Records { window: Window::new(decoder), framing, most, number: 0, document: None, ahead: None })
    }

    /// Refuses what decodes to more than these bytes. Before the first record.
    #[must_use]
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.window.decoder.at_most(bytes);
        self
    }

    /// Hashes what is decoded, with what is said of it before. Before the first record.
    #[must_use]
    pub fn hashed(mut self, about: &[u8]) -> Self {
        self.window.decoder.hash(about);
        self
    }

    /// The hash of the decoded body, where it was asked for and all records were read.
    pub fn digest(&self) -> Option<[u8; 32]> {
        self.window.decoder.digest()
    }

    /// How many bytes were decoded so far.
    pub fn decoded(&self) -> u64 {
        self.window.decoder.decoded()
    }

    /// How many records there were so far.
    pub fn count(&self) -> u32 {
        self.number
    }

    /// What the body is read from.
    pub fn source(&mut self) -> &mut R {
        self.window.decoder.source()
    }

    /// The next record. Nothing at the end, which is one only where the body is whole.
    ///
    /// # Errors
    /// Where the source fails, the body is damaged or cut off, or is not of its framing. There is no going on after it.
    #[expect(clippy::should_implement_trait, reason = "a record is lent, which no iterator can")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, BodyError> {
        if matches!(self.framing, Framing::Json { .. } | Framing::Events) {
            return self.element();
        }
        let Some(found) = self.find()? else { return Ok(None) };
        let number = self.next_number();
        let range = match found {
            Found::Oversize(bytes) => return Ok(Some(oversize(number, bytes))),
            Found::Held(range) => range,
        };
        let bytes = match validation(self.window.at(range.clone())) {
            Some(bytes) if number == 0 && self.framing != Framing::Counted => {
                self.ahead = self.find()?;
                let verdict = if self.ahead.is_none() { Verdict::Validation } else { Verdict::Event };
                return Ok(Some(Record { number, verdict, bytes: Cow::Borrowed(bytes), time: None }));
            }
            _ => self.window.at(range),
        };
        Ok(Some(Record { number, verdict: Verdict::Event, bytes: Cow::Borrowed(bytes), time: None }))
    }

    /// What is found next. Its place is valid until this is called again.
    fn find(&mut self) -> Result<Option<Found>, BodyError> {
        match (self.ahead.take(), &self.framing) {
            (Some(found), _) => Ok(Some(found)),
            (None, Framing::One) => cut::one(&mut self.window, self.most),
            (None, Framing::Counted) => cut::counted(&mut self.window, self.most),
            (None, _) => cut::line(&mut self.window, self.most),
        }
    }

    /// The next record of a document, which is read when the first one is asked for.
    fn element(&mut self) -> Result<Option<Record<'_>>, BodyError> {
        if self.document.is_none() {
            self.window.whole(DOCUMENT_BYTES)?;
            if let Some(bytes) = validation(self.window.held().trim_ascii()) {
                let number = self.next_number();
                self.document = Some(Document::empty());
                return Ok(Some(Record {
                    number,
                    verdict: Verdict::Validation,
                    bytes: Cow::Borrowed(bytes),
                    time: None,
                }));
            }
            self.document = Some(self.read_document()?);
        }
        let number = self.number;
        let Some(element) = self.document.as_mut().map(Document::next).transpose()?.flatten() else { return Ok(None) };
        self.number += 1;
        Ok(Some(match element.record.len() {
            bytes if bytes > self.most => oversize(number, bytes as u64),
            _ => element.numbered(number),
        }))
    }

    fn read_document(&mut self) -> Result<Document, BodyError> {
        let (path, item) = match &self.framing {
            Framing::Json { path } => (path.as_deref(), Item::Itself),
            _ => (None, Item::Member),
        };
        let document = match self.window.held() {
            blank if blank.trim_ascii().is_empty() => Document::empty(),
            bytes => Document::new(bytes, path, item)?,
        };
        self.window.release();
        Ok(document)
    }

    fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number - 1
    }
}

impl<'e> Element<'e> {
    fn numbered(self, number: u32) -> Record<'e> {
        let bytes = match self.record {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        Record { number, verdict: Verdict::Event, bytes, time: self.time }
    }
}

fn oversize(number: u32, bytes: u64) -> Record<'static> {
    Record { number, verdict: Verdict::Oversize(bytes), bytes: Cow::Borrowed(&[]), time: None }
}

/// Whether a record looks like an upload that only tries.
pub(crate) fn is_validation(record: &[u8]) -> bool {
    validation(record).is_some()
}

/// The upload that a record looks like.
fn validation(record: &[u8]) -> Option<&'static [u8]> {
    VALIDATIONS.into_iter().find(|known| *known == record)
}
