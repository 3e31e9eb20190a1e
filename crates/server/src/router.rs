//! Which path is answered by what.

use crate::options::{Limits, Options};
use crate::refusal::{Reason, Refusal};
use crate::work::Work;
use crate::{body, validate};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// What all requests share.
struct Service {
    work: Work,
    limits: Limits,
    now: i64,
}

/// The paths of the validation server.
pub(crate) fn new(options: &Options) -> Router {
    validation(options).route("/healthz", get(health)).fallback(unknown_path).method_not_allowed_fallback(wrong_method)
}

/// The path of the validation API, for a router that has others beside it.
pub fn validation(options: &Options) -> Router {
    let limits = options.limits.clone();
    let service = Service { work: Work::new(&limits), limits, now: options.now };
    Router::new().route("/api/v1/ingest/formats/validate", post(validate_events)).with_state(Arc::new(service))
}

async fn health() -> Response {
    json(r#"{"status":"ok"}"#.to_owned())
}

async fn validate_events(State(service): State<Arc<Service>>, request: Request) -> Result<Response, Refusal> {
    let _place = service.work.enter().await?;
    let packed = body::read(request, &service.limits).await?;
    let shared = Arc::clone(&service);
    let answer = service.work.run(move |leave| {
        let body = packed.unpack(shared.limits.body)?;
        validate::answer(&body, shared.now, &shared.limits, leave)
    });
    answer.await.map(json)
}

async fn unknown_path(uri: Uri) -> Refusal {
    Reason::NotFound.because(format!("{} does not exist", uri.path()))
}

async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    Reason::MethodNotAllowed.because(format!("{} does not take {method}", uri.path()))
}

fn json(body: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
