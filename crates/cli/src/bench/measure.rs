//! Measures a plan over records: time, allocations and instructions, of an event and of each step.

use super::pass::{Counts, Name, Pass};
use super::time::{self, Times};
use super::{allocations, instructions};
use serde::Serialize;
use std::path::Path;
use std::time::Duration;
use weir::Plan;

/// What an event of a plan takes.
#[derive(Serialize)]
pub struct Measured {
    /// How many distinct records there are.
    pub records: usize,
    /// Their bytes on average.
    pub bytes: f64,
    /// The bytes of an event on average.
    pub event_bytes: f64,
    /// How many records were run while it was timed.
    pub runs: u64,
    /// The time of an event in the best turn, in nanoseconds.
    pub nanoseconds: f64,
    /// The same in the median turn.
    pub median_nanoseconds: f64,
    /// The time of a record that is only copied into an event, in nanoseconds.
    pub copy_nanoseconds: f64,
    /// How often an event asks for memory.
    pub allocations: f64,
    /// How many instructions an event takes, where they were counted.
    pub instructions: Option<f64>,
    /// Over how many of the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_records: Option<usize>,
    /// Why they were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_counted: Option<String>,
    /// What each step takes of that.
    pub steps: Vec<Step>,
}

/// What a step of a run takes of an event's figures.
#[derive(Serialize)]
pub struct Step {
    /// What it is called.
    #[serde(flatten)]
    pub name: Name,
    /// Of the time, in nanoseconds.
    pub nanoseconds: f64,
    /// Of the time, from 0 to 1.
    pub share: f64,
    /// How often it asks for memory.
    pub allocations: f64,
    /// Its instructions, where they were counted.
    pub instructions: Option<f64>,
}

impl Measured {
    /// Megabytes of records a second.
    pub fn megabytes(&self) -> f64 {
        self.bytes * 1e3 / self.nanoseconds
    }

    /// Events a second.
    pub fn events(&self) -> f64 {
        1e9 / self.nanoseconds
    }
}

/// What is measured.
pub struct Options<'o> {
    /// Where the plan comes from.
    pub format: &'o Path,
    /// How long to look at the clock.
    pub time: Duration,
    /// Whether instructions are counted.
    pub instructions: bool,
}

/// Measures; time first, so that all is warm when allocations are counted.
pub fn measure(plan: &Plan, records: &[Vec<u8>], options: &Options<'_>) -> Measured {
    let mut pass = Pass::new(plan, records);
    let event_bytes = pass.run() as f64 / records.len() as f64;
    let times = time::measure(&mut pass, options.time);
    let allocations = allocations::count(&mut pass);
    let (instructions, not_counted) = match options.instructions {
        true => instructions::count(options.format, plan, records)
            .map_or_else(|why| (None, Some(why)), |counts| (Some(counts), None)),
        false => (None, Some("--no-instructions".to_owned())),
    };
    Measured {
        records: records.len(),
        bytes: pass.bytes() as f64 / records.len() as f64,
        event_bytes,
        runs: times.runs,
        nanoseconds: times.best,
        median_nanoseconds: times.median,
        copy_nanoseconds: times.copy,
        allocations: allocations.total,
        instructions: instructions.as_ref().map(|counts| counts.total),
        counted_records: instructions.as_ref().map(|counts| counts.records),
        not_counted,
        steps: steps(pass.steps(), &times, &allocations, instructions.as_ref()),
    }
}

fn steps(names: Vec<Name>, times: &Times, allocations: &Counts, instructions: Option<&Counts>) -> Vec<Step> {
    let step = |(place, name): (usize, Name)| Step {
        name,
        nanoseconds: times.shares[place] * times.best,
        share: times.shares[place],
        allocations: allocations.steps[place],
        instructions: instructions.map(|counts| counts.steps[place]),
    };
    names.into_iter().enumerate().map(step).collect()
}
