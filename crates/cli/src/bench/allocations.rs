//! How often an event asks for memory, by the allocator that counts; see `ALLOCATOR` in `main.rs`.

use super::pass::{Counts, Pass};
use alloc_tracker::{Operation, Session};
use std::collections::HashMap;

/// The name of what is counted over all steps; steps are numbers.
const ALL: &str = "all";

/// Allocations and reallocations an event, of records that have run often enough for all to be warm.
///
/// In all they are those of a run that nobody looks at. Only this thread's count.
pub fn count(pass: &mut Pass<'_>) -> Counts {
    let session = Session::new();
    let all = session.operation(ALL);
    let steps: Vec<Operation> = (0..pass.steps().len()).map(|step| session.operation(step.to_string())).collect();
    {
        let _span = all.measure_thread();
        pass.run();
    }
    let mut span = None;
    pass.run_in_steps(|step| {
        // The last step's span ends first: a span does not ask for memory itself.
        drop(span.take());
        span = step.map(|step| steps[step].measure_thread());
    });
    let report = session.to_report();
    let counted: HashMap<&str, u64> =
        report.operations().map(|(name, operation)| (name, operation.total_allocations_count())).collect();
    let per_event = |name: &str| counted.get(name).map_or(0.0, |&count| count as f64 / pass.records() as f64);
    let steps = (0..steps.len()).map(|step| per_event(&step.to_string())).collect();
    Counts { records: pass.records(), total: per_event(ALL), steps }
}
