//! The paths for operators: `/healthz` and `/readyz` for whoever starts and stops processes, `/metrics` and the status page at `/`.
//!
//! Why so: `docs/decisions/0137`.

use super::operation::{Operation, Readiness};
use super::status;
use crate::counters::METRICS_TYPE;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

/// Nothing of the page comes from elsewhere, and no script runs in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// Whether the process lives and takes what comes: a word each, which anybody may know.
pub fn health(operation: Arc<Operation>) -> Router {
    Router::new().route("/healthz", get(lives)).route("/readyz", get(takes)).with_state(operation)
}

/// What operators alone should see: numbers and records.
pub fn pages(operation: Arc<Operation>) -> Router {
    Router::new().route("/", get(page)).route("/metrics", get(numbers)).with_state(operation)
}

/// Whether the process is of use: one whose log broke is not, and ends.
async fn lives(State(operation): State<Arc<Operation>>) -> Response {
    match operation.readiness() {
        Readiness::Refusing(error) if error.is_for_good() => answer(StatusCode::INTERNAL_SERVER_ERROR, "broken"),
        _ => answer(StatusCode::OK, "ok"),
    }
}

async fn takes(State(operation): State<Arc<Operation>>) -> Response {
    let refusal = match operation.readiness() {
        Readiness::Ready => return answer(StatusCode::OK, "ready"),
        Readiness::Recovering => return answer(StatusCode::SERVICE_UNAVAILABLE, "recovering"),
        Readiness::Refusing(refusal) => refusal,
    };
    let mut answer = answer(StatusCode::SERVICE_UNAVAILABLE, refusal.word());
    if let Some(retry_after) = refusal.retry_after() {
        answer.headers_mut().insert(RETRY_AFTER, retry_after.as_secs().max(1).into());
    }
    answer
}

async fn numbers(State(operation): State<Arc<Operation>>) -> Response {
    ([(CONTENT_TYPE, METRICS_TYPE)], operation.numbers()).into_response()
}

async fn page(State(operation): State<Arc<Operation>>) -> Response {
    let headers =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store")];
    (headers, status::page(&operation)).into_response()
}

fn answer(status: StatusCode, word: &str) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], format!("{{\"status\":\"{word}\"}}")).into_response()
}
