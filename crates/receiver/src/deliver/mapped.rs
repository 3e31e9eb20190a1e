//! A stretch of the log after mapping: its events, its dead letters, and what was counted.

use crate::dead_letters::DeadLetter;
use std::sync::Arc;
use weir_formats::Verdict;
use weir_sinks::{Batch, Place};

/// A stretch of the log after mapping. It does not change any more, and sinks share it.
pub struct Mapped {
    /// The events.
    pub batch: Arc<Batch>,
    /// The records without an event.
    pub letters: Vec<DeadLetter>,
    /// What became of the records.
    pub counts: Vec<Count>,
    /// By which intakes its entries came: from the one with this sequence number on.
    pub intakes: Vec<(u64, Arc<str>)>,
    /// The stamps of the formats that made its events, by their names.
    pub specs: Vec<(Arc<str>, String)>,
    /// Whether the last entry has no records after it.
    pub ends_entry: bool,
}

/// What became of the records of one intake and format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The intake's name.
    pub intake: Arc<str>,
    /// The format's name; nothing for records that no format was found for.
    pub format: Option<Arc<str>>,
    /// What became of them.
    pub outcome: Outcome,
    /// For [`Outcome::Partial`] and [`Outcome::Failed`]: the entry of the pipeline where it went wrong first.
    pub entry: Arc<str>,
    /// How many they are.
    pub records: u64,
    /// How many of their events rules or indicators match.
    pub matched: u64,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// An event with all of it.
    Whole,
    /// An event that lacks something.
    Partial,
    /// An event with nothing but the message.
    Unread,
    /// A dead letter: its format failed.
    Failed,
    /// A dead letter: no format was found for it.
    Unrouted,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 5] =
        [Outcome::Whole, Outcome::Partial, Outcome::Unread, Outcome::Failed, Outcome::Unrouted];

    /// Its name, as `weir run --errors` writes it.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Whole => "whole",
            Outcome::Partial => "partial",
            Outcome::Unread => "unread",
            Outcome::Failed => "failed",
            Outcome::Unrouted => "unrouted",
        }
    }

    /// What a verdict of a format comes to.
    pub fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Whole => Outcome::Whole,
            Verdict::Partial(_) => Outcome::Partial,
            Verdict::Unread(_) => Outcome::Unread,
            Verdict::Failed(_) => Outcome::Failed,
        }
    }
}

impl Mapped {
    /// The place before its first record.
    pub fn from(&self) -> Place {
        self.batch.from()
    }

    /// The place after its last record.
    pub fn to(&self) -> Place {
        self.batch.to()
    }

    /// By which intake an entry came.
    pub fn intake_of(&self, sequence: u64) -> Option<&Arc<str>> {
        let after = self.intakes.partition_point(|(from, _)| *from <= sequence);
        self.intakes[..after].last().map(|(_, intake)| intake)
    }

    /// The stamp of the format of this name, where it has events of it.
    pub fn spec_of(&self, format: &str) -> Option<&str> {
        self.specs.iter().find(|(name, _)| **name == *format).map(|(_, stamp)| stamp.as_str())
    }

    /// About how many bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        // What stands beside a line: its range, id, format, place and time.
        const BESIDE: usize = 80;
        let letters: usize = self.letters.iter().map(letter_bytes).sum();
        self.batch.ndjson().len() + self.batch.len() * BESIDE + letters
    }
}

/// About how many bytes a dead letter takes in memory.
pub(super) fn letter_bytes(letter: &DeadLetter) -> usize {
    size_of::<DeadLetter>() + letter.original.len() + letter.reason.len()
}
