//! Contenders take turns over one input, and the CPU time of each turn is taken.

use crate::workload::Workload;
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use std::fs::File;
use std::io::Write;
use std::time::Duration;
use weir::Scratch;

/// How long a turn is at least, so that the clock's grain and one interruption do not matter.
const TURN: Duration = Duration::from_millis(100);

/// When a buffer of events is written.
const FULL: usize = 64 << 10;

/// What all contenders read: lines, each one a record.
pub struct Lines {
    /// The records with a line break behind each.
    pub text: Vec<u8>,
    /// How many.
    pub many: usize,
}

impl Lines {
    /// Records, over and over, until there are so many bytes. Each record is there as often as any other.
    pub fn repeat(records: &[String], least: usize) -> Lines {
        let mut lines = Lines { text: Vec::new(), many: 0 };
        while lines.text.len() < least && !records.is_empty() {
            for record in records {
                lines.text.extend_from_slice(record.as_bytes());
                lines.text.push(b'\n');
            }
            lines.many += records.len();
        }
        lines
    }

    /// The records.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut begin = 0;
        memchr::memchr_iter(b'\n', &self.text).map(move |end| {
            let line = self.text.get(begin..end).unwrap_or_default();
            begin = end + 1;
            line
        })
    }
}

/// Who turns records into events.
pub trait Contender {
    /// What it is called in tables.
    fn name(&self) -> String;

    /// The events of the input's records, as JSON, for comparison.
    ///
    /// # Errors
    /// Where it breaks off.
    fn events(&mut self, lines: &Lines) -> Result<Vec<Vec<u8>>, String>;

    /// Reads all lines, writes all events to nowhere, and says how much CPU time it took.
    ///
    /// # Errors
    /// Where it breaks off.
    fn pass(&mut self, lines: &Lines) -> Result<Duration, String>;
}

/// A contender in this program: a function that appends the event of a record.
pub struct Within<F> {
    name: String,
    record: F,
}

impl<F: FnMut(&[u8], &mut Vec<u8>) -> Result<(), String>> Within<F> {
    /// A contender of that name.
    pub fn new(name: impl Into<String>, record: F) -> Self {
        Within { name: name.into(), record }
    }
}

impl<F: FnMut(&[u8], &mut Vec<u8>) -> Result<(), String>> Contender for Within<F> {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn events(&mut self, lines: &Lines) -> Result<Vec<Vec<u8>>, String> {
        let mut events = Vec::with_capacity(lines.many);
        for line in lines.iter() {
            let mut event = Vec::new();
            (self.record)(line, &mut event)?;
            events.push(event);
        }
        Ok(events)
    }

    fn pass(&mut self, lines: &Lines) -> Result<Duration, String> {
        let mut nowhere = Nowhere::open()?;
        let begin = now();
        for line in lines.iter() {
            (self.record)(line, &mut nowhere.events)?;
            nowhere.end_event()?;
        }
        nowhere.close()?;
        Ok(now().saturating_sub(begin))
    }
}

/// weir, which runs records together as its command line does.
pub struct Weir<'w> {
    name: &'static str,
    workload: &'w Workload,
    scratch: Scratch,
}

impl<'w> Weir<'w> {
    /// weir over a format.
    pub fn new(name: &'static str, workload: &'w Workload) -> Self {
        Weir { name, workload, scratch: Scratch::default() }
    }
}

impl Contender for Weir<'_> {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn events(&mut self, lines: &Lines) -> Result<Vec<Vec<u8>>, String> {
        let mut events = Vec::with_capacity(lines.many);
        self.workload.run(&mut self.scratch, lines.iter(), |event| events.push(event.to_vec()));
        Ok(events)
    }

    fn pass(&mut self, lines: &Lines) -> Result<Duration, String> {
        let mut nowhere = Nowhere::open()?;
        let (begin, mut ended) = (now(), Ok(()));
        self.workload.run(&mut self.scratch, lines.iter(), |event| {
            nowhere.events.extend_from_slice(event);
            if ended.is_ok() {
                ended = nowhere.end_event();
            }
        });
        ended.and_then(|()| nowhere.close())?;
        Ok(now().saturating_sub(begin))
    }
}

/// Where events go.
struct Nowhere {
    events: Vec<u8>,
    file: File,
}

impl Nowhere {
    fn open() -> Result<Self, String> {
        let file = File::options().write(true).open("/dev/null").map_err(|error| error.to_string())?;
        Ok(Nowhere { events: Vec::with_capacity(2 * FULL), file })
    }

    fn end_event(&mut self) -> Result<(), String> {
        self.events.push(b'\n');
        if self.events.len() >= FULL { self.close() } else { Ok(()) }
    }

    fn close(&mut self) -> Result<(), String> {
        self.file.write_all(&self.events).map_err(|error| error.to_string())?;
        self.events.clear();
        Ok(())
    }
}

/// How long an event took, in nanoseconds of CPU time.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Timing {
    /// In the best turn.
    pub least: f64,
    /// In the median turn.
    pub median: f64,
    /// How many times the first contender's turn in the same round: the median of all rounds. What disturbs the machine for
    /// longer than a round disturbs both.
    pub times_first: f64,
}

/// Lets all contenders take turns, `rounds` times: A B C A B C …, so that what disturbs the machine disturbs all.
///
/// # Errors
/// Where one breaks off.
pub fn race(contenders: &mut [Box<dyn Contender + '_>], lines: &Lines, rounds: usize) -> Result<Vec<Timing>, String> {
    let mut passes = Vec::new();
    for contender in &mut *contenders {
        // The first pass warms up.
        contender.pass(lines)?;
        let one = contender.pass(lines)?;
        passes.push((TURN.as_nanos() / one.as_nanos().max(1) + 1) as u32);
    }
    let mut turns = vec![Vec::new(); contenders.len()];
    for _ in 0..rounds {
        for ((contender, passes), turns) in contenders.iter_mut().zip(&passes).zip(&mut turns) {
            let mut turn = Duration::ZERO;
            for _ in 0..*passes {
                turn += contender.pass(lines)?;
            }
            turns.push(turn.as_nanos() as f64 / (f64::from(*passes) * lines.many as f64));
        }
    }
    let first = turns.first().cloned().unwrap_or_default();
    let timing = |turns: &Vec<f64>| {
        let times_first = turns.iter().zip(&first).map(|(own, first)| own / first).collect();
        let turns = sorted(turns.clone());
        Timing {
            least: turns.first().copied().unwrap_or(f64::NAN),
            median: middle(&turns),
            times_first: middle(&sorted(times_first)),
        }
    };
    Ok(turns.iter().map(timing).collect())
}

/// The figures in their order.
pub fn sorted(mut figures: Vec<f64>) -> Vec<f64> {
    figures.sort_by(f64::total_cmp);
    figures
}

/// The median of figures in their order.
pub fn middle(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The CPU time of this thread.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
