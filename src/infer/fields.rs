//! What a rule sees of an event: the fields it reads and writes, by their place in its lists.

use super::Caches;
use crate::value::{Arena, Value};
use std::cell::Cell;

/// A rule's view of one event. A plan found the slots when it was compiled: no field is looked up by name here.
#[derive(Debug)]
pub struct Fields<'s, 'a> {
    slots: &'s [Cell<Value<'a>>],
    reads: &'s [Option<u32>],
    writes: &'s [Option<u32>],
    arena: &'a Arena,
    caches: &'s mut Caches,
}

impl<'s, 'a> Fields<'s, 'a> {
    /// A view over an event's slots; `reads` and `writes` tell the slot of each field in the rule's lists, `None` for one
    /// that the event cannot have.
    pub fn new(
        slots: &'s [Cell<Value<'a>>],
        reads: &'s [Option<u32>],
        writes: &'s [Option<u32>],
        arena: &'a Arena,
        caches: &'s mut Caches,
    ) -> Self {
        Fields { slots, reads, writes, arena, caches }
    }

    /// The value of a field in [`super::Rule::reads`]; undefined where the event lacks it.
    pub fn get(&self, index: usize) -> Value<'a> {
        // `None` keeps the place of a field that was deleted.
        let value = self.cell(self.reads, index).map_or(Value::Undefined, Cell::get);
        if value.is_missing() { Value::Undefined } else { value }
    }

    /// The values of the fields in [`super::Rule::reads`] that the event has, in their order.
    pub fn values(&self) -> impl Iterator<Item = Value<'a>> {
        let slots = self.reads.iter().flatten();
        slots.filter_map(|slot| self.slots.get(*slot as usize).map(Cell::get)).filter(|value| !value.is_missing())
    }

    /// The text of a field in [`super::Rule::reads`], where it is text and not empty.
    pub fn text(&self, index: usize) -> Option<&'a str> {
        self.get(index).as_text().filter(|text| !text.is_empty())
    }

    /// The value so far of a field in [`super::Rule::writes`]; undefined where the event lacks it.
    pub fn current(&self, index: usize) -> Value<'a> {
        self.cell(self.writes, index).map_or(Value::Undefined, Cell::get)
    }

    /// Whether a field in [`super::Rule::writes`] has a value, be it from the spec or from an earlier rule.
    pub fn written(&self, index: usize) -> bool {
        !self.current(index).is_undefined()
    }

    /// Sets a field in [`super::Rule::writes`], whatever it had.
    pub fn set(&mut self, index: usize, value: Value<'a>) {
        if let Some(cell) = self.cell(self.writes, index) {
            cell.set(value);
        }
    }

    /// Sets a field in [`super::Rule::writes`] that has no value yet.
    pub fn fill(&mut self, index: usize, value: Value<'a>) {
        if !self.written(index) {
            self.set(index, value);
        }
    }

    /// Sets a field in [`super::Rule::writes`] that has no value yet to text that is not empty.
    pub fn fill_text(&mut self, index: usize, text: &'a str) {
        if !text.is_empty() {
            self.fill(index, Value::Text(text));
        }
    }

    /// Where new values are built.
    pub fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// What is kept from event to event.
    pub fn caches(&mut self) -> &mut Caches {
        self.caches
    }

    fn cell(&self, slots: &'s [Option<u32>], index: usize) -> Option<&'s Cell<Value<'a>>> {
        let slot = slots.get(index).copied().flatten()?;
        self.slots.get(slot as usize)
    }
}
