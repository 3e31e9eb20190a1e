//! Collections as compact JSON text with sorted keys: what a text field keeps of a dict.

use crate::json;
use crate::value::{Arena, Fault, FaultCode, List, Map, Value, text};

/// How deep a value may nest: a list may hold itself.
const DEPTH: usize = json::DEPTH;

/// The value as JSON without spaces, keys sorted at every level, letters outside ASCII as they are.
///
/// # Errors
/// Limit, where the value nests too deep or the budget is used up.
pub(super) fn compact<'a>(arena: &'a Arena, value: Value<'a>) -> Result<&'a str, Fault> {
    let mut out = Vec::new();
    json::write(&mut out, sorted(arena, value, 0)?)?;
    arena.text(&String::from_utf8_lossy(&out))
}

fn sorted<'a>(arena: &'a Arena, value: Value<'a>, depth: usize) -> Result<Value<'a>, Fault> {
    if depth > DEPTH {
        return Err(Fault::new(FaultCode::Limit, format!("a value is nested deeper than {DEPTH} levels")));
    }
    match value {
        Value::List(items) | Value::Match(items) => sorted_items(arena, items, depth),
        Value::Map(map) => sorted_map(arena, map, depth),
        scalar => Ok(scalar),
    }
}

fn sorted_items<'a>(arena: &'a Arena, items: &'a List<'a>, depth: usize) -> Result<Value<'a>, Fault> {
    let ordered = List::new(arena);
    for item in items.iter() {
        ordered.push(arena, sorted(arena, item, depth + 1)?)?;
    }
    Ok(Value::List(arena.bump().alloc(ordered)))
}

fn sorted_map<'a>(arena: &'a Arena, map: &'a Map<'a>, depth: usize) -> Result<Value<'a>, Fault> {
    let mut entries = bumpalo::collections::Vec::new_in(arena.bump());
    for (key, value) in map.iter() {
        entries.push((text::string(arena, key)?, value));
    }
    entries.sort_by_key(|(key, _)| *key);
    let ordered = arena.map();
    for (key, value) in entries {
        ordered.insert(arena, Value::Text(key), sorted(arena, value, depth + 1)?)?;
    }
    Ok(Value::Map(ordered))
}
