//! The fast engine: machine code by PCRE2, for texts of ASCII or for all.
//!
//! It backtracks. What it does not find within a bound is searched for by the linear engine. Why so: `docs/decisions/0108`.

use super::groups::CaptureSlot;
use super::notation::{Alphabet, PcrePattern};
use crate::value::Fault;
use pcre2::bytes::{CaptureLocations, Regex, RegexBuilder};
use regex_automata::util::pool::Pool;
use regex_automata::util::primitives::NonMaxUsize;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// A pattern as machine code.
pub(super) struct Jit {
    regex: Regex,
    /// The groups' numbers in the linear engine, by those of this one.
    groups: Box<[usize]>,
    locations: Pool<CaptureLocations, Box<dyn Fn() -> CaptureLocations + Send + Sync>>,
    /// How often it gave up of late: grows by [`Jit::RESTS`] each time, and each search takes one off.
    given_up: AtomicU32,
}

impl Jit {
    /// How often a search may backtrack; each time it may look at the whole text.
    pub(super) const MOST_BACKTRACKS: u64 = 10_000;
    /// How many searches a pattern is left to the linear engine for each time that it gave up, once it gave up often.
    const RESTS: u32 = 1 << 10;
    /// How often it may give up before that.
    const PATIENCE: u32 = 64;

    /// Compiles a pattern in the linear engine's notation; `None` where the engine cannot run it: this machine has none, or
    /// the pattern is too large for it.
    ///
    /// # Errors
    /// Parse, where it is no pattern.
    pub(super) fn new(pattern: &str, alphabet: Alphabet, is_anchored: bool) -> Result<Option<Self>, Fault> {
        let pattern = PcrePattern::read(pattern, alphabet)?;
        Ok(pattern.and_then(|pattern| Jit::compiled(pattern, alphabet, is_anchored)))
    }

    fn compiled(pattern: PcrePattern, alphabet: Alphabet, is_anchored: bool) -> Option<Self> {
        let (limit, start) = (Self::MOST_BACKTRACKS, if is_anchored { "\\G" } else { "" });
        let text = format!("(*LF)(*LIMIT_MATCH={limit}){start}(?:{})", pattern.text);
        let regex = RegexBuilder::new().utf(alphabet == Alphabet::Unicode).jit(true).build(&text).ok()?;
        let made = regex.clone();
        let locations = Pool::new(Box::new(move || made.capture_locations()) as _);
        Some(Jit { regex, groups: pattern.groups.into(), locations, given_up: AtomicU32::new(0) })
    }

    /// Whether there is a match at or after a byte, or just there where the pattern is anchored; `None` where the search gave
    /// up. `slots` take the linear engine's groups.
    pub(super) fn find(&self, text: &[u8], from: usize, slots: &mut [CaptureSlot]) -> Option<bool> {
        let given_up = self.given_up.load(Ordering::Relaxed);
        if given_up > 0 {
            // Searches of other threads may get lost here, which changes little.
            self.given_up.store(given_up - 1, Ordering::Relaxed);
            if given_up > Self::PATIENCE * Self::RESTS {
                return None;
            }
        }
        let mut locations = self.locations.get();
        let Ok(found) = self.regex.captures_read_at(&mut locations, text, from) else {
            self.given_up.fetch_add(Self::RESTS, Ordering::Relaxed);
            return None;
        };
        if found.is_some() && !slots.is_empty() {
            for (place, group) in self.groups.iter().enumerate() {
                if let (Some((start, end)), [first, last]) =
                    (locations.get(place), &mut slots[2 * group..2 * group + 2])
                {
                    (*first, *last) = (NonMaxUsize::new(start), NonMaxUsize::new(end));
                }
            }
        }
        Some(found.is_some())
    }
}

impl fmt::Debug for Jit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jit").field("regex", &self.regex).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::translate::translate;
    use super::{Alphabet, Jit};
    use crate::pattern::syntax::read;
    use crate::pattern::{Dialect, Extent};

    /// Machine code of a pattern in RE2's notation, for searches anywhere in a text.
    fn jit(pattern: &str, alphabet: Alphabet) -> Option<Jit> {
        let translation = translate(&read(pattern, Dialect::Re2).expect(pattern), Extent::Part);
        Jit::new(&translation.text, alphabet, false).expect(pattern)
    }

    #[test]
    fn this_machine_makes_machine_code() {
        for alphabet in [Alphabet::Ascii, Alphabet::Unicode] {
            let jit = jit("(a+)b", alphabet).expect("machine code");
            let mut slots = [None; 4];
            assert_eq!(jit.find(b"xaab", 0, &mut slots), Some(true));
            assert_eq!(slots.map(|slot| slot.map(|place| place.get())), [Some(1), Some(4), Some(1), Some(3)]);
            assert_eq!(jit.find(b"xaa", 0, &mut []), Some(false));
        }
    }

    #[test]
    fn a_pattern_of_more_than_64_kib_of_code_has_some_too() {
        let large = "(?:[a-f]|[h-m][b-y]){40}".repeat(60);
        assert!(
            jit(&large, Alphabet::Ascii).is_some(),
            "PCRE2 was built with links of two bytes: see .cargo/config.toml"
        );
    }

    #[test]
    fn what_reads_nothing_again_and_again_is_left_to_the_linear_engine() {
        for pattern in ["(?:a*)*", "(a|)+b", "(?:a?){2,}"] {
            assert!(jit(pattern, Alphabet::Ascii).is_none(), "{pattern}");
        }
    }

    #[test]
    fn a_search_gives_up_and_a_pattern_that_did_so_often_rests() {
        let nested = jit("(?:a+)+$", Alphabet::Ascii).expect("machine code");
        let steep = [&[b'a'; 60][..], b"b"].concat();
        assert_eq!(nested.find(b"aaa", 0, &mut []), Some(true));
        for _ in 0..=Jit::PATIENCE {
            assert_eq!(nested.find(&steep, 0, &mut []), None);
        }
        let rests = (0..Jit::RESTS).filter(|_| nested.find(b"aaa", 0, &mut []).is_none()).count();
        assert!((900..1000).contains(&rests), "{rests}");
        assert_eq!(nested.find(b"aaa", 0, &mut []), Some(true));
    }
}
