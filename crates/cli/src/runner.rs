//! The loop of a run: records through a plan into the outputs.

use crate::formats::{self, Formats, Unrouted};
use crate::input;
use crate::layout;
use crate::lines::{Line, Lines, MOST};
use crate::output::Output;
use crate::profiler::Profiler;
use crate::selection::Selection;
use crate::stop::Stop;
use crate::tally::{Progress, Tally};
use serde::Serialize;
use std::borrow::Cow;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;
use weir::value::json::write_text;
use weir::{Input, Record, Report, Scratch};

/// The most memory that is kept between records for an event, in bytes.
const KEPT: usize = 1 << 20;

/// How a run reads and writes.
pub struct Options {
    /// Where events go.
    pub events: Output,
    /// Where failed records go too.
    pub errors: Option<Output>,
    /// Where what was seen of the records goes at the end.
    pub profile: Option<Output>,
    /// Whether a line is an event; else it is a message.
    pub as_events: bool,
    /// Whether events say how they came about.
    pub meta: bool,
    /// Whether events are indented.
    pub pretty: bool,
    /// The reference time, in seconds since 1970-01-01T00:00:00Z; else the clock's.
    pub now: Option<i64>,
    /// What is shown meanwhile.
    pub progress: Progress,
}

/// A run over any number of files.
pub struct Runner<'p> {
    formats: &'p Formats,
    options: Options,
    profiler: Option<Profiler>,
    scratch: Scratch,
    event: Vec<u8>,
    indented: Vec<u8>,
    now: i64,
    tally: Tally,
}

/// A record whose run failed, as `--errors` tells it.
#[derive(Serialize)]
struct FailedRecord<'f> {
    record: u64,
    file: &'f str,
    stage: &'f str,
    code: &'f str,
    reason: &'f str,
    /// The datasets that an unrouted record fits, or the nearest.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    candidates: &'f [String],
    message: &'f str,
}

/// Outside: whether the output took everything. Inside: whether the file could be read to its end.
type Read = Result<Result<(), Stop>, Stop>;

impl<'p> Runner<'p> {
    /// A run that has not begun.
    pub fn new(formats: &'p Formats, options: Options) -> Self {
        Runner {
            formats,
            profiler: options.profile.as_ref().map(|_| Profiler::new(formats)),
            now: options.now.unwrap_or_else(clock),
            options,
            scratch: Scratch::default(),
            event: Vec::new(),
            indented: Vec::new(),
            tally: Tally::new(),
        }
    }

    /// Runs each line of a file; blank ones are passed over. What was read before a file broke off is run.
    ///
    /// # Errors
    /// See [`Read`].
    pub fn lines(&mut self, path: &Path) -> Read {
        let mut source = match input::open(path) {
            Ok(source) => source,
            Err(stop) => return Ok(Err(stop)),
        };
        let name = path.display().to_string();
        let mut lines = Lines::new(&mut *source, MOST);
        let mut broken = Ok(());
        loop {
            while let Some(line) = lines.next() {
                self.line(&name, line)?;
            }
            if lines.ended() {
                return Ok(broken);
            }
            if lines.short() {
                self.options.events.flush()?;
            }
            match lines.fill() {
                Ok(bytes) => self.tally.read += bytes as u64,
                Err(error) => broken = Err(Stop::cannot("read", path, &error)),
            }
            self.now = self.options.now.unwrap_or_else(clock);
            self.options.progress.show(&self.tally);
        }
    }

    /// Runs the selected records of a document.
    ///
    /// # Errors
    /// See [`Read`].
    pub fn document(&mut self, path: &Path, selection: &Selection) -> Read {
        let selected = input::open(path).and_then(|mut source| selection.messages(&mut *source, path));
        let (messages, bytes) = match selected {
            Ok(selected) => selected,
            Err(stop) => return Ok(Err(stop)),
        };
        let name = path.display().to_string();
        self.tally.read += bytes;
        for message in messages {
            self.record(&name, Input::Message(message.as_bytes()))?;
            self.options.progress.show(&self.tally);
        }
        Ok(Ok(()))
    }

    /// Takes the progress away: something else is to be shown.
    pub fn clear_progress(&mut self) {
        self.options.progress.clear();
    }

    /// Writes what is left and gives the counts.
    ///
    /// # Errors
    /// Where an output does not take it.
    pub fn finish(mut self) -> Result<Tally, Stop> {
        self.options.events.flush()?;
        if let Some(errors) = &mut self.options.errors {
            errors.flush()?;
        }
        if let (Some(file), Some(profiler)) = (&mut self.options.profile, self.profiler.take()) {
            file.write(&profiler.json(self.formats)?)?;
            file.flush()?;
        }
        self.clear_progress();
        Ok(self.tally)
    }

    fn line(&mut self, file: &str, line: Line<'_>) -> Result<(), Stop> {
        if line.is_blank() {
            self.tally.blank += 1;
            return Ok(());
        }
        self.tally.cut += u64::from(line.cut);
        let input = if self.options.as_events { Input::Event(line.bytes) } else { Input::Message(line.bytes) };
        self.record(file, input)
    }

    fn record(&mut self, file: &str, input: Input<'_>) -> Result<(), Stop> {
        let mut id = [0; uuid::fmt::Hyphenated::LENGTH];
        let event_id = self.options.meta.then(|| &*Uuid::new_v4().hyphenated().encode_lower(&mut id));
        self.event.clear();
        match self.formats.of(input) {
            Ok(place) => self.routed(place, file, &Record { input, now: self.now, event_id })?,
            Err(unrouted) => self.unrouted(&unrouted, file, input, event_id)?,
        }
        self.write()
    }

    fn routed(&mut self, place: usize, file: &str, record: &Record<'_>) -> Result<(), Stop> {
        let Some(format) = self.formats.all().get(place) else { return Ok(()) };
        let profiled = self.profiler.as_mut();
        let profiled = profiled.and_then(|all| all.run(place, format, &mut self.scratch, record, &mut self.event));
        let report = match profiled {
            Some(report) => report,
            None => format.plan.run(&mut self.scratch, record, &mut self.event),
        };
        self.tally.add(report);
        if let (Some(errors), Some(_)) = (&mut self.options.errors, report.failure()) {
            fail(errors, self.tally.records, file, record.input, report)?;
        }
        Ok(())
    }

    /// The event of a record without a format: its message, and why there is nothing else.
    #[cold]
    fn unrouted(&mut self, why: &Unrouted, file: &str, input: Input<'_>, id: Option<&str>) -> Result<(), Stop> {
        self.tally.add_unrouted(why.is_ambiguous);
        if let Some(profiler) = &mut self.profiler {
            profiler.unrouted();
        }
        let message = formats::message(input);
        if let Some(errors) = &mut self.options.errors {
            let code = if why.is_ambiguous { "ambiguous-dataset" } else { "unknown-dataset" };
            let (reason, candidates) = (&*why.reason, &*why.candidates);
            let record = self.tally.records;
            tell(errors, &FailedRecord { record, file, stage: "", code, reason, candidates, message: &raw(input) })?;
        }
        let out = &mut self.event;
        out.extend(br#"{"message":"#);
        write_text(out, &message);
        if let Some(id) = id {
            out.extend(br#","event":{"id":"#);
            write_text(out, id);
            out.push(b'}');
        }
        out.extend(br#","sekoiaio":{"intake":{"parsing_error":"#);
        write_text(out, &why.reason);
        out.extend(if id.is_some() { &br#","parsing_status":"failure"}}}"#[..] } else { &b"}}}"[..] });
        Ok(())
    }

    fn write(&mut self) -> Result<(), Stop> {
        let text = if self.options.pretty {
            self.indented.clear();
            layout::indent(&self.event, 0, &mut self.indented);
            &mut self.indented
        } else {
            &mut self.event
        };
        text.push(b'\n');
        self.tally.written += text.len() as u64;
        self.options.events.write(text)?;
        // After a long record its memory is given back.
        if text.capacity() > KEPT {
            self.event = Vec::new();
            self.indented = Vec::new();
        }
        Ok(())
    }
}

/// Tells of a failed record.
#[cold]
fn fail(errors: &mut Output, record: u64, file: &str, input: Input<'_>, report: &Report) -> Result<(), Stop> {
    let Some(failure) = report.failure() else { return Ok(()) };
    let failed = FailedRecord {
        record,
        file,
        stage: &failure.stage,
        code: failure.fault.code().name(),
        reason: failure.fault.reason(),
        candidates: &[],
        message: &raw(input),
    };
    tell(errors, &failed)
}

fn tell(errors: &mut Output, failed: &FailedRecord<'_>) -> Result<(), Stop> {
    let mut line = serde_json::to_vec(failed).map_err(|error| Stop::Because(error.to_string()))?;
    line.push(b'\n');
    errors.write(&line)
}

fn raw(input: Input<'_>) -> Cow<'_, str> {
    let (Input::Message(bytes) | Input::Event(bytes)) = input;
    String::from_utf8_lossy(bytes)
}

/// Seconds since 1970-01-01T00:00:00Z.
fn clock() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
