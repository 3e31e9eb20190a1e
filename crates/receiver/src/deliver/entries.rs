//! An entry of the log on its way to a sink: its records from the place on that the sink is at.

use super::shared_batches::Turn;
use super::sink_thread::{Failure, Halt, SinkThread};
use super::stretch::EntryFacts;
use crate::body::{BodyError, Records};
use crate::notices::Level;
use crate::{Arrival, Encoding, Framing};
use std::io::ErrorKind;
use std::sync::Arc;
use weir_log::{Body, Entry};
use weir_sinks::Place;

/// The number of records that no entry has: a place after all of them.
const ALL: u32 = u32::MAX;

/// How far records of an entry were mapped.
enum Mapped {
    /// To the end, which is after so many.
    All(u32),
    /// To a place where the batch ends.
    Until(u32),
}

/// The records of an entry, which are opened where some are to be mapped.
struct Source<'e> {
    entry: &'e Entry,
    arrival: &'e Arrival,
    records: Option<Records<Body<'e>>>,
}

impl SinkThread {
    /// Delivers what of an entry was not delivered.
    pub(super) fn entry(&mut self, entry: &Entry) -> Result<(), Halt> {
        let sequence = entry.sequence().0;
        if self.has_passed(entry) {
            // A batch that another sink has mapped had all of it, or the sink had stored it before the start.
            let after = if self.at.sequence == sequence { self.at.record } else { ALL };
            self.marks.add(Place { sequence, record: after }, entry.checkpoint());
            return Ok(());
        }
        let (arrival, unknown) = arrival_of(entry);
        let version = self.shared.formats.of(&arrival.intake);
        let facts = EntryFacts::new(sequence, entry.received(), &arrival, version);
        let mut source = Source { entry, arrival: &arrival, records: None };
        let mut next = if self.at.sequence == sequence { self.at.record } else { 0 };
        self.end_batch_at_known(Place { sequence, record: next })?;
        loop {
            if !self.mapper.is_open() {
                let here = Place { sequence, record: next };
                match self.shared.batches.turn(here) {
                    Turn::Make(claim) => {
                        self.claim = Some(claim);
                        self.mapper.begin(here);
                    }
                    Turn::Take(mapped) => {
                        self.give(&mapped)?;
                        let to = mapped.to();
                        if to.sequence > sequence || mapped.ends_entry {
                            let after = if to.sequence > sequence { ALL } else { to.record };
                            self.marks.add(Place { sequence, record: after }, entry.checkpoint());
                            return Ok(());
                        }
                        next = to.record;
                        continue;
                    }
                }
            }
            let mapped = match &unknown {
                Some(why) => Ok(self.give_up(&facts, next, why.clone())),
                None => self.map(&mut source, &facts, next),
            };
            match mapped {
                Ok(Mapped::All(count)) => return self.ends_entry(entry, &facts, count),
                Ok(Mapped::Until(record)) => {
                    next = record;
                    self.end_batch(Place { sequence, record }, false)?;
                }
                Err((record, failure)) => {
                    next = record;
                    source.records = None;
                    self.end_batch(Place { sequence, record }, false)?;
                    self.fails("read the log", &failure)?;
                }
            }
        }
    }

    /// Ends the batch that is open where somebody else has begun one: from here on both go the same way.
    fn end_batch_at_known(&mut self, here: Place) -> Result<(), Halt> {
        let before = self.at;
        match self.mapper.is_open() && self.shared.batches.next_after(before).is_some_and(|known| known <= here) {
            true => self.end_batch(before, true),
            false => Ok(()),
        }
    }

    fn ends_entry(&mut self, entry: &Entry, facts: &EntryFacts, count: u32) -> Result<(), Halt> {
        self.mapper.ends_entry(facts);
        (self.at, self.at_end) = (facts.place(count), true);
        self.marks.add(self.at, entry.checkpoint());
        if self.mapper.is_full() { self.end_batch(self.at, true) } else { Ok(()) }
    }

    /// Maps records from this one on, until the batch should end. Where the log cannot be read now, says up to which record it was.
    fn map<'e>(&mut self, source: &mut Source<'e>, facts: &EntryFacts, from: u32) -> Result<Mapped, (u32, Failure)> {
        let known = self.shared.batches.next_after(facts.place(from));
        let mut next = from;
        let stopped = loop {
            let records = match source.records() {
                Ok(records) => records,
                Err(error) => break error,
            };
            let record = match records.next() {
                Ok(None) => return Ok(Mapped::All(records.count().max(next))),
                Ok(Some(record)) if record.number < from => continue,
                Ok(Some(record)) => record,
                Err(error) => break error,
            };
            self.mapper.push(facts, &record);
            next = record.number + 1;
            if self.mapper.is_full() || known == Some(facts.place(next)) {
                self.mapper.settle(facts);
                return Ok(Mapped::Until(next));
            }
        };
        self.mapper.settle(facts);
        match is_for_now(&stopped) {
            true => Err((next, Failure::new(&stopped))),
            false => Ok(self.give_up(facts, next, stopped.to_string())),
        }
    }

    /// Passes over what cannot be read of an entry, and says so.
    fn give_up(&mut self, facts: &EntryFacts, next: u32, why: String) -> Mapped {
        let tell = format!("an entry of the log cannot be read to its end: {why}");
        let place: [(&str, &dyn ToString); 2] = [("sequence", &facts.sequence), ("record", &next)];
        self.shared.notices.tell(Level::Error, &tell, &place);
        self.mapper.unreadable(facts, next, why);
        Mapped::All(next.saturating_add(1))
    }
}

impl<'e> Source<'e> {
    /// The records, from the first one where they were not open.
    fn records(&mut self) -> Result<&mut Records<Body<'e>>, BodyError> {
        let records = match self.records.take() {
            Some(records) => records,
            None => Records::new(self.entry.body(), self.arrival)?,
        };
        Ok(self.records.insert(records))
    }
}

/// Whether a body that cannot be read may be another time. What has changed on the disk since it was found whole does not come back.
fn is_for_now(error: &BodyError) -> bool {
    matches!(error, BodyError::Source(error) if error.kind() != ErrorKind::InvalidData)
}

/// What the log has beside a body; else one that nothing is known of, and why.
fn arrival_of(entry: &Entry) -> (Arc<Arrival>, Option<String>) {
    match serde_json::from_slice(entry.metadata()) {
        Ok(arrival) => (Arc::new(arrival), None),
        Err(error) => {
            let (encoding, framing) = (Encoding::Identity, Framing::One);
            let unknown =
                Arrival { intake: String::new(), encoding, framing, records: 0, record_bytes: 0, timestamp: None };
            (Arc::new(unknown), Some(format!("what is noted beside it cannot be read: {error}")))
        }
    }
}
