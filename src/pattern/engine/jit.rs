//! The fast engine: machine code by PCRE2, for texts that are ASCII.
//!
//! It backtracks. What it does not find within a bound is searched for by the linear engine.

use super::groups::Slot;
use super::linear::Outcome;
use super::notation::AsciiPattern;
use pcre2::bytes::{CaptureLocations, Regex, RegexBuilder};
use regex_automata::util::pool::Pool;
use regex_automata::util::primitives::NonMaxUsize;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// A pattern as machine code.
pub(super) struct Jit {
    regex: Regex,
    locations: Pool<CaptureLocations, Box<dyn Fn() -> CaptureLocations + Send + Sync>>,
    /// How often it gave up.
    given_up: AtomicU32,
}

impl Jit {
    /// How often a pattern may give up before no search backtracks any more.
    const PATIENCE: u32 = 64;
    /// How often a search may backtrack.
    const MOST_BACKTRACKS: u32 = 20_000;
    /// What a search costs, in steps: the engine does not tell how many it took.
    pub(super) const PRICE: u64 = 512;

    /// Compiles a pattern; `None` where this machine has no such engine, or the pattern is too large for it.
    pub(super) fn new(pattern: &AsciiPattern, anchored: bool) -> Option<Self> {
        let (limit, start) = (Self::MOST_BACKTRACKS, if anchored { "\\G" } else { "" });
        let text = format!("(*LIMIT_MATCH={limit}){start}(?:{})", pattern.text);
        let regex = RegexBuilder::new().jit(true).build(&text).ok()?;
        let make = regex.clone();
        let locations = Pool::new(Box::new(move || make.capture_locations()) as _);
        Some(Jit { regex, locations, given_up: AtomicU32::new(0) })
    }

    /// The first match at or after a byte, or just there if it was compiled so; `groups` are the pattern's.
    pub(super) fn find(&self, text: &[u8], from: usize, groups: &[usize], slots: &mut [Slot]) -> Outcome {
        if self.given_up.load(Ordering::Relaxed) >= Self::PATIENCE {
            return Outcome::GaveUp;
        }
        let mut locations = self.locations.get();
        match self.regex.captures_read_at(&mut locations, text, from) {
            Ok(None) => Outcome::NoMatch,
            Ok(Some(_)) => {
                for (place, group) in std::iter::once(&0).chain(groups).enumerate() {
                    let (Some((start, end)), Some([first, last])) =
                        (locations.get(place), slots.get_mut(2 * group..2 * group + 2))
                    else {
                        continue;
                    };
                    (*first, *last) = (NonMaxUsize::new(start), NonMaxUsize::new(end));
                }
                Outcome::Match
            }
            Err(_) => {
                self.given_up.fetch_add(1, Ordering::Relaxed);
                Outcome::GaveUp
            }
        }
    }
}

impl fmt::Debug for Jit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jit").field("regex", &self.regex).finish_non_exhaustive()
    }
}
