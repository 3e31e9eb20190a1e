//! The places of fields: what setting and deleting one does to those above and below it.

use super::values::{Values, put, walk};
use crate::plan::expression::Slot;
use crate::plan::fields::{Above, Place};
use crate::value::{Fault, Map, Value};

/// Puts a value in its place.
#[inline(always)]
pub(super) fn fill<'a>(values: Values<'a>, place: &'a Place, value: Value<'a>) -> Result<(), Fault> {
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
pub(super) fn clear<'a>(values: Values<'a>, place: &'a Place) -> Result<(), Fault> {
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
