//! Batches: each step is taken for all records before the next, so that its code is fetched once.

use super::record::Record;

/// How many records [`Plan::run_batch`](crate::Plan::run_batch) runs at most.
pub const BATCH: usize = 16;

/// The budget of a record that runs with others. One that needs more runs alone, and so all of them together take little
/// memory.
pub(super) const BUDGET: u64 = 512 << 10;

/// Whether a record may run with others. For a long one a batch saves little: fetching code is a small part of its time.
pub(super) fn is_short(record: &Record<'_>) -> bool {
    record.input.bytes().len() <= 8 << 10
}
