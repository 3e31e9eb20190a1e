//! Finds the groups of a match by walking through the program and turning back, as long as that is cheap.
//!
//! The engines of `regex-automata` that find groups keep a bit or a thread for each state and byte, which is what makes
//! them linear, and what most of their time goes into where a pattern has thousands of states and a line matches as it was
//! meant to. This walk keeps nothing but the ways not taken yet; after a number of steps it gives up, and they look.
//!
//! PERF: `benches/guard.sh` (grok): with the program for ASCII, 188,000 instructions an event became 91,500.

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::pool::Pool;
use regex_automata::util::primitives::{NonMaxUsize, StateID};
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// A program to be walked.
pub(super) struct Walk {
    program: NFA,
    stacks: Pool<Vec<Turn>>,
    /// How often it gave up.
    given_up: AtomicU32,
}

/// What became of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It came to the end, and the groups are known.
    Match,
    /// There is no way to the end.
    NoMatch,
    /// It took too long to tell; the groups say nothing.
    GaveUp,
}

/// What is done when a way leads nowhere.
enum Turn {
    /// Another way is taken, from a state and a byte.
    Way(StateID, usize),
    /// A group's end is what it was.
    Slot(usize, Option<NonMaxUsize>),
}

impl Walk {
    /// How often a pattern may give up before it is not walked any more.
    const PATIENCE: u32 = 64;
    /// How many turns a stack keeps room for between walks.
    const KEPT: usize = 1_024;
    /// How many steps a walk takes at most, for itself and for each byte.
    const STEPS: (usize, usize) = (4_096, 16);

    /// A walk through a program with all its groups.
    pub(super) fn new(program: NFA) -> Self {
        Walk { program, stacks: Pool::new(Vec::new as fn() -> Vec<Turn>), given_up: AtomicU32::new(0) }
    }

    /// Walks from a byte; `slots` take where the groups begin and end.
    pub(super) fn find(&self, text: &[u8], from: usize, slots: &mut [Option<NonMaxUsize>]) -> Outcome {
        if self.given_up.load(Ordering::Relaxed) >= Self::PATIENCE {
            return Outcome::GaveUp;
        }
        let mut stack = self.stacks.get();
        let outcome = self.walk(&mut stack, text, from, slots);
        // Every pattern keeps a stack for each thread.
        stack.clear();
        stack.shrink_to(Self::KEPT);
        if outcome == Outcome::GaveUp {
            self.given_up.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    fn walk(&self, stack: &mut Vec<Turn>, text: &[u8], from: usize, slots: &mut [Option<NonMaxUsize>]) -> Outcome {
        let mut left = Self::STEPS.0 + Self::STEPS.1 * text.len();
        stack.push(Turn::Way(self.program.start_anchored(), from));
        while let Some(turn) = stack.pop() {
            let (mut state, mut place) = match turn {
                Turn::Way(state, place) => (state, place),
                Turn::Slot(slot, before) => {
                    slots[slot] = before;
                    continue;
                }
            };
            loop {
                if left == 0 {
                    return Outcome::GaveUp;
                }
                left -= 1;
                let next = match self.program.state(state) {
                    State::ByteRange { trans } => trans.matches(text, place).then_some(trans.next),
                    State::Sparse(transitions) => transitions.matches(text, place),
                    State::Dense(transitions) => transitions.matches(text, place),
                    State::Look { look, next } => {
                        state = *next;
                        match self.program.look_matcher().matches(*look, text, place) {
                            true => continue,
                            false => break,
                        }
                    }
                    State::Union { alternates } => {
                        let Some((first, others)) = alternates.split_first() else { break };
                        stack.extend(others.iter().rev().map(|other| Turn::Way(*other, place)));
                        state = *first;
                        continue;
                    }
                    State::BinaryUnion { alt1, alt2 } => {
                        stack.push(Turn::Way(*alt2, place));
                        state = *alt1;
                        continue;
                    }
                    State::Capture { next, slot, .. } => {
                        if let Some(end) = slots.get_mut(slot.as_usize()) {
                            stack.push(Turn::Slot(slot.as_usize(), *end));
                            *end = NonMaxUsize::new(place);
                        }
                        state = *next;
                        continue;
                    }
                    State::Fail => break,
                    State::Match { .. } => return Outcome::Match,
                };
                match next {
                    Some(next) => (state, place) = (next, place + 1),
                    None => break,
                }
            }
        }
        Outcome::NoMatch
    }
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").field("states", &self.program.states().len()).finish_non_exhaustive()
    }
}
