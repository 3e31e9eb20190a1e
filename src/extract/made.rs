//! The dict that an extractor of keys and values makes: a dict indeed or, for a plan, the cells of the keys that are read.

use super::{Extractor, Job, text_input};
use crate::value::{Fault, Map, Value};
use std::cell::Cell;
use std::fmt;

/// An extractor that reads keys and values out of text, one after the other.
pub(super) trait KeyReader: fmt::Debug + Send + Sync {
    /// Reads the text, and sets the keys that it finds.
    ///
    /// # Errors
    /// Parse, where the text cannot be read; limit.
    fn read<'a>(&self, text: &'a str, made: &Made<'_, 'a>) -> Result<(), Fault>;

    /// As [`Extractor::remarks`].
    fn remarks(&self, text: &str) -> Vec<String>;
}

impl<R: KeyReader> Extractor for R {
    fn extract<'a>(&self, input: Value<'a>, job: &Job<'_, 'a>) -> Result<Value<'a>, Fault> {
        let made = Made { job, map: job.arena.map(), cells: None };
        self.read(text_input(input)?, &made)?;
        Ok(Value::Map(made.map))
    }

    fn remarks(&self, input: Value<'_>) -> Vec<String> {
        input.as_text().map_or_else(Vec::new, |text| KeyReader::remarks(self, text))
    }

    fn extract_into<'a>(
        &self,
        input: Value<'a>,
        _: &[Value<'a>],
        job: &Job<'_, 'a>,
        cells: &[Cell<Value<'a>>],
    ) -> Result<Value<'a>, Fault> {
        let made = Made { job, map: job.arena.map(), cells: Some(cells) };
        self.read(text_input(input)?, &made)?;
        Ok(Value::Map(made.map))
    }
}

/// A dict that is being made. Keys that nobody reads stay out of it.
///
/// PERF: `benches/guard.sh` (cef, kv): a key that is read takes a look among those that are, and one that is not takes no more.
pub(super) struct Made<'c, 'a> {
    job: &'c Job<'c, 'a>,
    map: &'a Map<'a>,
    /// Where the keys that are wanted by name go; to the dict only if it is wanted whole.
    cells: Option<&'c [Cell<Value<'a>>]>,
}

impl<'a> Made<'_, 'a> {
    /// What the extractor works with.
    pub(super) fn job(&self) -> &Job<'_, 'a> {
        self.job
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
        if let Some(cells) = self.cells {
            self.job.wanted.cell(key, cells).into_iter().for_each(|cell| cell.set(value));
        }
        if self.is_kept(key) { self.map.insert(self.job.arena, Value::Text(key), value) } else { Ok(()) }
    }

    /// Sets a key that is not set yet: of equal keys the first one counts.
    ///
    /// # Errors
    /// Limit.
    pub(super) fn set_first(&self, key: &'a str, value: Value<'a>) -> Result<(), Fault> {
        if let Some(cell) = self.cells.and_then(|cells| self.job.wanted.cell(key, cells))
            && cell.get().is_undefined()
        {
            cell.set(value);
        }
        if self.is_kept(key) { self.map.insert_first(self.job.arena, Value::Text(key), value) } else { Ok(()) }
    }

    /// Whether a key goes to the dict.
    fn is_kept(&self, key: &str) -> bool {
        if self.cells.is_some() { self.job.wanted.is_whole() } else { self.wants(key) }
    }
}
