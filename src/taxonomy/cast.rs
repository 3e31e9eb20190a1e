//! The cast of a value to its field's type.

use super::{FieldType, Reading, date, json_text, number};
use crate::value::text::{is_ipv4, is_plain_ipv6};
use crate::value::{Arena, Fault, FaultCode, List, Value, text};
use core::net::IpAddr;
use std::fmt;

/// The value as its field's type has it. Text that is canonical already is borrowed, not copied.
///
/// A list is cast item by item, save for the types that hold lists or dicts: what does not fit is left out.
///
/// # Errors
/// Cast, where the type does not take the value, or no item of a list; limit.
pub fn cast<'a>(arena: &'a Arena, kind: FieldType, value: Value<'a>) -> Result<Value<'a>, Fault> {
    match (kind.reading(), value) {
        (Reading::Text, Value::Text(_)) | (Reading::Any | Reading::Object, _) => Ok(value),
        (Reading::List, Value::List(_)) => Ok(value),
        (Reading::List, _) => arena.list([value]),
        (Reading::Text, Value::List(items)) if items.iter().all(|item| matches!(item, Value::Text(_))) => Ok(value),
        (_, Value::List(items)) => cast_items(arena, kind, items),
        _ => scalar(arena, kind, value),
    }
}

fn cast_items<'a>(arena: &'a Arena, kind: FieldType, items: &'a List<'a>) -> Result<Value<'a>, Fault> {
    let fitting = List::new(arena);
    let mut failure = None;
    for item in items.iter() {
        match scalar(arena, kind, item) {
            Ok(item) => fitting.push(arena, item)?,
            Err(fault) if fault.code() == FaultCode::Limit => return Err(fault),
            Err(fault) => failure = Some(fault),
        }
    }
    match failure {
        Some(fault) if fitting.is_empty() => Err(fault),
        _ => Ok(Value::List(arena.bump().alloc(fitting))),
    }
}

fn scalar<'a>(arena: &'a Arena, kind: FieldType, value: Value<'a>) -> Result<Value<'a>, Fault> {
    let read = match kind.reading() {
        Reading::Text => text_of(arena, value)?,
        Reading::Number => number::read(arena, value)?,
        Reading::Boolean => boolean(value).map(Value::Bool),
        Reading::Ip => address(arena, value)?,
        Reading::Date => date::read(arena, value)?,
        Reading::List | Reading::Object | Reading::Any => Some(value),
    };
    read.ok_or_else(|| misfit(kind, value))
}

#[cold]
fn misfit(kind: FieldType, value: Value<'_>) -> Fault {
    const SHOWN: usize = 80;
    let (shown, rest) = match value {
        Value::Text(text) => match text.char_indices().nth(SHOWN) {
            Some((end, _)) => (format!(" `{}`", text.get(..end).unwrap_or_default()), "…"),
            None => (format!(" `{text}`"), ""),
        },
        Value::Int(number) => (format!(" {number}"), ""),
        Value::Bool(_) | Value::Float(_) | Value::BigInt(_) => (format!(" {}", text::Str(value)), ""),
        _ => (String::new(), ""),
    };
    let reason = format!("a field of type {kind} does not take the {}{shown}{rest}", value.type_name());
    Fault::new(FaultCode::Cast, reason)
}

/// As the recorded pairs have it: `true` and `false` in lower case, an item `None` as `null`, a dict as compact JSON with
/// sorted keys.
fn text_of<'a>(arena: &'a Arena, value: Value<'a>) -> Result<Option<Value<'a>>, Fault> {
    Ok(Some(Value::Text(match value {
        Value::Text(text) => text,
        Value::Undefined => return Ok(None),
        Value::None => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::BigInt(digits) => digits,
        Value::Int(_) | Value::Float(_) => text::string(arena, value)?,
        Value::List(_) | Value::Map(_) | Value::Match(_) => json_text::compact(arena, value)?,
    })))
}

/// Text says true with `true`, `1` and the common words for yes; any other text says false (`100` and a country's name
/// do so in the recorded pairs). Numbers are read as their text.
fn boolean(value: Value<'_>) -> Option<bool> {
    const TRUE: [&str; 6] = ["true", "1", "yes", "y", "t", "on"];
    match value {
        Value::Bool(value) => Some(value),
        Value::Int(number) => Some(number == 1),
        Value::Float(number) => Some(number == 1.0),
        Value::BigInt(_) => Some(false),
        Value::Text(text) => Some(TRUE.iter().any(|word| word.eq_ignore_ascii_case(text.trim()))),
        _ => None,
    }
}

/// IPv6 is written as RFC 5952 does; an IPv4-mapped address keeps its dotted tail.
fn address<'a>(arena: &'a Arena, value: Value<'a>) -> Result<Option<Value<'a>>, Fault> {
    let Value::Text(text) = value else { return Ok(None) };
    let is_bare = |text: &str| matches!(text.as_bytes(), [first, .., last] if first.is_ascii_hexdigit() && last.is_ascii_hexdigit());
    let text = if is_bare(text) { text } else { text.trim() };
    if is_ipv4(text) || is_plain_ipv6(text) {
        return Ok(Some(Value::Text(text)));
    }
    // The scope of a link-local address (`fe80::1%eth0`) is kept, as Python's `ipaddress` does.
    let (bare, scope) = match text.find('%') {
        Some(place) => text.split_at(place),
        None => (text, ""),
    };
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) if scope.is_empty() || is_scope(scope) => {
            let canonical = format_args!("{address}{scope}");
            Ok(Some(Value::Text(if shows(canonical, text) { text } else { arena.format(canonical)? })))
        }
        _ => Ok(None),
    }
}

fn is_scope(scope: &str) -> bool {
    scope.len() > 1 && !scope[1..].contains('%')
}

/// Whether the arguments, formatted, are exactly this text.
fn shows(arguments: fmt::Arguments<'_>, text: &str) -> bool {
    let mut rest = Rest(text);
    fmt::write(&mut rest, arguments).is_ok() && rest.0.is_empty()
}

/// Takes what is written off the front of a text; an error where they differ.
struct Rest<'t>(&'t str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}
