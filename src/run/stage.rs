//! Runs the actions of a stage: set, translate, delete.

use super::machine::{Machine, holds};
use super::observer::{Found, Observer};
use super::place::{clear, fill};
use super::report::Omission;
use super::values::Values;
use crate::plan::empty;
use crate::plan::program::op::Op;
use crate::plan::program::{ActionCode, Instruction, Lookups, RegisterCopy, SetFrom, Store};
use crate::plan::template::Source;
use crate::plan::tree::{Action, Assignment, Entry};
use crate::value::{Fault, FaultCode, Value, text};

impl<'a> Machine<'a> {
    pub(super) fn stage<O: Observer>(
        self,
        values: Values<'a>,
        actions: &'a [ActionCode],
        entry: &'a Entry,
        tree_actions: &'a [Action],
        observer: &mut O,
    ) {
        for (index, (action, tree_action)) in actions.iter().zip(tree_actions).enumerate() {
            let let_through = holds(values, action.filter.as_ref(), action.inputs.as_ref());
            observer.action(values, tree_action, &let_through);
            let mut at = At { entry, index, action: tree_action, observer };
            match let_through {
                Ok(true) => action.code.iter().for_each(|instruction| self.instruction(values, instruction, &mut at)),
                Ok(false) => {}
                Err(fault) => at.warn(None, fault),
            }
        }
    }

    #[inline]
    fn instruction<O: Observer>(self, values: Values<'a>, instruction: &'a Instruction, at: &mut At<'_, 'a, O>) {
        match instruction {
            Instruction::Copy(copy, store, source) => {
                if !self.is_copied(values, *copy, &store.assignment, at) {
                    self.set(values, store, source, at);
                }
            }
            Instruction::Set(store, _) if values.lacks(store.inputs.as_ref()) => {}
            Instruction::Set(store, source) => self.set(values, store, source, at),
            Instruction::Translate(translate) => {
                for lookup in &translate.lookups {
                    at.observer.field(values, at.action, lookup.into.field);
                    if let Err(fault) = self.translate(values, translate, lookup, at.observer) {
                        at.warn(Some(&lookup.into.assignment), fault);
                    }
                }
            }
            Instruction::Delete(deletions) => {
                for deletion in &**deletions {
                    at.observer.deletes(values, deletion);
                    if let Err(fault) = deletion.places.iter().try_for_each(|place| clear(values, place)) {
                        at.warn(None, fault);
                    }
                }
            }
        }
    }

    fn set<O: Observer>(self, values: Values<'a>, store: &'a Store, source: &'a Source<Op>, at: &mut At<'_, 'a, O>) {
        at.observer.field(values, at.action, store.field);
        if let Err(fault) = self.assign(values, store, source, at.observer) {
            at.warn(Some(&store.assignment), fault);
        }
    }

    fn translate<O: Observer>(
        self,
        values: Values<'a>,
        translate: &'a Lookups,
        lookup: &'a SetFrom,
        observer: &mut O,
    ) -> Result<(), Fault> {
        let key = match (values.input(&lookup.from), &lookup.field) {
            (Ok(key), _) if !key.is_missing() => key,
            (Err(fault), _) if fault.code() == FaultCode::Limit => return Err(fault),
            // A fault too: `a.b` fails where there is no layer `a`, and may yet be a field.
            (_, Some(field)) => match values.input(field) {
                Err(fault) if fault.code() == FaultCode::Limit => return Err(fault),
                key => key.unwrap_or(Value::Undefined),
            },
            (key, None) => key.unwrap_or(Value::Undefined),
        };
        let choice = match key {
            Value::List(_) | Value::Map(_) | Value::Match(_) => None,
            key if key.is_missing() => None,
            key => translate.dictionary.get(text::string(values.arena, key)?),
        };
        let (found, source) = match (choice, &translate.fallback) {
            (Some(choice), _) => (Found::Choice(*choice), Some(&translate.choices[*choice])),
            (None, Some(fallback)) => (Found::Fallback, Some(fallback)),
            (None, None) => (Found::Nothing, None),
        };
        observer.looked_up(key, &found);
        match source {
            Some(source) => self.assign(values, &lookup.into, source, observer),
            None => Ok(()),
        }
    }

    /// Sets a field in the event and in the stage's layer, unless the value is empty. An empty list or dict is a value.
    fn assign<O: Observer>(
        self,
        values: Values<'a>,
        store: &'a Store,
        source: &'a Source<Op>,
        observer: &mut O,
    ) -> Result<(), Fault> {
        let assignment = &*store.assignment;
        let value = values.source(source)?;
        let is_empty = self.is_empty(value, source);
        observer.sets(values, assignment, value, is_empty);
        if is_empty {
            return Ok(());
        }
        if let Value::Map(map) = value
            && let Some(container) = assignment.place.exact.and_then(|slot| self.tree.output.container(slot))
        {
            fill(values, &assignment.place, value)?;
            self.spread_over(values, container, map, observer);
            return set_layer(values, store, value);
        }
        let value = self.fitted(values, assignment, value, observer)?;
        fill(values, &assignment.place, value)?;
        set_layer(values, store, value)
    }

    /// Copies a value that sets its field as it is or cast, or sets nothing; whether it is one that does.
    #[inline]
    fn is_copied<O: Observer>(
        self,
        values: Values<'a>,
        copy: RegisterCopy,
        assignment: &'a Assignment,
        at: &mut At<'_, 'a, O>,
    ) -> bool {
        let value = values.get(copy.from);
        let fits = match value {
            Value::Text(text) if is_plain(text) => copy.takes_text,
            Value::Text("") | Value::None => return true,
            Value::Int(_) | Value::Bool(_) => copy.takes_scalars,
            Value::Undefined => return matches!(values.get(copy.result), Value::Map(_)),
            _ => return false,
        };
        if fits {
            values.set(copy.to, value);
            return true;
        }
        match self.fitted(values, assignment, value, at.observer) {
            Ok(fitted) => values.set(copy.to, fitted),
            Err(fault) => at.warn(Some(assignment), fault),
        }
        true
    }

    /// Whether a value sets nothing. The text `None` counts as none, since it is what a template prints for it, unless it
    /// is taken as it is.
    #[inline]
    fn is_empty(self, value: Value<'_>, source: &Source<Op>) -> bool {
        if let Value::Text(text) = value
            && self.tree.ignored.is_empty()
            && text.as_bytes().first().is_none_or(|first| first.is_ascii_graphic() && *first != b'N')
        {
            return text.is_empty();
        }
        match value {
            Value::Text(text) if !source.is_verbatim() => empty::sets_nothing(text, &self.tree.ignored),
            value => self.is_empty_leaf(value),
        }
    }

    /// Whether a value within a dict sets nothing.
    pub(super) fn is_empty_leaf(self, value: Value<'_>) -> bool {
        match value {
            Value::Undefined | Value::None => true,
            Value::Text(text) => empty::is_empty(text, &self.tree.ignored),
            _ => false,
        }
    }
}

#[inline(always)]
fn set_layer<'a>(values: Values<'a>, store: &'a Store, value: Value<'a>) -> Result<(), Fault> {
    if store.sets_layer { fill(values, &store.assignment.layer_place, value) } else { Ok(()) }
}

/// Whether text shows with its first byte that it is neither empty, nor `None`, nor a list or a dict in text.
#[inline]
fn is_plain(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(first) if first.is_ascii_graphic() && !matches!(first, b'N' | b'[' | b'{'))
}

/// The place of an action that runs, for what is to be said of it.
struct At<'r, 'a, O> {
    entry: &'a Entry,
    index: usize,
    action: &'a Action,
    observer: &'r mut O,
}

impl<O: Observer> At<'_, '_, O> {
    fn warn(&mut self, field: Option<&Assignment>, fault: Fault) {
        self.observer.fails(&fault);
        self.observer.report().omit(Omission::of_action(self.entry, self.index, self.action, field, fault));
    }
}
