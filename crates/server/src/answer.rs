//! Events with what the API says of them, written without a change to what the engine wrote.

use std::fmt::{self, Write};
use weir::json::{Error, raw};
use weir_author::json::quoted;

/// A member that is put in: its key, and its value as JSON.
pub(crate) type Added<'a> = (&'a str, &'a dyn fmt::Display);

/// Writes an object with members put in: below a path of keys, where they come last and replace those of their names.
/// What is in the way, being no object, is replaced. Numbers and texts stay as they are written.
///
/// # Errors
/// Where the object is none.
pub(crate) fn write_with(out: &mut String, object: &str, path: &[&str], added: &[Added<'_>]) -> Result<(), Error> {
    let mut members = raw::members(object)?;
    out.push('{');
    match path {
        [] => members.retain(|(key, _)| added.iter().all(|(name, _)| name != key)),
        [first, ..] if members.iter().all(|(key, _)| key != first) => members.push(((*first).into(), "null")),
        _ => {}
    }
    for (key, value) in &members {
        // Writing to a String cannot fail.
        let _ = write!(out, "{}:", quoted(key));
        match path {
            [first, rest @ ..] if first == key => {
                let inner = if value.starts_with('{') { value } else { "{}" };
                write_with(out, inner, rest, added)?;
            }
            _ => out.push_str(value),
        }
        out.push(',');
    }
    for (name, value) in added.iter().filter(|_| path.is_empty()) {
        let _ = write!(out, "{}:{value},", quoted(name));
    }
    if out.ends_with(',') {
        out.pop();
    }
    out.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::write_with;

    fn with(object: &str, path: &[&str]) -> String {
        let mut out = String::new();
        write_with(&mut out, object, path, &[("x", &1), ("y", &"[]")]).expect("an object");
        out
    }

    #[test]
    fn members_come_last_and_replace_their_namesakes() {
        assert_eq!(with("{}", &[]), r#"{"x":1,"y":[]}"#);
        assert_eq!(with(r#"{"x":{"a":1},"b":1e400,"c":"\ud800"}"#, &[]), r#"{"b":1e400,"c":"\ud800","x":1,"y":[]}"#);
        assert_eq!(
            with(r#"{"a":{"b":{"c":1},"d":2},"e":3}"#, &["a", "b"]),
            r#"{"a":{"b":{"c":1,"x":1,"y":[]},"d":2},"e":3}"#
        );
    }

    #[test]
    fn what_is_missing_or_in_the_way_becomes_an_object() {
        assert_eq!(with("{}", &["a", "b"]), r#"{"a":{"b":{"x":1,"y":[]}}}"#);
        assert_eq!(with(r#"{"a":[1]}"#, &["a", "b"]), r#"{"a":{"b":{"x":1,"y":[]}}}"#);
        assert_eq!(with(r#"{"é\n":1}"#, &["é\n"]), r#"{"é\n":{"x":1,"y":[]}}"#);
    }
}
