//! The dict that an extractor of keys and values makes: a dict indeed or, for a plan, the cells of the keys that are read.

use super::Job;
use crate::value::{Fault, Map, Value};
use std::cell::Cell;

/// A dict that is being made. Keys that nobody reads stay out of it.
///
/// PERF: `benches/guard.sh` (cef, kv): a key that is read takes a look among those that are, and one that is not takes no more.
pub(super) struct Made<'c, 'a> {
    job: &'c Job<'c, 'a>,
    map: &'a Map<'a>,
    cells: Option<&'c [Cell<Value<'a>>]>,
}

impl<'c, 'a> Made<'c, 'a> {
    /// An empty dict. With cells, what is wanted goes there, and the dict stays empty.
    pub(super) fn new(job: &'c Job<'c, 'a>, cells: Option<&'c [Cell<Value<'a>>]>) -> Self {
        Made { job, map: job.arena.map(), cells }
    }

    /// Whether a key is read.
    pub(super) fn wants(&self, key: &str) -> bool {
        self.job.wanted.below(key).is_some()
    }

    /// Sets a key; of equal keys the last one counts.
    ///
    /// # Errors
    /// Limit.
    pub(super) fn set(&self, key: &'a str, value: Value<'a>) -> Result<(), Fault> {
        match self.cells {
            Some(cells) => self.job.wanted.cell(key, cells).into_iter().for_each(|cell| cell.set(value)),
            None if self.wants(key) => self.map.insert(self.job.arena, Value::Text(key), value)?,
            None => {}
        }
        Ok(())
    }

    /// Sets a key that is not set yet: of equal keys the first one counts.
    ///
    /// # Errors
    /// Limit.
    pub(super) fn set_first(&self, key: &'a str, value: Value<'a>) -> Result<(), Fault> {
        match self.cells {
            Some(cells) => match self.job.wanted.cell(key, cells) {
                Some(cell) if cell.get().is_undefined() => cell.set(value),
                _ => {}
            },
            None if self.wants(key) && self.map.get_text(key).is_none() => {
                self.map.insert(self.job.arena, Value::Text(key), value)?;
            }
            None => {}
        }
        Ok(())
    }

    /// The dict.
    pub(super) fn value(self) -> Value<'a> {
        Value::Map(self.map)
    }
}
