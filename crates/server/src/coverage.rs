//! How much of a parser events take: a share from 0 to 1 of all that can be taken in it.

use weir::{Plan, Record, Scratch, run};

/// What events took of a plan. What can be taken are the engine's points: entries, actions, both sides of filters, fields,
/// keys of dictionaries, alternatives of patterns.
#[derive(Debug)]
pub(crate) struct Coverage {
    points: run::Coverage,
    /// How often each point was taken before the last event.
    before: Vec<u64>,
}

impl Coverage {
    /// Nothing taken yet.
    pub fn new(plan: &Plan) -> Self {
        let points = run::Coverage::new(plan);
        Coverage { before: vec![0; points.points().len()], points }
    }

    /// Runs a record and appends its event to `out`; gives the share of the points that it took itself.
    pub fn run(&mut self, plan: &Plan, scratch: &mut Scratch, record: &Record<'_>, out: &mut Vec<u8>) -> f64 {
        plan.cover(scratch, record, out, &mut self.points);
        let mut taken = 0;
        for (point, before) in self.points.points().iter().zip(&mut self.before) {
            taken += usize::from(point.hits > *before);
            *before = point.hits;
        }
        ratio((taken, self.before.len()))
    }

    /// The share of the points that any of the records took.
    pub fn share(&self) -> f64 {
        ratio(self.points.taken())
    }
}

/// A share; of nothing it is 1, for nothing is left out.
fn ratio((taken, all): (usize, usize)) -> f64 {
    if all == 0 { 1.0 } else { taken as f64 / all as f64 }
}
