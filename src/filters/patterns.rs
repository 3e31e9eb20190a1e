//! The patterns that expressions made, compiled once.

use crate::pattern::{Dialect, Extent, Pattern};
use crate::time::DateFormat;
use crate::value::{Arena, Fault, FaultCode};
use hashbrown::HashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// Compiled patterns and formats of dates by their text: the ones that the expressions of one plan made at run time, bounded in number.
#[derive(Debug, Default)]
pub struct Patterns {
    part: RefCell<Kept<Pattern>>,
    whole: RefCell<Kept<Pattern>>,
    /// In RE2's notation.
    re2: RefCell<Kept<Pattern>>,
    formats: RefCell<Kept<DateFormat>>,
}

impl Patterns {
    /// None yet.
    pub fn new() -> Self {
        Patterns::default()
    }

    /// The compiled pattern. Compiling is paid for, so that an event whose patterns are made from its data cannot stop
    /// the engine.
    ///
    /// # Errors
    /// Parse, where the text is no pattern; limit.
    pub fn get(&self, arena: &Arena, text: &str, extent: Extent) -> Result<Rc<Pattern>, Fault> {
        let cache = match extent {
            Extent::Part => &self.part,
            Extent::Whole => &self.whole,
        };
        kept(cache, arena, text, Pattern::size, || Pattern::with_extent(text, extent))
    }

    /// As [`Patterns::get`], of a pattern in RE2's notation that matches a part of a text.
    ///
    /// # Errors
    /// As [`Patterns::get`].
    pub(super) fn re2(&self, arena: &Arena, text: &str) -> Result<Rc<Pattern>, Fault> {
        kept(&self.re2, arena, text, Pattern::size, || Pattern::in_dialect(text, Extent::Part, Dialect::Re2))
    }

    /// The compiled format of dates; paid for like a pattern.
    ///
    /// # Errors
    /// Parse, where the text is no format; limit.
    pub(super) fn format(&self, arena: &Arena, text: &str) -> Result<Rc<DateFormat>, Fault> {
        kept(&self.formats, arena, text, DateFormat::size, || DateFormat::new(text))
    }
}

/// What texts compile to.
#[derive(Debug)]
struct Kept<T> {
    all: HashMap<Rc<str>, KeptPatterns<T>>,
    /// The last ones, by where their text was: that of a literal stays where it is.
    ///
    /// PERF: `benches/guard.sh` (access_requests): a pattern that a spec has as text is found without a hash of it.
    last: [Option<(Rc<str>, Rc<T>)>; LAST],
    /// About how many bytes they take.
    bytes: usize,
}

/// What a text compiles to, or why it does not.
type KeptPatterns<T> = Result<Rc<T>, Fault>;

/// How many patterns are kept; when there are more, all are forgotten.
const KEPT: usize = 256;

/// How many bytes those that are kept take, more or less; when it is more, all are forgotten.
const KEPT_BYTES: usize = 16 << 20;

/// How many are found by where their text was.
const LAST: usize = 16;

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept { all: HashMap::default(), last: [const { None }; LAST], bytes: 0 }
    }
}

fn kept<T>(
    cache: &RefCell<Kept<T>>,
    arena: &Arena,
    text: &str,
    size: impl Fn(&T) -> usize,
    compile: impl FnOnce() -> Result<T, Fault>,
) -> KeptPatterns<T> {
    const COST: u64 = 64 << 10;
    let mut cache = cache.borrow_mut();
    let Kept { all, last, bytes } = &mut *cache;
    let place = &mut last[text.as_ptr().addr() / size_of::<usize>() % LAST];
    if let Some((known, compiled)) = place
        && **known == *text
    {
        return Ok(Rc::clone(compiled));
    }
    if let Some((text, known)) = all.get_key_value(text) {
        if let Ok(compiled) = known {
            *place = Some((Rc::clone(text), Rc::clone(compiled)));
        }
        return known.clone();
    }
    arena.spend(COST + 64 * text.len() as u64)?;
    let compiled = compile().map(Rc::new);
    let size = match &compiled {
        Ok(compiled) => size(compiled),
        // What is too large was built until it was.
        Err(fault) if fault.code() == FaultCode::Limit => TOO_LARGE,
        Err(_) => 0,
    };
    if all.len() >= KEPT || *bytes + size > KEPT_BYTES {
        all.clear();
        *last = [const { None }; LAST];
        *bytes = 0;
    }
    *bytes += size;
    all.insert(text.into(), compiled.clone());
    // It is known from now on: who comes again does not pay again. A spec may have hundreds of small patterns.
    arena.spend(if size < LARGE { size / 8 } else { size } as u64)?;
    compiled
}

/// How many bytes a pattern takes that costs all that it takes.
const LARGE: usize = 1 << 20;

/// What a pattern that is too large takes to compile.
const TOO_LARGE: usize = 10 << 20;
