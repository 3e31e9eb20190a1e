//! The paths for operators: `/healthz` and `/readyz` for whoever starts and stops processes, `/metrics` and the status page at `/`.
//!
//! Why so: `docs/decisions/0137`.

use super::operation::{Operation, Readiness};
use super::status;
use crate::counters::METRICS_TYPE;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, RETRY_AFTER};
use axum::http::uri::Authority;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::net::IpAddr;
use std::sync::Arc;
use weir_log::Refusal;

/// Nothing of the page comes from elsewhere, and no script runs in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// Whether the process lives and takes what comes: a word each, which anybody may know.
pub fn health(operation: Arc<Operation>) -> Router {
    Router::new().route("/healthz", get(lives)).route("/readyz", get(takes)).with_state(operation)
}

/// What operators alone should see: numbers and records. Unless it has any name, it answers to addresses and `localhost` alone: whoever
/// owns a name can make it lead the browser of somebody on this machine here.
pub fn pages(operation: Arc<Operation>, has_any_name: bool) -> Router {
    let pages = Router::new().route("/", get(page)).route("/metrics", get(numbers)).with_state(operation);
    if has_any_name { pages } else { pages.route_layer(from_fn(only_by_address)) }
}

async fn only_by_address(request: Request, next: Next) -> Response {
    let header = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = header.or_else(|| request.uri().authority().map(Authority::as_str)).unwrap_or_default();
    match is_address(host) {
        true => next.run(request).await,
        false => answer(StatusCode::FORBIDDEN, "not-by-this-name"),
    }
}

/// Whether a host, with or without a port, is an address or this machine.
fn is_address(host: &str) -> bool {
    let name = host.parse::<Authority>().map(|authority| authority.host().to_owned()).unwrap_or_default();
    name.eq_ignore_ascii_case("localhost") || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

/// Whether the process is of use: one whose log broke is not, and ends.
async fn lives(State(operation): State<Arc<Operation>>) -> Response {
    match operation.readiness() {
        Readiness::Refusing(Refusal::Broken { .. }) => answer(StatusCode::INTERNAL_SERVER_ERROR, "broken"),
        _ => answer(StatusCode::OK, "ok"),
    }
}

async fn takes(State(operation): State<Arc<Operation>>) -> Response {
    let refusal = match operation.readiness() {
        Readiness::Ready => return answer(StatusCode::OK, "ready"),
        Readiness::Recovering => return answer(StatusCode::SERVICE_UNAVAILABLE, "recovering"),
        Readiness::Refusing(refusal) => refusal,
    };
    let word = match &refusal {
        Refusal::NoRoom { .. } => "no-room",
        Refusal::Broken { .. } => "broken",
        Refusal::Closed => "ends",
        Refusal::TimedOut { .. } | Refusal::Metadata { .. } => "refusing",
    };
    let mut answer = answer(StatusCode::SERVICE_UNAVAILABLE, word);
    if let Refusal::NoRoom { retry_after, .. } = refusal {
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

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn a_name_that_somebody_owns_is_no_address() {
        for host in ["127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "localhost", "LOCALHOST:80", "192.0.2.7"] {
            assert!(is_address(host), "{host}");
        }
        for host in
            ["", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "a@b", "[::1"]
        {
            assert!(!is_address(host), "{host}");
        }
    }
}
