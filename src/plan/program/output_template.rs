//! The event as one line whose bytes are known but for the values.

use crate::json::Words;
use crate::plan::expression::Slot;

/// The leaves of the tree in order, and what stands before each.
#[derive(Clone, Debug)]
pub(crate) struct OutputTemplate {
    /// The values.
    pub leaves: Box<[Leaf]>,
    /// Fields with others below, and those that are not known; where one of them has a value, the tree says what comes of it.
    pub stops: Box<[Slot]>,
}

/// A value of the line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leaf {
    /// Where it is; `None` where it is the same in all events and [`Leaf::separator`] has it.
    pub slot: Option<Slot>,
    /// What stands between the value before and this one, where the leaf before is written: ends of objects, a comma,
    /// openings of objects, the key.
    pub separator: Words,
    /// How many of the objects around it are around the leaf before, too.
    pub shared: usize,
    /// What opens the objects around it, outermost first.
    pub openings: Box<[Words]>,
    /// Its key; with the values of all leaves that follow it, if it has no slot.
    pub key: Words,
    /// How many objects are open behind it.
    pub depth: usize,
}
