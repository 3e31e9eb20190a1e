//! Records side by side: each step is taken for all of them before the next, so that its code is fetched once.

use super::timing::Step;
use super::values::{Table, Values};
use super::watch::{Finishing, Watch};
use super::{Failure, Input, KEPT, LONGEST, LONGEST_WRITTEN, Record, Warning, finish};
use crate::filters::Patterns;
use crate::infer::Caches;
use crate::plan::Plan;
use crate::value::json::{self, Order, Sink, Wanted};
use crate::value::{Arena, Fault, FaultCode, Map, Value};
use std::cell::Cell;

/// How many records [`Plan::run_together`] runs at most.
pub const TOGETHER: usize = 16;

/// The budget of a record that runs with others. One that needs more runs alone, and so all of them together take little
/// memory.
pub(super) const BUDGET: u64 = 512 << 10;

/// Whether a record may run with others: a long one fetches little code for its length.
pub(super) fn is_short(record: &Record<'_>) -> bool {
    record.input.bytes().len() <= 8 << 10
}

/// What records learn from those before.
#[derive(Debug, Default)]
pub(super) struct Shared {
    patterns: Patterns,
    order: Order,
}

/// What one record after the other uses.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) caches: Caches,
    pub(super) line: Vec<u8>,
}

/// A record on its way to an event.
pub(super) struct Lane<'a, 'w, W> {
    values: Values<'a>,
    record: &'a Record<'a>,
    text: &'a str,
    /// Fields that came in with the event and that no slot is for: their names and values.
    extra: Extra<'a>,
    /// Whether it could be read, and so entries run.
    has_begun: bool,
    watch: &'w mut W,
}

pub(super) type Extra<'a> = Vec<(String, Value<'a>)>;

/// Whether a record may be read.
fn check_length(text: &str) -> Result<(), Fault> {
    let reason = match text.len() {
        length if length > LONGEST => format!("a record of {length} bytes; the most is {LONGEST}"),
        length if 6 * length <= LONGEST_WRITTEN || json::escaped(text) <= LONGEST_WRITTEN => return Ok(()),
        _ => format!("a record of more than {LONGEST_WRITTEN} bytes as JSON"),
    };
    Err(Fault::new(FaultCode::Limit, reason))
}

impl Plan {
    /// A record at the start of its way, with an arena of its own, which is emptied.
    pub(super) fn start<'a, 'w, W: Watch>(
        &'a self,
        shared: &'a Shared,
        record: &'a Record<'a>,
        arena: &'a mut Arena,
        watch: &'w mut W,
    ) -> Lane<'a, 'w, W> {
        arena.reset();
        let arena = &*arena;
        let bytes = record.input.bytes();
        let text = match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => {
                watch.report().warn(Warning::of_input("bytes that are not UTF-8 were replaced by U+FFFD"));
                arena.bump().alloc_str(&String::from_utf8_lossy(bytes))
            }
        };
        let slots = arena.bump().alloc_slice_fill_copy(self.layers.slots.len(), Value::Undefined);
        let slots = Cell::from_mut(slots).as_slice_of_cells();
        let paths = if W::PLAIN { &[] } else { &*self.paths };
        let Shared { patterns, order } = shared;
        let values = &*arena.bump().alloc(Table { slots, arena, patterns, order, paths, now: record.now });
        let mut extra = Vec::new();
        let begun = self.begin(values, record, text, &mut extra);
        if let Input::Event(_) = record.input {
            self.settle_input(values, watch);
        }
        let has_begun = begun.is_ok();
        if let Err(fault) = begun {
            watch.report().fail(Failure::of_input(fault));
        }
        Lane { values, record, text, extra, has_begun, watch }
    }

    /// Takes lanes to their ends, but for the writing.
    pub(super) fn through<'a, W: Watch>(&'a self, lanes: &mut [Lane<'a, '_, W>], caches: &mut Caches) {
        for (place, entry) in self.entries.iter().enumerate() {
            for lane in lanes.iter_mut().filter(|lane| lane.has_begun) {
                lane.watch.step(Step::Entry(place));
                self.entry(lane.values, entry, lane.watch);
            }
        }
        for lane in &mut *lanes {
            lane.watch.step(Step::Infer);
            self.drop_owned(lane.values, lane.watch);
            self.infer(lane.values, caches, lane.watch);
        }
    }

    /// Gives a lane's event, whether its budget is used up, and who looked on.
    pub(super) fn write_lane<'a, W: Watch>(
        &'a self,
        lane: Lane<'a, '_, W>,
        line: &mut Vec<u8>,
        give: impl FnOnce(&[u8], bool, &mut W),
    ) {
        let Lane { values, record, text, extra, watch, .. } = lane;
        watch.step(Step::Write);
        watch.finishes(values, &Finishing::Done);
        let mut written = Sink::new(std::mem::take(line), text);
        watch.report().set_dates_ahead(values.arena.dates_ahead());
        self.describe(values, record, watch.report());
        self.write::<W>(values, record, watch.report(), &mut written);
        if extra.is_empty() {
            give(written.written(), values.arena.is_spent(), watch);
        } else {
            let event = finish::with_extra(values.arena, &extra, written.written());
            give(&event, values.arena.is_spent(), watch);
        }
        *line = written.into_room();
    }

    /// Puts the record where `original` is read. Of it, only the message is in the event that is built.
    fn begin<'a>(
        &'a self,
        values: Values<'a>,
        record: &Record<'_>,
        text: &'a str,
        extra: &mut Extra<'a>,
    ) -> Result<(), Fault> {
        if let Err(fault) = check_length(text) {
            values.set(self.output.message, Value::Text(start_of(text)));
            return Err(fault);
        }
        values.set(self.output.message, Value::Text(text));
        if let Input::Event(_) = record.input {
            return self.begin_event(values, text, extra);
        }
        values.set(self.layers.message, Value::Text(text));
        if self.layers.reads_original() {
            let original = values.arena.map();
            original.insert(values.arena, Value::Text("message"), Value::Text(text))?;
            values.set(self.layers.original, Value::Map(original));
        }
        Ok(())
    }

    /// Reads an event that came in as one.
    #[inline(never)]
    fn begin_event<'a>(&'a self, values: Values<'a>, text: &'a str, extra: &mut Extra<'a>) -> Result<(), Fault> {
        let original = match json::read(values.arena, text, &Wanted::WHOLE)? {
            Value::Map(map) => map,
            other => {
                let reason = format!("an event is a JSON object, not {}", other.type_name());
                return Err(Fault::new(FaultCode::Type, reason));
            }
        };
        let message = original.get_text("message").unwrap_or(Value::Undefined);
        values.set(self.layers.message, message);
        values.set(self.output.message, message);
        values.set(self.layers.original, Value::Map(original));
        self.bring_in(values, original, "", extra)
    }

    /// Copies what came in beside the message to the event being built, but for `event` and what is said of the intake:
    /// so do the recorded pairs. Fields that the plan has no slot for go to `extra`.
    fn bring_in<'a>(
        &'a self,
        values: Values<'a>,
        map: &'a Map<'a>,
        above: &str,
        extra: &mut Extra<'a>,
    ) -> Result<(), Fault> {
        values.arena.spend(map.len() as u64 + above.len() as u64)?;
        for (key, value) in map.iter() {
            let Value::Text(key) = key else { continue };
            let name = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
            match (self.layers.fields.get(&name), value) {
                _ if ["message", "event", "sekoiaio.intake"].contains(&name.as_str()) => {}
                (Some(slot), _) => values.set(slot, value),
                (None, Value::Map(inner)) => self.bring_in(values, inner, &name, extra)?,
                (None, value) if self.output.taxonomy.get(&name).is_some() => extra.push((name, value)),
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
