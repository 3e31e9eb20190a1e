//! The table of values of one event: what slots hold, and how names and sources are read from them.

use crate::filters::Patterns;
use crate::json::KeyOrder;
use crate::plan::expression::{FieldReading, Path, Relative, Slot};
use crate::plan::fields::Place;
use crate::plan::program::Inputs;
use crate::plan::program::op::{Op, Projected};
use crate::plan::template::Source;
use crate::value::{Arena, Fault, List, Value, ops, text};
use std::cell::Cell;
use std::ops::Range;

/// The registers, as all that runs takes them: one reference.
pub(crate) type Values<'a> = &'a Registers<'a>;

/// What an evaluation reads: the plan's table of values, filled so far, and where new values go.
#[derive(Debug)]
pub(crate) struct Registers<'a> {
    /// The value of each slot.
    pub slots: &'a [Cell<Value<'a>>],
    /// Where new values are made.
    pub arena: &'a Arena,
    /// Patterns compiled at run time.
    pub patterns: &'a Patterns,
    /// In which order the parts of documents came before.
    pub order: &'a KeyOrder,
    /// The time against which incomplete dates are read, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
}

impl<'a> Registers<'a> {
    #[inline(always)]
    pub(super) fn get(&self, slot: Slot) -> Value<'a> {
        self.slots[slot.0 as usize].get()
    }

    #[inline(always)]
    pub(super) fn set(&self, slot: Slot, value: Value<'a>) {
        self.slots[slot.0 as usize].set(value);
    }

    /// Whether none of a step's inputs is there.
    #[inline]
    pub(super) fn lacks(&self, inputs: Option<&Inputs>) -> bool {
        inputs.is_some_and(|inputs| {
            let may_be = |slot: &Slot| matches!(self.get(*slot), Value::Map(_) | Value::Undefined);
            inputs.registers.iter().all(|slot| self.get(*slot).is_undefined()) && inputs.dicts.iter().all(may_be)
        })
    }

    /// Registers that follow each other.
    pub(super) fn registers(&self, range: &Range<u32>) -> &'a [Cell<Value<'a>>] {
        &self.slots[range.start as usize..range.end as usize]
    }

    /// Empties registers.
    pub(super) fn clear(&self, range: &Range<u32>) {
        self.registers(range).iter().for_each(|register| register.set(Value::Undefined));
    }

    /// What a field has: its own value, or what is under its name in a field's dict above.
    pub(super) fn at(&self, place: &'a Place) -> Value<'a> {
        let own = place.exact.map_or(Value::Undefined, |slot| self.get(slot));
        if !own.is_missing() {
            return own;
        }
        let above = place.above.iter().filter_map(|above| match self.get(above.slot) {
            Value::Map(map) => walk(Value::Map(map), &above.keys).ok(),
            _ => None,
        });
        above.into_iter().find(|value| !value.is_missing()).unwrap_or(Value::Undefined)
    }

    /// The native value of a source: text that reads as a list or a dict becomes one.
    pub(super) fn source(&'a self, source: &'a Source<Op>) -> Result<Value<'a>, Fault> {
        match self.input(source)? {
            Value::Text(text) if !matches!(source, Source::Constant(_) | Source::Verbatim(_)) => {
                text::native(self.arena, text)
            }
            value => Ok(value),
        }
    }

    /// The value of a source as an extractor reads it: text stays text. Undefined where a template put nothing out.
    pub(super) fn input(&'a self, source: &'a Source<Op>) -> Result<Value<'a>, Fault> {
        match source {
            Source::Constant(constant) => constant.to_value(self.arena),
            Source::Expression(expression) => self.expression(expression),
            Source::Template(template) => self.template(template),
            Source::Verbatim(inner) => self.input(inner),
            Source::List(items) => {
                let list = List::new(self.arena);
                for item in items {
                    list.push(self.arena, self.source(item)?)?;
                }
                Ok(Value::List(self.arena.bump().alloc(list)))
            }
            Source::Map(entries) => {
                let map = self.arena.map();
                for (key, value) in entries {
                    map.insert(self.arena, key.to_value(self.arena)?, self.source(value)?)?;
                }
                Ok(Value::Map(map))
            }
        }
    }

    /// What is below a layer's output. Where the entry did not run, there is no layer to have one.
    pub(super) fn path(&self, path: &'a Path) -> Result<Value<'a>, Fault> {
        match self.get(path.slot) {
            Value::Undefined if self.is_any_set(&path.beside) => Ok(Value::Undefined),
            Value::Undefined => Err(ops::nothing_below()),
            value => walk(value, &path.keys),
        }
    }

    fn is_any_set(&self, slots: &[Slot]) -> bool {
        slots.iter().any(|slot| !self.get(*slot).is_undefined())
    }

    /// As [`Registers::path`], where an extractor puts what is read into a register.
    #[inline]
    pub(super) fn projected(&self, projected: &'a Projected) -> Result<Value<'a>, Fault> {
        match self.direct_value(projected) {
            Some(value) => Ok(value),
            None => self.projected_down(projected),
        }
    }

    /// The value of a register that is all that is read.
    #[inline]
    pub(super) fn direct_value(&self, projected: &Projected) -> Option<Value<'a>> {
        let value = self.get(projected.register);
        (projected.is_direct && !value.is_undefined()).then_some(value)
    }

    #[inline(never)]
    fn projected_down(&self, projected: &'a Projected) -> Result<Value<'a>, Fault> {
        let value = self.get(projected.register);
        let value = if value.is_undefined() { self.reason_why_not(projected)? } else { value };
        walk(value, projected.below())
    }

    /// A register has nothing: undefined where the dict lacks the last key, a fault where there is no dict.
    fn reason_why_not(&self, projected: &'a Projected) -> Result<Value<'a>, Fault> {
        let mut above = self.get(projected.path.slot);
        for step in &projected.steps {
            above = match above {
                Value::Undefined => return Err(ops::nothing_below()),
                Value::Map(_) => self.get(*step),
                _ => Value::Undefined,
            };
        }
        Ok(above)
    }

    /// Reads a dotted name from a set of fields.
    pub(super) fn fields(&self, reading: &'a FieldReading) -> Result<Value<'a>, Fault> {
        if let Some(value) = reading.exact.map(|slot| self.get(slot)).filter(|value| !value.is_missing()) {
            return self.joined(value, &reading.below);
        }
        let mut is_in_dict = false;
        for above in &reading.above {
            match self.get(above.slot) {
                // A dict that was spread: what was in it has slots of its own.
                Value::Map(map) if above.keys.first().is_none_or(|key| map.get_text(key).is_none()) => {
                    is_in_dict |= above.keys.len() == 1;
                }
                value if value.is_missing() => {}
                value => return walk(value, &above.keys),
            }
        }
        let gathered = self.gather(&reading.below)?;
        if gathered.is_undefined() && reading.is_always {
            return Ok(Value::Map(self.arena.map()));
        }
        match &reading.dict {
            Some(dict) if gathered.is_undefined() && !is_in_dict && !self.is_any_set(dict) => Err(ops::nothing_below()),
            _ => Ok(gathered),
        }
    }

    /// A field's dict with the fields below that have a value of their own.
    fn joined(&self, value: Value<'a>, below: &'a [Relative]) -> Result<Value<'a>, Fault> {
        let Value::Map(map) = value else { return Ok(value) };
        if below.iter().all(|field| self.get(field.slot).is_missing()) {
            return Ok(value);
        }
        let root = map.copy(self.arena)?;
        for field in below.iter().filter(|field| !self.get(field.slot).is_missing()) {
            put(self.arena, root, &field.keys, self.get(field.slot))?;
        }
        Ok(Value::Map(root))
    }

    /// A dict of all fields below a name; undefined if none has a value. A slot that is `None` keeps its dict's place.
    /// What a dict of these fields has under a key, given those under it; undefined where it has nothing. `None` where the fields are
    /// not gathered into a dict.
    pub(super) fn gathered_under(
        &self,
        reading: &'a FieldReading,
        under: &'a [Relative],
    ) -> Option<Result<Value<'a>, Fault>> {
        let own = reading.exact.map_or(Value::Undefined, |slot| self.get(slot));
        let is_bare = own.is_missing() && reading.above.iter().all(|above| self.get(above.slot).is_undefined());
        let has_value = |field: &Relative| !self.get(field.slot).is_missing();
        let is_under = under.iter().any(has_value);
        if !is_bare || !(is_under || reading.below.iter().any(|field| !self.get(field.slot).is_undefined())) {
            return None;
        }
        Some(match under {
            _ if !is_under => Ok(Value::Undefined),
            [only] if only.keys.is_empty() => Ok(self.get(only.slot)),
            fields => self.gather(fields),
        })
    }

    fn gather(&self, below: &'a [Relative]) -> Result<Value<'a>, Fault> {
        let mut root = None;
        for field in below {
            let value = self.get(field.slot);
            if !value.is_undefined() {
                let root = root.get_or_insert_with(|| self.arena.map());
                if !value.is_missing() {
                    put(self.arena, root, &field.keys, value)?;
                }
            }
        }
        Ok(root.map_or(Value::Undefined, Value::Map))
    }
}

/// The value below another one, by keys.
pub(super) fn walk<'a>(value: Value<'a>, keys: &[Box<str>]) -> Result<Value<'a>, Fault> {
    keys.iter().try_fold(value, |value, key| ops::attribute(value, key))
}

/// Puts a value into nested dicts, which are made where they are missing.
pub(super) fn put<'a>(
    arena: &'a Arena,
    map: &'a crate::value::Map<'a>,
    keys: &'a [Box<str>],
    value: Value<'a>,
) -> Result<(), Fault> {
    let Some((last, above)) = keys.split_last() else { return Ok(()) };
    let mut map = map;
    for key in above {
        map = match map.get_text(key) {
            Some(Value::Map(inner)) => inner,
            _ => {
                let inner = arena.map();
                map.insert(arena, Value::Text(key), Value::Map(inner))?;
                inner
            }
        };
    }
    map.insert(arena, Value::Text(last), value)
}
