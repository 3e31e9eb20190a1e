//! The paths for operators: `/healthz`, `/readyz`, `/metrics`, and the status page at `/`.

use super::metrics::METRICS_TYPE;
use super::operation::{Operation, Readiness};
use super::status;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use std::sync::Arc;
use weir_log::Refusal;

/// Nothing of the page comes from elsewhere, and no script runs in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// The paths for operators, to be put beside those for senders.
pub fn router(operation: Arc<Operation>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .route("/metrics", get(numbers))
        .with_state(operation)
}

/// Whether the process is of use: one whose log broke is not, and ends.
async fn health(State(operation): State<Arc<Operation>>) -> Response {
    match operation.readiness() {
        Readiness::Refusing(Refusal::Broken { why }) => answer(StatusCode::INTERNAL_SERVER_ERROR, "broken", &why),
        _ => answer(StatusCode::OK, "ok", ""),
    }
}

async fn ready(State(operation): State<Arc<Operation>>) -> Response {
    match operation.readiness() {
        Readiness::Ready => answer(StatusCode::OK, "ready", ""),
        Readiness::Recovering => answer(StatusCode::SERVICE_UNAVAILABLE, "recovering", "the log is being opened"),
        Readiness::Refusing(refusal) => {
            let mut answer = answer(StatusCode::SERVICE_UNAVAILABLE, "refusing", &refusal.to_string());
            if let Refusal::NoRoom { retry_after, .. } = refusal {
                answer.headers_mut().insert(RETRY_AFTER, retry_after.as_secs().max(1).into());
            }
            answer
        }
    }
}

async fn numbers(State(operation): State<Arc<Operation>>) -> Response {
    ([(CONTENT_TYPE, METRICS_TYPE)], operation.numbers()).into_response()
}

async fn page(State(operation): State<Arc<Operation>>) -> Response {
    let headers =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store")];
    (headers, status::page(&operation)).into_response()
}

fn answer(status: StatusCode, word: &str, why: &str) -> Response {
    let body = match why {
        "" => json!({"status": word}),
        why => json!({"status": word, "reason": why}),
    };
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
