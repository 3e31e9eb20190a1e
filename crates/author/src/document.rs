//! A JSON document whose parts keep the text in which they are written: a record comes out as it went in.

use crate::json::compact;
use jsonpath_rust::query::queryable::Queryable;
use serde_json::Value;
use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;
use weir::json::{Error, raw};

/// How deep a document is taken apart; what lies deeper is found by no path.
const DEEPEST: usize = 128;

/// A part of a document. It is taken apart when it is looked into: numbers of any size and notation stay what they are,
/// and what no path asks for costs nothing.
#[derive(Clone, Debug, Default)]
pub struct Part {
    whole: Rc<str>,
    range: Range<usize>,
    depth: usize,
    content: OnceCell<Content>,
}

#[derive(Clone, Debug)]
enum Content {
    List(Vec<Part>),
    Object(Vec<(String, Part)>),
    Text(String),
    /// Anything else, and what is too deep.
    Plain(Value),
}

impl Part {
    /// A whole document.
    ///
    /// # Errors
    /// Where the text is not JSON.
    pub fn document(text: &str) -> Result<Part, Error> {
        Ok(Part::written(raw::value(text)?))
    }

    /// Text as it is, anything else as compact JSON.
    pub fn message(&self) -> String {
        match self.content() {
            Content::Text(text) => text.clone(),
            _ => compact(self.text()),
        }
    }

    /// Where in the document it is written, in bytes.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    fn written(text: &str) -> Part {
        Part { whole: Rc::from(text), range: 0..text.len(), depth: 0, content: OnceCell::new() }
    }

    fn text(&self) -> &str {
        &self.whole[self.range.clone()]
    }

    fn content(&self) -> &Content {
        self.content.get_or_init(|| self.take_apart().unwrap_or(Content::Plain(Value::Null)))
    }

    fn take_apart(&self) -> Result<Content, Error> {
        let text = self.text();
        Ok(match text.as_bytes().first() {
            Some(b'"') => Content::Text(raw::string(text)?.into_owned()),
            Some(b'[' | b'{') if self.depth >= DEEPEST => Content::Plain(Value::Null),
            Some(b'[') => Content::List(raw::items(text)?.into_iter().map(|item| self.below(item)).collect()),
            Some(b'{') => {
                let members = raw::members(text)?.into_iter();
                Content::Object(members.map(|(key, value)| (key.into_owned(), self.below(value))).collect())
            }
            _ => Content::Plain(serde_json::from_str(text).unwrap_or_default()),
        })
    }

    fn below(&self, value: &str) -> Part {
        let start = raw::offset(&self.whole, value);
        let range = start..start + value.len();
        Part { whole: Rc::clone(&self.whole), range, depth: self.depth + 1, content: OnceCell::new() }
    }

    fn plain(&self) -> Option<&Value> {
        match self.content() {
            Content::Plain(value) => Some(value),
            _ => None,
        }
    }
}

impl Queryable for Part {
    /// Of equal keys the last.
    fn get(&self, key: &str) -> Option<&Self> {
        match self.content() {
            Content::Object(members) => members.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<&Vec<Self>> {
        match self.content() {
            Content::List(items) => Some(items),
            _ => None,
        }
    }

    fn as_object(&self) -> Option<Vec<(&str, &Self)>> {
        match self.content() {
            Content::Object(members) => Some(members.iter().map(|(key, value)| (&**key, value)).collect()),
            _ => None,
        }
    }

    fn as_str(&self) -> Option<&str> {
        match self.content() {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    fn as_i64(&self) -> Option<i64> {
        self.plain().and_then(Value::as_i64)
    }

    fn as_f64(&self) -> Option<f64> {
        self.plain().and_then(Value::as_f64)
    }

    fn as_bool(&self) -> Option<bool> {
        self.plain().and_then(Value::as_bool)
    }

    fn null() -> Self {
        Part::written("null")
    }
}

/// Equal by value, as literals of a path are compared with parts of a document.
impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        let read = |part: &Part| serde_json::from_str::<Value>(part.text());
        match (read(self), read(other)) {
            (Ok(left), Ok(right)) => left == right,
            _ => self.text() == other.text(),
        }
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Part::written(&Value::from(text).to_string())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Part::from(&*text)
    }
}

impl From<bool> for Part {
    fn from(value: bool) -> Self {
        Part::written(&Value::from(value).to_string())
    }
}

impl From<i64> for Part {
    fn from(value: i64) -> Self {
        Part::written(&Value::from(value).to_string())
    }
}

impl From<f64> for Part {
    fn from(value: f64) -> Self {
        Part::written(&Value::from(value).to_string())
    }
}

impl From<Vec<Part>> for Part {
    fn from(items: Vec<Part>) -> Self {
        let items: Vec<&str> = items.iter().map(Part::text).collect();
        Part::written(&format!("[{}]", items.join(",")))
    }
}
