//! What was mapped since the last batch: events, dead letters and counts of what became of records.

use super::mapped::{Count, Mapped, Outcome, letter_bytes};
use super::refusals::text_of;
use crate::Arrival;
use crate::dead_letters::{DeadLetter, Original, Stage};
use crate::event_id::Origin;
use crate::formats::Version;
use std::sync::Arc;
use uuid::Uuid;
use weir::{Input, Record, Report};
use weir_formats::{Loaded, Trouble, Unrouted, Verdict, message};
use weir_sinks::{BatchBuilder, Place};

/// How many bytes events and letters of a batch have at least when it is full.
const FULL_BYTES: usize = 1 << 20;

/// How many records a batch has at most.
const FULL_RECORDS: u32 = 4_096;

/// What is known of the entry whose records are mapped.
pub struct EntryFacts {
    /// Its number in its source.
    pub sequence: u64,
    /// What ids of its events are made from.
    pub origin: Origin,
    /// When it was received, in milliseconds since 1970.
    pub received: i64,
    /// The name of its intake.
    pub intake: Arc<str>,
    /// The time that the sender gave for all of it.
    pub timestamp: Option<String>,
    /// What runs its records; nothing where there is no such intake any more.
    pub version: Option<Arc<Version>>,
}

impl EntryFacts {
    /// The facts of an entry, with what runs for its intake now.
    pub fn new(sequence: u64, origin: Origin, received: i64, arrival: &Arrival, version: Option<Arc<Version>>) -> Self {
        let (intake, timestamp) = (Arc::from(&*arrival.intake), arrival.timestamp.clone());
        EntryFacts { sequence, origin, received, intake, timestamp, version }
    }

    /// The place of a record.
    pub fn place(&self, record: u32) -> Place {
        Place { sequence: self.sequence, record }
    }
}

/// A record that was run, and by which format.
#[derive(Clone, Copy)]
pub(super) struct Ran<'r> {
    pub entry: &'r EntryFacts,
    pub format: &'r Loaded,
    pub name: &'r Arc<str>,
    pub number: u32,
    pub id: Uuid,
    /// Its bytes, where the format got others, since they are no text.
    pub odd: Option<&'r [u8]>,
}

/// What was mapped since the last batch.
pub(super) struct Stretch {
    builder: BatchBuilder,
    letters: Vec<DeadLetter>,
    letter_bytes: usize,
    counts: Vec<Count>,
    intakes: Vec<(u64, Arc<str>)>,
    specs: Vec<(Arc<str>, String)>,
    records: u32,
}

impl Stretch {
    /// Begins at a place.
    pub fn new(from: Place) -> Self {
        let builder = BatchBuilder::new(from, Vec::new());
        let (letters, counts, intakes, specs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Stretch { builder, letters, letter_bytes: 0, counts, intakes, specs, records: 0 }
    }

    /// Counts a record, whatever becomes of it: what is passed over takes time as well.
    pub fn passes(&mut self, entry: &EntryFacts) {
        self.records += 1;
        if self.intakes.last().is_none_or(|(_, intake)| *intake != entry.intake) {
            self.intakes.push((entry.sequence, Arc::clone(&entry.intake)));
        }
    }

    /// Whether the batch should end.
    pub fn is_full(&self) -> bool {
        self.records >= FULL_RECORDS || self.builder.bytes() + self.letter_bytes >= FULL_BYTES
    }

    /// What was mapped, as a batch that ends at a place.
    pub fn finish(self, to: Place, ends_entry: bool) -> Mapped {
        let Stretch { builder, letters, counts, intakes, specs, .. } = self;
        Mapped { batch: Arc::new(builder.finish(to)), letters, counts, intakes, specs, ends_entry }
    }

    /// Takes what a format made of a record, and whether rules or indicators match it.
    pub fn takes(&mut self, ran: Ran<'_>, record: &Record<'_>, event: &[u8], report: &Report, is_matched: bool) {
        let Ran { entry, format, name, number, id, .. } = ran;
        let verdict = format.verdict(record, event, report);
        let stage = verdict.troubles().first().map_or("", |trouble| &trouble.stage);
        let count = self.count(entry, Some(name), Outcome::of(&verdict), stage);
        count.matched += u64::from(is_matched);
        if let Verdict::Failed(trouble) = verdict {
            return self.fails(ran, record.input, trouble);
        }
        let stamp = &format.stamp;
        let format = self.builder.format(name);
        // Formats get their numbers one after the other.
        if format == self.specs.len() {
            self.specs.push((Arc::clone(name), stamp.clone()));
        }
        let line = |out: &mut Vec<u8>| out.extend_from_slice(event);
        self.builder.push(id.as_u128(), format, entry.place(number), entry.received, line);
    }

    /// A record that ended its run in a panic: that is a defect of the engine, and no reason to hold up the others.
    #[cold]
    pub fn defect(&mut self, ran: Ran<'_>, input: Input<'_>) {
        self.count(ran.entry, Some(ran.name), Outcome::Failed, "");
        let reason = "a defect of weir: the record ended its run in a panic".to_owned();
        self.fails(ran, input, Trouble { code: "defect", reason, ..Trouble::default() });
    }

    /// A record that no format was found for.
    #[cold]
    pub fn unrouted(
        &mut self,
        entry: &EntryFacts,
        number: u32,
        id: Uuid,
        bytes: &[u8],
        time: Option<&str>,
        why: Unrouted,
    ) {
        self.count(entry, None, Outcome::Unrouted, "");
        let code = if why.is_ambiguous { "ambiguous-dataset" } else { "unknown-dataset" };
        let letter = letter(entry, number, id, Stage::Route, code, why.reason, bytes);
        let timestamp = time.map(str::to_owned);
        self.keep(DeadLetter { candidates: why.candidates, timestamp, ..letter });
    }

    /// A record of an intake that the configuration does not have any more.
    #[cold]
    pub fn unknown_intake(&mut self, entry: &EntryFacts, number: u32, id: Uuid, bytes: &[u8], time: Option<&str>) {
        self.count(entry, None, Outcome::Unrouted, "");
        let reason = format!("the configuration has no intake {} any more", entry.intake);
        let letter = letter(entry, number, id, Stage::Route, "unknown-intake", reason, bytes);
        self.keep(DeadLetter { timestamp: time.map(str::to_owned), ..letter });
    }

    /// An entry that cannot be read to its end, though it could when it was accepted.
    #[cold]
    pub fn unreadable(&mut self, entry: &EntryFacts, number: u32, id: Uuid, why: String, original: &[u8]) {
        self.keep(letter(entry, number, id, Stage::Read, "unreadable-body", why, original));
    }

    #[cold]
    fn fails(&mut self, ran: Ran<'_>, input: Input<'_>, trouble: Trouble) {
        let Ran { entry, format, name, number, id, odd } = ran;
        let original = match (odd, input) {
            (Some(bytes), _) | (None, Input::Message(bytes)) => Original::of(bytes),
            (None, Input::Event(_)) => Original::Text(message(input).into_owned()),
        };
        // The time is that of the record, which may be another than the entry's.
        let timestamp = match input {
            Input::Event(event) => str::from_utf8(event).ok().and_then(|event| text_of(event, "@timestamp")),
            Input::Message(_) => None,
        };
        let letter = letter(entry, number, id, Stage::Parse, trouble.code, trouble.reason, &[]);
        let stage = Some(trouble.stage).filter(|stage| !stage.is_empty());
        let spec = Some(format.stamp.clone());
        self.keep(DeadLetter { entry: stage, format: Some(name.to_string()), spec, original, timestamp, ..letter });
    }

    fn keep(&mut self, letter: DeadLetter) {
        self.letter_bytes += letter_bytes(&letter);
        self.letters.push(letter);
    }

    fn count(&mut self, entry: &EntryFacts, format: Option<&Arc<str>>, outcome: Outcome, stage: &str) -> &mut Count {
        let is_same = |count: &Count| {
            count.outcome == outcome
                && count.intake == entry.intake
                && count.format.as_ref() == format
                && *count.entry == *stage
        };
        // The last one is the likeliest: records of a kind come together.
        let place = self.counts.iter().rposition(is_same).unwrap_or_else(|| {
            let (intake, format) = (Arc::clone(&entry.intake), format.cloned());
            self.counts.push(Count { intake, format, outcome, entry: Arc::from(stage), records: 0, matched: 0 });
            self.counts.len() - 1
        });
        let count = &mut self.counts[place];
        count.records += 1;
        count
    }
}

fn letter(
    entry: &EntryFacts,
    number: u32,
    id: Uuid,
    stage: Stage,
    code: &str,
    reason: String,
    bytes: &[u8],
) -> DeadLetter {
    DeadLetter {
        sequence: entry.sequence,
        record: number,
        id: id.to_string(),
        stage,
        entry: None,
        code: code.to_owned(),
        reason,
        intake: entry.intake.to_string(),
        format: None,
        spec: None,
        candidates: Vec::new(),
        sink: None,
        received: entry.received,
        timestamp: entry.timestamp.clone(),
        original: Original::of(bytes),
        event: None,
    }
}
