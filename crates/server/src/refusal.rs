//! Answers to requests that cannot be served: a status, and why, as JSON.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::fmt;

/// Why a request is not served. `docs/validation-api.md` lists the codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    NotFound,
    MethodNotAllowed,
    BodyUnread,
    BodyTooLarge,
    BodyTooSlow,
    UnknownEncoding,
    BadGzip,
    BadJson,
    WrongShape,
    TooManyEvents,
    AnswerTooLarge,
    DoesNotCompile,
    Busy,
    TookTooLong,
    Internal,
}

impl Reason {
    /// The code in the answer, and the status.
    fn row(self) -> (&'static str, StatusCode) {
        match self {
            Reason::NotFound => ("not-found", StatusCode::NOT_FOUND),
            Reason::MethodNotAllowed => ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED),
            Reason::BodyUnread => ("body-unread", StatusCode::BAD_REQUEST),
            Reason::BodyTooLarge => ("body-too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Reason::BodyTooSlow => ("body-too-slow", StatusCode::REQUEST_TIMEOUT),
            Reason::UnknownEncoding => ("unknown-encoding", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Reason::BadGzip => ("bad-gzip", StatusCode::BAD_REQUEST),
            Reason::BadJson => ("bad-json", StatusCode::BAD_REQUEST),
            Reason::WrongShape => ("wrong-shape", StatusCode::BAD_REQUEST),
            Reason::TooManyEvents => ("too-many-events", StatusCode::PAYLOAD_TOO_LARGE),
            Reason::AnswerTooLarge => ("answer-too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Reason::DoesNotCompile => ("does-not-compile", StatusCode::UNPROCESSABLE_ENTITY),
            Reason::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE),
            Reason::TookTooLong => ("took-too-long", StatusCode::SERVICE_UNAVAILABLE),
            Reason::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// A refusal for this reason, in words.
    pub fn because(self, message: impl Into<String>) -> Refusal {
        Refusal { reason: self, message: message.into(), findings: Vec::new() }
    }
}

/// A request that is not served.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// Why, by its code.
    pub reason: Reason,
    /// Why, in words.
    pub message: String,
    /// Mistakes in the format that was posted.
    pub findings: Vec<Finding>,
}

/// A mistake in the format that was posted.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    /// The kind, as in the manual's list of findings.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where in the body, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// The line of the body, from 1.
    pub line: u32,
    /// The character in its line, from 1.
    pub column: u32,
    /// What would help.
    pub help: Option<String>,
}

#[derive(Serialize)]
struct Body<'r> {
    code: &'static str,
    message: &'r str,
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    findings: &'r [Finding],
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, _) = self.reason.row();
        let body = Body { code, message: &self.message, findings: &self.findings };
        f.write_str(&serde_json::to_string(&body).map_err(|_| fmt::Error)?)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (_, status) = self.reason.row();
        let mut response = (status, [(header::CONTENT_TYPE, "application/json")], self.to_string()).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, 1.into());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;
    use crate::Limits;

    const ALL: [Reason; 15] = [
        Reason::NotFound,
        Reason::MethodNotAllowed,
        Reason::BodyUnread,
        Reason::BodyTooLarge,
        Reason::BodyTooSlow,
        Reason::UnknownEncoding,
        Reason::BadGzip,
        Reason::BadJson,
        Reason::WrongShape,
        Reason::TooManyEvents,
        Reason::AnswerTooLarge,
        Reason::DoesNotCompile,
        Reason::Busy,
        Reason::TookTooLong,
        Reason::Internal,
    ];

    #[test]
    fn the_manual_has_each_code_with_its_status_and_the_bounds() {
        let page = include_str!("../../../docs/validation-api.md");
        for (code, status) in ALL.map(Reason::row) {
            assert!(page.contains(&format!("| `{code}` | {} |", status.as_u16())), "{code}");
        }
        let Limits { body, events, answer, time, patience, farewell, .. } = Limits::default();
        assert_eq!((time.as_secs(), patience.as_secs(), farewell.as_secs()), (60, 30, 10));
        let (thousands, bodies, answers) = (events / 1000, body >> 20, answer >> 20);
        for bound in [format!("{thousands},000 events"), format!("{bodies} MiB,"), format!("{answers} MiB |")] {
            assert!(page.contains(&bound), "{bound}");
        }
    }
}
