//! What a rule sees of an event: the fields it reads and writes, by their place in its lists.

use super::Caches;
use crate::value::{Arena, Value};
use std::cell::Cell;

/// A rule's view of one event. A plan found the slots when it was compiled: no field is looked up by name here.
#[derive(Debug)]
pub struct Fields<'s, 'a> {
    slots: &'s [Cell<Value<'a>>],
    places: &'s Places,
    arena: &'a Arena,
    caches: &'s mut Caches,
}

/// The slots of a rule's fields.
#[derive(Debug)]
pub struct Places {
    /// Of each field in [`super::Rule::reads`]; `None` for one that the event cannot have.
    pub reads: Box<[Option<u32>]>,
    /// Those of them that are there, in their order.
    present: Box<[u32]>,
    /// Of each field in [`super::Rule::writes`]; `None` for one that the event cannot have.
    pub writes: Box<[Option<u32>]>,
}

impl Places {
    /// The slots of each field that a rule reads and writes.
    pub fn new(reads: Box<[Option<u32>]>, writes: Box<[Option<u32>]>) -> Self {
        Places { present: reads.iter().flatten().copied().collect(), reads, writes }
    }
}

impl<'s, 'a> Fields<'s, 'a> {
    /// A view over an event's slots.
    pub fn new(slots: &'s [Cell<Value<'a>>], places: &'s Places, arena: &'a Arena, caches: &'s mut Caches) -> Self {
        Fields { slots, places, arena, caches }
    }

    /// The value of a field in [`super::Rule::reads`]; undefined where the event lacks it.
    pub fn get(&self, index: usize) -> Value<'a> {
        present(self.cell(&self.places.reads, index))
    }

    /// The values of the fields in [`super::Rule::reads`] that the event has, in their order.
    pub fn values(&self) -> impl Iterator<Item = Value<'a>> {
        let slots = self.places.present.iter();
        slots.filter_map(|slot| self.slots.get(*slot as usize).map(Cell::get)).filter(|value| !value.is_missing())
    }

    /// The text of a field in [`super::Rule::reads`], where it is text and not empty.
    pub fn text(&self, index: usize) -> Option<&'a str> {
        self.get(index).as_text().filter(|text| !text.is_empty())
    }

    /// The value so far of a field in [`super::Rule::writes`]; undefined where the event lacks it, also where the spec
    /// deleted it.
    pub fn current(&self, index: usize) -> Value<'a> {
        present(self.cell(&self.places.writes, index))
    }

    /// Whether a field in [`super::Rule::writes`] has a value, be it from the spec or from an earlier rule.
    pub fn written(&self, index: usize) -> bool {
        !self.current(index).is_undefined()
    }

    /// Sets a field in [`super::Rule::writes`], whatever it had.
    pub fn set(&mut self, index: usize, value: Value<'a>) {
        if let Some(cell) = self.cell(&self.places.writes, index) {
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

/// What a slot has: `None` only keeps the place of a field that was deleted. Over the recorded pairs a deleted field is
/// filled as one that was never set 46 times, without exception.
fn present<'a>(slot: Option<&Cell<Value<'a>>>) -> Value<'a> {
    slot.map(Cell::get).filter(|value| !value.is_missing()).unwrap_or(Value::Undefined)
}
