//! Records that wait to be run together: of one entry and one format.

use serde::Serialize;
use std::borrow::Cow;
use std::ops::Range;
use weir::Input;
use weir::run::BATCH;

/// How many bytes wait at most, unless a single record has more.
const BYTES: usize = 128 << 10;

/// Records that wait.
#[derive(Default)]
pub(super) struct Pending {
    format: usize,
    text: Vec<u8>,
    records: Vec<Waiting>,
}

struct Waiting {
    number: u32,
    text: Range<usize>,
    /// Whether the text is an event, since the sender gave a time beside the record.
    is_event: bool,
    /// Its bytes, where they are no text and the event has others in their place: for a dead letter.
    odd: Option<Box<[u8]>>,
}

/// A record with its time, as the engine takes it.
#[derive(Serialize)]
struct Timed<'r> {
    message: &'r str,
    #[serde(rename = "@timestamp")]
    timestamp: &'r str,
}

impl Pending {
    /// Whether what waits is to be run before a record of this format is added.
    pub fn is_full_for(&self, format: usize) -> bool {
        !self.records.is_empty() && (self.format != format || self.records.len() >= BATCH || self.text.len() >= BYTES)
    }

    /// Adds a record, with the time that its sender gave.
    pub fn add(&mut self, format: usize, number: u32, bytes: &[u8], time: Option<&str>) {
        self.format = format;
        let start = self.text.len();
        let mut odd = None;
        match time {
            None => self.text.extend_from_slice(bytes),
            Some(timestamp) => {
                let message = String::from_utf8_lossy(bytes);
                odd = matches!(message, Cow::Owned(_)).then(|| bytes.into());
                let timed = Timed { message: &message, timestamp };
                serde_json::to_writer(&mut self.text, &timed).expect("two texts are JSON, and memory takes all");
            }
        }
        self.records.push(Waiting { number, text: start..self.text.len(), is_event: time.is_some(), odd });
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The format of all that wait.
    pub fn format(&self) -> usize {
        self.format
    }

    /// Their numbers in the entry.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.records.iter().map(|record| record.number)
    }

    /// Their bytes, where the engine takes others.
    pub fn odd(&self) -> impl Iterator<Item = Option<&[u8]>> {
        self.records.iter().map(|record| record.odd.as_deref())
    }

    /// What the engine takes of them.
    pub fn inputs(&self) -> impl Iterator<Item = Input<'_>> {
        self.records.iter().map(|record| {
            let text = &self.text[record.text.clone()];
            if record.is_event { Input::Event(text) } else { Input::Message(text) }
        })
    }

    /// Forgets all. Memory beyond the usual is given back.
    pub fn clear(&mut self) {
        self.records.clear();
        self.text.clear();
        self.text.shrink_to(2 * BYTES);
    }
}
