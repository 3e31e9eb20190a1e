//! After the stages: inferred fields, what the run says of itself, and the event as bytes.

use super::lane::{Extra, Lane};
use super::machine::Machine;
use super::observer::{Finishing, Observer, Step};
use super::record::Record;
use super::report::{Failure, Omission, Report};
use super::values::Values;
use super::view::EventView;
use super::write;
use crate::infer::{Caches, Fields};
use crate::json::{self, Projection, Sink};
use crate::value::{Arena, Fault, Map, Value};

/// The warning of an event of which only the message is known.
const NO_DATA: &str = "no data were extracted";

impl<'a> Machine<'a> {
    /// Drops what only rules of inference set.
    pub(super) fn drop_owned<O: Observer>(self, values: Values<'a>, observer: &mut O) {
        for slot in &self.tree.output.owned {
            observer.finishes(values, &Finishing::Owned(*slot));
            values.set(*slot, Value::Undefined);
        }
    }

    /// Gives a lane's event and the observer.
    pub(super) fn finish<O: Observer>(
        self,
        lane: Lane<'a, '_, O>,
        line: &mut Vec<u8>,
        give: impl FnOnce(&EventView<'_, 'a>, &mut O),
    ) {
        let Lane { values, record, text, extra, has_begun, observer } = lane;
        observer.step(Step::Write);
        observer.finishes(values, &Finishing::Done);
        let mut written = Sink::new(std::mem::take(line), text);
        observer.report().set_dates_ahead(values.arena.dates_ahead());
        self.describe(values, record, observer.report());
        let has_constants = has_begun && !self.program.constants.is_empty();
        let keys = self.keys.filter(|_| extra.is_empty());
        let parts = keys.and_then(|keys| keys.parts(values, has_constants));
        let is_whole = parts.is_some() || self.write(values, record, has_begun, observer.report(), &mut written);
        let event;
        let shown = match extra.is_empty() {
            true => written.written(),
            false => {
                event = with_extra(values.arena, &extra, written.written());
                &event[..]
            }
        };
        let constants = (has_begun && is_whole).then_some(self.program);
        give(&EventView { line: shown, values, extra: &extra, constants, parts }, observer);
        *line = written.into_buffer();
    }

    /// Writes the event; an input that could not be read has no fields. If something in it is too large or too deep to be
    /// written, only its message is left, and `false` is given.
    fn write(
        self,
        values: Values<'a>,
        record: &Record<'a>,
        has_fields: bool,
        report: &mut Report,
        line: &mut Sink<'_>,
    ) -> bool {
        line.clear();
        let written = write::event(self, values, has_fields, line);
        let is_whole = written.is_ok();
        if let Err(fault) = written {
            self.keep_message(values);
            report.fail(Failure::of_input(fault));
            self.describe(values, record, report);
            line.clear();
            let rest = write::tree(self, values, false, line);
            debug_assert!(rest.is_ok(), "the message came in as JSON");
        }
        is_whole
    }

    pub(super) fn infer<O: Observer>(self, values: Values<'a>, caches: &mut Caches, observer: &mut O) {
        for bound in &self.tree.rules {
            observer.finishes(values, &Finishing::Infers(bound));
            let mut fields = Fields::new(values.slots, &bound.places, values.arena, caches);
            if let Err(fault) = (bound.rule.apply)(&mut fields) {
                observer.report().omit(Omission::of_field(bound.rule.name, fault));
            }
            observer.finishes(values, &Finishing::Inferred(bound));
        }
    }

    /// Drops all fields but the message as it came in: something in the event is too large or too deep to be written.
    #[cold]
    fn keep_message(self, values: Values<'a>) {
        let message = values.get(self.tree.layers.message);
        values.slots.iter().for_each(|slot| slot.set(Value::Undefined));
        values.set(self.tree.output.message, message);
    }

    /// Whether nothing is known of the event but its message.
    fn is_bare(self, values: Values<'_>) -> bool {
        let mut fields = self.tree.output.fields.iter().filter(|(slot, _)| *slot != self.tree.output.message);
        self.program.constants.is_empty() && fields.all(|(slot, _)| values.get(*slot).is_missing())
    }

    /// Writes what the run says of itself: all of it where the caller asked for it, else only why it failed.
    ///
    /// What was left out is in the report and not in the event: no recorded event has a warning, whatever failed on the
    /// way. The public documentation knows one warning that no recorded pair speaks against.
    fn describe(self, values: Values<'a>, record: &Record<'a>, report: &Report) {
        let [status, warnings, error] = self.tree.output.intake;
        if let Some(failure) = report.failure() {
            // Not on the budget: that may be the reason.
            let reason = values.arena.bump().alloc_str(&failure.to_string());
            values.set(error, Value::Text(reason));
        }
        if let Some(id) = record.event_id {
            values.set(self.tree.output.event_id, Value::Text(id));
            values.set(status, Value::Text(report.status().name()));
            if report.failure().is_none() && self.is_bare(values) {
                let warning = values.arena.list([Value::Text(NO_DATA)]);
                values.set(warnings, warning.unwrap_or(Value::Undefined));
            }
        }
    }
}

/// An event that is written already, with fields that no slot is for: rare, and so the event is read again.
#[cold]
fn with_extra<'a>(arena: &'a Arena, extra: &Extra<'a>, written: &[u8]) -> Vec<u8> {
    let read = || {
        let text = arena.text(std::str::from_utf8(written).ok()?).ok()?;
        let Value::Map(event) = json::read(arena, text, &Projection::WHOLE).ok()? else { return None };
        for (name, value) in extra {
            add(arena, event, arena.text(name).ok()?, *value).ok()?;
        }
        let mut out = Vec::new();
        json::write(&mut out, Value::Map(event)).ok()?;
        Some(out)
    };
    read().unwrap_or_else(|| written.to_vec())
}

fn add<'a>(arena: &'a Arena, event: &'a Map<'a>, name: &'a str, value: Value<'a>) -> Result<(), Fault> {
    let (mut map, mut rest) = (event, name);
    while let Some((key, below)) = rest.split_once('.') {
        map = match map.get_text(key) {
            Some(Value::Map(inner)) => inner,
            Some(_) => return Ok(()),
            None => {
                let inner = arena.map();
                map.insert(arena, Value::Text(key), Value::Map(inner))?;
                inner
            }
        };
        rest = below;
    }
    if map.get_text(rest).is_some() { Ok(()) } else { map.insert(arena, Value::Text(rest), value) }
}
