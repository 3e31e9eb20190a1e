//! The patterns that expressions made, compiled once.

use crate::pattern::{Extent, Pattern};
use crate::time::Format;
use crate::value::{Arena, Fault};
use hashbrown::HashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// Compiled patterns and formats of dates by their text: the ones that the expressions of one plan made at run time, bounded in number.
#[derive(Debug, Default)]
pub struct Patterns {
    part: RefCell<HashMap<Box<str>, Known<Pattern>>>,
    whole: RefCell<HashMap<Box<str>, Known<Pattern>>>,
    formats: RefCell<HashMap<Box<str>, Known<Format>>>,
}

/// What a text compiles to, or why it does not.
type Known<T> = Result<Rc<T>, Fault>;

/// How many patterns are kept; when there are more, all are forgotten.
const KEPT: usize = 256;

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
        kept(cache, arena, text, || Pattern::with_extent(text, extent))
    }

    /// The compiled format of dates; paid for like a pattern.
    ///
    /// # Errors
    /// Parse, where the text is no format; limit.
    pub(super) fn format(&self, arena: &Arena, text: &str) -> Result<Rc<Format>, Fault> {
        kept(&self.formats, arena, text, || Format::new(text))
    }
}

fn kept<T>(
    cache: &RefCell<HashMap<Box<str>, Known<T>>>,
    arena: &Arena,
    text: &str,
    compile: impl FnOnce() -> Result<T, Fault>,
) -> Known<T> {
    const COST: u64 = 64 << 10;
    if let Some(known) = cache.borrow().get(text) {
        return known.clone();
    }
    arena.spend(COST + 64 * text.len() as u64)?;
    let compiled = compile().map(Rc::new);
    let mut cache = cache.borrow_mut();
    if cache.len() >= KEPT {
        cache.clear();
    }
    cache.insert(text.into(), compiled.clone());
    compiled
}
