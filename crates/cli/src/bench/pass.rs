//! The records of a bench, run in one scratch.

use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};
use weir::json::write_text;
use weir::run::Step;
use weir::{Input, Plan, Record, Scratch};

/// All records once, as often as it is run.
pub struct Pass<'p> {
    plan: &'p Plan,
    records: Vec<Record<'p>>,
    scratch: Scratch,
    event: Vec<u8>,
}

/// What a step is called.
#[derive(Clone, Serialize)]
pub struct Name {
    /// The entry's name, or what the step does.
    pub name: String,
    /// The extractor, for an entry that is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extractor: Option<&'static str>,
}

/// How much of something an event takes on average.
pub struct Counts {
    /// Over how many records.
    pub records: usize,
    /// In all.
    pub total: f64,
    /// In each step, as [`Pass::steps`] has them.
    pub steps: Vec<f64>,
}

impl<'p> Pass<'p> {
    /// Nothing has run yet.
    pub fn new(plan: &'p Plan, records: &'p [Vec<u8>]) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
        let record = |bytes: &'p Vec<u8>| Record { input: Input::Message(bytes), now, event_id: None };
        Pass { plan, records: records.iter().map(record).collect(), scratch: Scratch::default(), event: Vec::new() }
    }

    /// How many records there are.
    pub fn records(&self) -> usize {
        self.records.len()
    }

    /// The bytes of all records.
    pub fn bytes(&self) -> usize {
        self.records.iter().map(|record| record.input.bytes().len()).sum()
    }

    /// The names of the steps, in the order in which a run comes to them.
    pub fn steps(&self) -> Vec<Name> {
        let name = |name: &str, extractor| Name { name: name.to_owned(), extractor };
        let entries = self.plan.entry_names().map(|(entry, extractor)| name(entry, extractor));
        let last = ["inference", "writing"].map(|step| name(step, None));
        [name("record", None)].into_iter().chain(entries).chain(last).collect()
    }

    /// Runs the records together, as `weir run` does; gives the bytes of their events.
    pub fn run(&mut self) -> usize {
        let (mut rest, mut written) = (&*self.records, 0);
        while !rest.is_empty() {
            let ran = self.plan.run_batch(&mut self.scratch, rest, |event, _| {
                self.event.clear();
                self.event.extend_from_slice(event);
                written += event.len();
            });
            rest = &rest[ran..];
        }
        written
    }

    /// Runs the records and tells of each step when it begins, by its place in [`Pass::steps`]; of nothing when an event
    /// is done.
    pub fn run_in_steps(&mut self, mut begins: impl FnMut(Option<usize>)) {
        let entries = self.plan.entry_names().count();
        for record in &self.records {
            self.event.clear();
            let tick = |step| begins(place(step, entries));
            self.plan.run_in_steps(&mut self.scratch, record, &mut self.event, tick);
        }
    }

    /// What no engine can do without: the record is text, is escaped and is written.
    pub fn copy(&mut self) {
        for record in &self.records {
            self.event.clear();
            self.event.extend_from_slice(b"{\"message\":");
            write_text(&mut self.event, &String::from_utf8_lossy(record.input.bytes()));
            self.event.push(b'}');
        }
    }
}

fn place(step: Step, entries: usize) -> Option<usize> {
    match step {
        Step::Begin => Some(0),
        Step::Entry(entry) => Some(1 + entry),
        Step::Infer => Some(entries + 1),
        Step::Write => Some(entries + 2),
        Step::End => None,
    }
}
