//! Dotted names of fields: which belong together, and what an event has under one.

use crate::json::Json;

/// Whether one field is the other, or stands above it.
pub fn is_related(field: &str, other: &str) -> bool {
    let above = |short: &str, long: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
    field == other || above(field, other) || above(other, field)
}

/// What an event has under a dotted name.
pub fn at<'e>(event: &'e Json, name: &str) -> Option<&'e Json> {
    name.split('.').try_fold(event, |value, key| value.get(key))
}
