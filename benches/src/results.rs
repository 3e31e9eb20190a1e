//! What the bench found, as it is kept in `record/`.

use crate::contest::Timing;
use crate::machine::Machine;
use crate::pattern::Pattern;
use crate::workload::Workload;
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
    /// One for each format of this project: `weir run` first, then the bench's loop and other commands.
    pub commands: Vec<Row>,
    /// The step `grok.match` beside PCRE2.
    pub pattern: Option<Pattern>,
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
    /// Of other commands, how many fields they give.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
}

/// Another command, and how much of an event it makes.
#[derive(Serialize)]
pub struct Tool {
    /// What it is called.
    pub name: String,
    /// How many of the fields of weir's event it gives under the same name, on average.
    pub fields: f64,
    /// How many there are.
    pub of: f64,
}

impl Row {
    /// What contenders took for a workload.
    pub fn new(workload: &Workload, events: &[Vec<u8>], times: Vec<(String, Timing)>) -> Self {
        let average = |lengths: usize, many: usize| lengths as f64 / many as f64;
        Row {
            format: workload.name.clone(),
            family: String::new(),
            records: workload.records.len(),
            bytes: average(workload.records.iter().map(|record| record.len() + 1).sum(), workload.records.len()),
            event_bytes: average(events.iter().map(Vec::len).sum(), events.len()),
            times,
            instructions: None,
            allocations: None,
            tools: Vec::new(),
        }
    }

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
    /// Each of them, the slowest first. Their names are not for keeping.
    #[serde(skip)]
    pub formats: Vec<Public>,
    /// The least, the median and the greatest rate, in MB/s.
    pub megabytes: [f64; 3],
    /// The same of how many times longer weir takes than the copy floor.
    pub floors: [f64; 3],
    /// The same of allocations an event.
    pub allocations: [f64; 3],
    /// The families of formats.
    pub families: Vec<Family>,
}

/// A public format.
pub struct Public {
    /// Its module and its name.
    pub name: String,
    /// Its rate, in MB/s.
    pub megabytes: f64,
    /// Allocations an event.
    pub allocations: f64,
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
