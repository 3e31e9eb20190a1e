//! A compiled regular expression, and how it is searched for.

use super::engine::{Bounded, EnginePattern, Groups, LARGEST_OF_SPEC, LARGEST_PROGRAM, Regular, translate};
use super::syntax::{self, Dialect, Extent};
use crate::value::{Arena, Fault, FaultCode};
use regex_automata::{Anchored, Input};
use std::sync::Arc;

/// A compiled regular expression. Patterns without look-around, back-references, atomic groups and possessive
/// repetition run as machine code that backtracks within a bound, and beyond it in linear time; the others run on a
/// backtracking engine with a bound on its steps.
///
/// What differs from Python's `re`: `\b` counts combining marks as word characters; a `-` beside a class escape such as
/// in `[\w-.]` is a hyphen, where Python sees an error; `[[:alpha:]]`, `\h` (a hexadecimal digit), `\z`, `\p{…}`,
/// `(?<name>…)` and names with dots or hyphens are read as in Oniguruma; a name may be used by several groups; an empty
/// match is not tried again as a longer one at the same place; look-around cannot be repeated; `\B` matches in empty
/// text; a group repeated to match nothing at the end keeps what it matched before.
#[derive(Clone, Debug)]
pub struct Pattern {
    engine: Engine,
    translation: EnginePattern,
}

#[derive(Clone, Debug)]
enum Engine {
    Regular(Arc<Regular>),
    Bounded(Arc<Bounded>),
}

/// The longest pattern, in bytes.
const LONGEST_PATTERN: usize = 512 << 10;

impl Pattern {
    /// Compiles a pattern in Python's (or Oniguruma's, as grok uses it) notation, to find it anywhere in a text.
    ///
    /// # Errors
    /// Parse, where it is no pattern; limit, where it is too large.
    pub fn new(pattern: &str) -> Result<Self, Fault> {
        Pattern::with_extent(pattern, Extent::Part)
    }

    /// Compiles a pattern that must match to the end of the text, from wherever a search starts.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn whole(pattern: &str) -> Result<Self, Fault> {
        Pattern::with_extent(pattern, Extent::Whole)
    }

    /// Compiles a pattern for one of the two extents.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn with_extent(pattern: &str, extent: Extent) -> Result<Self, Fault> {
        Pattern::in_dialect(pattern, extent, Dialect::Python)
    }

    /// Compiles a pattern that a spec has as text, in RE2's notation, to match to the end of the text. It may be larger than
    /// others.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn of_spec(pattern: &str) -> Result<Self, Fault> {
        Pattern::compiled(pattern, Extent::Whole, Dialect::Re2, LARGEST_OF_SPEC)
    }

    /// Compiles a pattern for one of the two extents, in one of the two notations.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn in_dialect(pattern: &str, extent: Extent, dialect: Dialect) -> Result<Self, Fault> {
        Pattern::compiled(pattern, extent, dialect, LARGEST_PROGRAM)
    }

    fn compiled(pattern: &str, extent: Extent, dialect: Dialect, largest: usize) -> Result<Self, Fault> {
        if pattern.len() > LONGEST_PATTERN {
            return Err(Fault::new(FaultCode::Limit, format!("the pattern is longer than {LONGEST_PATTERN} bytes")));
        }
        let tokens = syntax::read(pattern, dialect)?;
        let translation = translate(&tokens, extent);
        let engine = match translation.backtracks {
            false => Engine::Regular(Arc::new(Regular::new(&translation.text, &tokens, largest)?)),
            true => Engine::Bounded(Arc::new(Bounded::new(&translation.text, largest)?)),
        };
        Ok(Pattern { engine, translation })
    }

    /// The names of the groups by number; group 0 is the whole match. Several groups may have one name.
    pub fn names(&self) -> Vec<Option<&str>> {
        self.translation.names.iter().map(Option::as_deref).collect()
    }

    /// How many groups there are, the whole match counted.
    pub fn len(&self) -> usize {
        self.translation.names.len()
    }

    /// Never: the whole match is a group.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The number of the first group of a name.
    pub fn group(&self, name: &str) -> Option<usize> {
        self.translation.names.iter().position(|known| known.as_deref() == Some(name))
    }

    /// Whether the pattern can run in time linear in the text.
    pub fn is_linear(&self) -> bool {
        matches!(self.engine, Engine::Regular(_))
    }

    /// About how many bytes it takes, and how much work it was to compile.
    pub fn size(&self) -> usize {
        match &self.engine {
            Engine::Regular(regular) => regular.size(),
            Engine::Bounded(bounded) => bounded.size(),
        }
    }

    /// Whether it matches anywhere at or after a byte (or, `anchored`, just there); the event pays for the steps. A byte
    /// inside a character or past the end has no match.
    ///
    /// # Errors
    /// Limit, where the budget or the bounded engine's steps are used up.
    pub fn is_match(&self, arena: &Arena, text: &str, from: usize, anchored: bool) -> Result<bool, Fault> {
        if !text.is_char_boundary(from) {
            return Ok(false);
        }
        match &self.engine {
            Engine::Regular(regular) => regular.is_match(arena, input(text, from, anchored)),
            Engine::Bounded(bounded) => bounded.is_match(arena, text, from, anchored),
        }
    }

    /// Whether a look for a literal tells that a text has no match. Worth asking before a search that mostly finds none.
    pub fn rules_out(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Regular(regular) => regular.rules_out(text.as_bytes()),
            Engine::Bounded(_) => false,
        }
    }

    /// The first match at or after a byte (or, `anchored`, just there). The event pays for the steps.
    ///
    /// # Errors
    /// As [`Pattern::is_match`].
    pub fn search<'a>(
        &self,
        arena: &'a Arena,
        text: &str,
        from: usize,
        anchored: bool,
    ) -> Result<Option<Groups<'a>>, Fault> {
        if !text.is_char_boundary(from) {
            return Ok(None);
        }
        let slots = Groups::slots(arena, self.translation.len())?;
        let is_found = match &self.engine {
            Engine::Regular(regular) => regular.search(arena, &input(text, from, anchored), slots)?,
            Engine::Bounded(bounded) => bounded.search(arena, text, from, anchored, slots)?,
        };
        Ok(is_found.then(|| Groups::of_engine(slots, &self.translation)))
    }

    /// The matches from left to right, none of which overlap. After an empty match the search goes on one character
    /// further; a match may be empty right behind another, as in Python.
    pub fn matches<'p, 'a>(&'p self, arena: &'a Arena, text: &'p str) -> Matches<'p, 'a> {
        Matches { pattern: self, arena, text, from: 0 }
    }
}

/// The matches of a pattern in a text, from left to right.
#[derive(Debug)]
pub struct Matches<'p, 'a> {
    pattern: &'p Pattern,
    arena: &'a Arena,
    text: &'p str,
    from: usize,
}

impl<'a> Iterator for Matches<'_, 'a> {
    type Item = Result<Groups<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.pattern.search(self.arena, self.text, self.from, false).transpose()?;
        self.from = match found.as_ref().map(Groups::whole) {
            Ok(whole) if whole.is_empty() => next_character(self.text, whole.end),
            Ok(whole) => whole.end,
            Err(_) => self.text.len() + 1,
        };
        Some(found)
    }
}

fn next_character(text: &str, place: usize) -> usize {
    place + text.get(place..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

fn input(text: &str, from: usize, anchored: bool) -> Input<'_> {
    let anchored = if anchored { Anchored::Yes } else { Anchored::No };
    Input::new(text).range(from..).anchored(anchored)
}
