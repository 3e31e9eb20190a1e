//! Filters on file paths, Windows' and POSIX'.

use super::call::FunctionCall;
use super::entry::{LibraryEntry, VALUE, filter};
use crate::value::{Fault, Value};

pub(super) static ENTRIES: &[LibraryEntry] = &[
    filter(
        &["basename"],
        &[VALUE],
        "What follows the last `/` or `\\` of a path.",
        &[("'/usr/bin/ls' | basename", "'ls'"), ("'C:\\\\a\\\\b.exe' | basename", "'b.exe'")],
        |call| parts(call, |_, name| name),
    ),
    filter(
        &["dirname"],
        &[VALUE],
        "What stands before the last `/` or `\\` of a path; `/` for a file in the root.",
        &[("'/usr/bin/ls' | dirname", "'/usr/bin'"), ("'C:\\\\a\\\\b.exe' | dirname", "'C:\\\\a'")],
        |call| parts(call, |directory, _| directory),
    ),
];

/// Evidence: `C:\a` is in `C:`, and of two separators side by side only the last one goes. Other values pass.
fn parts<'a>(call: &FunctionCall<'_, 'a>, part: fn(&'a str, &'a str) -> &'a str) -> Result<Value<'a>, Fault> {
    let Value::Text(path) = call.value() else { return Ok(call.value()) };
    Ok(Value::Text(match path.rfind(['/', '\\']) {
        None => part("", path),
        Some(0) if path.starts_with('/') => part("/", &path[1..]),
        Some(place) => part(&path[..place], &path[place + 1..]),
    }))
}
