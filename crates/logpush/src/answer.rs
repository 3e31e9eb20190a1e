//! The envelope in which the API answers: `{errors, messages, result, success}`.

use crate::shown::{clean, masked};
use serde_json::Value;
use std::fmt::{self, Display, Formatter};

/// An answer that says success.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub(crate) result: Value,
    /// What the API says besides.
    pub messages: Vec<Note>,
}

/// An error or a message of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its number; 0 where it has none.
    pub code: i64,
    /// Its text, without control characters and without secrets.
    pub message: String,
}

impl Display for Note {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.code {
            0 => f.write_str(&self.message),
            code => write!(f, "{} ({code})", self.message),
        }
    }
}

impl Answer {
    /// The result, without what could be a secret.
    pub fn shown(&self) -> Value {
        masked(&self.result)
    }

    /// The result with destinations as the API tells them, keys included.
    pub fn expose(&self) -> &Value {
        &self.result
    }
}

/// What an envelope says.
#[derive(Debug, PartialEq)]
pub(crate) struct Envelope {
    pub success: bool,
    pub result: Value,
    pub errors: Vec<Note>,
    pub messages: Vec<Note>,
}

/// The most notes that are kept of an answer: what is beyond is noise.
const MOST: usize = 20;

impl Envelope {
    /// Reads an envelope; `None` for what is none. Texts in it lose what is secret.
    pub fn parse(body: &[u8], secrets: &[String]) -> Option<Envelope> {
        let mut json: Value = serde_json::from_slice(body).ok()?;
        let success = json.get("success")?.as_bool()?;
        let notes = |name: &str| {
            let mut found = Vec::new();
            collect(json.get(name).unwrap_or(&Value::Null), secrets, &mut found);
            found
        };
        let (errors, messages) = (notes("errors"), notes("messages"));
        let result = json.get_mut("result").map(Value::take).unwrap_or_default();
        Some(Envelope { success, result, errors, messages })
    }
}

/// The notes of a list, and below each those that explain it.
fn collect(list: &Value, secrets: &[String], found: &mut Vec<Note>) {
    for item in list.as_array().into_iter().flatten() {
        if found.len() == MOST {
            return;
        }
        let code = item["code"].as_i64().unwrap_or(0);
        let message = item.as_str().or(item["message"].as_str());
        if message.is_some() || code != 0 {
            found.push(Note { code, message: clean(message.unwrap_or("no text"), secrets) });
        }
        collect(&item["error_chain"], secrets, found);
    }
}
