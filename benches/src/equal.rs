//! Whether two events say the same.

use serde_json::Value;

/// Fields that weir infers and that are not compared: the peers have no list of public suffixes that follows the same
/// rules, so they do not set them. weir does that work all the same.
pub const INFERRED: [&str; 3] = ["url.registered_domain", "url.subdomain", "url.top_level_domain"];

/// Compares the events of two contenders, record by record.
///
/// # Errors
/// Shows the first two that differ.
pub fn same(ours: &[Vec<u8>], theirs: &[Vec<u8>]) -> Result<(), String> {
    if ours.len() != theirs.len() {
        return Err(format!("{} events, not {}", theirs.len(), ours.len()));
    }
    for (ours, theirs) in ours.iter().zip(theirs) {
        let (expected, found) = (canonical(ours)?, canonical(theirs)?);
        if expected != found {
            return Err(format!("an event differs\nweir:  {expected}\nother: {found}"));
        }
    }
    Ok(())
}

fn canonical(event: &[u8]) -> Result<Value, String> {
    let mut event: Value = serde_json::from_slice(event).map_err(|error| format!("an event is no JSON: {error}"))?;
    for name in INFERRED {
        remove(&mut event, name);
    }
    if let Some(related) = event.get_mut("related").and_then(Value::as_object_mut) {
        for list in related.values_mut().filter_map(Value::as_array_mut) {
            list.sort_by_key(Value::to_string);
        }
    }
    if let Some(Value::String(time)) = event.get_mut("@timestamp") {
        *time = instant(time);
    }
    event.sort_all_objects();
    Ok(event)
}

fn remove(event: &mut Value, name: &str) {
    match name.split_once('.') {
        Some((first, rest)) => {
            if let Some(inner) = event.get_mut(first) {
                remove(inner, rest);
            }
        }
        None => _ = event.as_object_mut().and_then(|object| object.shift_remove(name)),
    }
}

/// A time in UTC as weir has it, whether or not it is written with zeros that say nothing, or finer than microseconds.
fn instant(time: &str) -> String {
    let time = time.strip_suffix("+00:00").or(time.strip_suffix('Z')).unwrap_or(time);
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let fraction = fraction.get(..6).unwrap_or(fraction).trim_end_matches('0');
    format!("{seconds}.{fraction}")
}
