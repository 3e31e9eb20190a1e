//! Measures a plan over records: turns without looking, then turns with a clock at each step.

use serde::Serialize;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use weir::run::Step;
use weir::value::json::write_text;
use weir::{Input, Plan, Record, Scratch};

/// How fast a plan is.
#[derive(Serialize)]
pub struct Measured {
    /// How many distinct records there are.
    pub records: usize,
    /// Their bytes on average.
    pub bytes: f64,
    /// The bytes of an event on average.
    pub event_bytes: f64,
    /// How many records were run while it was measured.
    pub runs: u64,
    /// The time of an event in the best turn, in nanoseconds.
    pub nanoseconds: f64,
    /// The same in the median turn.
    pub median_nanoseconds: f64,
    /// The time of a record that is only copied into an event, in nanoseconds.
    pub copy_nanoseconds: f64,
    /// The share of each step.
    pub steps: Vec<Share>,
}

/// A step of a run and its share of the time.
#[derive(Serialize)]
pub struct Share {
    /// The entry's name, or what the step does.
    pub name: String,
    /// The extractor, for an entry that is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extractor: Option<&'static str>,
    /// Of an event's time, in nanoseconds.
    pub nanoseconds: f64,
    /// From 0 to 1.
    pub share: f64,
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

/// How many bytes of records a turn has at least: much shorter ones cannot be timed.
const TURN: usize = 1 << 20;

/// Measures for about so long, and a turn of each kind at least.
pub fn measure(plan: &Plan, records: &[Vec<u8>], time: Duration) -> Measured {
    let total: usize = records.iter().map(Vec::len).sum();
    let passes = TURN.div_ceil(total.max(1)).min(1 << 16);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
    let mut pass = Pass { plan, records, now, scratch: Scratch::default(), event: Vec::new() };
    let written = pass.run();
    let turn = (passes * records.len()) as f64;
    let mut turns = timed(time.mul_f64(0.6), || (0..passes).for_each(|_| _ = pass.run()));
    let mut copies = timed(time.mul_f64(0.1), || (0..passes).for_each(|_| pass.copy()));
    let nanoseconds = |turns: &mut Vec<Duration>, place: fn(usize) -> usize| {
        turns.sort();
        turns[place(turns.len())].as_nanos() as f64 / turn
    };
    let best = nanoseconds(&mut turns, |_| 0);
    Measured {
        records: records.len(),
        bytes: total as f64 / records.len() as f64,
        event_bytes: written as f64 / records.len() as f64,
        runs: (turns.len() * passes * records.len()) as u64,
        nanoseconds: best,
        median_nanoseconds: nanoseconds(&mut turns, |many| many / 2),
        copy_nanoseconds: nanoseconds(&mut copies, |_| 0),
        steps: pass.shares(time.mul_f64(0.3), best),
    }
}

/// The times of turns, until their sum is what was asked for.
fn timed(time: Duration, mut turn: impl FnMut()) -> Vec<Duration> {
    let (mut turns, mut sum) = (Vec::new(), Duration::ZERO);
    while turns.is_empty() || sum < time {
        let began = Instant::now();
        turn();
        turns.push(began.elapsed());
        sum += turns[turns.len() - 1];
    }
    turns
}

/// All records once.
struct Pass<'p> {
    plan: &'p Plan,
    records: &'p [Vec<u8>],
    now: i64,
    scratch: Scratch,
    event: Vec<u8>,
}

impl Pass<'_> {
    /// Runs the records; gives the bytes of their events.
    fn run(&mut self) -> usize {
        let mut written = 0;
        for bytes in self.records {
            self.event.clear();
            let record = Record { input: Input::Message(bytes), now: self.now, event_id: None };
            self.plan.run(&mut self.scratch, &record, &mut self.event);
            written += self.event.len();
        }
        written
    }

    /// What no engine can do without: the record is text, is escaped and is written.
    fn copy(&mut self) {
        for bytes in self.records {
            self.event.clear();
            self.event.extend_from_slice(b"{\"message\":");
            write_text(&mut self.event, &String::from_utf8_lossy(bytes));
            self.event.push(b'}');
        }
    }

    /// The shares of the steps. Looking at the clock takes time too, the same at each step; only shares are taken.
    fn shares(&mut self, time: Duration, nanoseconds: f64) -> Vec<Share> {
        let entries: Vec<(&str, Option<&'static str>)> = self.plan.entry_names().collect();
        let mut spent = vec![Duration::ZERO; entries.len() + 4];
        let began = Instant::now();
        while began.elapsed() < time || spent.iter().all(Duration::is_zero) {
            for bytes in self.records {
                self.event.clear();
                let record = Record { input: Input::Message(bytes), now: self.now, event_id: None };
                let (mut last, mut place) = (Instant::now(), 0);
                self.plan.run_in_steps(&mut self.scratch, &record, &mut self.event, |step| {
                    let now = Instant::now();
                    spent[place] += now - last;
                    (last, place) = (now, row(step, entries.len()));
                });
            }
        }
        let all = spent.iter().sum::<Duration>().as_secs_f64();
        let first = [("record", None)];
        let names = first.into_iter().chain(entries).chain(["casts", "inference", "writing"].map(|name| (name, None)));
        names
            .zip(spent)
            .map(|((name, extractor), spent)| {
                let share = spent.as_secs_f64() / all;
                Share { name: name.to_owned(), extractor, nanoseconds: share * nanoseconds, share }
            })
            .collect()
    }
}

/// The row of a step's time.
fn row(step: Step, entries: usize) -> usize {
    match step {
        Step::Begin | Step::End => 0,
        Step::Entry(place) => 1 + place,
        Step::Cast => entries + 1,
        Step::Infer => entries + 2,
        Step::Write => entries + 3,
    }
}
