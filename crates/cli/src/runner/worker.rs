//! Runs the records of a batch, one by one.

use super::batch::{Batch, Results};
use crate::formats::{self, Formats, Unrouted};
use crate::layout;
use crate::profiler::Profiler;
use crate::tally::Tally;
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;
use weir::value::json::write_text;
use weir::{Input, Record, Report, Scratch};

/// The most memory that is kept between records for an event, in bytes.
const KEPT: usize = 1 << 20;

/// What events look like.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Whether a record is an event; else it is a message.
    pub as_events: bool,
    /// Whether events say how they came about.
    pub meta: bool,
    /// Whether events are indented.
    pub pretty: bool,
}

/// All that a thread needs to run records.
pub struct Worker<'p> {
    formats: &'p Formats,
    shape: Shape,
    profiler: Option<Profiler>,
    scratch: Scratch,
    /// An event that is laid out anew.
    event: Vec<u8>,
}

/// A record whose run failed, as `--errors` tells it; the record's number is put before it.
#[derive(Serialize)]
struct FailedRecord<'f> {
    file: &'f str,
    stage: &'f str,
    code: &'f str,
    reason: &'f str,
    /// The datasets that an unrouted record fits, or the nearest.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    candidates: &'f [String],
    message: &'f str,
}

impl<'p> Worker<'p> {
    /// A worker that has run nothing yet.
    pub fn new(formats: &'p Formats, shape: Shape, profiler: Option<Profiler>) -> Self {
        Worker { formats, shape, profiler, scratch: Scratch::default(), event: Vec::new() }
    }

    /// Runs the records of a batch. What becomes of them is given out in one part or more, until someone wants no more.
    ///
    /// # Errors
    /// Those of `give`.
    pub fn run<E>(&mut self, batch: &mut Batch, mut give: impl FnMut(Results) -> Result<(), E>) -> Result<(), E> {
        let mut results = Results { tally: std::mem::take(&mut batch.tally), ..Results::default() };
        for bytes in batch.iter() {
            self.one(batch, bytes, &mut results);
            if results.are_full() {
                give(std::mem::take(&mut results))?;
            }
        }
        give(results)
    }

    /// Runs one record.
    fn one(&mut self, batch: &Batch, bytes: &[u8], results: &mut Results) {
        let Results { events, failures, tally } = results;
        let input = if self.shape.as_events { Input::Event(bytes) } else { Input::Message(bytes) };
        let start = events.len();
        let failure = self.record(&batch.file, batch.now, input, events, tally);
        failures.extend(failure.map(|failure| (tally.records, failure)));
        if self.shape.pretty {
            self.event.extend(events.drain(start..));
            layout::indent(&self.event, 0, events);
            self.event.clear();
            self.event.shrink_to(KEPT);
        }
        events.push(b'\n');
        tally.written += (events.len() - start) as u64;
    }

    /// What was gathered of the records.
    pub fn into_profiler(self) -> Option<Profiler> {
        self.profiler
    }

    /// Appends a record's event; gives what is told of a failed one.
    fn record(
        &mut self,
        file: &str,
        now: i64,
        input: Input<'_>,
        out: &mut Vec<u8>,
        tally: &mut Tally,
    ) -> Option<Vec<u8>> {
        let mut id = [0; uuid::fmt::Hyphenated::LENGTH];
        let event_id = self.shape.meta.then(|| &*Uuid::new_v4().hyphenated().encode_lower(&mut id));
        let place = match self.formats.of(input) {
            Ok(place) => place,
            Err(unrouted) => {
                tally.add_unrouted(unrouted.is_ambiguous);
                return Some(self.unrouted(&unrouted, file, input, event_id, out));
            }
        };
        let format = self.formats.all().get(place)?;
        let record = Record { input, now, event_id };
        let report = match &mut self.profiler {
            Some(profiler) => profiler.run(place, format, &mut self.scratch, &record, out)?,
            None => format.plan.run(&mut self.scratch, &record, out),
        };
        tally.add(report);
        failed(file, input, report)
    }

    /// The event of a record without a format: its message, and why there is nothing else.
    #[cold]
    fn unrouted(
        &mut self,
        why: &Unrouted,
        file: &str,
        input: Input<'_>,
        id: Option<&str>,
        out: &mut Vec<u8>,
    ) -> Vec<u8> {
        if let Some(profiler) = &mut self.profiler {
            profiler.unrouted();
        }
        out.extend(br#"{"message":"#);
        write_text(out, &formats::message(input));
        if let Some(id) = id {
            out.extend(br#","event":{"id":"#);
            write_text(out, id);
            out.push(b'}');
        }
        out.extend(br#","sekoiaio":{"intake":{"parsing_error":"#);
        write_text(out, &why.reason);
        out.extend(if id.is_some() { &br#","parsing_status":"failure"}}}"#[..] } else { &b"}}}"[..] });
        let code = if why.is_ambiguous { "ambiguous-dataset" } else { "unknown-dataset" };
        let (reason, candidates) = (&*why.reason, &*why.candidates);
        told(&FailedRecord { file, stage: "", code, reason, candidates, message: &raw(input) })
    }
}

fn failed(file: &str, input: Input<'_>, report: &Report) -> Option<Vec<u8>> {
    let failure = report.failure()?;
    let (stage, code, reason) = (&*failure.stage, failure.fault.code().name(), failure.fault.reason());
    Some(told(&FailedRecord { file, stage, code, reason, candidates: &[], message: &raw(input) }))
}

fn told(failed: &FailedRecord<'_>) -> Vec<u8> {
    // Text alone is always JSON.
    serde_json::to_vec(failed).unwrap_or_default()
}

fn raw(input: Input<'_>) -> Cow<'_, str> {
    let (Input::Message(bytes) | Input::Event(bytes)) = input;
    String::from_utf8_lossy(bytes)
}
