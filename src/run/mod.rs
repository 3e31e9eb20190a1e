//! The run: one record in at the top, one event out at the bottom.

mod cast;
mod coverage;
mod evaluate;
mod finish;
mod lanes;
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
pub use lanes::TOGETHER;
pub use report::{Failure, Report, Status, Warning};
pub use single::evaluate;
pub use timing::Step;
pub use trace::{
    ActionTrace, Effect, EntryTrace, ExtractorTrace, FieldTrace, FilterTrace, Finish, Seen, Trace, WorkTrace,
};

use crate::extract::Job;
use crate::plan::expression::{Expression, Source};
use crate::plan::{Entry, Extraction, Filter, Plan, RaiseErrors, Work};
use crate::value::{Arena, Fault, FaultCode, Value, ops};
use bumpalo::Bump;
use lanes::{Kept, Shared};
use timing::Timing;
use values::{Table, Values};
use watch::{Plain, Watch};

/// All that changes while plans run: memory, caches and the last report. One a thread; any plan may use it.
#[derive(Debug, Default)]
pub struct Scratch {
    arena: Arena,
    report: Report,
    /// Of records that run together, each has a room; their lanes are in `home`.
    rooms: Vec<(Arena, Report)>,
    home: Bump,
    shared: Shared,
    kept: Kept,
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

impl<'r> Input<'r> {
    /// The raw text.
    pub fn bytes(self) -> &'r [u8] {
        let (Input::Message(bytes) | Input::Event(bytes)) = self;
        bytes
    }
}

/// The longest record that is read, in bytes. A longer one fails; the first part of it is kept.
pub const LONGEST: usize = 16 << 20;

/// How many bytes a record's text may take as JSON: in some texts each byte takes six.
const LONGEST_WRITTEN: usize = 32 << 20;

/// How many bytes are kept of a record that is too long.
pub const KEPT: usize = 1 << 20;

impl Plan {
    /// Runs one record and appends the event to `out`, as one line of JSON without the newline.
    ///
    /// There is always exactly one line. What went wrong is in the report: an event whose run failed has its `message`
    /// and `sekoiaio.intake.parsing_error`.
    pub fn run<'s>(&self, scratch: &'s mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> &'s Report {
        let Scratch { arena, report, shared, kept, .. } = scratch;
        self.alone(arena, shared, kept, record, report, |event, _| out.extend_from_slice(event));
        report
    }

    /// Runs the first of some records side by side, which is faster than one by one: each step is taken for all of them
    /// before the next. Of each, in their order, `each` is told the event and the report that [`Plan::run`] would give.
    /// Returns how many were run: one at least, if there are any.
    pub fn run_together(
        &self,
        scratch: &mut Scratch,
        records: &[Record<'_>],
        mut each: impl FnMut(&[u8], &Report),
    ) -> usize {
        let Scratch { arena, report, rooms, home, shared, kept } = scratch;
        let Some(first) = records.first() else { return 0 };
        let count = records.iter().take(TOGETHER).take_while(|record| lanes::is_short(record)).count();
        if count <= 1 {
            self.alone(arena, shared, kept, first, report, each);
            return 1;
        }
        rooms.resize_with(rooms.len().max(count), || (Arena::new(lanes::BUDGET), Report::default()));
        home.reset();
        let mut lanes = bumpalo::collections::Vec::with_capacity_in(count, home);
        for (record, (arena, report)) in records[..count].iter().zip(rooms) {
            report.clear();
            lanes.push(self.start(shared, record, arena, report));
        }
        self.through(&mut lanes, &mut kept.caches);
        for (lane, record) in lanes.into_iter().zip(records) {
            let mut again = false;
            self.write_lane(lane, &mut kept.line, |event, is_spent, report| {
                again = is_spent;
                if !is_spent {
                    each(event, report);
                }
            });
            if again {
                self.alone(arena, shared, kept, record, report, &mut each);
            }
        }
        count
    }

    /// As [`Plan::run`], without its shortcuts, and slower: the two give the same bytes, as tests show.
    pub fn run_plain<'s>(&self, scratch: &'s mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> &'s Report {
        let Scratch { arena, report, shared, kept, .. } = scratch;
        report.clear();
        self.watched(arena, shared, kept, record, &mut Plain(report), |event, _, _| out.extend_from_slice(event));
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
        let Scratch { arena, report, shared, kept, .. } = scratch;
        report.clear();
        tick(Step::Begin);
        let mut timing = Timing { report, tick: &mut tick };
        self.watched(arena, shared, kept, record, &mut timing, |event, _, _| out.extend_from_slice(event));
        tick(Step::End);
        report
    }

    /// As [`Plan::run`], and tells all that was done on the way. Slow: for one event that someone looks at.
    pub fn trace(&self, scratch: &mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> Trace {
        let Scratch { arena, shared, kept, .. } = scratch;
        let mut tracer = tracer::Tracer::new(self);
        self.watched(arena, shared, kept, record, &mut tracer, |event, _, _| out.extend_from_slice(event));
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
        let Scratch { arena, shared, kept, .. } = scratch;
        coverage.begin();
        self.watched(arena, shared, kept, record, coverage, |event, _, _| out.extend_from_slice(event));
        coverage.report()
    }

    /// Runs one record with a budget of its own. What shortcuts spare is not in the budget: where it is used up, only the
    /// plain path tells what is left.
    fn alone(
        &self,
        arena: &mut Arena,
        shared: &Shared,
        kept: &mut Kept,
        record: &Record<'_>,
        report: &mut Report,
        mut give: impl FnMut(&[u8], &Report),
    ) {
        let mut again = false;
        report.clear();
        self.watched(arena, shared, kept, record, report, |event, is_spent, report| {
            again = is_spent;
            if !is_spent {
                give(event, report);
            }
        });
        if again {
            report.clear();
            self.watched(arena, shared, kept, record, &mut Plain(report), |event, _, plain| give(event, plain.0));
        }
    }

    fn watched<W: Watch>(
        &self,
        arena: &mut Arena,
        shared: &Shared,
        kept: &mut Kept,
        record: &Record<'_>,
        watch: &mut W,
        give: impl FnOnce(&[u8], bool, &mut W),
    ) {
        let mut lanes = [self.start(shared, record, arena, watch)];
        self.through(&mut lanes, &mut kept.caches);
        let [lane] = lanes;
        self.write_lane(lane, &mut kept.line, give);
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
        if let Some(fault) = &entry.broken {
            watch.report().warn(Warning::of_entry(entry, fault.clone()));
        }
        match &entry.work {
            Work::Stage(actions) => self.stage(values, entry, actions, watch),
            Work::Extract(extraction) => {
                if let Err(fault) = extract(values, extraction, watch) {
                    match extraction.raise_errors {
                        _ if fault.code() == FaultCode::Limit => watch.report().fail(Failure::of_entry(entry, fault)),
                        RaiseErrors::True => watch.report().fail(Failure::of_entry(entry, fault)),
                        RaiseErrors::Unsaid => watch.report().warn(Warning::of_entry(entry, fault)),
                        RaiseErrors::False => {}
                    }
                }
            }
        }
    }
}

/// Runs an extractor. One that fails leaves a layer without a result; but where it had nothing to read, or the event's own
/// values leave it nothing to run, what an entry of the same name wrote before stays.
fn extract<'a, W: Watch>(values: Values<'a>, extraction: &'a Extraction, watch: &mut W) -> Result<(), Fault> {
    let input = values.input(&extraction.input);
    let read = *input.as_ref().unwrap_or(&Value::Undefined);
    if input.is_ok() && extraction.extractor.passes_over(read) {
        watch.extracted(values, extraction, read, None);
        return Ok(());
    }
    let properties = input.and_then(|input| properties(values, extraction, input));
    let refusal = properties.as_ref().ok().and_then(|properties| extraction.extractor.refuses(properties));
    if let Some(fault) = refusal {
        watch.extracted(values, extraction, read, Some(&Err(fault.clone())));
        return Err(fault);
    }
    let result = properties.and_then(|properties| result(values, extraction, read, &properties));
    watch.extracted(values, extraction, read, Some(&result));
    if result.is_ok() {
        extraction.clears.iter().for_each(|slot| values.set(*slot, Value::Undefined));
        extraction.stale.iter().for_each(|part| values.forget(part));
    }
    if !read.is_missing() || result.is_ok() || values.get(extraction.output).is_undefined() {
        values.set(extraction.output, *result.as_ref().unwrap_or(&Value::None));
    }
    result.map(drop)
}

type Rendered<'a> = bumpalo::collections::Vec<'a, Value<'a>>;

/// The properties that the event decides.
fn properties<'a>(values: Values<'a>, extraction: &'a Extraction, input: Value<'a>) -> Result<Rendered<'a>, Fault> {
    if input.is_missing() {
        return Err(Fault::known(&(FaultCode::Undefined, "there is nothing to read")));
    }
    let mut properties = bumpalo::collections::Vec::with_capacity_in(extraction.templates.len(), values.arena.bump());
    for template in &extraction.templates {
        properties.push(values.input(template)?);
    }
    Ok(properties)
}

fn result<'a>(
    values: Values<'a>,
    extraction: &'a Extraction,
    input: Value<'a>,
    properties: &[Value<'a>],
) -> Result<Value<'a>, Fault> {
    let Table { arena, now, order, .. } = *values;
    let extractor = &extraction.extractor;
    // The plain path has no paths, and so nobody would look there.
    let Some(flat) = extraction.flat.as_ref().filter(|_| !values.paths.is_empty()) else {
        return extractor.extract_with(input, properties, &Job { arena, wanted: &extraction.wanted, now, order });
    };
    let part = flat.part();
    values.forget(&part);
    let job = Job { arena, wanted: &flat.wanted, now, order };
    let result = extractor.extract_into(input, properties, &job, values.part(&part));
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
