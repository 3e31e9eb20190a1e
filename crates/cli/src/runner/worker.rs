//! Runs the records of a batch, those of one format together.

use super::batch::{Batch, MatchedEvent, Results};
use crate::profiler::Profiler;
use crate::terminal::painted_json;
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;
use uuid::Uuid;
use weir::run::{BATCH, KEPT};
use weir::{Input, Record, Report, Scratch};
use weir_author::json::indent;
use weir_formats::{Formats, HINT, Trouble, Unrouted, Verdict, message};

/// What events look like.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Whether a record is an event; else it is a message.
    pub as_events: bool,
    /// Whether events say how they came about.
    pub meta: bool,
    /// Whether events are indented.
    pub pretty: bool,
    /// Whether they are coloured then.
    pub color: bool,
}

impl Shape {
    /// Appends an event as a line, or as several.
    fn append(self, event: &[u8], results: &mut Results) {
        let start = results.events.len();
        if self.pretty && self.color {
            let mut indented = Vec::with_capacity(2 * event.len());
            indent(event, 0, &mut indented);
            painted_json(&indented, &mut results.events);
        } else if self.pretty {
            indent(event, 0, &mut results.events);
        } else {
            results.events.extend_from_slice(event);
        }
        results.events.push(b'\n');
        results.tally.written += (results.events.len() - start) as u64;
    }
}

/// All that a thread needs to run records.
pub struct Worker<'p> {
    formats: &'p Formats,
    shape: Shape,
    profiler: Option<Profiler>,
    scratch: Scratch,
    detect: weir_detect::Scratch,
}

/// A record with which something went wrong, as `--errors` tells it; the record's number is put before it.
#[derive(Serialize)]
struct TroubledRecord<'f> {
    file: &'f str,
    status: &'f str,
    stage: &'f str,
    code: &'f str,
    reason: &'f str,
    /// The datasets that an unrouted record fits, or the nearest.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    candidates: &'f [String],
    /// All that a partial event lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOut<'f>>,
    message: &'f str,
}

/// What an event lacks.
#[derive(Serialize)]
struct LeftOut<'f> {
    stage: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'f str>,
    code: &'f str,
    reason: &'f str,
}

impl<'p> Worker<'p> {
    /// A worker that has run nothing yet.
    pub fn new(formats: &'p Formats, shape: Shape, profiler: Option<Profiler>) -> Self {
        Worker { formats, shape, profiler, scratch: Scratch::default(), detect: weir_detect::Scratch::default() }
    }

    /// Runs the records of a batch. What becomes of them is given out in one part or more, until someone wants no more.
    ///
    /// # Errors
    /// Those of `give`.
    pub fn run<E>(&mut self, batch: &mut Batch, mut give: impl FnMut(Results) -> Result<(), E>) -> Result<(), E> {
        let (events, tally) = (std::mem::take(&mut batch.buffer), std::mem::take(&mut batch.tally));
        let mut results = Results { events, tally, ..Results::default() };
        let as_input = if self.shape.as_events { Input::Event } else { Input::Message };
        let most = if self.profiler.is_some() { 1 } else { BATCH };
        let formats = self.formats;
        let mut inputs = batch.iter().map(as_input).map(|input| (input, formats.of(input))).peekable();
        let mut alike = Vec::with_capacity(most);
        while let Some((input, place)) = inputs.next() {
            let place = match place {
                Ok(place) => place,
                Err(unrouted) => {
                    self.unrouted(&unrouted, &batch.file, input, &mut results);
                    results.give_if_full(&mut give)?;
                    continue;
                }
            };
            alike.clear();
            alike.push(input);
            while alike.len() < most
                && let Some((input, _)) = inputs.next_if(|(_, other)| other.as_ref().is_ok_and(|other| *other == place))
            {
                alike.push(input);
            }
            self.together(batch, place, &alike, &mut results, &mut give)?;
        }
        give(results)
    }

    /// Runs records of one format.
    fn together<E>(
        &mut self,
        batch: &Batch,
        place: usize,
        inputs: &[Input<'_>],
        results: &mut Results,
        give: &mut impl FnMut(Results) -> Result<(), E>,
    ) -> Result<(), E> {
        let Worker { formats, shape, profiler, scratch, detect } = self;
        let format = &formats.all()[place];
        let detector = format.detector().filter(|detector| !detector.is_idle());
        let ids: Vec<String> = inputs.iter().take_while(|_| shape.meta).map(|_| Uuid::new_v4().to_string()).collect();
        let mut ids = ids.iter().map(String::as_str);
        let record = |input| Record { input, now: batch.now, event_id: ids.next() };
        let records: Vec<Record<'_>> = inputs.iter().copied().map(record).collect();
        let (mut rest, mut told, mut found) = (&*records, records.iter(), Vec::new());
        while !rest.is_empty() {
            let mut add = |event: &[u8], report: &Report| {
                results.tally.add_ahead(report);
                if let Some(record) = told.next() {
                    results.add(&format.verdict(record, event, report), &batch.file, record.input);
                }
                shape.append(event, results);
            };
            let count = match (profiler.as_mut(), &detector) {
                (None, None) => format.plan.run_batch(scratch, rest, add),
                (None, Some(detector)) => format.plan.run_batch_viewed(scratch, rest, |view, report| {
                    let Some(matched) = detector.look(detect, view, batch.now) else {
                        return add(view.line(), report);
                    };
                    let event = detector.with_matches(&matched, view.line());
                    add(&event, report);
                    found.push(MatchedEvent { place, detector: Arc::clone(detector), matched, event });
                }),
                (Some(profiler), _) => {
                    let mut event = Vec::new();
                    let report = profiler.run(place, format, scratch, &rest[0], &mut event);
                    report.iter().for_each(|report| add(&event, report));
                    1
                }
            };
            results.matched.append(&mut found);
            rest = &rest[count..];
            results.give_if_full(give)?;
        }
        Ok(())
    }

    /// What was gathered of the records.
    pub fn into_profiler(self) -> Option<Profiler> {
        self.profiler
    }

    /// Adds the event of a record without a format.
    #[cold]
    fn unrouted(&mut self, why: &Unrouted, file: &Arc<str>, input: Input<'_>, results: &mut Results) {
        if let Some(profiler) = &mut self.profiler {
            profiler.unrouted();
        }
        let id = self.shape.meta.then(|| Uuid::new_v4().to_string());
        let event = why.event(input, id.as_deref());
        let code = if why.is_ambiguous { "ambiguous-dataset" } else { "unknown-dataset" };
        let mut reason = why.reason.clone();
        if message(input).trim_start().starts_with('[') {
            reason += &format!("; {HINT}");
        }
        let failed = Verdict::Failed(Trouble { code, reason, ..Trouble::default() });
        results.tally.add_unrouted(why.is_ambiguous);
        results.tell(&failed, file, &why.candidates, input);
        self.shape.append(&event, results);
    }
}

impl Results {
    /// Counts a record, and tells what went wrong with it.
    fn add(&mut self, verdict: &Verdict, file: &Arc<str>, input: Input<'_>) {
        self.tally.add(verdict);
        if *verdict != Verdict::Whole {
            self.tell(verdict, file, &[], input);
        }
    }

    /// Tells of the record that was counted last.
    #[cold]
    fn tell(&mut self, verdict: &Verdict, file: &Arc<str>, candidates: &[String], input: Input<'_>) {
        let [first, ..] = verdict.troubles() else { return };
        let is_partial = matches!(verdict, Verdict::Partial(_));
        let left_out = verdict.troubles().iter().filter(|_| is_partial).map(|trouble| LeftOut {
            stage: &trouble.stage,
            action: trouble.action.map(|(number, _)| number),
            field: trouble.field.as_deref(),
            code: trouble.code,
            reason: &trouble.reason,
        });
        let told = TroubledRecord {
            file,
            status: verdict.name(),
            stage: &first.stage,
            code: first.code,
            reason: &first.reason,
            candidates,
            left_out: left_out.collect(),
            message: &raw(input),
        };
        // Text alone is always JSON.
        self.troubled.push((self.tally.records, serde_json::to_vec(&told).unwrap_or_default()));
        self.tally.tell(verdict, file);
    }
}

/// The record; the first part of it where it is long.
fn raw(input: Input<'_>) -> Cow<'_, str> {
    let bytes = input.bytes();
    String::from_utf8_lossy(if bytes.len() > LONGEST_KEPT { &bytes[..KEPT] } else { bytes })
}

/// The longest record of which all is told where it fails, in bytes.
const LONGEST_KEPT: usize = 4 * KEPT;
