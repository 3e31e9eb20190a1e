//! Records become events and dead letters, those of one format together.

use super::mapped::Mapped;
use super::pending::Pending;
use super::stretch::{EntryFacts, Ran, Stretch};
use crate::body::{Record as Cut, Verdict};
use std::panic::{AssertUnwindSafe, catch_unwind};
use uuid::Uuid;
use weir::run::BATCH;
use weir::{Input, Record, Report, Scratch};
use weir_sinks::Place;

/// Maps records, in the order of their source.
#[derive(Default)]
pub struct Mapper {
    scratch: Scratch,
    detect: weir_detect::Scratch,
    pending: Pending,
    stretch: Option<Stretch>,
}

impl Mapper {
    /// Begins a batch at a place.
    pub fn begin(&mut self, from: Place) {
        self.stretch = Some(Stretch::new(from));
    }

    /// Whether a batch was begun.
    pub fn is_open(&self) -> bool {
        self.stretch.is_some()
    }

    /// Takes a record of an entry. Those of one entry follow each other, with [`Mapper::settle`] after the last.
    pub fn push(&mut self, entry: &EntryFacts, cut: &Cut<'_>) {
        let id = || entry.origin.id(cut.number);
        let Some(stretch) = &mut self.stretch else { return };
        stretch.passes(entry);
        // What a sender uploads to see whether it may is no event; what was too long was rejected when it came.
        if cut.verdict != Verdict::Event {
            return;
        }
        let (bytes, time) = (&*cut.bytes, cut.time.as_deref().or(entry.timestamp.as_deref()));
        let Some(version) = &entry.version else {
            return stretch.unknown_intake(entry, cut.number, id(), bytes, time);
        };
        match version.formats.of(Input::Message(bytes)) {
            Err(unrouted) => stretch.unrouted(entry, cut.number, id(), bytes, time, unrouted),
            Ok(format) => {
                if self.pending.is_full_for(format) {
                    self.settle(entry);
                }
                self.pending.add(format, cut.number, bytes, time);
            }
        }
    }

    /// Says that an entry cannot be read further than to this record, with what is to be kept of it.
    pub fn unreadable(&mut self, entry: &EntryFacts, number: u32, why: String, original: &[u8]) {
        self.settle(entry);
        if let Some(stretch) = &mut self.stretch {
            stretch.unreadable(entry, number, entry.origin.id(number), why, original);
        }
    }

    /// Notes that an entry has no more records.
    pub fn ends_entry(&mut self, entry: &EntryFacts) {
        self.settle(entry);
        // An entry counts like a record: many without any must not keep a batch from ending.
        if let Some(stretch) = &mut self.stretch {
            stretch.passes(entry);
        }
    }

    /// Whether the batch should end soon.
    pub fn is_full(&self) -> bool {
        self.stretch.as_ref().is_some_and(Stretch::is_full)
    }

    /// The batch, which ends at a place; before, all that waited was settled. Nothing where none was begun.
    pub fn finish(&mut self, to: Place, ends_entry: bool) -> Option<Mapped> {
        Some(self.stretch.take()?.finish(to, ends_entry))
    }

    /// Drops what was mapped since the last batch.
    pub fn abandon(&mut self) {
        self.stretch = None;
        self.pending.clear();
    }

    /// Runs what waits of an entry: another one comes, or the batch ends.
    pub fn settle(&mut self, entry: &EntryFacts) {
        let Mapper { scratch, detect, pending, stretch } = self;
        let (Some(stretch), Some(version), false) = (stretch, &entry.version, pending.is_empty()) else { return };
        let (format, name) = (&version.formats.all()[pending.format()], &version.names[pending.format()]);
        let ids: Vec<Uuid> = pending.numbers().map(|number| entry.origin.id(number)).collect();
        let texts: Vec<String> = ids.iter().map(Uuid::to_string).collect();
        let now = entry.received.div_euclid(1000);
        let record = |(input, id)| Record { input, now, event_id: Some(id) };
        let records: Vec<Record<'_>> = pending.inputs().zip(texts.iter().map(|id| &**id)).map(record).collect();
        let numbers = pending.numbers().zip(pending.odd()).zip(&ids);
        let ran: Vec<Ran<'_>> =
            numbers.map(|((number, odd), id)| Ran { entry, format, name, number, id: *id, odd }).collect();
        let detector = format.detector().filter(|detector| !detector.is_idle());
        let (mut told, mut most) = (0, BATCH);
        while told < records.len() {
            let (begun, rest) = (told, &records[told..records.len().min(told + most)]);
            let run = AssertUnwindSafe(|| {
                let mut take = |event: &[u8], report: &Report, is_matched| {
                    stretch.takes(ran[told], &records[told], event, report, is_matched);
                    told += 1;
                };
                let Some(detector) = &detector else {
                    return format.plan.run_batch(scratch, rest, |event, report| take(event, report, false));
                };
                format.plan.run_batch_viewed(scratch, rest, |view, report| match detector.look(detect, view, now) {
                    None => take(view.line(), report, false),
                    Some(matched) => take(&detector.with_matches(&matched, view.line()), report, true),
                })
            });
            if catch_unwind(run).is_err() {
                // What is left runs one by one, so that a defect costs its own record alone.
                (*scratch, *detect, most) = (Scratch::default(), weir_detect::Scratch::default(), 1);
                if rest.len() == 1 && told == begun {
                    stretch.defect(ran[told], records[told].input);
                    told += 1;
                }
            }
        }
        pending.clear();
    }
}
