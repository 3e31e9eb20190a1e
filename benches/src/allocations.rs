//! How often the engine asks for memory, once it is warm.

use crate::workload::Workload;
use stats_alloc::{Region, StatsAlloc};
use std::alloc::System;
use weir::Scratch;

/// Passes before the one that counts: a pattern is compiled when a text is first searched.
const WARM: usize = 16;

/// Allocations and reallocations an event, after [`WARM`] passes over the records.
///
/// The program's allocator must be the one that is handed in, and nothing else may run meanwhile.
pub fn per_event(workload: &Workload, allocator: &StatsAlloc<System>) -> f64 {
    let (mut scratch, mut event) = (Scratch::default(), Vec::new());
    (0..WARM).for_each(|_| workload.pass(&mut scratch, &mut event));
    let region = Region::new(allocator);
    workload.pass(&mut scratch, &mut event);
    let change = region.change();
    (change.allocations + change.reallocations) as f64 / workload.records.len() as f64
}
