//! The engine whose time is linear in the text, once for all texts and once for those that are ASCII.
//!
//! Why so: `docs/decisions/0003`.

use super::backtracker::{Backtracker, Outcome};
use super::counted::Counted;
use super::fault::{not_compiled, too_large};
use crate::value::{Arena, Fault};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Input, meta};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// The largest program a pattern may compile to, in bytes, where an event's data may have made it.
pub(in crate::pattern) const LARGEST_PROGRAM: usize = 10 << 20;

/// The largest that a spec's own pattern may compile to: it is compiled once, and long lists of messages are large.
pub(in crate::pattern) const LARGEST_OF_SPEC: usize = 64 << 20;

/// The longest text for which the program for ASCII is taken, in bytes: whether a text is ASCII is asked at each search in
/// it.
const LONGEST_ASCII: usize = 4 << 10;

/// A pattern in the notation of the `regex` crate, compiled.
#[derive(Clone, Debug)]
pub(in crate::pattern) struct Linear {
    text: Box<str>,
    whole: meta::Regex,
    /// How large a program may be, in bytes.
    largest: usize,
    /// How many slots the groups have, two each.
    slots: usize,
    /// Whether the usual engines would need too much memory to find groups: [`Linear::whole`] has none then.
    is_wide: bool,
    /// How many steps the usual engines may take for a byte.
    weight: u64,
    counted: Arc<OnceLock<Result<Counted, Fault>>>,
    ascii: OnceLock<Option<Arc<Ascii>>>,
    /// How often the program for ASCII could have been used before it was there.
    missed: Arc<AtomicU32>,
}

/// What runs over ASCII alone.
#[derive(Debug)]
struct Ascii {
    regex: meta::Regex,
    backtracker: Option<Backtracker>,
}

impl Linear {
    /// How many searches in ASCII there are before it pays to compile a program for it: patterns made of an event's data
    /// are used once.
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
        let mut whole = compile(text, largest)?;
        let (slots, states) = (2 * whole.captures_len(), whole.memory_usage() / Self::STATE);
        let is_wide = slots > 2 && states.saturating_mul(slots * size_of::<[usize; 2]>()) > Self::WIDE;
        if is_wide {
            whole = builder(WhichCaptures::Implicit, largest).build(text).map_err(|_| too_large(largest))?;
        }
        let weight = if whole.memory_usage() < Self::SMALL { states.min(512) } else { states };
        let (counted, ascii, missed) = <(_, _, _)>::default();
        Ok(Linear { text: text.into(), whole, largest, slots, is_wide, weight: weight as u64, counted, ascii, missed })
    }

    /// How many slots the groups have, two each.
    pub fn slots(&self) -> usize {
        self.slots
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
        if !self.is_quick(arena, &input) {
            return self.counted()?.is_match(arena, &input);
        }
        Ok(self.ascii(&input).map_or(&self.whole, |ascii| &ascii.regex).is_match(input))
    }

    /// The first match, as where its groups begin and end.
    ///
    /// # Errors
    /// As [`Linear::is_match`].
    pub fn search(&self, arena: &Arena, input: &Input<'_>, slots: &mut [Option<NonMaxUsize>]) -> Result<bool, Fault> {
        let ascii = self.ascii(input);
        if let Some(backtracker) = ascii.and_then(|ascii| ascii.backtracker.as_ref())
            && input.get_anchored().is_anchored()
        {
            let (outcome, steps) = backtracker.find(input.haystack(), input.start(), slots);
            arena.labour(steps as u64)?;
            match outcome {
                Outcome::Match => return Ok(true),
                Outcome::NoMatch => return Ok(false),
                Outcome::GaveUp => slots.fill(None),
            }
        }
        if !self.is_quick(arena, input) {
            return self.counted()?.search(arena, input, slots);
        }
        let regex = ascii.map_or(&self.whole, |ascii| &ascii.regex);
        if !self.is_wide {
            return Ok(regex.search_slots(input, slots).is_some());
        }
        let Some(found) = regex.search(input) else { return Ok(false) };
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

    fn captures(&self) -> WhichCaptures {
        if self.is_wide { WhichCaptures::Implicit } else { WhichCaptures::All }
    }

    /// The programs for ASCII, where a text is that and such texts came before.
    ///
    /// PERF: `benches/guard.sh` (grok): `\w`, `\d` and `.` stand for hundreds of states where a text may have any character.
    fn ascii(&self, input: &Input<'_>) -> Option<&Ascii> {
        if input.haystack().len() > LONGEST_ASCII || !input.haystack().is_ascii() {
            return None;
        }
        let ascii = match self.ascii.get() {
            Some(ascii) => ascii,
            None if self.missed.fetch_add(1, Ordering::Relaxed) < Self::SEVERAL => return None,
            None => self.ascii.get_or_init(|| ascii(&self.text, self.captures(), self.largest).map(Arc::new)),
        };
        ascii.as_deref()
    }
}

/// The program for all texts.
///
/// # Errors
/// Parse and limit.
pub(in crate::pattern) fn compile(text: &str, largest: usize) -> Result<meta::Regex, Fault> {
    builder(WhichCaptures::All, largest).build(text).map_err(|error| match error.size_limit() {
        Some(_) => too_large(largest),
        None => not_compiled(&error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string)),
    })
}

/// The program that does the same for ASCII, where the pattern has one.
///
/// Classes as the notation's reader writes them become those of ASCII, other characters a byte that no such text has. Two of
/// those stand for ASCII letters where case does not count; a pattern that may name one has no such program, nor has one
/// with another `\p{…}`.
fn ascii(text: &str, captures: WhichCaptures, largest: usize) -> Option<Ascii> {
    const LETTERS: [&str; 5] = ["\u{17f}", "\u{212a}", r"\x{", r"\u", r"\U"];
    if LETTERS.iter().any(|letter| text.contains(letter)) {
        return None;
    }
    const CLASSES: [(&str, &str); 4] =
        [(r"\p{L}\p{N}_]", "A-Za-z0-9_]"), (r"\p{Nd}", "[0-9]"), (r"\P{Nd}", "[^0-9]"), (r"\p{N}", "[0-9]")];
    let text = text.replace(|character: char| !character.is_ascii(), r"\xff");
    let text = CLASSES.iter().fold(text, |text, (class, ascii)| text.replace(class, ascii));
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let regex = builder(captures, largest).syntax(syntax).build(&text).ok()?;
    let config = thompson::Config::new().utf8(false).nfa_size_limit(Some(largest));
    let backtracker = thompson::Compiler::new()
        .syntax(syntax)
        .configure(config)
        .build(&text)
        .ok()
        .map(|program| Backtracker::new(&program));
    Some(Ascii { regex, backtracker })
}

fn builder(captures: WhichCaptures, largest: usize) -> meta::Builder {
    // Each pattern keeps the states that it finds on the way, for each thread.
    const FOUND: usize = 1 << 20;
    let mut builder = meta::Builder::new();
    builder.configure(
        meta::Config::new().nfa_size_limit(Some(largest)).which_captures(captures).hybrid_cache_capacity(FOUND),
    );
    builder
}
