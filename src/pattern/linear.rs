//! The engine whose time is linear in the text, once for all texts and once for those that are ASCII.

use super::walk::{Outcome, Walk};
use super::{not_compiled, too_large};
use crate::value::Fault;
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Input, meta};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// The largest program a pattern may compile to, in bytes, where an event's data may have made it.
pub(super) const LARGEST_PROGRAM: usize = 10 << 20;

/// The largest that a spec's own pattern may compile to: it is compiled once, and long lists of messages are large.
pub(super) const LARGEST_OF_SPEC: usize = 64 << 20;

/// The longest text for which the program for ASCII is taken, in bytes: whether a text is ASCII is asked at each search in
/// it.
const LONGEST_ASCII: usize = 4 << 10;

/// A pattern in the notation of the `regex` crate, compiled.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    text: Box<str>,
    whole: meta::Regex,
    /// How large a program may be, in bytes.
    largest: usize,
    ascii: OnceLock<Option<Arc<Ascii>>>,
    /// How often the program for ASCII could have been used before it was there.
    missed: Arc<AtomicU32>,
}

/// What runs over ASCII alone.
#[derive(Debug)]
struct Ascii {
    regex: meta::Regex,
    walk: Option<Walk>,
}

impl Linear {
    /// How many searches in ASCII there are before it pays to compile a program for it: patterns made of an event's data
    /// are used once.
    const SEVERAL: u32 = 8;

    /// Compiles a pattern for all texts.
    ///
    /// # Errors
    /// Parse and limit.
    pub fn new(text: &str, largest: usize) -> Result<Self, Fault> {
        Ok(Linear {
            text: text.into(),
            whole: compile(text, largest)?,
            largest,
            ascii: OnceLock::new(),
            missed: Arc::default(),
        })
    }

    /// How many slots the groups have, two each.
    pub fn slots(&self) -> usize {
        2 * self.whole.captures_len()
    }

    /// Whether there is a match.
    pub fn is_match(&self, input: Input<'_>) -> bool {
        self.ascii(&input).map_or(&self.whole, |ascii| &ascii.regex).is_match(input)
    }

    /// The first match, as where its groups begin and end.
    pub fn search(&self, input: &Input<'_>, slots: &mut [Option<NonMaxUsize>]) -> bool {
        let Some(ascii) = self.ascii(input) else { return self.whole.search_slots(input, slots).is_some() };
        if let (Some(walk), true) = (&ascii.walk, input.get_anchored().is_anchored()) {
            match walk.find(input.haystack(), input.start(), slots) {
                Outcome::Match => return true,
                Outcome::NoMatch => return false,
                Outcome::GaveUp => slots.fill(None),
            }
        }
        ascii.regex.search_slots(input, slots).is_some()
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
            None => self.ascii.get_or_init(|| ascii(&self.text, self.largest).map(Arc::new)),
        };
        ascii.as_deref()
    }
}

/// The program for all texts.
///
/// # Errors
/// Parse and limit.
pub(super) fn compile(text: &str, largest: usize) -> Result<meta::Regex, Fault> {
    builder(largest).build(text).map_err(|error| match error.size_limit() {
        Some(_) => too_large(largest),
        None => not_compiled(&error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string)),
    })
}

/// The program that does the same for ASCII, where the pattern has one.
///
/// Classes as the pattern room writes them become those of ASCII, other characters a byte that no such text has. Two of
/// those stand for ASCII letters where case does not count; a pattern that may name one has no such program, nor has one
/// with another `\p{…}`.
fn ascii(text: &str, largest: usize) -> Option<Ascii> {
    const LETTERS: [&str; 5] = ["\u{17f}", "\u{212a}", r"\x{", r"\u", r"\U"];
    if LETTERS.iter().any(|letter| text.contains(letter)) {
        return None;
    }
    const CLASSES: [(&str, &str); 4] =
        [(r"\p{L}\p{N}_]", "A-Za-z0-9_]"), (r"\p{Nd}", "[0-9]"), (r"\P{Nd}", "[^0-9]"), (r"\p{N}", "[0-9]")];
    let text = text.replace(|character: char| !character.is_ascii(), r"\xff");
    let text = CLASSES.iter().fold(text, |text, (class, ascii)| text.replace(class, ascii));
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let regex = builder(largest).syntax(syntax).build(&text).ok()?;
    let config = thompson::Config::new().utf8(false).nfa_size_limit(Some(largest));
    let walk =
        thompson::Compiler::new().syntax(syntax).configure(config).build(&text).ok().map(|program| Walk::new(&program));
    Some(Ascii { regex, walk })
}

fn builder(largest: usize) -> meta::Builder {
    let mut builder = meta::Builder::new();
    builder.configure(meta::Config::new().nfa_size_limit(Some(largest)));
    builder
}
