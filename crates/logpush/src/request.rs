//! A request to the API: method, path and body, and how it reads as a command.

use crate::secret::HIDDEN;
use serde_json::{Value, json};
use std::fmt::{self, Debug, Formatter};

/// A request, without the token.
#[derive(Clone, PartialEq)]
pub struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

impl Request {
    pub(crate) fn with_body(method: &'static str, path: String, body: Value) -> Self {
        Request { method, path, body: Some(body) }
    }

    pub(crate) fn without_body(method: &'static str, path: String) -> Self {
        Request { method, path, body: None }
    }

    /// The request as `{"method", "url", "body"}`, at an API's address. What the body holds is in it: show only a body
    /// whose destination is [masked](crate::Destination::masked) or has a placeholder.
    pub fn expose(&self, api: &str) -> Value {
        let mut shown = json!({"method": self.method, "url": self.url(api)});
        if let Some(body) = &self.body {
            shown["body"] = body.clone();
        }
        shown
    }

    /// The request as a command of a shell, which reads the token from an environment variable, and the key from
    /// another where the body has `$NAME` at the end of its destination. What the body holds is in it, as in
    /// [`Request::expose`].
    pub fn curl(&self, api: &str, token: &str, key: Option<&str>) -> String {
        let mut lines = vec![format!("curl --request {} {}", self.method, quoted(&self.url(api)))];
        lines.push(format!("--header \"Authorization: Bearer ${token}\""));
        if let Some(body) = &self.body {
            lines.push("--header 'Content-Type: application/json'".to_owned());
            // Alternate JSON is laid out without error: it has no keys but text.
            let body = quoted(&serde_json::to_string_pretty(body).unwrap_or_else(|_| body.to_string()));
            let body = match key {
                Some(key) => body.replace(&format!("=${key}\""), &format!("='\"${key}\"'\"")),
                None => body,
            };
            lines.push(format!("--data {body}"));
        }
        lines.join(" \\\n  ")
    }

    /// Its address.
    pub(crate) fn url(&self, api: &str) -> String {
        format!("{}{}", api.trim_end_matches('/'), self.path)
    }
}

/// The body may hold a key.
impl Debug for Request {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let body = if self.body.is_some() { HIDDEN } else { "" };
        write!(f, "{} {} {body}", self.method, self.path)
    }
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
