//! How long records take: turns without looking, records together, then turns one by one with a clock at each step.

use super::pass::Pass;
use std::time::{Duration, Instant};

/// The times of an event, in nanoseconds.
pub struct Times {
    /// How many records were run while turns were timed.
    pub runs: u64,
    /// In the best turn.
    pub best: f64,
    /// In the median turn.
    pub median: f64,
    /// Of a record that is only copied into an event, in the best turn.
    pub copy: f64,
    /// Of each step, the share of the best.
    pub shares: Vec<f64>,
}

/// How many bytes of records a turn has at least: much shorter ones cannot be timed.
const TURN: usize = 1 << 20;

/// Measures for about so long, and a turn of each kind at least.
pub fn measure(pass: &mut Pass<'_>, time: Duration) -> Times {
    let passes = TURN.div_ceil(pass.bytes().max(1)).min(1 << 16);
    let turn = passes * pass.records();
    let turns = timed(time.mul_f64(0.6), || (0..passes).for_each(|_| _ = pass.run()));
    let copies = timed(time.mul_f64(0.1), || (0..passes).for_each(|_| pass.copy()));
    let nanoseconds = |turns: &[Duration], place: usize| turns[place].as_nanos() as f64 / turn as f64;
    Times {
        runs: (turns.len() * turn) as u64,
        best: nanoseconds(&turns, 0),
        median: nanoseconds(&turns, turns.len() / 2),
        copy: nanoseconds(&copies, 0),
        shares: shares(pass, time.mul_f64(0.3)),
    }
}

/// The times of turns, until their sum is what was asked for; the best comes first.
fn timed(time: Duration, mut turn: impl FnMut()) -> Vec<Duration> {
    let (mut turns, mut sum) = (Vec::new(), Duration::ZERO);
    while turns.is_empty() || sum < time {
        let began = Instant::now();
        turn();
        turns.push(began.elapsed());
        sum += turns[turns.len() - 1];
    }
    turns.sort();
    turns
}

/// The shares of the steps. Looking at the clock takes time too, the same at each step; only shares are taken.
fn shares(pass: &mut Pass<'_>, time: Duration) -> Vec<f64> {
    let mut spent = vec![Duration::ZERO; pass.steps().len()];
    let began = Instant::now();
    while began.elapsed() < time || spent.iter().all(Duration::is_zero) {
        let mut last = None;
        pass.run_in_steps(|step| {
            let now = Instant::now();
            if let Some((since, step)) = last {
                let spent: &mut Duration = &mut spent[step];
                *spent += now - since;
            }
            last = step.map(|step| (now, step));
        });
    }
    let all = spent.iter().sum::<Duration>().as_secs_f64();
    spent.into_iter().map(|spent| spent.as_secs_f64() / all).collect()
}
