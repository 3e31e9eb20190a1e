//! Observers of a run: a report alone, a trace, or a coverage.

use super::report::Report;
use super::values::Values;
use crate::plan::expression::Slot;
use crate::plan::tree::{Action, Assignment, Bound, Deletion, Entry, Extraction};
use crate::taxonomy::Field;
use crate::value::{Fault, Value};

/// A step of a run; each lasts until the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The record is looked at, and memory is made ready.
    Begin,
    /// A pipeline entry, by its place: its filter, and what it runs.
    Entry(usize),
    /// Fields are inferred from others.
    Infer,
    /// The event is written.
    Write,
    /// All is done.
    End,
}

/// Is told what a program does. Where that is one that no pass touched, all entries, their actions and their fields come, in
/// the order of the spec.
///
/// The machine is compiled once for each implementor: what the [`Report`] alone does not look at costs nothing. What an
/// observer reads is no part of the run: it reads aside ([`crate::value::Arena::aside`]), so that the budget is the same.
pub(super) trait Observer {
    /// Where warnings and the failure are noted.
    fn report(&mut self) -> &mut Report;

    /// The run comes to a step.
    fn step(&mut self, _: Step) {}

    /// Whether an entry's filter let through; asked of every entry.
    fn entry<'a>(&mut self, _: Values<'a>, _: &'a Entry, _let_through: &Result<bool, Fault>) {}

    /// What an extractor read, with the properties that the event decides, and what came of it; `None` where it passed over
    /// the input.
    fn extracted<'a>(
        &mut self,
        _: Values<'a>,
        _: &'a Extraction,
        _input: Value<'a>,
        _properties: &[Value<'a>],
        _result: Option<&Result<Value<'a>, Fault>>,
    ) {
    }

    /// Whether an action's filter let through; asked of every action of a stage that runs.
    fn action<'a>(&mut self, _: Values<'a>, _: &'a Action, _let_through: &Result<bool, Fault>) {}

    /// The value of a field will be made; it has this number among those that the action sets.
    fn field<'a>(&mut self, _: Values<'a>, _: &'a Action, _number: u32) {}

    /// A key was sought in the dictionary of the field.
    fn looked_up(&mut self, _key: Value<'_>, _: &Found) {}

    /// The field will be set to a value; or, if that is empty, it will not.
    fn sets<'a>(&mut self, _: Values<'a>, _: &'a Assignment, _: Value<'a>, _is_empty: bool) {}

    /// A field will be deleted.
    fn deletes<'a>(&mut self, _: Values<'a>, _: &'a Deletion) {}

    /// The field failed.
    fn fails(&mut self, _: &Fault) {}

    /// Something is done to the event beside what the actions say.
    fn finishes(&mut self, _: Values<'_>, _: &Finishing<'_, '_>) {}
}

/// What was found for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The choice at a place.
    Choice(usize),
    /// What is set where nothing is found.
    Fallback,
    /// Nothing, and there is no fallback.
    Nothing,
}

/// What is done to an event beside what the actions say: casts, dicts that are spread, rules of inference.
pub(super) enum Finishing<'f, 'a> {
    /// A value of a dict goes to the field of its name.
    Spread { from: Slot, to: Slot, value: Value<'a> },
    /// No field takes this value of a dict: there is none, or the value is empty.
    LeftOut { from: Slot, key: &'f str, value: Value<'a>, is_known: bool },
    /// Only rules of inference set this field.
    Owned(Slot),
    /// A value was made to fit its type, or does not.
    Cast { field: &'f Field, before: Value<'a>, after: &'f Result<Value<'a>, Fault> },
    /// A rule of inference begins.
    Infers(&'f Bound),
    /// The rule ended.
    Inferred(&'f Bound),
    /// All is done but for the writing.
    Done,
}

impl Observer for Report {
    fn report(&mut self) -> &mut Report {
        self
    }
}
