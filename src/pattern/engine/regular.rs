//! Patterns that are regular: the fast engine searches them, and the linear one what the fast one gives up or cannot search.
//!
//! Each engine is compiled when a search needs it: most patterns of a spec see no text but ASCII.

use super::groups::CaptureSlot;
use super::jit::Jit;
use super::linear::Linear;
use super::notation::Alphabet;
use super::prefilter::required_literal;
use super::size::PatternSize;
use crate::pattern::syntax::PatternToken;
use crate::value::{Arena, Fault};
use memchr::memmem::Finder;
use regex_automata::Input;
use std::sync::OnceLock;

/// The longest text that the fast engine searches, in bytes: whether a text is ASCII is asked at each search in it.
const LONGEST: usize = 64 << 10;

/// How many bytes the fast engine looks at for the price of a step. It does not tell how many it looked at: an event has a
/// stock of those that it may look at, as for the linear engine.
const BYTES_A_STEP: u64 = 64;

/// The largest program of a pattern that the fast engine is given, in bytes: it makes as much code of it, and more.
const LARGEST_NATIVE: usize = 4 << 20;

/// A pattern in the notation of the `regex` crate.
#[derive(Debug)]
pub(in crate::pattern) struct Regular {
    text: Box<str>,
    /// How large the linear engine's program may be, in bytes.
    largest: usize,
    size: PatternSize,
    /// What a text must have for a match to be in it.
    prefilter: Option<Finder<'static>>,
    /// The fast engine for searches that are not anchored and for those that are, in texts of ASCII and in others.
    jits: [[JitOnDemand; 2]; 2],
    linear: OnceLock<Result<Linear, Fault>>,
}

/// The fast engine, made when it is needed; none where it cannot run the pattern.
type JitOnDemand = OnceLock<Result<Option<Jit>, Fault>>;

impl Regular {
    /// A pattern of some tokens.
    ///
    /// # Errors
    /// Limit, where its program is too large.
    pub fn new(text: &str, tokens: &[PatternToken], largest: usize) -> Result<Self, Fault> {
        let (size, (jits, linear)) = (PatternSize::of(tokens), <(_, _)>::default());
        let prefilter = required_literal(tokens).map(|literal| Finder::new(&literal).into_owned());
        let regular = Regular { text: text.into(), largest, size, prefilter, jits, linear };
        // The size is estimated: whether a large program is too large is known when it is compiled.
        if size.program > largest {
            regular.linear()?;
        }
        Ok(regular)
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        self.size.program
    }

    /// Whether there is a match.
    ///
    /// # Errors
    /// Limit, where the budget does not pay for the steps.
    pub fn is_match(&self, arena: &Arena, input: Input<'_>) -> Result<bool, Fault> {
        // PERF: `benches/guard.sh` (access_requests): a pattern whose literal one text in four has, 3 % of the event.
        if self.rules_out(&input.haystack()[input.get_span()]) {
            return Ok(false);
        }
        match self.find_fast(arena, &input, &mut [])? {
            Some(is_found) => Ok(is_found),
            None => self.linear()?.is_match(arena, input),
        }
    }

    /// Whether a text has no match for want of a literal that each match has.
    pub fn rules_out(&self, text: &[u8]) -> bool {
        self.prefilter.as_ref().is_some_and(|literal| literal.find(text).is_none())
    }

    /// The first match, as where its groups begin and end.
    ///
    /// # Errors
    /// As [`Regular::is_match`].
    pub fn search(&self, arena: &Arena, input: &Input<'_>, slots: &mut [CaptureSlot]) -> Result<bool, Fault> {
        match self.find_fast(arena, input, slots)? {
            Some(is_found) => Ok(is_found),
            None => self.linear()?.search(arena, input, slots),
        }
    }

    /// Whether there is a match, where that is known without the linear engine.
    fn find_fast(&self, arena: &Arena, input: &Input<'_>, slots: &mut [CaptureSlot]) -> Result<Option<bool>, Fault> {
        let text = input.haystack();
        if input.get_span().len() < self.size.shortest {
            return Ok(Some(false));
        }
        if !arena.is_native() || text.len() > LONGEST || self.size.program > LARGEST_NATIVE {
            return Ok(None);
        }
        let (alphabet, is_anchored) = (Alphabet::of(text), input.get_anchored().is_anchored());
        let work = self.size.work(input.get_span().len(), is_anchored).min(Jit::MOST_BACKTRACKS * text.len() as u64);
        if !arena.affords(work / BYTES_A_STEP) {
            return Ok(None);
        }
        let jit = &self.jits[alphabet as usize][usize::from(is_anchored)];
        let jit = jit.get_or_init(|| Jit::new(&self.text, alphabet, is_anchored));
        let Some(jit) = jit.as_ref().map_err(Clone::clone)? else { return Ok(None) };
        Ok(jit.find(text, input.start(), slots))
    }

    fn linear(&self) -> Result<&Linear, Fault> {
        self.linear.get_or_init(|| Linear::new(&self.text, self.largest)).as_ref().map_err(Clone::clone)
    }
}
