//! The envelope in which the API answers: `{errors, messages, result, success}`.

use crate::hiding::Secrets;
use crate::shown::{clean, masked, without};
use serde_json::Value;
use std::fmt::{self, Display, Formatter};

/// An answer that says success.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub(crate) result: Value,
    /// The token, and what is secret in the request and the answer.
    pub(crate) secrets: Secrets,
    /// The token alone.
    pub(crate) token: Secrets,
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
        masked(&self.result, &self.secrets)
    }

    /// The result with keys, to be shown to who asked for them; the token is in it nowhere.
    pub fn with_keys(&self) -> Value {
        without(&self.result, &self.token)
    }

    /// JSON made of the result, without secrets; destinations stay as they are.
    pub fn hide(&self, json: &Value) -> Value {
        without(json, &self.secrets)
    }

    /// A text made of the result, without secrets.
    pub fn clean(&self, text: &str) -> String {
        clean(text, &self.secrets)
    }

    /// The result as the API tells it, keys included: to be read, not to be shown.
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
    pub secrets: Secrets,
}

/// The most notes that are kept of an answer: what is beyond is noise.
const MOST: usize = 20;

impl Envelope {
    /// Reads an envelope; `None` for what is none. Texts in it lose what is secret.
    pub fn parse(body: &[u8], mut secrets: Secrets) -> Option<Envelope> {
        let mut json: Value = serde_json::from_slice(body).ok()?;
        let success = json.get("success")?.as_bool()?;
        secrets.add_answer(&json);
        let notes = |name: &str| {
            let mut found = Vec::new();
            collect(json.get(name).unwrap_or(&Value::Null), &secrets, &mut found);
            found
        };
        let (errors, messages) = (notes("errors"), notes("messages"));
        let result = json.get_mut("result").map(Value::take).unwrap_or_default();
        Some(Envelope { success, result, errors, messages, secrets })
    }
}

/// The notes of a list, and below each those that explain it.
fn collect(list: &Value, secrets: &Secrets, found: &mut Vec<Note>) {
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
