//! Where the result of an extractor goes.

use crate::json::{KeyOrder, Projection, scatter};
use crate::value::{Arena, Fault, Map, Value};
use std::cell::{Cell, RefCell};

/// How many remarks an extractor makes on one input.
pub const MOST_REMARKS: usize = 10;

/// What an extractor works with beside its input, and where the result goes.
#[derive(Clone, Copy, Debug)]
pub struct ResultSink<'c, 'a> {
    /// Where new values are made.
    pub arena: &'a Arena,
    /// Which parts of the result anyone reads; an extractor may leave the rest out.
    pub wanted: &'c Projection,
    /// In which order the parts came before.
    pub order: &'c KeyOrder,
    /// The time against which incomplete dates are read, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// The values of the properties that the event decides.
    pub properties: &'c [Value<'a>],
    /// Takes each part of the result that is wanted by name in the cell of its number, as
    /// [`crate::json::read_into`] does; without cells the result is all.
    pub cells: Option<&'c [Cell<Value<'a>>]>,
    /// Who looks on.
    pub observed: Option<&'c Observed>,
}

/// What is seen of an extractor as it reads.
#[derive(Debug, Default)]
pub struct Observed {
    /// What of the input is in no part of the result, and what looks like a mistake; at most [`MOST_REMARKS`].
    pub remarks: RefCell<Vec<String>>,
    /// Which of its alternatives the input took.
    pub alternative: Cell<Option<usize>>,
}

impl<'c, 'a> ResultSink<'c, 'a> {
    /// A sink that takes the whole result and nothing beside it, at the beginning of 1970.
    pub fn new(arena: &'a Arena, order: &'c KeyOrder) -> Self {
        static WHOLE: Projection = Projection::WHOLE;
        ResultSink { arena, wanted: &WHOLE, order, now: 0, properties: &[], cells: None, observed: None }
    }

    /// Takes the whole result.
    pub(super) fn whole(&self, value: Value<'a>) -> Value<'a> {
        if let Some(cells) = self.cells {
            scatter(value, self.wanted, cells);
        }
        value
    }

    /// Tells who looks on what there is to remark.
    pub(super) fn remark<R: IntoIterator<Item = String>>(&self, remarks: impl FnOnce() -> R) {
        if let Some(observed) = self.observed {
            let mut told = observed.remarks.borrow_mut();
            told.extend(remarks());
            told.truncate(MOST_REMARKS);
        }
    }

    /// Tells who looks on which alternative the input took.
    pub(super) fn took(&self, alternative: usize) {
        if let Some(observed) = self.observed {
            observed.alternative.set(Some(alternative));
        }
    }
}

/// Takes keys with their values, one after the other: into a dict or, for a plan, into the cells of the keys that are read.
/// Keys that nobody reads stay out.
///
/// PERF: `benches/guard.sh` (cef, kv): a key that is read takes a look among those that are, and one that is not takes no more.
pub(super) struct KeyValueSink<'c, 'a> {
    sink: &'c ResultSink<'c, 'a>,
    map: &'a Map<'a>,
}

impl<'c, 'a> KeyValueSink<'c, 'a> {
    /// One without a key.
    pub(super) fn new(sink: &'c ResultSink<'c, 'a>) -> Self {
        KeyValueSink { sink, map: sink.arena.map() }
    }

    /// The result.
    pub(super) fn finish(self) -> Value<'a> {
        Value::Map(self.map)
    }

    /// Where new values are made.
    pub(super) fn arena(&self) -> &'a Arena {
        self.sink.arena
    }

    /// Whether a key is read.
    pub(super) fn wants(&self, key: &str) -> bool {
        self.sink.wanted.below(key).is_some()
    }

    /// Sets a key; of equal keys the last one counts.
    ///
    /// # Errors
    /// Limit.
    pub(super) fn set(&self, key: &'a str, value: Value<'a>) -> Result<(), Fault> {
        if let Some(cells) = self.sink.cells {
            self.sink.wanted.cell(key, cells).into_iter().for_each(|cell| cell.set(value));
        }
        if self.is_kept(key) { self.map.insert(self.sink.arena, Value::Text(key), value) } else { Ok(()) }
    }

    /// Sets a key that is not set yet: of equal keys the first one counts.
    ///
    /// # Errors
    /// Limit.
    pub(super) fn set_first(&self, key: &'a str, value: Value<'a>) -> Result<(), Fault> {
        if let Some(cell) = self.sink.cells.and_then(|cells| self.sink.wanted.cell(key, cells))
            && cell.get().is_undefined()
        {
            cell.set(value);
        }
        if self.is_kept(key) { self.map.insert_first(self.sink.arena, Value::Text(key), value) } else { Ok(()) }
    }

    /// Whether a key goes to the dict: beside the cells only if that is wanted whole.
    fn is_kept(&self, key: &str) -> bool {
        if self.sink.cells.is_some() { self.sink.wanted.is_whole() } else { self.wants(key) }
    }
}
