//! What may be shown of answers: no keys, no tokens, no control characters.

use crate::destination::{is_secret, masked as masked_destination};
use crate::hiding::Secrets;
use crate::secret::HIDDEN;
use serde_json::Value;

/// The longest text of an answer that is shown in an error, in characters.
const LONGEST: usize = 400;

/// JSON without what is secret, in values and names, and without what could be: destinations lose the values of their
/// parameters, wherever they stand.
pub(crate) fn masked(json: &Value, secrets: &Secrets) -> Value {
    match json {
        Value::Object(entries) => {
            let shown = entries.iter().map(|(name, value)| (hidden(name, secrets), member(name, value, secrets)));
            shown.collect()
        }
        Value::Array(items) => items.iter().map(|item| masked(item, secrets)).collect(),
        Value::String(text) => hidden(text, secrets).into(),
        other => plain(other, secrets),
    }
}

/// JSON without what is secret; destinations stay as they are.
pub(crate) fn without(json: &Value, secrets: &Secrets) -> Value {
    match json {
        Value::Object(entries) => {
            entries.iter().map(|(name, value)| (secrets.hide(name), without(value, secrets))).collect()
        }
        Value::Array(items) => items.iter().map(|item| without(item, secrets)).collect(),
        Value::String(text) => secrets.hide(text).into(),
        other => plain(other, secrets),
    }
}

/// A number may be a secret too.
fn plain(value: &Value, secrets: &Secrets) -> Value {
    let text = value.to_string();
    if secrets.hide(&text) == text { value.clone() } else { HIDDEN.into() }
}

fn member(name: &str, value: &Value, secrets: &Secrets) -> Value {
    let says_secret = || ["token", "secret", "password", "credential"].iter().any(|word| name.contains(word));
    match (name, value) {
        ("destination_conf", Value::String(text)) => secrets.hide(&masked_destination(text)).into(),
        ("ownership_challenge", Value::String(text)) if !text.is_empty() => HIDDEN.into(),
        (_, Value::String(text)) if !text.is_empty() && says_secret() => HIDDEN.into(),
        _ => masked(value, secrets),
    }
}

/// A text for people: without secrets and control characters, and not too long.
pub(crate) fn clean(text: &str, secrets: &Secrets) -> String {
    cut(&hidden(text, secrets), LONGEST)
}

/// A text without control characters, and not longer than that.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    let mut letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut kept: String = letters.by_ref().take(longest).collect();
    if letters.next().is_some() {
        kept.push('…');
    }
    kept
}

/// A text without secrets that are known, and without values whose names say that they are some: headers of a destination
/// that it cites, and parameters.
pub(crate) fn hidden(text: &str, secrets: &Secrets) -> String {
    let text = secrets.hide(text);
    let mut parts = text.split_inclusive('=').peekable();
    let (mut out, mut is_value) = (String::with_capacity(text.len()), false);
    while let Some(part) = parts.next() {
        let rest = match part.find(|letter: char| letter.is_whitespace() || "&\"'<>,;".contains(letter)) {
            _ if !is_value => part,
            // A value may have the sign itself, as base64 has at its end.
            None => "",
            Some(end) => &part[end..],
        };
        if is_value && !out.ends_with(HIDDEN) {
            out.push_str(HIDDEN);
        }
        out.push_str(rest);
        let name = rest.strip_suffix('=').unwrap_or_default();
        let start = name.rfind(|letter: char| letter.is_whitespace() || "&?\"'<>,;".contains(letter));
        let name =
            start.map_or(name, |start| name[start..].trim_start_matches(|letter: char| !letter.is_alphanumeric()));
        is_value = (is_value && rest.is_empty()) || (!name.is_empty() && is_secret(name) && parts.peek().is_some());
    }
    out
}
