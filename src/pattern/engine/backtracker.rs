//! Finds the groups of a match by backtracking, as long as that is cheap.
//!
//! The engines of `regex-automata` that find groups keep a bit or a thread for each state and byte, which is what makes
//! them linear, and what most of their time goes into where a pattern has thousands of states and a line matches as it was
//! meant to. The backtracker keeps nothing but the branches not tried yet; after a number of steps it gives up, and they look.
//!
//! PERF: `benches/guard.sh` (grok): with the program for ASCII, 188,000 instructions an event became 91,500. See
//! [`super::automaton`] for the branches that are not tried.

use super::automaton::{Automaton, Transition};
use regex_automata::nfa::thompson::NFA;
use regex_automata::util::pool::Pool;
use regex_automata::util::primitives::NonMaxUsize;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// A program to backtrack through.
pub(super) struct Backtracker {
    automaton: Automaton,
    stacks: Pool<Vec<BacktrackFrame>>,
    /// How often it gave up.
    given_up: AtomicU32,
}

/// What became of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is a match, and the groups are known.
    Match,
    /// Nothing matches.
    NoMatch,
    /// It took too long to tell; the groups say nothing.
    GaveUp,
}

/// A backtrack frame: what is done when a branch does not match.
enum BacktrackFrame {
    /// Another branch is tried, from a state and a byte.
    Branch(u32, usize),
    /// A repetition ends a byte earlier: at the last place that its end may begin at, from the second back to the first.
    Shorter(u32, usize, usize),
    /// A repetition that is short ends later: behind the byte at a place.
    Longer(u32, usize),
    /// A group's end is what it was.
    Slot(usize, Option<NonMaxUsize>),
}

impl Backtracker {
    /// How often a pattern may give up before no search backtracks any more.
    const PATIENCE: u32 = 64;
    /// How many frames a stack keeps between searches.
    const KEPT: usize = 1_024;
    /// How many steps a search takes at most, for itself and for each byte.
    const STEPS: (usize, usize) = (4_096, 16);

    /// For a program with all its groups.
    pub(super) fn new(program: &NFA) -> Self {
        let stacks = Pool::new(Vec::new as fn() -> Vec<BacktrackFrame>);
        Backtracker { automaton: Automaton::new(program), stacks, given_up: AtomicU32::new(0) }
    }

    /// Searches from a byte on, anchored; `slots` take where the groups begin and end.
    ///
    /// Says how many steps it took, too.
    pub(super) fn find(&self, text: &[u8], from: usize, slots: &mut [Option<NonMaxUsize>]) -> (Outcome, usize) {
        if self.given_up.load(Ordering::Relaxed) >= Self::PATIENCE {
            return (Outcome::GaveUp, 0);
        }
        let most = Self::STEPS.0 + Self::STEPS.1 * text.len();
        let mut stack = self.stacks.get();
        let (outcome, left) = self.run(&mut stack, text, from, slots);
        // Every pattern keeps a stack for each thread.
        stack.clear();
        stack.shrink_to(Self::KEPT);
        if outcome == Outcome::GaveUp {
            self.given_up.fetch_add(1, Ordering::Relaxed);
        }
        (outcome, most - left)
    }

    /// What became of it, and how many steps were left.
    fn run(
        &self,
        stack: &mut Vec<BacktrackFrame>,
        text: &[u8],
        from: usize,
        slots: &mut [Option<NonMaxUsize>],
    ) -> (Outcome, usize) {
        let automaton = &self.automaton;
        let mut left = Self::STEPS.0 + Self::STEPS.1 * text.len();
        stack.push(BacktrackFrame::Branch(automaton.start, from));
        while let Some(frame) = stack.pop() {
            let (mut state, mut place) = match frame {
                BacktrackFrame::Branch(state, place) => (state, place),
                BacktrackFrame::Shorter(repeat, least, most) => {
                    let Transition::Repeat { end, .. } = &automaton.states[repeat as usize] else { continue };
                    let may_end = |place: &usize| automaton.may_begin(*end, text, *place);
                    let place = (least..=most).rev().find(may_end);
                    left = left.saturating_sub(most - place.unwrap_or(least));
                    let Some(place) = place else { continue };
                    if place > least {
                        stack.push(BacktrackFrame::Shorter(repeat, least, place - 1));
                    }
                    (end.state, place)
                }
                BacktrackFrame::Longer(state, place) => (state, place + 1),
                BacktrackFrame::Slot(slot, before) => {
                    slots[slot] = before;
                    continue;
                }
            };
            loop {
                if left == 0 {
                    return (Outcome::GaveUp, 0);
                }
                left -= 1;
                let next = match &automaton.states[state as usize] {
                    Transition::Literal { word, length, next } => match stands(*word, *length, text, place) {
                        true => {
                            (state, place) = (*next, place + usize::from(*length));
                            continue;
                        }
                        false => break,
                    },
                    Transition::Byte { set, next } => automaton.has(*set, text, place).then_some(*next),
                    Transition::Bytes(ranges) => {
                        let byte = text.get(place).copied();
                        let range = byte
                            .and_then(|byte| ranges.iter().find(|(first, last, _)| (*first..=*last).contains(&byte)));
                        range.map(|(_, _, next)| *next)
                    }
                    Transition::Repeat { set, end, is_possessive } => {
                        let start = place;
                        while automaton.has(*set, text, place) {
                            place += 1;
                        }
                        left = left.saturating_sub((place - start) / Self::STEPS.1);
                        if place > start && !is_possessive {
                            stack.push(BacktrackFrame::Shorter(state, start, place - 1));
                        }
                        match automaton.may_begin(*end, text, place) {
                            true => state = end.state,
                            false => break,
                        }
                        continue;
                    }
                    Transition::Lazy { set, end } => {
                        let start = place;
                        while !automaton.may_begin(*end, text, place) && automaton.has(*set, text, place) {
                            place += 1;
                        }
                        left = left.saturating_sub((place - start) / Self::STEPS.1);
                        if !automaton.may_begin(*end, text, place) {
                            break;
                        }
                        if automaton.has(*set, text, place) {
                            stack.push(BacktrackFrame::Longer(state, place));
                        }
                        state = end.state;
                        continue;
                    }
                    Transition::Look { look, next } => match automaton.looks.matches(*look, text, place) {
                        true => {
                            state = *next;
                            continue;
                        }
                        false => break,
                    },
                    Transition::Branches(branches) => {
                        let mut open = branches.iter().filter(|branch| automaton.may_begin(**branch, text, place));
                        let Some(first) = open.next() else { break };
                        stack.extend(open.rev().map(|branch| BacktrackFrame::Branch(branch.state, place)));
                        state = first.state;
                        continue;
                    }
                    Transition::Capture { next, slot } => {
                        if let Some(end) = slots.get_mut(*slot) {
                            // Without a branch that was not tried, nothing is done again.
                            if !stack.is_empty() {
                                stack.push(BacktrackFrame::Slot(*slot, *end));
                            }
                            *end = NonMaxUsize::new(place);
                        }
                        state = *next;
                        continue;
                    }
                    Transition::Fail => break,
                    Transition::Match => return (Outcome::Match, left),
                };
                match next {
                    Some(next) => (state, place) = (next, place + 1),
                    None => break,
                }
            }
        }
        (Outcome::NoMatch, left)
    }
}

/// Whether bytes stand at a place: as many of a word, the first one lowest.
#[inline(always)]
fn stands(word: u64, length: u8, text: &[u8], place: usize) -> bool {
    let there = match text.get(place..place + 8) {
        Some(bytes) => {
            u64::from_le_bytes(bytes.try_into().unwrap_or_default()) & u64::MAX >> (64 - 8 * u32::from(length))
        }
        None => match text.get(place..place + usize::from(length)) {
            Some(bytes) => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
            None => return false,
        },
    };
    there == word
}

impl fmt::Debug for Backtracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backtracker").field("states", &self.automaton.states.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Backtracker, Outcome};
    use regex_automata::nfa::thompson;
    use regex_automata::util::syntax;
    use regex_automata::{Anchored, Input, meta};

    #[test]
    fn backtracking_finds_what_the_linear_engine_finds() {
        const ATOMS: [&str; 17] = [
            "a",
            "b",
            "ab",
            " ",
            ".",
            "[ab]",
            "[^ ]",
            r"\d",
            r"\S",
            "(a|b)",
            "(ab|a)",
            "(a*)",
            "(?:a|bc?)",
            "$",
            r"\b",
            "^",
            "(b+)",
        ];
        const REPEATS: [&str; 9] = ["", "", "*", "+", "?", "*?", "+?", "{2}", "{1,3}"];
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        let (mut seed, mut outcomes) = (1_usize, [0, 0, 0]);
        let mut below = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % most
        };
        for _ in 0..3_000 {
            let mut pattern = String::new();
            for _ in 0..=below(6) {
                let (atom, repeat) = (ATOMS[below(ATOMS.len())], REPEATS[below(REPEATS.len())]);
                match below(5) {
                    0 => pattern.push_str(&format!("(?:{atom}{repeat}|{})", ATOMS[below(ATOMS.len())])),
                    1 => pattern.push_str(&format!("((?:{atom}{repeat}){})", REPEATS[below(REPEATS.len())])),
                    _ => pattern.push_str(&format!("(?:{atom}){repeat}")),
                }
            }
            let regex = meta::Builder::new().syntax(syntax).build(&pattern).expect(&pattern);
            let program = thompson::Compiler::new().syntax(syntax).build(&pattern).expect(&pattern);
            let backtracker = Backtracker::new(&program);
            for _ in 0..20 {
                let text: String = (0..below(12)).map(|_| ['a', 'b', 'c', ' ', '1'][below(5)]).collect();
                let slots = 2 * regex.captures_len();
                let (mut expected, mut got) = (vec![None; slots], vec![None; slots]);
                let input = Input::new(&text).anchored(Anchored::Yes);
                let is_match = regex.search_slots(&input, &mut expected).is_some();
                let (outcome, _) = backtracker.find(text.as_bytes(), 0, &mut got);
                outcomes[outcome as usize] += 1;
                match outcome {
                    Outcome::Match => assert_eq!((true, expected), (is_match, got), "{pattern} in {text:?}"),
                    Outcome::NoMatch => assert!(!is_match, "{pattern} in {text:?}"),
                    Outcome::GaveUp => {}
                }
            }
        }
        assert!(outcomes[0] > 10_000 && outcomes[1] > 10_000, "{outcomes:?}");
    }
}
