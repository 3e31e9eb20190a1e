//! Records on their way to be run, and what became of them on its way to be written.

use crate::lines::Line;
use crate::tally::Tally;
use std::sync::Arc;
use weir_detect::{Detector, Matched};

/// How many bytes of records go together.
const FULL: usize = 256 << 10;

/// Some records of one file, in order.
#[derive(Default)]
pub struct Batch {
    /// The name of the file.
    pub file: Arc<str>,
    /// The reference time, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// What was counted when they were read.
    pub tally: Tally,
    /// A buffer for the first of their events.
    pub buffer: Vec<u8>,
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// What became of some records, in order.
#[derive(Default)]
pub struct Results {
    /// The events, each a line or more.
    pub events: Vec<u8>,
    /// The records with which something went wrong: their places, from 1, and what is told of them, as JSON that lacks the
    /// record's number.
    pub troubled: Vec<(u64, Vec<u8>)>,
    /// The events that something matches.
    pub matched: Vec<MatchedEvent>,
    /// What was counted.
    pub tally: Tally,
}

/// An event that something matches.
pub struct MatchedEvent {
    /// The place of its format.
    pub place: usize,
    /// What it was held against.
    pub detector: Arc<Detector>,
    /// What matched.
    pub matched: Matched,
    /// The event, as one line of JSON.
    pub event: Vec<u8>,
}

impl Results {
    /// How many bytes of events go together: a few records can become very large events.
    const FULL: usize = 2 << 20;

    /// Gives them on where they are to be written before there are more.
    ///
    /// # Errors
    /// Those of `give`.
    pub fn give_if_full<E>(&mut self, give: &mut impl FnMut(Results) -> Result<(), E>) -> Result<(), E> {
        if self.events.len() >= Self::FULL { give(std::mem::take(self)) } else { Ok(()) }
    }
}

impl Batch {
    /// Adds a line; a blank one is counted only.
    pub fn add_line(&mut self, line: Line<'_>) {
        if line.is_blank() {
            self.tally.blank += 1;
            return;
        }
        self.tally.cut += u64::from(line.cut);
        self.add(line.bytes);
    }

    /// Adds a record.
    pub fn add(&mut self, record: &[u8]) {
        self.text.extend_from_slice(record);
        self.ends.push(self.text.len());
    }

    /// The bytes of all records.
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// How many records there are.
    pub fn records(&self) -> u64 {
        self.ends.len() as u64
    }

    /// Whether it has enough records to be run.
    pub fn is_full(&self) -> bool {
        self.text.len() >= FULL
    }

    /// Whether there is nothing in it, not even a count.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.tally.blank == 0 && self.tally.read == 0
    }

    /// The raw records.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.text[start..*end])
    }

    /// Empties it for other records; memory beyond the usual is given back.
    pub fn reuse(mut self) -> Self {
        const KEPT: usize = 8 * FULL;
        self.text.clear();
        self.text.shrink_to(KEPT);
        self.ends.clear();
        self.tally = Tally::default();
        self
    }
}
