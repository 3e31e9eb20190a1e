//! The engine whose time is linear in the text.
//!
//! Why so: `docs/decisions/0003`.

use super::counted::Counted;
use super::fault::{not_compiled, too_large};
use super::groups::CaptureSlot;
use super::size::STATE;
use crate::value::{Arena, Fault};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::{Input, meta};
use std::sync::OnceLock;

/// The largest program a pattern may compile to, in bytes, where an event's data may have made it.
pub(in crate::pattern) const LARGEST_PROGRAM: usize = 10 << 20;

/// The largest that a spec's own pattern may compile to: it is compiled once, and long lists of messages are large.
pub(in crate::pattern) const LARGEST_OF_SPEC: usize = 64 << 20;

/// A pattern in the notation of the `regex` crate, compiled.
#[derive(Debug)]
pub(super) struct Linear {
    text: Box<str>,
    whole: meta::Regex,
    /// How large a program may be, in bytes.
    largest: usize,
    /// Whether the usual engines would need too much memory to find groups: [`Linear::whole`] has none then.
    is_wide: bool,
    /// How many steps the usual engines may take for a byte.
    weight: u64,
    counted: OnceLock<Result<Counted, Fault>>,
}

impl Linear {
    /// How many bytes the usual engines may need for the groups of a pattern, for each thread.
    const WIDE: usize = 1 << 20;
    /// A pattern of so few bytes has few states, and tables beside them.
    const SMALL: usize = 128 << 10;

    /// Compiles a pattern.
    ///
    /// # Errors
    /// Parse and limit.
    pub fn new(text: &str, largest: usize) -> Result<Self, Fault> {
        let mut whole = compile(text, WhichCaptures::All, largest)?;
        let (slots, states) = (2 * whole.captures_len(), whole.memory_usage() / STATE);
        let is_wide = slots > 2 && states.saturating_mul(slots * size_of::<[usize; 2]>()) > Self::WIDE;
        if is_wide {
            whole = compile(text, WhichCaptures::Implicit, largest)?;
        }
        let weight = if whole.memory_usage() < Self::SMALL { states.min(512) } else { states };
        Ok(Linear { text: text.into(), whole, largest, is_wide, weight: weight as u64, counted: OnceLock::new() })
    }

    /// Whether there is a match.
    ///
    /// # Errors
    /// Limit, where the budget does not pay for the steps.
    pub fn is_match(&self, arena: &Arena, input: Input<'_>) -> Result<bool, Fault> {
        match self.is_quick(arena, &input) {
            true => Ok(self.whole.is_match(input)),
            false => self.counted()?.is_match(arena, &input),
        }
    }

    /// The first match, as where its groups begin and end.
    ///
    /// # Errors
    /// As [`Linear::is_match`].
    pub fn search(&self, arena: &Arena, input: &Input<'_>, slots: &mut [CaptureSlot]) -> Result<bool, Fault> {
        if !self.is_quick(arena, input) {
            return self.counted()?.search(arena, input, slots);
        }
        if !self.is_wide {
            return Ok(self.whole.search_slots(input, slots).is_some());
        }
        let Some(found) = self.whole.search(input) else { return Ok(false) };
        self.counted()?.groups(arena, &input.clone().range(found.range()), slots)
    }

    /// Whether the usual engines may search: they do not count their steps, and so the event has a stock of those that
    /// they may take.
    fn is_quick(&self, arena: &Arena, input: &Input<'_>) -> bool {
        arena.affords(self.weight.saturating_mul(input.get_span().len() as u64))
    }

    fn counted(&self) -> Result<&Counted, Fault> {
        self.counted.get_or_init(|| Counted::new(&self.text, self.largest)).as_ref().map_err(Clone::clone)
    }
}

fn compile(text: &str, captures: WhichCaptures, largest: usize) -> Result<meta::Regex, Fault> {
    // Each pattern keeps the states that it finds on the way, for each thread.
    const FOUND: usize = 1 << 20;
    let config =
        meta::Config::new().nfa_size_limit(Some(largest)).which_captures(captures).hybrid_cache_capacity(FOUND);
    meta::Builder::new().configure(config).build(text).map_err(|error| match error.size_limit() {
        Some(_) => too_large(largest),
        None => not_compiled(&error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string)),
    })
}
