//! What may be shown of answers: no keys, no tokens, no control characters.

use crate::destination::{decode, masked as masked_destination, parameters};
use crate::secret::HIDDEN;
use serde_json::Value;

/// The longest text of an answer that is shown in an error, in characters.
const LONGEST: usize = 400;

/// The shortest text that is sought as a secret: what is shorter is also part of words.
const SHORTEST: usize = 4;

/// JSON without what could be a secret: destinations lose the values of their parameters, wherever they stand.
pub(crate) fn masked(json: &Value) -> Value {
    match json {
        Value::Object(entries) => entries.iter().map(|(name, value)| (name.clone(), member(name, value))).collect(),
        Value::Array(items) => items.iter().map(masked).collect(),
        Value::String(text) => hidden(text, &[]).into(),
        other => other.clone(),
    }
}

fn member(name: &str, value: &Value) -> Value {
    match (name, value) {
        ("destination_conf", Value::String(text)) => masked_destination(text).into(),
        ("ownership_challenge", Value::String(text)) if !text.is_empty() => HIDDEN.into(),
        _ => masked(value),
    }
}

/// A text for people: without secrets and control characters, and not too long.
pub(crate) fn clean(text: &str, secrets: &[String]) -> String {
    let hidden = hidden(text, secrets);
    let mut letters = hidden.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut kept: String = letters.by_ref().take(LONGEST).collect();
    if letters.next().is_some() {
        kept.push('…');
    }
    kept
}

/// The texts to be sought in answers to a request: the token, and each value of the destination, encoded or not.
pub(crate) fn secrets_of(token: &str, body: Option<&Value>) -> Vec<String> {
    let destination = body.and_then(|body| body["destination_conf"].as_str()).unwrap_or_default();
    let values = parameters(destination).flat_map(|(_, value)| [value.to_owned(), decode(value)]);
    let mut secrets: Vec<String> = values.chain([token.to_owned()]).filter(|text| text.len() >= SHORTEST).collect();
    // The longest first: one may be part of another.
    secrets.sort_by_key(|text| std::cmp::Reverse(text.len()));
    secrets
}

/// A text without secrets that are known, and without the values of headers in a destination that it cites.
fn hidden(text: &str, secrets: &[String]) -> String {
    let text = secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), HIDDEN));
    let mut parts = text.split("header_");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("header_");
        match part.split_once('=') {
            Some((name, rest)) if !name.contains(char::is_whitespace) => {
                let end = rest.find(|letter: char| letter.is_whitespace() || "&\"'<>".contains(letter));
                out.push_str(&format!("{name}={HIDDEN}{}", end.map_or("", |end| &rest[end..])));
            }
            _ => out.push_str(part),
        }
    }
    out
}
