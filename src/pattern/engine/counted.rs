//! Searches whose steps are counted, for texts and patterns where those of the usual engines might be too many.
//!
//! Why so: `docs/decisions/0101`.

use super::fault::too_large;
use super::groups::CaptureSlot;
use super::pike_vm::PikeVm;
use crate::value::{Arena, Fault};
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::{self, NFA};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input};
use std::fmt;

/// The engines of a pattern that count.
pub(super) struct Counted {
    pike_vm: PikeVm,
    /// Tells quickly whether and where a match ends, for patterns that never match nothing.
    dfa: Option<DFA>,
    caches: Pool<Option<Cache>>,
    short: Option<BoundedBacktracker>,
    shorts: Pool<Option<backtrack::Cache>>,
}

/// Where a match ends, if there is one; or it could not be told.
enum End {
    Known(Option<usize>),
    Unknown,
}

impl Counted {
    /// How many bytes the states that are found on the way may take.
    const CACHE: usize = 512 << 10;
    /// How many bytes the places that a backtracking search was at may take.
    const VISITED: usize = 2 << 20;
    /// How many steps a search takes before its first byte.
    const START: usize = 32;

    /// Compiles a pattern in the notation of the `regex` crate.
    ///
    /// # Errors
    /// Limit.
    pub fn new(text: &str, largest: usize) -> Result<Self, Fault> {
        let config = thompson::Config::new().nfa_size_limit(Some(largest));
        let program = thompson::Compiler::new().configure(config).build(text).map_err(|_| too_large(largest))?;
        let dfa = (!program.has_empty()).then(|| dfa(&program)).flatten();
        let short = short(&program);
        Ok(Counted {
            pike_vm: PikeVm::new(program),
            dfa,
            caches: Pool::new((|| None) as fn() -> Option<Cache>),
            short,
            shorts: Pool::new((|| None) as fn() -> Option<backtrack::Cache>),
        })
    }

    /// Whether there is a match.
    ///
    /// # Errors
    /// Limit, where the budget is used up.
    pub fn is_match(&self, arena: &Arena, input: &Input<'_>) -> Result<bool, Fault> {
        match self.end(arena, input)? {
            End::Known(end) => Ok(end.is_some()),
            End::Unknown => Ok(self.pike_vm.find(arena, input, &mut [])?.is_some()),
        }
    }

    /// The first match, as where its groups begin and end.
    ///
    /// # Errors
    /// Limit, where the budget is used up.
    pub fn search(&self, arena: &Arena, input: &Input<'_>, slots: &mut [CaptureSlot]) -> Result<bool, Fault> {
        match self.end(arena, input)? {
            End::Known(None) => Ok(false),
            End::Known(Some(end)) => {
                let input = input.clone().range(input.start()..end);
                Ok(self.pike_vm.find(arena, &input, slots)?.is_some())
            }
            End::Unknown => Ok(self.pike_vm.find(arena, input, slots)?.is_some()),
        }
    }

    /// The groups of a match whose place is known.
    ///
    /// # Errors
    /// Limit, where the budget is used up.
    pub fn groups(&self, arena: &Arena, input: &Input<'_>, slots: &mut [CaptureSlot]) -> Result<bool, Fault> {
        let input = input.clone().anchored(Anchored::Yes);
        if let Some(short) = self.short.as_ref().filter(|short| input.get_span().len() <= short.max_haystack_len()) {
            let mut cache = self.shorts.get();
            let cache = cache.get_or_insert_with(|| short.create_cache());
            if let Ok(found) = short.try_search_slots(cache, &input, slots) {
                // It was in each state at each place once, at most; it does not tell.
                let states = 8 * Self::VISITED / short.max_haystack_len().max(1);
                arena.labour((states * input.get_span().len()) as u64 / 8)?;
                return Ok(found.is_some());
            }
        }
        Ok(self.pike_vm.find(arena, &input, slots)?.is_some())
    }

    fn end(&self, arena: &Arena, input: &Input<'_>) -> Result<End, Fault> {
        let Some(dfa) = &self.dfa else { return Ok(End::Unknown) };
        let mut kept = self.caches.get();
        let cache = kept.get_or_insert_with(|| dfa.create_cache());
        let before = cache.memory_usage();
        let (end, read) = run(dfa, cache, input);
        // A state that is found takes as many steps as it has bytes, more or less.
        let found = cache.memory_usage().abs_diff(before) + cache.clear_count() * Self::CACHE;
        if let End::Unknown = end {
            *kept = None;
        }
        arena.labour((Self::START + read / 2 + found / 8) as u64)?;
        Ok(end)
    }
}

fn short(program: &NFA) -> Option<BoundedBacktracker> {
    let config = backtrack::Config::new().visited_capacity(Counted::VISITED);
    BoundedBacktracker::builder().configure(config).build_from_nfa(program.clone()).ok()
}

fn dfa(program: &NFA) -> Option<DFA> {
    let config = Config::new()
        .cache_capacity(Counted::CACHE)
        .skip_cache_capacity_check(true)
        .minimum_cache_clear_count(Some(1))
        .unicode_word_boundary(true);
    DFA::builder().configure(config).build_from_nfa(program.clone()).ok()
}

/// Goes from state to state; where the match ends, and how many bytes were read.
fn run(dfa: &DFA, cache: &mut Cache, input: &Input<'_>) -> (End, usize) {
    let (text, start, end) = (input.haystack(), input.start(), input.end());
    let Ok(mut state) = dfa.start_state_forward(cache, input) else { return (End::Unknown, 0) };
    let mut found = None;
    for (place, byte) in (start..end).zip(&text[start..end]) {
        let Ok(next) = dfa.next_state(cache, state, *byte) else { return (End::Unknown, place - start) };
        state = next;
        if state.is_tagged() {
            match () {
                () if state.is_match() => found = Some(place),
                () if state.is_dead() => return (End::Known(found), place - start),
                () if state.is_quit() => return (End::Unknown, place - start),
                () => {}
            }
        }
    }
    let last = match text.get(end) {
        Some(byte) => dfa.next_state(cache, state, *byte),
        None => dfa.next_eoi_state(cache, state),
    };
    match last {
        Ok(state) if state.is_match() => (End::Known(Some(end)), end - start),
        Ok(state) if !state.is_quit() => (End::Known(found), end - start),
        _ => (End::Unknown, end - start),
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted").field("pike_vm", &self.pike_vm).finish_non_exhaustive()
    }
}
