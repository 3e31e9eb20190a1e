//! The run: one record in at the top, one event out at the bottom.

mod batch;
mod cast;
mod coverage;
mod evaluate;
mod event;
mod input;
mod lane;
mod machine;
mod observer;
mod origin;
mod parts;
mod place;
mod record;
mod report;
mod single;
mod stage;
mod template;
mod timing;
mod trace;
mod tracer;
mod values;
mod view;
mod write;

pub use batch::BATCH;
pub use coverage::{Coverage, Point, PointKind};
pub use observer::Step;
pub use origin::{ByteOrigin, Relation};
pub use parts::{EventPart, EventParts, EventTree};
pub use record::{Input, KEPT, LONGEST, Record};
pub use report::{Failure, Omission, Report, Status};
pub use single::evaluate;
pub use trace::{
    ActionTrace, Effect, EntryTrace, ExtractorTrace, FieldTrace, FilterTrace, Finish, Seen, Trace, WorkTrace,
};
pub use view::{EventView, FieldPlace};

use crate::plan::Plan;
use crate::value::Arena;
use bumpalo::Bump;
use lane::{Learned, Reused};
use machine::Machine;
use observer::Observer;
use timing::Timing;

/// All that changes while plans run: memory, caches and the last report. One a thread; any plan may use it.
#[derive(Debug, Default)]
pub struct Scratch {
    /// For a record that runs alone.
    alone: Workspace,
    /// For the records of a batch, one for each.
    pool: Vec<Workspace>,
    /// Where the lanes of a batch are.
    lanes: Bump,
    learned: Learned,
    reused: Reused,
}

/// What a record needs for itself while it runs.
#[derive(Debug, Default)]
struct Workspace {
    arena: Arena,
    report: Report,
}

impl Plan {
    /// Runs one record and appends the event to `out`, as one line of JSON without the newline.
    ///
    /// There is always exactly one line. What went wrong is in the report: an event whose run failed has its `message`
    /// and `sekoiaio.intake.parsing_error`.
    pub fn run<'s>(&self, scratch: &'s mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> &'s Report {
        let Scratch { alone, learned, reused, .. } = scratch;
        self.run_one(alone, learned, reused, record, None, |event, _| out.extend_from_slice(event.line()));
        &alone.report
    }

    /// Runs the first of some records as a batch, which is faster than one by one: each step is taken for all of them
    /// before the next. Of each, in their order, `each` is told the event and the report that [`Plan::run`] would give.
    /// Returns how many were run: one at least, if there are any, and at most [`BATCH`].
    pub fn run_batch(
        &self,
        scratch: &mut Scratch,
        records: &[Record<'_>],
        mut each: impl FnMut(&[u8], &Report),
    ) -> usize {
        self.run_batch_viewed(scratch, records, |event, report| each(event.line(), report))
    }

    /// As [`Plan::run_batch`], and tells of each event its values, too, while they are there.
    pub fn run_batch_viewed(
        &self,
        scratch: &mut Scratch,
        records: &[Record<'_>],
        each: impl FnMut(&EventView<'_, '_>, &Report),
    ) -> usize {
        self.run_first(scratch, records, None, each)
    }

    /// As [`Plan::run_batch_viewed`], and an event is told in parts instead of as a line: [`EventView::parts`]. One that is too large to
    /// be written, or may be, has its line.
    pub fn run_batch_in_parts(
        &self,
        scratch: &mut Scratch,
        keys: &EventTree,
        records: &[Record<'_>],
        each: impl FnMut(&EventView<'_, '_>, &Report),
    ) -> usize {
        self.run_first(scratch, records, Some(keys), each)
    }

    fn run_first(
        &self,
        scratch: &mut Scratch,
        records: &[Record<'_>],
        keys: Option<&EventTree>,
        mut each: impl FnMut(&EventView<'_, '_>, &Report),
    ) -> usize {
        let Scratch { alone, pool, lanes, learned, reused } = scratch;
        let Some(first) = records.first() else { return 0 };
        let count = records.iter().take(BATCH).take_while(|record| batch::is_short(record)).count();
        if count <= 1 {
            self.run_one(alone, learned, reused, first, keys, each);
            return 1;
        }
        pool.resize_with(pool.len().max(count), || Workspace {
            arena: Arena::new(batch::BUDGET),
            report: Report::default(),
        });
        lanes.reset();
        let machine = self.machine(keys);
        let mut batch = bumpalo::collections::Vec::with_capacity_in(count, lanes);
        for (record, Workspace { arena, report }) in records[..count].iter().zip(pool) {
            report.clear();
            batch.push(machine.start(learned, record, arena, report));
        }
        machine.run(&mut batch, &mut reused.caches);
        for (lane, record) in batch.into_iter().zip(records) {
            let mut is_told = false;
            machine.finish(lane, &mut reused.line, |event, report| {
                is_told = !event.is_spent();
                if is_told {
                    each(event, report);
                }
            });
            if !is_told {
                self.run_one(alone, learned, reused, record, keys, &mut each);
            }
        }
        count
    }

    /// As [`Plan::run`], and calls `tick` when the run comes to each step: a caller with a clock can time them. An event whose
    /// budget is used up does not run again.
    pub fn run_in_steps<'s>(
        &self,
        scratch: &'s mut Scratch,
        record: &Record<'_>,
        out: &mut Vec<u8>,
        mut tick: impl FnMut(Step),
    ) -> &'s Report {
        let Scratch { alone: Workspace { arena, report }, learned, reused, .. } = scratch;
        report.clear();
        tick(Step::Begin);
        let mut timing = Timing { report, tick: &mut tick };
        self.machine(None)
            .run_alone(arena, learned, reused, record, &mut timing, |event, _| out.extend_from_slice(event.line()));
        tick(Step::End);
        report
    }

    /// Tells all that the program that no pass touched does with a record. Slow: for one event that someone looks at. An event
    /// that [`Plan::run`] can just pay for may use up its budget here.
    pub fn trace(&self, scratch: &mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> Trace {
        let mut tracer = tracer::Tracer::new(self);
        self.observe(scratch, record, out, &mut tracer);
        tracer.into_trace()
    }

    /// As [`Plan::trace`], and counts which parts of the spec the record takes. The coverage is one of this plan.
    pub fn cover<'c>(
        &self,
        scratch: &mut Scratch,
        record: &Record<'_>,
        out: &mut Vec<u8>,
        coverage: &'c mut Coverage,
    ) -> &'c Report {
        coverage.begin();
        self.observe(scratch, record, out, coverage);
        coverage.report()
    }

    fn observe<O: Observer>(&self, scratch: &mut Scratch, record: &Record<'_>, out: &mut Vec<u8>, observer: &mut O) {
        let Scratch { alone, learned, reused, .. } = scratch;
        self.plain_machine(None).run_alone(&mut alone.arena, learned, reused, record, observer, |event, _| {
            out.extend_from_slice(event.line());
        });
    }

    /// Runs one record with a budget of its own. What passes leave out is not on the budget: where that is used up, the
    /// program that no pass touched tells what is left of the event.
    fn run_one(
        &self,
        workspace: &mut Workspace,
        learned: &Learned,
        reused: &mut Reused,
        record: &Record<'_>,
        keys: Option<&EventTree>,
        mut give: impl FnMut(&EventView<'_, '_>, &Report),
    ) {
        let Workspace { arena, report } = workspace;
        let mut is_told = false;
        report.clear();
        self.machine(keys).run_alone(arena, learned, reused, record, report, |event, report| {
            is_told = !event.is_spent();
            if is_told {
                give(event, report);
            }
        });
        if !is_told {
            report.clear();
            let plain = self.plain_machine(keys);
            plain.run_alone(arena, learned, reused, record, report, |event, report| give(event, report));
        }
    }

    fn machine<'m>(&'m self, keys: Option<&'m EventTree>) -> Machine<'m> {
        Machine { tree: &self.tree, program: &self.program, keys }
    }

    fn plain_machine<'m>(&'m self, keys: Option<&'m EventTree>) -> Machine<'m> {
        Machine { tree: &self.tree, program: &self.plain, keys }
    }
}
