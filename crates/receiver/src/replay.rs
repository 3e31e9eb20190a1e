//! Dead letters, or a stretch of the log, through the present formats again: what is fixed, and what still fails.

use crate::Arrival;
use crate::body::{Record as Cut, Records, Verdict};
use crate::dead_letters::{DeadLetter, Stage};
use crate::deliver::{EntryFacts, Mapped, Mapper};
use crate::event_id::Origin;
use crate::formats::Version;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use weir_log::Entry;

/// How many kinds of failures are told apart; the others are counted together.
const KINDS: usize = 100;

/// What runs for an intake now.
pub type VersionOf<'v> = &'v dyn Fn(&str) -> Option<Arc<Version>>;

/// Who takes what was mapped again. It may say that it wants no more.
pub type Take<'t, E> = &'t mut dyn FnMut(&Mapped) -> Result<(), E>;

/// What came of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Records that became events.
    pub events: u64,
    /// Records that became none, by why.
    pub failing: BTreeMap<Failing, Failures>,
    /// Records that are not in [`Replayed::failing`], since there are too many kinds.
    pub others: u64,
    /// Lines that are no dead letters, and entries of which is not known what they are.
    pub unreadable: u64,
}

/// Why records become no event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failing {
    /// How far they come.
    pub stage: Stage,
    /// The format, where one is found.
    pub format: Option<String>,
    /// The entry of the pipeline, where one fails.
    pub entry: Option<String>,
    /// The reason as a word.
    pub code: String,
}

/// The records of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub records: u64,
    /// The reason of the first, in words.
    pub reason: String,
    /// The id of the first.
    pub first: String,
}

/// Maps again, with what runs now.
pub struct Replay<'v> {
    mapper: Mapper,
    /// The log whose entries are mapped.
    log: [u8; 16],
    version_of: VersionOf<'v>,
    /// The only intake whose entries are mapped.
    only: Option<&'v str>,
    replayed: Replayed,
}

impl<'v> Replay<'v> {
    /// A replay for the log with this id, from which ids of events are made. For dead letters it does not matter: they have theirs.
    pub fn new(log: [u8; 16], version_of: VersionOf<'v>) -> Self {
        Replay { mapper: Mapper::default(), log, version_of, only: None, replayed: Replayed::default() }
    }

    /// The same, of one intake alone.
    #[must_use]
    pub fn only(self, intake: Option<&'v str>) -> Self {
        Replay { only: intake, ..self }
    }

    /// What came of it.
    pub fn finish(self) -> Replayed {
        self.replayed
    }

    /// Maps an entry of the log again.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn entry<E>(&mut self, entry: &Entry, take: Take<'_, E>) -> Result<(), E> {
        let sequence = entry.sequence().0;
        let arrival: Arrival = match serde_json::from_slice(entry.metadata()) {
            Ok(arrival) => arrival,
            Err(_) => {
                self.replayed.unreadable += 1;
                return Ok(());
            }
        };
        if self.only.is_some_and(|only| only != arrival.intake) {
            return Ok(());
        }
        let origin = Origin { log: self.log, sequence };
        let version = (self.version_of)(&arrival.intake);
        let facts = EntryFacts::new(sequence, origin, entry.received(), &arrival, version);
        let mut next = 0;
        self.mapper.begin(facts.place(0));
        match Records::new(entry.body(), &arrival) {
            Err(error) => self.mapper.unreadable(&facts, next, error.to_string(), &[]),
            Ok(mut records) => loop {
                match records.next() {
                    Ok(None) => break,
                    Err(error) => {
                        self.mapper.unreadable(&facts, next, error.to_string(), &[]);
                        break;
                    }
                    Ok(Some(record)) => {
                        next = record.number + 1;
                        self.mapper.push(&facts, &record);
                    }
                }
                if self.mapper.is_full() {
                    self.give(&facts, next, take)?;
                    self.mapper.begin(facts.place(next));
                }
            },
        }
        self.give(&facts, next, take)
    }

    /// Maps the record of a dead letter again.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn letter<E>(&mut self, letter: &DeadLetter, take: Take<'_, E>) -> Result<(), E> {
        let Some(bytes) = letter.original.bytes() else {
            self.replayed.unreadable += 1;
            return Ok(());
        };
        let DeadLetter { sequence, record, received, .. } = *letter;
        // Its id has all that it was made from.
        let origin = letter.id.parse().map_or(Origin { log: self.log, sequence }, Origin::of);
        let version = (self.version_of)(&letter.intake);
        let (intake, timestamp) = (Arc::from(&*letter.intake), letter.timestamp.clone());
        let facts = EntryFacts { sequence, origin, received, intake, timestamp, version };
        self.mapper.begin(letter.place());
        let cut = Cut { number: record, verdict: Verdict::Event, bytes: Cow::Owned(bytes), time: None };
        self.mapper.push(&facts, &cut);
        self.give(&facts, record.saturating_add(1), take)
    }

    /// Notes a line that is no dead letter.
    pub fn unreadable(&mut self) {
        self.replayed.unreadable += 1;
    }

    fn give<E>(&mut self, facts: &EntryFacts, next: u32, take: Take<'_, E>) -> Result<(), E> {
        self.mapper.settle(facts);
        let Some(mapped) = self.mapper.finish(facts.place(next), false) else { return Ok(()) };
        self.replayed.events += mapped.batch.len() as u64;
        mapped.letters.iter().for_each(|letter| self.replayed.add(letter));
        take(&mapped)
    }
}

impl Replayed {
    /// How many records became no event.
    pub fn failed(&self) -> u64 {
        self.failing.values().map(|failures| failures.records).sum::<u64>() + self.others
    }

    /// Adds what came of another.
    pub fn add_all(&mut self, other: Replayed) {
        self.events += other.events;
        self.others += other.others;
        self.unreadable += other.unreadable;
        other.failing.into_iter().for_each(|(failing, failures)| self.add_kind(failing, failures));
    }

    fn add(&mut self, letter: &DeadLetter) {
        let (reason, first) = (letter.reason.clone(), letter.id.clone());
        let DeadLetter { stage, format, entry, code, .. } = letter.clone();
        self.add_kind(Failing { stage, format, entry, code }, Failures { records: 1, reason, first });
    }

    fn add_kind(&mut self, failing: Failing, failures: Failures) {
        let is_full = self.failing.len() >= KINDS;
        match self.failing.get_mut(&failing) {
            Some(known) => known.records += failures.records,
            None if is_full => self.others += failures.records,
            None => drop(self.failing.insert(failing, failures)),
        }
    }
}
