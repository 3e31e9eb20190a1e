//! The engine whose time is linear in the text, behind the fast one for texts that are ASCII.
//!
//! Why so: `docs/decisions/0003`.

use super::counted::Counted;
use super::fault::{not_compiled, too_large};
use super::groups::Slot;
use super::jit::Jit;
use super::notation::AsciiPattern;
use crate::value::{Arena, Fault};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::syntax;
use regex_automata::{Input, meta};
use regex_syntax::hir::Hir;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// The largest program a pattern may compile to, in bytes, where an event's data may have made it.
pub(in crate::pattern) const LARGEST_PROGRAM: usize = 10 << 20;

/// The largest that a spec's own pattern may compile to: it is compiled once, and long lists of messages are large.
pub(in crate::pattern) const LARGEST_OF_SPEC: usize = 64 << 20;

/// The longest text that the fast engine searches, in bytes: whether a text is ASCII is asked at each search in it.
const LONGEST_ASCII: usize = 4 << 10;

/// A pattern in the notation of the `regex` crate, compiled.
#[derive(Clone, Debug)]
pub(in crate::pattern) struct Linear {
    text: Box<str>,
    whole: meta::Regex,
    /// How large a program may be, in bytes.
    largest: usize,
    /// Whether the usual engines would need too much memory to find groups: [`Linear::whole`] has none then.
    is_wide: bool,
    /// How many steps the usual engines may take for a byte.
    weight: u64,
    counted: Arc<OnceLock<Result<Counted, Fault>>>,
    /// The pattern for the fast engine, if it has it, and that engine for searches that are anchored and those that are not.
    ascii: Option<Arc<AsciiPattern>>,
    jits: [OnceLock<Option<Arc<Jit>>>; 2],
    /// How often the fast engine could have been used before it was there.
    missed: Arc<AtomicU32>,
}

/// What became of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is a match, and the groups are known.
    Match,
    /// Nothing matches.
    NoMatch,
    /// It took too long to tell.
    GaveUp,
}

impl Linear {
    /// How many searches there are before it pays to compile for the fast engine: patterns made of an event's data are used
    /// once.
    const SEVERAL: u32 = 8;

    /// How many bytes the usual engines may need for the groups of a pattern, for each thread.
    const WIDE: usize = 1 << 20;
    /// About how many bytes a state takes.
    const STATE: usize = 32;
    /// A pattern of so few bytes has few states, and tables beside them.
    const SMALL: usize = 128 << 10;

    /// Compiles a pattern for all texts.
    ///
    /// # Errors
    /// Parse and limit.
    pub fn new(text: &str, largest: usize) -> Result<Self, Fault> {
        let pattern = parse(text)?;
        let ascii = AsciiPattern::new(&pattern).map(Arc::new);
        let mut whole = compile(&pattern, WhichCaptures::All, largest)?;
        let (slots, states) = (2 * whole.captures_len(), whole.memory_usage() / Self::STATE);
        let is_wide = slots > 2 && states.saturating_mul(slots * size_of::<[usize; 2]>()) > Self::WIDE;
        if is_wide {
            whole = compile(&pattern, WhichCaptures::Implicit, largest)?;
        }
        let weight = if whole.memory_usage() < Self::SMALL { states.min(512) } else { states };
        let (counted, jits, missed) = <(_, _, _)>::default();
        Ok(Linear { text: text.into(), whole, largest, is_wide, weight: weight as u64, counted, ascii, jits, missed })
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        self.whole.memory_usage()
    }

    /// Whether there is a match.
    ///
    /// # Errors
    /// Limit, where the budget does not pay for the steps.
    pub fn is_match(&self, arena: &Arena, input: Input<'_>) -> Result<bool, Fault> {
        match self.find_fast(arena, &input, &mut [])? {
            Outcome::Match => Ok(true),
            Outcome::NoMatch => Ok(false),
            Outcome::GaveUp if self.is_quick(arena, &input) => Ok(self.whole.is_match(input)),
            Outcome::GaveUp => self.counted()?.is_match(arena, &input),
        }
    }

    /// The first match, as where its groups begin and end.
    ///
    /// # Errors
    /// As [`Linear::is_match`].
    pub fn search(&self, arena: &Arena, input: &Input<'_>, slots: &mut [Slot]) -> Result<bool, Fault> {
        match self.find_fast(arena, input, slots)? {
            Outcome::Match => return Ok(true),
            Outcome::NoMatch => return Ok(false),
            Outcome::GaveUp => {}
        }
        if !self.is_quick(arena, input) {
            return self.counted()?.search(arena, input, slots);
        }
        if !self.is_wide {
            return Ok(self.whole.search_slots(input, slots).is_some());
        }
        let Some(found) = self.whole.search(input) else { return Ok(false) };
        self.counted()?.groups(arena, &input.clone().range(found.range()), slots)
    }

    /// What the fast engine finds.
    fn find_fast(&self, arena: &Arena, input: &Input<'_>, slots: &mut [Slot]) -> Result<Outcome, Fault> {
        let text = input.haystack();
        let suits = arena.is_native() && text.len() <= LONGEST_ASCII && text.is_ascii();
        let Some(ascii) = self.ascii.as_deref().filter(|_| suits) else { return Ok(Outcome::GaveUp) };
        let Some(jit) = self.jit(ascii, input.get_anchored().is_anchored()) else { return Ok(Outcome::GaveUp) };
        arena.labour(Jit::PRICE)?;
        Ok(jit.find(text, input.start(), &ascii.groups, slots))
    }

    /// The fast engine, where such searches came before.
    fn jit(&self, ascii: &AsciiPattern, is_anchored: bool) -> Option<&Jit> {
        let jit = &self.jits[usize::from(is_anchored)];
        let jit = match jit.get() {
            Some(jit) => jit,
            None if self.missed.fetch_add(1, Ordering::Relaxed) < Self::SEVERAL => return None,
            None => jit.get_or_init(|| Jit::new(ascii, is_anchored).map(Arc::new)),
        };
        jit.as_deref()
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

fn parse(text: &str) -> Result<Hir, Fault> {
    syntax::parse(text).map_err(|error| not_compiled(&error.to_string()))
}

/// The program for all texts.
///
/// # Errors
/// Limit.
fn compile(pattern: &Hir, captures: WhichCaptures, largest: usize) -> Result<meta::Regex, Fault> {
    // Each pattern keeps the states that it finds on the way, for each thread.
    const FOUND: usize = 1 << 20;
    let config =
        meta::Config::new().nfa_size_limit(Some(largest)).which_captures(captures).hybrid_cache_capacity(FOUND);
    meta::Builder::new().configure(config).build_from_hir(pattern).map_err(|error| match error.size_limit() {
        Some(_) => too_large(largest),
        None => not_compiled(&error.to_string()),
    })
}
