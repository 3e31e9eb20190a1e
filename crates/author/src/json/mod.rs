//! JSON of events, read as it was written: numbers of any size, and as deep as events go.

mod layout;
mod pointer;

pub use layout::{compact, indent};
pub use pointer::Pointers;

use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt::{self, Display, Formatter};
use weir::json::{Error, raw};

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
    pub fn read(text: &[u8]) -> Result<Json, Error> {
        Json::of(raw::value(raw::utf8(text)?)?, 0)
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

    fn of(text: &str, depth: usize) -> Result<Json, Error> {
        Ok(match text.as_bytes().first() {
            Some(b'"') => Json::Text(raw::string(text)?.into_owned()),
            Some(b'[' | b'{') if depth >= DEEPEST => Json::Plain(compact(text)),
            Some(b'[') => {
                let items = raw::items(text)?;
                Json::List(items.into_iter().map(|item| Json::of(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Some(b'{') => {
                let written = raw::members(text)?;
                let mut members: Vec<(String, Json)> = Vec::with_capacity(written.len());
                for (name, value) in written {
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
    Json::of(raw::first(text).ok()?, 0).ok()
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
