//! Attributes, subscripts, slices, length and iteration.
//!
//! Why so: `docs/decisions/0016`.

use super::undefined;
use crate::value::{Arena, Fault, FaultCode, List, Map, Value};

/// `value.name`, without methods: the item under that key, else undefined.
///
/// # Errors
/// Undefined, where the value is: an undefined value has nothing below it.
pub fn attribute<'a>(value: Value<'a>, name: &str) -> Result<Value<'a>, Fault> {
    match value {
        Value::Map(map) => Ok(map.get_text(name).unwrap_or(Value::Undefined)),
        Value::Undefined => Err(nothing_below()),
        _ => Ok(Value::Undefined),
    }
}

/// The fault of reading below an undefined value.
#[cold]
pub fn nothing_below() -> Fault {
    Fault::known(&(FaultCode::Undefined, "cannot read below an undefined value"))
}

/// `value[key]`: an item by key or by place (negative counts from the end), else undefined.
///
/// # Errors
/// Undefined, where the value is; limit: a place in text that is not ASCII must be counted.
pub fn subscript<'a>(arena: &'a Arena, value: Value<'a>, key: Value<'a>) -> Result<Value<'a>, Fault> {
    if value.is_undefined() {
        return Err(Fault::known(&(FaultCode::Undefined, "cannot read a key of an undefined value")));
    }
    let place = match key {
        Value::Int(place) => Some(place),
        Value::Bool(place) => Some(i64::from(place)),
        _ => None,
    };
    let item = match (value, place) {
        (Value::Map(map), _) => got(map, key)?,
        (Value::List(list), Some(place)) => absolute(place, list.len()).and_then(|place| list.at(place)),
        (Value::Match(groups), Some(place)) => usize::try_from(place).ok().and_then(|place| groups.at(place)),
        (Value::Text(text), Some(place)) => character(arena, text, place)?.map(Value::Text),
        _ => None,
    };
    Ok(item.unwrap_or(Value::Undefined))
}

/// What is under a key. A key that is a tuple is compared, which the budget may stop.
fn got<'a>(map: &Map<'a>, key: Value<'_>) -> Result<Option<Value<'a>>, Fault> {
    let found = map.get(key);
    if let (None, Value::List(_)) = (found, key) {
        map.arena().goes_on()?;
    }
    Ok(found)
}

/// The place counted from the start, if it is not before it.
fn absolute(place: i64, length: usize) -> Option<usize> {
    if place < 0 {
        length.checked_sub(usize::try_from(place.unsigned_abs()).ok()?)
    } else {
        usize::try_from(place).ok()
    }
}

/// The character at a place. Where all that lies between it and the text's nearer end is ASCII, nothing is counted.
fn character<'a>(arena: &'a Arena, text: &'a str, place: i64) -> Result<Option<&'a str>, Fault> {
    let Some(byte) = absolute(place, text.len()) else { return Ok(None) };
    let Some(passed) = (if place < 0 { text.as_bytes().get(byte..) } else { text.as_bytes().get(..=byte) }) else {
        return Ok(None);
    };
    arena.spend(passed.len() as u64 / 16)?;
    if passed.is_ascii() {
        return Ok(text.get(byte..=byte));
    }
    arena.spend(passed.len() as u64)?;
    let found = match usize::try_from(place) {
        Ok(place) => text.char_indices().nth(place),
        Err(_) => text.char_indices().nth_back((place + 1).unsigned_abs() as usize),
    };
    Ok(found.and_then(|(start, character)| text.get(start..start + character.len_utf8())))
}

/// `value[start:stop:step]` over characters or items; a missing bound is `None`.
///
/// # Errors
/// Type and value, as Python; limit.
pub fn slice<'a>(
    arena: &'a Arena,
    value: Value<'a>,
    start: Value<'a>,
    stop: Value<'a>,
    step: Value<'a>,
) -> Result<Value<'a>, Fault> {
    let length = match value {
        Value::Undefined => return Err(Fault::known(&(FaultCode::Undefined, "cannot slice an undefined value"))),
        Value::Text(text) => {
            arena.spend(text.len() as u64 / 16)?;
            length(value)?
        }
        Value::List(list) => list.len(),
        _ => return Err(not("subscriptable by a slice", value)),
    };
    let places = SlicePlaces::new(length, bound(start)?, bound(stop)?, bound(step)?)?;
    match value {
        Value::List(list) if list.is_tuple() => arena.tuple(places.filter_map(|place| list.at(place))),
        Value::List(list) => arena.list(places.filter_map(|place| list.at(place))),
        Value::Text(text) => slice_text(arena, text, length, places),
        _ => Ok(Value::Undefined),
    }
}

/// A bound of a slice, cut to 64 bits: no text and no list reaches further.
fn bound(value: Value<'_>) -> Result<Option<i64>, Fault> {
    match value {
        Value::None => Ok(None),
        Value::Int(place) => Ok(Some(place)),
        Value::Bool(place) => Ok(Some(i64::from(place))),
        Value::BigInt(digits) => Ok(Some(if digits.starts_with('-') { -i64::MAX } else { i64::MAX })),
        Value::Undefined => Err(undefined()),
        _ => Err(Fault::new(
            FaultCode::Type,
            format!("slice indices must be integers or None, not '{}'", value.type_name()),
        )),
    }
}

/// The places that a slice takes, in order.
struct SlicePlaces {
    next: usize,
    left: usize,
    step: i64,
}

impl SlicePlaces {
    /// After CPython's `PySlice_AdjustIndices`.
    fn new(length: usize, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Result<Self, Fault> {
        let step = step.unwrap_or(1).max(-i64::MAX);
        if step == 0 {
            return Err(Fault::new(FaultCode::Value, "slice step cannot be zero"));
        }
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let (least, most) = if step < 0 { (-1, length - 1) } else { (0, length) };
        let place = |bound: i64| (if bound < 0 { bound.saturating_add(length) } else { bound }).clamp(least, most);
        let (from, to) = if step < 0 { (most, least) } else { (least, most) };
        let (start, stop) = (start.map_or(from, place), stop.map_or(to, place));
        let distance = if step < 0 { start - stop } else { stop - start };
        let left = if distance <= 0 { 0 } else { (distance - 1) / step.abs() + 1 };
        Ok(SlicePlaces { next: usize::try_from(start).unwrap_or(0), left: usize::try_from(left).unwrap_or(0), step })
    }
}

impl Iterator for SlicePlaces {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let place = self.next;
        self.next = place.saturating_add_signed(isize::try_from(self.step).unwrap_or(isize::MAX));
        Some(place)
    }
}

/// Borrows the part of the text where the step is 1.
fn slice_text<'a>(arena: &'a Arena, text: &'a str, length: usize, places: SlicePlaces) -> Result<Value<'a>, Fault> {
    if places.left == 0 {
        return Ok(Value::Text(""));
    }
    let ascii = length == text.len();
    if !ascii {
        arena.spend(text.len() as u64)?;
    }
    if places.step == 1 {
        let (start, stop) = (places.next, places.next + places.left);
        let byte = |place| if ascii { place } else { byte_of(text, place) };
        return Ok(Value::Text(text.get(byte(start)..byte(stop)).unwrap_or_default()));
    }
    let mut picked = bumpalo::collections::String::new_in(arena.bump());
    if ascii {
        arena.spend(places.left as u64)?;
        picked.extend(places.filter_map(|place| text.as_bytes().get(place)).map(|&byte| char::from(byte)));
    } else {
        arena.spend(size_of::<char>() as u64 * length as u64)?;
        let characters = bumpalo::collections::Vec::from_iter_in(text.chars(), arena.bump());
        picked.extend(places.filter_map(|place| characters.get(place)));
    }
    Ok(Value::Text(picked.into_bump_str()))
}

/// The byte at which a character starts; the end, where there is none.
fn byte_of(text: &str, place: usize) -> usize {
    text.char_indices().nth(place).map_or(text.len(), |(byte, _)| byte)
}

/// Python's `len(value)`: characters, items, entries; a missing name has 0.
///
/// # Errors
/// Type, where the value has no length; undefined.
pub fn length(value: Value<'_>) -> Result<usize, Fault> {
    match value {
        Value::Undefined => Ok(0),
        Value::Text(text) => Ok(if text.is_ascii() { text.len() } else { text.chars().count() }),
        Value::List(list) => Ok(list.len()),
        Value::Map(map) => Ok(map.len()),
        other => Err(Fault::new(FaultCode::Type, format!("object of type '{}' has no length", other.type_name()))),
    }
}

/// The items that a `for` loop or `list()` walks: a text's characters, a list's items, a dict's keys; none of a missing
/// name. A list is given as it is, not copied.
///
/// # Errors
/// Type, where the value cannot be iterated; undefined; limit.
pub fn iterate<'a>(arena: &'a Arena, value: Value<'a>) -> Result<Value<'a>, Fault> {
    match value {
        Value::Undefined => arena.list([]),
        Value::List(_) => Ok(value),
        Value::Map(map) => arena.list(map.iter().map(|(key, _)| key)),
        Value::Text(text) => characters(arena, text),
        other => Err(not("iterable", other)),
    }
}

fn characters<'a>(arena: &'a Arena, text: &'a str) -> Result<Value<'a>, Fault> {
    let list = List::new(arena);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (character, behind) = rest.split_at(first.len_utf8());
        list.push(arena, Value::Text(character))?;
        rest = behind;
    }
    Ok(Value::List(arena.bump().alloc(list)))
}

fn not(what: &str, value: Value<'_>) -> Fault {
    Fault::new(FaultCode::Type, format!("'{}' object is not {what}", value.type_name()))
}
