//! Runs the actions of a stage: set, translate, delete.

use super::values::{Values, put, walk};
use super::watch::{Found, Watch};
use super::{Warning, holds};
use crate::plan::empty;
use crate::plan::expression::{Slot, Source};
use crate::plan::fields::{Above, Place};
use crate::plan::{Action, Assignment, Copied, Entry, Lookup, Operation, Plan, Setting, Translation};
use crate::value::{Fault, FaultCode, Map, Value, text};

impl Plan {
    pub(super) fn stage<'a, W: Watch>(
        &'a self,
        values: Values<'a>,
        entry: &'a Entry,
        actions: &'a [Action],
        watch: &mut W,
    ) {
        for (index, action) in actions.iter().enumerate() {
            let let_through = holds(values, action.filter.as_ref());
            watch.action(values, action, &let_through);
            let mut at = At { entry, index, action, watch };
            match let_through {
                Ok(true) => self.action(values, action, &mut at),
                Ok(false) => {}
                Err(fault) => at.warn(None, fault),
            }
        }
    }

    fn action<'a, W: Watch>(&'a self, values: Values<'a>, action: &'a Action, at: &mut At<'_, W>) {
        match &action.operation {
            Operation::Set(fields) if W::PLAIN => fields.iter().for_each(|field| self.set(values, field, at)),
            Operation::Set(fields) => {
                for setting in &action.settings {
                    match setting {
                        Setting::Copied(copied, place)
                            if self.is_copied(values, copied, &fields[*place as usize].0, at) => {}
                        Setting::Copied(_, place) | Setting::Evaluated(place) => {
                            self.set(values, &fields[*place as usize], at);
                        }
                    }
                }
            }
            Operation::Translate(translation) => {
                for lookup in &translation.lookups {
                    at.watch.field(values, &lookup.into, lookup.key());
                    if let Err(fault) = self.translate(values, translation, lookup, at.watch) {
                        at.warn(Some(&lookup.into), fault);
                    }
                }
            }
            Operation::Delete(fields) => {
                for field in fields {
                    at.watch.deletes(values, field);
                    if let Err(fault) = field.places.iter().try_for_each(|place| clear(values, place)) {
                        at.warn(None, fault);
                    }
                }
            }
        }
    }

    fn set<'a, W: Watch>(&'a self, values: Values<'a>, field: &'a (Assignment, Source), at: &mut At<'_, W>) {
        let (assignment, source) = field;
        at.watch.field(values, assignment, source);
        if let Err(fault) = self.assign(values, assignment, source, at.watch) {
            at.warn(Some(assignment), fault);
        }
    }

    fn translate<'a, W: Watch>(
        &'a self,
        values: Values<'a>,
        translation: &'a Translation,
        lookup: &'a Lookup,
        watch: &mut W,
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
            key => translation.dictionary.get(text::string(values.arena, key)?),
        };
        let (found, source) = match (choice, &translation.fallback) {
            (Some(choice), _) => (Found::Choice(*choice), Some(&translation.choices[*choice].value)),
            (None, Some(fallback)) => (Found::Fallback, Some(fallback)),
            (None, None) => (Found::Nothing, None),
        };
        watch.looked_up(key, &found);
        match source {
            Some(source) => self.assign(values, &lookup.into, source, watch),
            None => Ok(()),
        }
    }

    /// Sets a field in the event and in the stage's layer, unless the value is empty. An empty list or dict is a value.
    fn assign<'a, W: Watch>(
        &'a self,
        values: Values<'a>,
        assignment: &'a Assignment,
        source: &'a Source,
        watch: &mut W,
    ) -> Result<(), Fault> {
        let value = values.source(source)?;
        let is_empty = self.is_empty(value, source);
        watch.sets(values, assignment, value, is_empty);
        if is_empty {
            return Ok(());
        }
        if let Value::Map(map) = value
            && let Some(container) = assignment.place.exact.and_then(|slot| self.output.container(slot))
        {
            fill(values, &assignment.place, value)?;
            self.spread_over(values, container, map, watch);
            return fill(values, &assignment.mirror, value);
        }
        let value = self.fitted(values, assignment, value, watch)?;
        fill(values, &assignment.place, value)?;
        fill(values, &assignment.mirror, value)
    }

    /// Copies a value that sets its field as it is or cast, or sets nothing; whether it is one that does.
    #[inline]
    fn is_copied<'a, W: Watch>(
        &'a self,
        values: Values<'a>,
        copied: &Copied,
        assignment: &'a Assignment,
        at: &mut At<'_, W>,
    ) -> bool {
        let value = values.get(copied.from);
        let fits = match value {
            Value::Text(text) if is_plain(text) => copied.takes_text,
            Value::Text("") | Value::None => return true,
            Value::Int(_) | Value::Bool(_) => copied.takes_scalars,
            Value::Undefined => return matches!(values.get(copied.result), Value::Map(_)),
            _ => return false,
        };
        if fits {
            values.set(copied.to, value);
            return true;
        }
        match self.fitted(values, assignment, value, at.watch) {
            Ok(fitted) => values.set(copied.to, fitted),
            Err(fault) => at.warn(Some(assignment), fault),
        }
        true
    }

    /// Whether a value sets nothing. The text `None` counts as none, since it is what a template prints for it, unless it
    /// is taken as it is.
    #[inline]
    fn is_empty(&self, value: Value<'_>, source: &Source) -> bool {
        if let Value::Text(text) = value
            && self.ignored.is_empty()
            && text.as_bytes().first().is_none_or(|first| first.is_ascii_graphic() && *first != b'N')
        {
            return text.is_empty();
        }
        match value {
            Value::Text(text) if !source.is_verbatim() => empty::sets_nothing(text, &self.ignored),
            value => self.is_empty_leaf(value),
        }
    }

    /// Whether a value within a dict sets nothing.
    pub(super) fn is_empty_leaf(&self, value: Value<'_>) -> bool {
        match value {
            Value::Undefined | Value::None => true,
            Value::Text(text) => empty::is_empty(text, &self.ignored),
            _ => false,
        }
    }
}

/// Whether text shows with its first byte that it is neither empty, nor `None`, nor a list or a dict in text.
#[inline]
fn is_plain(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(first) if first.is_ascii_graphic() && !matches!(first, b'N' | b'[' | b'{'))
}

/// The place of an action that runs, for what is to be said of it.
struct At<'r, W> {
    entry: &'r Entry,
    index: usize,
    action: &'r Action,
    watch: &'r mut W,
}

impl<W: Watch> At<'_, W> {
    fn warn(&mut self, field: Option<&Assignment>, fault: Fault) {
        self.watch.fails(&fault);
        self.watch.report().warn(Warning::of_action(self.entry, self.index, self.action, field, fault));
    }
}

/// Puts a value in its place.
#[inline(always)]
fn fill<'a>(values: Values<'a>, place: &'a Place, value: Value<'a>) -> Result<(), Fault> {
    match place.exact {
        Some(slot) if place.above.is_empty() && place.below.is_empty() => values.set(slot, value),
        Some(_) => return fill_among(values, place, value),
        None => {}
    }
    Ok(())
}

/// Puts a value in its place: fields below give way, a dict above takes it in.
fn fill_among<'a>(values: Values<'a>, place: &'a Place, value: Value<'a>) -> Result<(), Fault> {
    let Some(slot) = place.exact else { return Ok(()) };
    for below in &place.below {
        values.set(*below, Value::Undefined);
    }
    for Above { slot: above, keys, is_spread } in &place.above {
        match values.get(*above) {
            Value::Undefined | Value::None => {}
            Value::Map(map) if *is_spread => remove_down(values, *above, map, keys)?,
            Value::Map(map) => {
                let copy = copy_down(values, map, keys)?;
                put(values.arena, copy, keys, value)?;
                values.set(*above, Value::Map(copy));
                return Ok(());
            }
            _ => values.set(*above, Value::Undefined),
        }
    }
    values.set(slot, value);
    Ok(())
}

/// Takes a field out of its dict, which stays.
fn clear<'a>(values: Values<'a>, place: &'a Place) -> Result<(), Fault> {
    let mut was_set = place.exact.is_some_and(|slot| !values.get(slot).is_undefined());
    for below in &place.below {
        was_set |= !values.get(*below).is_undefined();
        values.set(*below, Value::Undefined);
    }
    for Above { slot: above, keys, .. } in &place.above {
        if let Value::Map(map) = values.get(*above) {
            remove_down(values, *above, map, keys)?;
        }
    }
    if let (true, Some(slot)) = (was_set, place.exact) {
        values.set(slot, Value::None);
    }
    Ok(())
}

/// Takes what is under these keys out of a slot's dict.
fn remove_down<'a>(values: Values<'a>, slot: Slot, map: &'a Map<'a>, keys: &'a [Box<str>]) -> Result<(), Fault> {
    let Some((last, path)) = keys.split_last() else { return Ok(()) };
    if !matches!(walk(Value::Map(map), keys), Ok(value) if !value.is_undefined()) {
        return Ok(());
    }
    let copy = copy_down(values, map, keys)?;
    if let Value::Map(inner) = walk(Value::Map(copy), path)? {
        inner.remove(values.arena, Value::Text(last))?;
    }
    values.set(slot, Value::Map(copy));
    Ok(())
}

/// A copy of a dict and of the dicts on the way down: a layer's value may be shared with it.
fn copy_down<'a>(values: Values<'a>, map: &'a Map<'a>, keys: &'a [Box<str>]) -> Result<&'a Map<'a>, Fault> {
    let copy = map.copy(values.arena)?;
    if let [key, rest @ ..] = keys
        && !rest.is_empty()
        && let Some(Value::Map(inner)) = copy.get_text(key)
    {
        copy.insert(values.arena, Value::Text(key), Value::Map(copy_down(values, inner, rest)?))?;
    }
    Ok(copy)
}
