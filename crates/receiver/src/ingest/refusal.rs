//! Why a request is not served: the status, and why, as JSON. `docs/receiver/http.md` has the same table.

use crate::body::BodyError;
use crate::store::StoreError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use weir_log::Refusal as LogRefusal;

/// Why a request is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    BodyUnread,
    BadEncoding,
    BadJson,
    WrongShape,
    BadPath,
    Empty,
    Unauthorized,
    NotFound,
    MethodNotAllowed,
    BodyTooSlow,
    BodyTooLarge,
    EventTooLarge,
    UnknownEncoding,
    TooMany,
    Internal,
    Starting,
    Busy,
    NoRoom,
    Unavailable,
    NotDurable,
}

impl Reason {
    /// All of them, for tests and tables.
    #[cfg(test)]
    pub const ALL: [Reason; 20] = [
        Reason::BodyUnread,
        Reason::BadEncoding,
        Reason::BadJson,
        Reason::WrongShape,
        Reason::BadPath,
        Reason::Empty,
        Reason::Unauthorized,
        Reason::NotFound,
        Reason::MethodNotAllowed,
        Reason::BodyTooSlow,
        Reason::BodyTooLarge,
        Reason::EventTooLarge,
        Reason::UnknownEncoding,
        Reason::TooMany,
        Reason::Internal,
        Reason::Starting,
        Reason::Busy,
        Reason::NoRoom,
        Reason::Unavailable,
        Reason::NotDurable,
    ];

    /// The code in the answer, and the status.
    pub fn row(self) -> (&'static str, StatusCode) {
        match self {
            Reason::BodyUnread => ("body-unread", StatusCode::BAD_REQUEST),
            Reason::BadEncoding => ("bad-encoding", StatusCode::BAD_REQUEST),
            Reason::BadJson => ("bad-json", StatusCode::BAD_REQUEST),
            Reason::WrongShape => ("wrong-shape", StatusCode::BAD_REQUEST),
            Reason::BadPath => ("bad-path", StatusCode::BAD_REQUEST),
            Reason::Empty => ("empty", StatusCode::BAD_REQUEST),
            Reason::Unauthorized => ("unauthorized", StatusCode::UNAUTHORIZED),
            Reason::NotFound => ("not-found", StatusCode::NOT_FOUND),
            Reason::MethodNotAllowed => ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED),
            Reason::BodyTooSlow => ("body-too-slow", StatusCode::REQUEST_TIMEOUT),
            Reason::BodyTooLarge => ("body-too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Reason::EventTooLarge => ("event-too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Reason::UnknownEncoding => ("unknown-encoding", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Reason::TooMany => ("too-many", StatusCode::TOO_MANY_REQUESTS),
            Reason::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Reason::Starting => ("starting", StatusCode::SERVICE_UNAVAILABLE),
            Reason::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE),
            Reason::NoRoom => ("no-room", StatusCode::SERVICE_UNAVAILABLE),
            Reason::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
            Reason::NotDurable => ("not-durable", StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    /// A refusal for this reason, in words.
    pub fn because(self, message: impl Into<String>) -> Refusal {
        Refusal { reason: self, message: message.into(), retry_after: None }
    }
}

/// A request that is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Why, by its code.
    pub reason: Reason,
    /// Why, in words.
    pub message: String,
    /// When it makes sense to come again.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.reason.row().1
    }

    /// Says when to come again.
    pub fn retry_after(self, time: Duration) -> Self {
        Refusal { retry_after: Some(time), ..self }
    }

    /// What a sender without a valid key gets, whatever is wrong with the key.
    pub fn unauthorized() -> Self {
        Reason::Unauthorized.because("a valid key is needed")
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        let reason = match &error {
            BodyError::Source(_) => Reason::BodyUnread,
            BodyError::Corrupt { .. } => Reason::BadEncoding,
            BodyError::TooLarge { .. } | BodyError::DocumentTooLarge { .. } => Reason::BodyTooLarge,
            BodyError::Json(_) => Reason::BadJson,
            BodyError::Shape(_) => Reason::WrongShape,
            BodyError::Path(_) => Reason::BadPath,
            BodyError::Counts => Reason::Internal,
        };
        reason.because(error.to_string())
    }
}

/// What a store says is for its owner; senders are told when to come again.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Log(refusal) => refusal.into(),
            StoreError::Unavailable { retry_after, .. } => {
                Reason::Unavailable.because("the body cannot be stored now").retry_after(retry_after)
            }
            StoreError::Broken { .. } => Reason::NotDurable.because("the receiver ends"),
            StoreError::TimedOut { .. } => Reason::NotDurable.because("the body is not known to be stored"),
            StoreError::TooLarge => Reason::EventTooLarge.because("an event is larger than what can be stored"),
        }
    }
}

impl From<LogRefusal> for Refusal {
    fn from(refusal: LogRefusal) -> Self {
        match refusal {
            LogRefusal::NoRoom { retry_after, .. } => {
                Reason::NoRoom.because("there is no room now").retry_after(retry_after)
            }
            LogRefusal::TimedOut { .. } => Reason::NotDurable.because("the body is not known to be on the disk"),
            LogRefusal::Broken { .. } => Reason::NotDurable.because("the disk fails"),
            LogRefusal::Closed => Reason::NotDurable.because("the receiver ends"),
            LogRefusal::Metadata { .. } => Reason::Internal.because("a defect of this receiver: its note is too long"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (code, status) = self.reason.row();
        let body = serde_json::json!({"code": code, "message": self.message}).to_string();
        let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        let headers = response.headers_mut();
        let is_for_now = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&status);
        if is_for_now {
            let seconds = self.retry_after.unwrap_or(Duration::from_secs(1)).as_secs_f64().ceil().max(1.0);
            headers.insert(header::RETRY_AFTER, (seconds as u64).into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"intake\""));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn the_manual_has_each_code_with_its_status() {
        let page = include_str!("../../../../docs/receiver/http.md");
        for (code, status) in Reason::ALL.map(Reason::row) {
            assert!(page.contains(&format!("| {} | `{code}` |", status.as_u16())), "{code}");
        }
    }
}
