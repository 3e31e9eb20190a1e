//! What the bench found, as it is kept in `record/`.

use crate::contest::Timing;
use crate::machine::Machine;
use serde::Serialize;

/// One run of the bench.
#[derive(Serialize)]
pub struct Results {
    /// How it was run.
    pub command: String,
    /// On what.
    pub machine: Machine,
    /// How many turns each contender had.
    pub rounds: usize,
    /// One for each format.
    pub rows: Vec<Row>,
    /// Formats that were left out, and why.
    pub left_out: Vec<String>,
    /// All public formats together, if they are beside the project.
    pub corpus: Option<Corpus>,
}

/// One format.
#[derive(Serialize)]
pub struct Row {
    /// Its name.
    pub format: String,
    /// What its records are.
    pub family: String,
    /// Distinct records.
    pub records: usize,
    /// Bytes of a record, on average.
    pub bytes: f64,
    /// Bytes of an event, on average.
    pub event_bytes: f64,
    /// Who took part: weir first, then floors and peers, with the time for an event.
    pub times: Vec<(String, Timing)>,
    /// Instructions for an event, if valgrind was there.
    pub instructions: Option<f64>,
    /// Allocations for an event.
    pub allocations: Option<f64>,
}

impl Row {
    /// The best time of a contender, in nanoseconds an event.
    pub fn time(&self, name: &str) -> Option<f64> {
        self.times.iter().find(|(other, _)| other == name).map(|(_, timing)| timing.least)
    }

    /// How many times the time of weir a contender takes, by the median of their rounds.
    pub fn ratio(&self, name: &str) -> Option<f64> {
        self.times.iter().find(|(other, _)| other == name).map(|(_, timing)| timing.times_first)
    }

    /// Megabytes a second, of what is read.
    pub fn megabytes(&self, nanoseconds: f64) -> f64 {
        self.bytes / nanoseconds * 1_000.0
    }
}

/// The public formats together.
#[derive(Serialize)]
pub struct Corpus {
    /// How many.
    pub formats: usize,
    /// The least, the median and the greatest rate, in MB/s.
    pub megabytes: [f64; 3],
    /// The same of how many times longer weir takes than the copy floor.
    pub floors: [f64; 3],
    /// The same of allocations an event.
    pub allocations: [f64; 3],
    /// The families of formats.
    pub families: Vec<Family>,
}

/// The public formats whose records are of one kind.
#[derive(Serialize)]
pub struct Family {
    /// What kind.
    pub name: &'static str,
    /// How many.
    pub formats: usize,
    /// The least, the median and the greatest rate, in MB/s.
    pub megabytes: [f64; 3],
    /// What the median is to be.
    pub target: f64,
}
