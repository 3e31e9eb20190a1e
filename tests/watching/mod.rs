//! What holds whoever looks on at a run.

use weir::run::{Coverage, PointKind, Trace, WorkTrace};
use weir::{Input, Plan, Record, Scratch};

/// Whoever looks on, the event and the report are the same.
pub fn check(plan: &Plan, scratch: &mut Scratch, input: Input<'_>) {
    let record = Record { input, now: 1_700_000_000, event_id: Some("id") };
    let mut outs = [Vec::new(), Vec::new(), Vec::new()];
    let plain = plan.run(scratch, &record, &mut outs[0]).clone();
    let trace = plan.trace(scratch, &record, &mut outs[1]);
    let mut coverage = Coverage::new(plan);
    let covered = plan.cover(scratch, &record, &mut outs[2], &mut coverage);
    for (report, out) in [(&trace.report, &outs[1]), (covered, &outs[2])] {
        assert_eq!(String::from_utf8_lossy(out), String::from_utf8_lossy(&outs[0]));
        assert_eq!(report.failure(), plain.failure());
        assert_eq!((report.omissions(), report.dropped()), (plain.omissions(), plain.dropped()));
    }
    check_agree(&trace, &coverage);
}

/// A trace and a coverage of one record tell the same: how many entries and actions ran.
fn check_agree(trace: &Trace, coverage: &Coverage) {
    let hits = |kind| coverage.points().iter().filter(|point| point.kind == kind).map(|point| point.hits).sum::<u64>();
    let ran = trace.entries.iter().filter(|entry| match &entry.work {
        WorkTrace::NotRun => false,
        // It ran even where it passes over its input.
        WorkTrace::Extractor(_) | WorkTrace::Stage(_) => true,
    });
    assert_eq!(hits(PointKind::Entry), ran.count() as u64);
    let actions = trace.entries.iter().flat_map(|entry| match &entry.work {
        WorkTrace::Stage(actions) => &actions[..],
        _ => &[],
    });
    assert_eq!(hits(PointKind::Action), actions.filter(|action| action.ran).count() as u64);
}
