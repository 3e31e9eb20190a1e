//! Maps entries into the batch that is open, whoever opened it: a sink that has come to its place, or the thread that maps ahead.

use super::mapped::Mapped;
use super::mapper::Mapper;
use super::shared::Shared;
use super::shared_batches::Claim;
use super::source::Entry;
use super::stretch::EntryFacts;
use crate::body::{BodyError, Records};
use crate::notices::Level;
use crate::{Arrival, Encoding, Framing};
use std::io::{ErrorKind, Read};
use std::sync::Arc;
use weir_sinks::Place;

/// How far records of an entry were mapped.
pub(super) enum Reached {
    /// The end, which is after so many.
    End(u32),
    /// A place where the batch ends.
    Full(u32),
    /// A record that cannot be read now.
    Unreadable(u32, BodyError),
}

/// An entry whose records are mapped; they are opened where some are.
pub(super) struct OpenEntry<'e> {
    entry: &'e Entry,
    arrival: Arrival,
    /// Why nothing is known of it, if that is so.
    unknown: Option<String>,
    facts: EntryFacts,
    records: Option<Records<Box<dyn Read + 'e>>>,
}

/// Maps entries into a batch.
pub(super) struct EntryMapper {
    shared: Arc<Shared>,
    mapper: Mapper,
    /// The promise to map the batch that is open.
    claim: Option<Claim>,
}

impl<'e> OpenEntry<'e> {
    pub fn new(shared: &Shared, entry: &'e Entry) -> Self {
        let (arrival, unknown) = match entry.arrival() {
            Ok(arrival) => (arrival, None),
            Err(why) => (of_nobody(), Some(why)),
        };
        let version = shared.formats.of(&arrival.intake);
        let origin = entry.origin(&shared.source);
        let facts = EntryFacts::new(entry.sequence(), origin, entry.received(), &arrival, version);
        OpenEntry { entry, arrival, unknown, facts, records: None }
    }

    /// The place before a record.
    pub fn place(&self, record: u32) -> Place {
        self.facts.place(record)
    }

    /// Opens the records again from the first one on, the next time that some are mapped.
    pub fn reopen(&mut self) {
        self.records = None;
    }
}

impl EntryMapper {
    pub fn new(shared: &Arc<Shared>) -> Self {
        EntryMapper { shared: Arc::clone(shared), mapper: Mapper::default(), claim: None }
    }

    /// Whether a batch was begun.
    pub fn is_open(&self) -> bool {
        self.mapper.is_open()
    }

    /// Whether the batch should end.
    pub fn is_full(&self) -> bool {
        self.mapper.is_full()
    }

    /// Begins the batch that was claimed, at its place.
    pub fn begin(&mut self, claim: Claim) {
        self.mapper.begin(claim.from());
        self.claim = Some(claim);
    }

    /// Maps records of an entry from this one on, until the batch should end.
    pub fn map(&mut self, open: &mut OpenEntry<'_>, from: u32) -> Reached {
        if let Some(why) = open.unknown.clone() {
            return self.give_up(open, from, why);
        }
        let known = self.shared.batches.next_after(open.place(from));
        let OpenEntry { entry, arrival, facts, records, .. } = open;
        let mut next = from;
        let stopped = loop {
            let records = match opened(records, entry, arrival) {
                Ok(records) => records,
                Err(error) => break error,
            };
            let record = match records.next() {
                Ok(None) => {
                    let count = records.count().max(next);
                    self.mapper.ends_entry(facts);
                    return Reached::End(count);
                }
                Ok(Some(record)) if record.number < from => continue,
                Ok(Some(record)) => record,
                Err(error) => break error,
            };
            self.mapper.push(facts, &record);
            next = record.number + 1;
            if self.mapper.is_full() || known == Some(facts.place(next)) {
                self.mapper.settle(facts);
                return Reached::Full(next);
            }
        };
        self.mapper.settle(facts);
        match is_for_now(&stopped) {
            true => Reached::Unreadable(next, stopped),
            false => self.give_up(open, next, stopped.to_string()),
        }
    }

    /// Passes over what cannot be read of an entry, and says so.
    fn give_up(&mut self, open: &OpenEntry<'_>, next: u32, why: String) -> Reached {
        let tell = format!("an entry cannot be read to its end: {why}");
        let place: [(&str, &dyn ToString); 2] = [("sequence", &open.facts.sequence), ("record", &next)];
        self.shared.notices.tell(Level::Error, &tell, &place);
        self.mapper.unreadable(&open.facts, next, why, open.entry.only_copy());
        self.mapper.ends_entry(&open.facts);
        Reached::End(next.saturating_add(1))
    }

    /// Ends the batch, if one is open, and gives it to whoever comes to its place.
    pub fn finish(&mut self, to: Place, ends_entry: bool) -> Option<Arc<Mapped>> {
        let mapped = Arc::new(self.mapper.finish(to, ends_entry)?);
        if let Some(claim) = self.claim.take() {
            claim.publish(&mapped);
        }
        Some(mapped)
    }

    /// Drops the batch, if one is open: somebody else may map it.
    pub fn abandon(&mut self) {
        self.mapper.abandon();
        self.claim = None;
    }
}

/// The records of an entry, from the first one where they were not open.
fn opened<'r, 'e>(
    records: &'r mut Option<Records<Box<dyn Read + 'e>>>,
    entry: &'e Entry,
    arrival: &Arrival,
) -> Result<&'r mut Records<Box<dyn Read + 'e>>, BodyError> {
    let open = match records.take() {
        Some(open) => open,
        None => Records::new(entry.body(), arrival)?,
    };
    Ok(records.insert(open))
}

/// Whether a body that cannot be read may be another time. What has changed on the disk since it was found whole does not come back.
fn is_for_now(error: &BodyError) -> bool {
    matches!(error, BodyError::Source(error) if error.kind() != ErrorKind::InvalidData)
}

/// An arrival of which nothing is known.
fn of_nobody() -> Arrival {
    let (encoding, framing) = (Encoding::Identity, Framing::One);
    Arrival { intake: String::new(), encoding, framing, records: 0, record_bytes: 0, timestamp: None }
}
