//! A record at the start of its run: its text is decoded, and put where `original` is read.

use super::lane::{Extra, Lane, Learned};
use super::machine::Machine;
use super::observer::Observer;
use super::record::{Input, KEPT, LONGEST, LONGEST_WRITTEN, Record};
use super::report::{Failure, Omission};
use super::values::{Registers, Values};
use crate::json::{self, Projection};
use crate::value::{Arena, Fault, FaultCode, Map, Value};
use std::cell::Cell;

/// The text of a record; `true` where bytes that are not UTF-8 were replaced.
fn decoded<'a>(arena: &'a Arena, bytes: &'a [u8]) -> (&'a str, bool) {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(_) => (arena.bump().alloc_str(&String::from_utf8_lossy(bytes)), true),
    }
}

/// Whether a record may be read.
fn check_length(text: &str) -> Result<(), Fault> {
    let reason = match text.len() {
        length if length > LONGEST => format!("the record has {length} bytes; the limit is {LONGEST}"),
        length if 6 * length <= LONGEST_WRITTEN || json::escaped(text) <= LONGEST_WRITTEN => return Ok(()),
        _ => format!("the record has more than {LONGEST_WRITTEN} bytes as JSON"),
    };
    Err(Fault::new(FaultCode::Limit, reason))
}

impl<'a> Machine<'a> {
    /// A record at the start of its run, with an arena of its own, which is emptied.
    pub(super) fn start<'o, O: Observer>(
        self,
        learned: &'a Learned,
        record: &'a Record<'a>,
        arena: &'a mut Arena,
        observer: &'o mut O,
    ) -> Lane<'a, 'o, O> {
        arena.reset();
        arena.set_native(self.program.is_native);
        let arena = &*arena;
        let (text, is_replaced) = decoded(arena, record.input.bytes());
        if is_replaced {
            observer.report().omit(Omission::of_input("bytes that are not UTF-8 were replaced by U+FFFD"));
        }
        let slots = arena.bump().alloc_slice_fill_copy(self.program.registers as usize, Value::Undefined);
        let slots = Cell::from_mut(slots).as_slice_of_cells();
        let Learned { patterns, order } = learned;
        let values = &*arena.bump().alloc(Registers { slots, arena, patterns, order, now: record.now });
        let mut extra = Vec::new();
        let begun = self.begin(values, record, text, &mut extra);
        if let Input::Event(_) = record.input {
            self.settle_input(values, observer);
        }
        let has_begun = begun.is_ok();
        if let Err(fault) = begun {
            observer.report().fail(Failure::of_input(fault));
        }
        Lane { values, record, text, extra, has_begun, observer }
    }

    /// Puts the record where `original` is read. Of it, only the message is in the event that is built.
    fn begin(self, values: Values<'a>, record: &Record<'_>, text: &'a str, extra: &mut Extra<'a>) -> Result<(), Fault> {
        if let Err(fault) = check_length(text) {
            values.set(self.tree.output.message, Value::Text(start_of(text)));
            return Err(fault);
        }
        values.set(self.tree.output.message, Value::Text(text));
        if let Input::Event(_) = record.input {
            return self.begin_event(values, text, extra);
        }
        values.set(self.tree.layers.message, Value::Text(text));
        if self.tree.layers.reads_original() {
            let original = values.arena.map();
            original.insert(values.arena, Value::Text("message"), Value::Text(text))?;
            values.set(self.tree.layers.original, Value::Map(original));
        }
        Ok(())
    }

    /// Reads an event that came in as one.
    #[inline(never)]
    fn begin_event(self, values: Values<'a>, text: &'a str, extra: &mut Extra<'a>) -> Result<(), Fault> {
        let original = match json::read(values.arena, text, &Projection::WHOLE)? {
            Value::Map(map) => map,
            other => {
                let reason = format!("an event is a JSON object, not {}", other.type_name());
                return Err(Fault::new(FaultCode::Type, reason));
            }
        };
        let message = original.get_text("message").unwrap_or(Value::Undefined);
        values.set(self.tree.layers.message, message);
        values.set(self.tree.output.message, message);
        values.set(self.tree.layers.original, Value::Map(original));
        self.bring_in(values, original, "", extra)
    }

    /// Copies what came in beside the message to the event being built, but for `event` and what is said of the intake:
    /// so do the recorded pairs. Fields that the plan has no slot for go to `extra`.
    fn bring_in(self, values: Values<'a>, map: &'a Map<'a>, above: &str, extra: &mut Extra<'a>) -> Result<(), Fault> {
        values.arena.spend(map.len() as u64 + above.len() as u64)?;
        for (key, value) in map.iter() {
            let Value::Text(key) = key else { continue };
            let name = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
            match (self.tree.layers.fields.get(&name), value) {
                _ if ["message", "event", "sekoiaio.intake"].contains(&name.as_str()) => {}
                (Some(slot), _) => values.set(slot, value),
                (None, Value::Map(inner)) => self.bring_in(values, inner, &name, extra)?,
                (None, value) if self.tree.output.taxonomy.get(&name).is_some() => extra.push((name, value)),
                _ => {}
            }
        }
        Ok(())
    }
}

/// What is kept of a text that is too long.
fn start_of(text: &str) -> &str {
    let end = (0..=KEPT.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}
