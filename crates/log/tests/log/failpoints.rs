//! Every call fails once, in every way that calls fail: the log goes on, or it says that it is broken and the next process goes on.

use crate::model::{End, Model, Work};
use crate::sim::{EINTR, EIO, ENOSPC, Fault, Random, Sim};

/// How much each of two processes does.
const STEPS: usize = 80;

/// What is the same in all runs.
const SEED: u64 = 8;

#[test]
fn every_call_may_fail_once() {
    let calls = calls();
    for (kind, file) in KINDS {
        let is_made = calls.iter().any(|call| call.starts_with(kind) && call.ends_with(file));
        assert!(is_made, "{kind} of {file} is never called");
    }
    let mut broken = 0;
    for (call, made) in calls.iter().enumerate() {
        for fault in [Fault::Code(EIO), Fault::Code(ENOSPC), Fault::Code(EINTR), Fault::Short, Fault::Crash] {
            let ended = run(call, fault);
            let ended = ended.unwrap_or_else(|why| panic!("{fault:?} at call {call}, {made}: {why}"));
            let is_harmless = [Fault::Code(EINTR), Fault::Short].contains(&fault);
            assert!(!is_harmless || !ended, "{fault:?} at call {call}, {made}, ended the process");
            broken += usize::from(ended);
        }
    }
    println!("{} calls failed in 5 ways each; the process ended {broken} times", calls.len());
}

/// The calls that a log makes, each at least once here.
const KINDS: &[(&str, &str)] = &[
    ("list", ""),
    ("lock", ""),
    ("random", ""),
    ("create", "fresh"),
    ("create", "spare"),
    ("create", ".position-part"),
    ("allocate", "fresh"),
    ("allocate", "spare"),
    ("allocate", ".position-part"),
    ("open", ".segment"),
    ("open", ".position"),
    ("read", ".segment"),
    ("read", ".position"),
    ("measure", ".segment"),
    ("write", "fresh"),
    ("write", "spare"),
    ("write", ".segment"),
    ("write", ".position"),
    ("write", ".position-part"),
    ("shorten", ".segment"),
    ("sync", "fresh"),
    ("sync", "spare"),
    ("sync", ".segment"),
    ("sync", ".position"),
    ("sync", ".position-part"),
    ("sync", "names"),
    ("rename", "fresh"),
    ("rename", "spare"),
    ("rename", ".position-part"),
    ("remove", ".segment"),
];

/// The calls where none fails.
fn calls() -> Vec<String> {
    let sim = Sim::new(SEED);
    sim.fail(usize::MAX, Fault::Crash);
    let (mut process, mut random) = (Process::default(), Random::new(SEED));
    process.run(&sim, &mut random).unwrap_or_else(|why| panic!("{why}"));
    sim.calls()
}

/// Does the same work, in which one call fails; says whether the process had to end. In the end the power goes.
fn run(call: usize, fault: Fault) -> Result<bool, String> {
    let (mut process, mut random) = (Process::default(), Random::new(SEED));
    let sim = Sim::new(SEED);
    sim.fail(call, fault);
    let sim = process.run(&sim, &mut random)?;
    let sim = sim.power_cut(&mut random);
    match Work::resume(&sim, process.model) {
        Ok(_) => Ok(process.ended > 0),
        Err(end) => Err(format!("{end:?} after the power cut")),
    }
}

/// A process that is started again when it ends.
#[derive(Default)]
struct Process {
    model: Model,
    ended: usize,
}

impl Process {
    /// Works until all is done, and gives the disk of the last process.
    fn run(&mut self, sim: &Sim, random: &mut Random) -> Result<Sim, String> {
        let (mut sim, mut left, mut processes) = (sim.clone(), 2 * STEPS, 0);
        while left > 0 {
            processes += 1;
            let last = if processes == 1 { STEPS } else { 0 };
            match self.work(&sim, random, &mut left, last) {
                Ok(()) => continue,
                Err(End::Broken(why)) => return Err(why),
                Err(End::Gone | End::Refused(_)) => self.ended += 1,
            }
            if self.ended > 1 {
                return Err("one failure ended two processes".to_owned());
            }
            sim = sim.killed();
        }
        Ok(sim)
    }

    /// One process: it ends where the log is broken, and goes on after any other refusal.
    fn work(&mut self, sim: &Sim, random: &mut Random, left: &mut usize, last: usize) -> Result<(), End> {
        let mut work = Work::resume(sim, self.model.clone())?;
        let mut outcome = Ok(());
        while *left > last && outcome.is_ok() {
            *left -= 1;
            outcome = match work.step(random) {
                Err(End::Refused(_)) if work.go_on() => Ok(()),
                other => other,
            };
        }
        let outcome = outcome.and_then(|()| work.sync()).and_then(|()| work.read_all().map(|_| ()));
        self.model.clone_from(&work.model);
        outcome
    }
}
