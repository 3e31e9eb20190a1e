//! JSON of events, read as it was written: numbers of any size, and as deep as events go.

mod layout;
mod pointer;

pub use layout::{compact, indent};
pub use pointer::Pointers;
pub use weir_dataset::Members;

use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt::{self, Display, Formatter};

/// How deep a value is taken apart; what lies deeper is kept as it is written.
const DEEPEST: usize = 500;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`, a boolean, a number, or what lies too deep: as it is written, without white space.
    Plain(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object: each name once, in the order of first appearance, with the last of its values.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads JSON text.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(text: &[u8]) -> serde_json::Result<Json> {
        let text = str::from_utf8(text).map_err(<serde_json::Error as serde::de::Error>::custom)?;
        Json::of(serde_json::from_str::<&RawValue>(text)?.get(), 0)
    }

    /// What an object has under a name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.members().iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The members of an object; else none.
    pub fn members(&self) -> &[(String, Json)] {
        if let Json::Object(members) = self { members } else { &[] }
    }

    /// Text; of anything else none.
    pub fn text(&self) -> &str {
        if let Json::Text(text) = self { text } else { "" }
    }

    fn of(text: &str, depth: usize) -> serde_json::Result<Json> {
        Ok(match text.as_bytes().first() {
            Some(b'"') => Json::Text(serde_json::from_str(text)?),
            Some(b'[' | b'{') if depth >= DEEPEST => Json::Plain(compact(text)),
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                Json::List(items.iter().map(|item| Json::of(item.get(), depth + 1)).collect::<Result<_, _>>()?)
            }
            Some(b'{') => {
                let Members(raw) = serde_json::from_str(text)?;
                let mut members: Vec<(String, Json)> = Vec::with_capacity(raw.len());
                for (name, value) in raw {
                    let value = Json::of(value, depth + 1)?;
                    match members.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, old)) => *old = value,
                        None => members.push((name.into_owned(), value)),
                    }
                }
                Json::Object(members)
            }
            _ => Json::Plain(text.to_owned()),
        })
    }
}

/// The value at the beginning of a text.
pub fn first_value(text: &str) -> Option<Json> {
    let first: &RawValue = serde_json::Deserializer::from_str(text).into_iter().next()?.ok()?;
    Json::of(first.get(), 0).ok()
}

impl Display for Json {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Plain(text) => RawValue::from_string(text.clone()).map_err(S::Error::custom)?.serialize(serializer),
            Json::Text(text) => serializer.serialize_str(text),
            Json::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Json::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
                map.end()
            }
        }
    }
}

/// Text as JSON.
pub fn quoted(text: &str) -> String {
    Json::Text(text.to_owned()).to_string()
}
