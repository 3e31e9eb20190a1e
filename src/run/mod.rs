//! The run: one record in at the top, one event out at the bottom.

mod coverage;
mod evaluate;
mod finish;
mod report;
mod single;
mod stages;
mod template;
mod timing;
mod trace;
mod tracer;
mod values;
mod watch;
mod write;

pub use coverage::{Coverage, Point, PointKind};
pub use report::{Failure, Report, Status, Warning};
pub use single::evaluate;
pub use timing::Step;
pub use trace::{
    ActionTrace, Effect, EntryTrace, ExtractorTrace, FieldTrace, FilterTrace, Finish, Seen, Trace, WorkTrace,
};

use crate::extract::Job;
use crate::filters::Patterns;
use crate::infer::Caches;
use crate::plan::expression::{Expression, Source};
use crate::plan::{Entry, Extraction, Filter, Plan, Work};
use crate::value::json::{self, Order, Sink, Wanted};
use crate::value::{Arena, Fault, FaultCode, Map, Value, ops};
use std::borrow::Cow;
use std::cell::Cell;
use timing::Timing;
use values::{Table, Values};
use watch::{Plain, Watch};

/// All that changes while plans run: memory, caches and the last report. One a thread; any plan may use it.
#[derive(Debug, Default)]
pub struct Scratch {
    arena: Arena,
    patterns: Patterns,
    caches: Caches,
    order: Order,
    line: Vec<u8>,
    report: Report,
}

/// One raw record.
#[derive(Clone, Copy, Debug)]
pub struct Record<'r> {
    /// What came in.
    pub input: Input<'r>,
    /// The time against which incomplete dates are read, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// Where given, the event carries this `event.id` and what the run says of itself under `sekoiaio.intake`.
    pub event_id: Option<&'r str>,
}

/// The raw text of a record, and what it stands for. Bytes that are not UTF-8 are replaced by U+FFFD.
#[derive(Clone, Copy, Debug)]
pub enum Input<'r> {
    /// The event's `message`.
    Message(&'r [u8]),
    /// A JSON object with `message` and what else is known of the event.
    Event(&'r [u8]),
}

/// The longest record that is read, in bytes. A longer one fails; its message is kept.
pub const LONGEST: usize = 16 << 20;

impl Plan {
    /// Runs one record and appends the event to `out`, as one line of JSON without the newline.
    ///
    /// There is always exactly one line. What went wrong is in the report: an event whose run failed has its `message`
    /// and `sekoiaio.intake.parsing_error`.
    pub fn run<'s>(&self, scratch: &'s mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> &'s Report {
        let Scratch { arena, patterns, caches, order, line, report } = scratch;
        let start = out.len();
        report.clear();
        self.watched(Parts { arena, patterns, caches, order, line }, record, out, report);
        if arena.is_spent() {
            // What shortcuts spare is not in the budget: where it is used up, only the plain path tells what is left.
            out.truncate(start);
            report.clear();
            self.watched(Parts { arena, patterns, caches, order, line }, record, out, &mut Plain(report));
        }
        report
    }

    /// As [`Plan::run`], without its shortcuts, and slower: the two give the same bytes, as tests show.
    pub fn run_plain<'s>(&self, scratch: &'s mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> &'s Report {
        let Scratch { arena, patterns, caches, order, line, report } = scratch;
        report.clear();
        self.watched(Parts { arena, patterns, caches, order, line }, record, out, &mut Plain(report));
        report
    }

    /// As [`Plan::run`], and tells of each step when it begins, so that the caller can time it. An event that uses up its
    /// budget is run once.
    pub fn run_in_steps<'s>(
        &self,
        scratch: &'s mut Scratch,
        record: &Record<'_>,
        out: &mut Vec<u8>,
        mut tick: impl FnMut(Step),
    ) -> &'s Report {
        let Scratch { arena, patterns, caches, order, line, report } = scratch;
        report.clear();
        tick(Step::Begin);
        let mut timing = Timing { report, tick: &mut tick };
        self.watched(Parts { arena, patterns, caches, order, line }, record, out, &mut timing);
        tick(Step::End);
        report
    }

    /// As [`Plan::run`], and tells all that was done on the way. Slow: for one event that someone looks at.
    pub fn trace(&self, scratch: &mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> Trace {
        let Scratch { arena, patterns, caches, order, line, .. } = scratch;
        let mut tracer = tracer::Tracer::new(self);
        self.watched(Parts { arena, patterns, caches, order, line }, record, out, &mut tracer);
        tracer.into_trace()
    }

    /// As [`Plan::run`], and counts which parts of the spec the record takes. The coverage is one of this plan.
    pub fn cover<'c>(
        &self,
        scratch: &mut Scratch,
        record: &Record<'_>,
        out: &mut Vec<u8>,
        coverage: &'c mut Coverage,
    ) -> &'c Report {
        let Scratch { arena, patterns, caches, order, line, .. } = scratch;
        coverage.begin();
        self.watched(Parts { arena, patterns, caches, order, line }, record, out, coverage);
        coverage.report()
    }

    fn watched<W: Watch>(&self, parts: Parts<'_>, record: &Record<'_>, out: &mut Vec<u8>, watch: &mut W) {
        parts.arena.reset();
        let text = match record.input {
            Input::Message(bytes) | Input::Event(bytes) => match simdutf8::basic::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => String::from_utf8_lossy(bytes),
            },
        };
        if matches!(text, Cow::Owned(_)) {
            watch.report().warn(Warning::of_input("bytes that are not UTF-8 were replaced by U+FFFD"));
        }
        self.run_text(parts, record, &text, out, watch);
    }

    fn run_text<W: Watch>(&self, parts: Parts<'_>, record: &Record<'_>, text: &str, out: &mut Vec<u8>, watch: &mut W) {
        let Parts { arena, patterns, caches, order, line } = parts;
        let arena = &*arena;
        let slots = arena.bump().alloc_slice_fill_copy(self.layers.slots.len(), Value::Undefined);
        let paths = if W::PLAIN { &[] } else { &*self.paths };
        let slots = Cell::from_mut(slots).as_slice_of_cells();
        let values = &*arena.bump().alloc(Table { slots, arena, patterns, order, paths, now: record.now });
        let mut extra = Vec::new();
        match self.begin(values, record, text, &mut extra) {
            Ok(()) => {
                for (place, entry) in self.entries.iter().enumerate() {
                    watch.step(Step::Entry(place));
                    self.entry(values, entry, watch);
                }
            }
            Err(fault) => watch.report().fail(Failure::of_input(fault)),
        }
        let mut written = Sink::new(std::mem::take(line), text);
        self.finish(values, caches, record, watch, &mut written);
        out.extend_from_slice(written.written());
        if !extra.is_empty() {
            let start = out.len() - written.len();
            finish::add_extra(arena, &extra, out, start);
        }
        *line = written.into_room();
    }

    /// Puts the record where `original` is read. Of it, only the message is in the event that is built.
    fn begin<'a>(
        &'a self,
        values: Values<'a>,
        record: &Record<'_>,
        text: &'a str,
        extra: &mut Extra<'a>,
    ) -> Result<(), Fault> {
        values.set(self.output.message, Value::Text(text));
        if text.len() > LONGEST {
            let reason = format!("a record of {} bytes; the most is {LONGEST}", text.len());
            return Err(Fault::new(FaultCode::Limit, reason));
        }
        if let Input::Event(_) = record.input {
            return self.begin_event(values, text, extra);
        }
        values.set(self.layers.message, Value::Text(text));
        if self.layers.reads_original() {
            let original = values.arena.map();
            original.insert(values.arena, Value::Text("message"), Value::Text(text))?;
            values.set(self.layers.original, Value::Map(original));
        }
        Ok(())
    }

    /// Reads an event that came in as one.
    #[inline(never)]
    fn begin_event<'a>(&'a self, values: Values<'a>, text: &'a str, extra: &mut Extra<'a>) -> Result<(), Fault> {
        let original = match json::read(values.arena, text, &Wanted::WHOLE)? {
            Value::Map(map) => map,
            other => {
                let reason = format!("an event is a JSON object, not {}", other.type_name());
                return Err(Fault::new(FaultCode::Type, reason));
            }
        };
        let message = original.get_text("message").unwrap_or(Value::Undefined);
        values.set(self.layers.message, message);
        values.set(self.output.message, message);
        values.set(self.layers.original, Value::Map(original));
        self.bring_in(values, original, "", extra)
    }

    /// Copies what came in beside the message to the event being built, but for `event` and what is said of the intake:
    /// so do the recorded pairs. Fields that the plan has no slot for go to `extra`.
    fn bring_in<'a>(
        &'a self,
        values: Values<'a>,
        map: &'a Map<'a>,
        above: &str,
        extra: &mut Extra<'a>,
    ) -> Result<(), Fault> {
        values.arena.spend(map.len() as u64 + above.len() as u64)?;
        for (key, value) in map.iter() {
            let Value::Text(key) = key else { continue };
            let name = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
            match (self.layers.fields.get(&name), value) {
                _ if ["message", "event", "sekoiaio.intake"].contains(&name.as_str()) => {}
                (Some(slot), _) => values.set(slot, value),
                (None, Value::Map(inner)) => self.bring_in(values, inner, &name, extra)?,
                (None, value) if self.output.taxonomy.get(&name).is_some() => extra.push((name, value)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Runs one entry. A failure is reported and the entries behind it run all the same, as the public pairs show.
    fn entry<'a, W: Watch>(&'a self, values: Values<'a>, entry: &'a Entry, watch: &mut W) {
        let let_through = holds(values, entry.filter.as_ref());
        watch.entry(values, entry, &let_through);
        match let_through {
            Ok(true) => {}
            Ok(false) => return,
            Err(fault) => return watch.report().warn(Warning::of_entry(entry, fault)),
        }
        match &entry.work {
            Work::Stage(actions) => self.stage(values, entry, actions, watch),
            Work::Extract(extraction) => {
                if let Err(fault) = extract(values, extraction, watch) {
                    match extraction.raise_errors {
                        true => watch.report().fail(Failure::of_entry(entry, fault)),
                        false => watch.report().warn(Warning::of_entry(entry, fault)),
                    }
                }
            }
        }
    }
}

/// Fields that came in with the event and that no slot is for: their names and values.
type Extra<'a> = Vec<(String, Value<'a>)>;

/// The parts of a scratch, borrowed apart.
struct Parts<'s> {
    arena: &'s mut Arena,
    patterns: &'s Patterns,
    caches: &'s mut Caches,
    order: &'s Order,
    line: &'s mut Vec<u8>,
}

/// Runs an extractor. One that fails leaves a layer without a result; but where it had nothing to read, what an entry of
/// the same name wrote before stays.
fn extract<'a, W: Watch>(values: Values<'a>, extraction: &'a Extraction, watch: &mut W) -> Result<(), Fault> {
    let input = values.input(&extraction.input);
    let read = *input.as_ref().unwrap_or(&Value::Undefined);
    if input.is_ok() && extraction.extractor.passes_over(read) {
        watch.extracted(values, extraction, read, None);
        return Ok(());
    }
    let has_input = !read.is_missing();
    let result = input.and_then(|input| result(values, extraction, input));
    watch.extracted(values, extraction, read, Some(&result));
    if result.is_ok() {
        extraction.clears.iter().for_each(|slot| values.set(*slot, Value::None));
        extraction.stale.iter().for_each(|part| values.forget(part));
    }
    if has_input || result.is_ok() || values.get(extraction.output).is_undefined() {
        values.set(extraction.output, *result.as_ref().unwrap_or(&Value::None));
    }
    result.map(drop)
}

fn result<'a>(values: Values<'a>, extraction: &'a Extraction, input: Value<'a>) -> Result<Value<'a>, Fault> {
    if input.is_missing() {
        return Err(Fault::known(&(FaultCode::Undefined, "there is nothing to read")));
    }
    let Table { arena, now, order, .. } = *values;
    let mut properties = bumpalo::collections::Vec::with_capacity_in(extraction.templates.len(), arena.bump());
    for template in &extraction.templates {
        properties.push(values.input(template)?);
    }
    let extractor = &extraction.extractor;
    // The plain path has no paths, and so nobody would look there.
    let Some(flat) = extraction.flat.as_ref().filter(|_| !values.paths.is_empty()) else {
        return extractor.extract_with(input, &properties, &Job { arena, wanted: &extraction.wanted, now, order });
    };
    let part = flat.part();
    values.forget(&part);
    let result = extractor.extract_into(
        input,
        &properties,
        &Job { arena, wanted: &flat.wanted, now, order },
        values.part(&part),
    );
    if result.is_err() {
        values.forget(&part);
    }
    result
}

/// Whether a filter lets through. Text does where it reads `true`, in any case: so the recorded pairs have it.
#[inline(always)]
pub(super) fn holds<'a>(values: Values<'a>, filter: Option<&'a Filter>) -> Result<bool, Fault> {
    filter.map_or(Ok(true), |filter| lets_through(values, filter))
}

fn lets_through<'a>(values: Values<'a>, filter: &'a Filter) -> Result<bool, Fault> {
    if let Source::Expression(expression @ (Expression::Compare(..) | Expression::Tests(_) | Expression::Not(_))) =
        &filter.source
    {
        return values.condition(expression);
    }
    Ok(match values.source(&filter.source)? {
        Value::Text(text) => text.trim().eq_ignore_ascii_case("true"),
        other => ops::truth(other),
    })
}
