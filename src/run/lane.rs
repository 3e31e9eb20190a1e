//! A lane: a record of a batch on its way to an event.

use super::record::Record;
use super::values::Values;
use crate::filters::Patterns;
use crate::infer::Caches;
use crate::json::KeyOrder;
use crate::value::Value;

/// A record of a batch on its way to an event.
pub(super) struct Lane<'a, 'o, O> {
    pub(super) values: Values<'a>,
    pub(super) record: &'a Record<'a>,
    pub(super) text: &'a str,
    pub(super) extra: Extra<'a>,
    /// Whether it could be read, and so entries run.
    pub(super) has_begun: bool,
    pub(super) observer: &'o mut O,
}

/// Fields that came in with the event and that no slot is for: their names and values.
pub(super) type Extra<'a> = Vec<(String, Value<'a>)>;

/// What records learn from those before.
#[derive(Debug, Default)]
pub(super) struct Learned {
    pub(super) patterns: Patterns,
    pub(super) order: KeyOrder,
}

/// What one record after the other uses.
#[derive(Debug, Default)]
pub(super) struct Reused {
    pub(super) caches: Caches,
    /// The event that was written last.
    pub(super) line: Vec<u8>,
}
