//! The engine for patterns with look-around or back-references: it backtracks, a bounded number of times.

use super::fault::{not_compiled, too_large};
use super::groups::CaptureSlot;
use crate::value::{Arena, Fault, FaultCode};
use fancy_regex::{CompileError, Error, Regex, RegexBuilder, RegexInput, RuntimeError};
use regex_automata::util::primitives::NonMaxUsize;
use std::sync::OnceLock;

/// A pattern in the notation of `fancy_regex`, compiled for each number of times that it may backtrack.
#[derive(Clone, Debug)]
pub(in crate::pattern) struct Bounded {
    text: Box<str>,
    /// How large a program may be, in bytes.
    largest: usize,
    tries: [OnceLock<Result<Regex, Fault>>; TRIES.len()],
}

/// How often a search may backtrack, at the first try and at those that follow. The engine does not tell how often it
/// did: so a search is paid for before each try.
const TRIES: [usize; 4] = [512, 4_096, 32_768, MOST_BACKTRACKS];

/// How often a search may backtrack at all.
const MOST_BACKTRACKS: usize = 100_000;

/// The longest text: each step may look at all of it.
const LONGEST_TEXT: usize = 256 << 10;

/// How many bytes all steps of a search may look at.
const MOST_READ: usize = 1024 << 20;

/// How many bytes a step looks at for the price of one more.
const READ_A_STEP: usize = 64;

impl Bounded {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Parse and limit.
    pub fn new(text: &str, largest: usize) -> Result<Self, Fault> {
        let bounded = Bounded { text: text.into(), largest, tries: Default::default() };
        bounded.compiled(0)?;
        Ok(bounded)
    }

    /// About how many bytes it takes. The engine does not tell; what is repeated a number of times is built as often.
    pub fn size(&self) -> usize {
        const LETTER: usize = 256;
        const REPEATED: usize = 64 << 10;
        let counts = self.text.split(['{', ',', '}']).filter_map(|count| count.parse::<usize>().ok());
        LETTER * self.text.len() + REPEATED * counts.fold(0, usize::saturating_add).min(self.largest / REPEATED)
    }

    /// Whether there is a match.
    ///
    /// # Errors
    /// Limit, where it takes too many steps or the budget does not pay them.
    pub fn is_match(&self, arena: &Arena, text: &str, from: usize, anchored: bool) -> Result<bool, Fault> {
        // The engine's `is_match_input` looks past the anchor.
        self.tried(arena, text, |regex| Ok(regex.find_input(input(text, from, anchored))?.is_some()))
    }

    /// The first match, as where its groups begin and end.
    ///
    /// # Errors
    /// As [`Bounded::is_match`].
    pub fn search(
        &self,
        arena: &Arena,
        text: &str,
        from: usize,
        anchored: bool,
        slots: &mut [CaptureSlot],
    ) -> Result<bool, Fault> {
        self.tried(arena, text, |regex| {
            let Some(captures) = regex.captures_input(input(text, from, anchored))? else { return Ok(false) };
            for (group, pair) in slots.chunks_exact_mut(2).enumerate() {
                let found = captures.get(group);
                pair[0] = found.and_then(|found| NonMaxUsize::new(found.start()));
                pair[1] = found.and_then(|found| NonMaxUsize::new(found.end()));
            }
            Ok(true)
        })
    }

    fn tried<T>(
        &self,
        arena: &Arena,
        text: &str,
        mut search: impl FnMut(&Regex) -> Result<T, Error>,
    ) -> Result<T, Fault> {
        if text.len() > LONGEST_TEXT {
            let reason = format!("a pattern with look-around or back-references on more than {LONGEST_TEXT} bytes");
            return Err(Fault::new(FaultCode::Limit, reason));
        }
        let affordable = |steps: usize| steps == TRIES[0] || steps.saturating_mul(text.len()) <= MOST_READ;
        let mut gave_up = Error::RuntimeError(RuntimeError::BacktrackLimitExceeded);
        for (number, steps) in TRIES.into_iter().enumerate().filter(|(_, steps)| affordable(*steps)) {
            let regex = self.compiled(number)?;
            arena.labour((steps + steps * text.len() / READ_A_STEP) as u64)?;
            match search(regex) {
                Err(error @ Error::RuntimeError(RuntimeError::BacktrackLimitExceeded)) => gave_up = error,
                result => return result.map_err(|error| running(&error)),
            }
        }
        Err(running(&gave_up))
    }

    fn compiled(&self, number: usize) -> Result<&Regex, Fault> {
        self.tries[number]
            .get_or_init(|| compile(&self.text, TRIES[number], self.largest))
            .as_ref()
            .map_err(Clone::clone)
    }
}

fn input(text: &str, from: usize, anchored: bool) -> RegexInput<'_, str> {
    RegexInput::new(text).from_pos(from).anchored(anchored)
}

fn compile(text: &str, backtracks: usize, largest: usize) -> Result<Regex, Fault> {
    RegexBuilder::new(text)
        .backtrack_limit(backtracks)
        .delegate_size_limit(largest)
        .max_prog_size(largest / 32)
        .build()
        .map_err(|error| match error {
            Error::CompileError(kind) => match *kind {
                CompileError::PatternTooComplex => too_large(largest),
                CompileError::InnerError(inner) if inner.size_limit().is_some() => too_large(largest),
                other => not_compiled(&other.to_string()),
            },
            other => not_compiled(&other.to_string()),
        })
}

fn running(error: &Error) -> Fault {
    Fault::new(FaultCode::Limit, format!("a pattern with look-around or back-references took too many steps: {error}"))
}
