//! A compiled regular expression, and how it is searched for.

use super::engine::{
    Bounded, EnginePattern, Groups, LARGEST_OF_SPEC, LARGEST_PROGRAM, Linear, required_literal, translate,
};
use super::syntax::{self, Dialect, Extent};
use crate::value::{Arena, Fault, FaultCode};
use memchr::memmem::Finder;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};
use std::ops::Range;

/// A compiled regular expression. Patterns without look-around, back-references, atomic groups and possessive
/// repetition run in linear time; the others run on a backtracking engine with a bound on its steps.
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
    /// What a text must have for a match to be in it.
    prefilter: Option<Finder<'static>>,
}

#[derive(Clone, Debug)]
enum Engine {
    Linear(Box<Linear>),
    Bounded(Box<Bounded>),
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
        let prefilter = required_literal(&tokens).map(|literal| Finder::new(&literal).into_owned());
        let translation = translate(tokens, extent);
        let engine = match translation.backtracks {
            false => Engine::Linear(Box::new(Linear::new(&translation.text, largest)?)),
            true => Engine::Bounded(Box::new(Bounded::new(&translation.text, largest)?)),
        };
        Ok(Pattern { engine, translation, prefilter })
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

    /// Whether the pattern runs in time linear in the text.
    pub fn is_linear(&self) -> bool {
        matches!(self.engine, Engine::Linear(_))
    }

    /// About how many bytes it takes, and how much work it was to compile.
    pub fn size(&self) -> usize {
        match &self.engine {
            Engine::Linear(linear) => linear.size(),
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
        // PERF: `benches/guard.sh` (access_requests): 460 instructions instead of 740, though one text in four has it.
        if self.prefilter.as_ref().is_some_and(|literal| literal.find(&text.as_bytes()[from..]).is_none()) {
            return Ok(false);
        }
        match &self.engine {
            Engine::Linear(linear) => linear.is_match(arena, input(text, from, anchored)),
            Engine::Bounded(bounded) => bounded.is_match(arena, text, from, anchored),
        }
    }

    /// The first match at or after a byte (or, `anchored`, just there), into groups that the caller keeps; they are empty
    /// where nothing matched. The event pays for the steps.
    ///
    /// # Errors
    /// As [`Pattern::is_match`].
    pub fn search(
        &self,
        arena: &Arena,
        text: &str,
        from: usize,
        anchored: bool,
        groups: &mut Groups,
    ) -> Result<bool, Fault> {
        groups.clear();
        if !text.is_char_boundary(from) {
            return Ok(false);
        }
        match &self.engine {
            Engine::Linear(linear) => self.search_linear(linear, arena, &input(text, from, anchored), groups)?,
            Engine::Bounded(bounded) => bounded.search(arena, text, from, anchored, groups)?,
        }
        Ok(!groups.is_empty())
    }

    /// The first match at or after a byte, with a budget of its own.
    ///
    /// # Errors
    /// As [`Pattern::is_match`].
    pub fn find_at(&self, text: &str, from: usize) -> Result<Option<Groups>, Fault> {
        let mut groups = Groups::new();
        Ok(self.search(&Arena::default(), text, from, false, &mut groups)?.then_some(groups))
    }

    /// The match that starts just there, with a budget of its own.
    ///
    /// # Errors
    /// As [`Pattern::is_match`].
    pub fn find_just_at(&self, text: &str, from: usize) -> Result<Option<Groups>, Fault> {
        let mut groups = Groups::new();
        Ok(self.search(&Arena::default(), text, from, true, &mut groups)?.then_some(groups))
    }

    /// The matches from left to right, none of which overlap. After an empty match the search goes on one character
    /// further; a match may be empty right behind another, as in Python.
    pub fn matches<'p, 't>(&'p self, arena: &'p Arena, text: &'t str) -> Matches<'p, 't> {
        Matches { pattern: self, arena, text, from: 0 }
    }

    fn search_linear(
        &self,
        linear: &Linear,
        arena: &Arena,
        input: &Input<'_>,
        groups: &mut Groups,
    ) -> Result<(), Fault> {
        const FEW: usize = 128;
        let needed = linear.slots();
        let mut few = [None; FEW];
        let mut many = Vec::new();
        let slots = if needed <= FEW {
            &mut few[..needed]
        } else {
            many.resize(needed, None);
            &mut many[..]
        };
        if linear.search(arena, input, slots)? {
            self.collect(slots, groups);
        }
        Ok(())
    }

    /// Turns the engine's groups into the pattern's. A mark stands where the match ends although a newline after it was
    /// read too: see `EnginePattern::ends`.
    fn collect(&self, slots: &[Option<NonMaxUsize>], groups: &mut Groups) {
        let range = |group: usize| -> Option<Range<usize>> {
            let start = (*slots.get(2 * group)?)?.get();
            Some(start..(*slots.get(2 * group + 1)?)?.get())
        };
        let end = self.translation.ends.iter().find_map(|mark| range(*mark)).map_or(usize::MAX, |mark| mark.start);
        let clamp = |range: Range<usize>| range.start.min(end)..range.end.min(end);
        groups.extend(self.translation.groups.iter().map(|group| range(*group).map(clamp)));
    }
}

/// The matches of a pattern in a text, from left to right.
#[derive(Debug)]
pub struct Matches<'p, 't> {
    pattern: &'p Pattern,
    arena: &'p Arena,
    text: &'t str,
    from: usize,
}

impl Iterator for Matches<'_, '_> {
    type Item = Result<Groups, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut groups = Groups::new();
        let found = self.pattern.search(self.arena, self.text, self.from, false, &mut groups);
        let found = found.map(|found| found.then_some(groups)).transpose()?;
        self.from = match &found {
            Ok(groups) => match groups.first().cloned().flatten() {
                Some(whole) if whole.is_empty() => next_character(self.text, whole.end),
                Some(whole) => whole.end,
                None => self.text.len() + 1,
            },
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
