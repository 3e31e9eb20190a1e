//! What the page of `weir studio` asks over HTTP: its files, and answers. Whoever has the token of the URL is answered, by the name of
//! this machine alone, and not for the page of another site.

use super::disk::{Disk, MODULE_FIELDS};
use crate::stop::Stop;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use subtle::ConstantTimeEq;
use weir_studio::{PAGE, PageFile, Studio};

/// How many pages have a format of their own at a time; of more, the one that was silent longest is forgotten.
const SESSIONS: usize = 8;

/// The largest request, in bytes: all files of a format are sent at the beginning.
const LARGEST: usize = 256 << 20;

/// The page has nothing from elsewhere, and is in no other page.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self'; style-src 'self' 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The header with the name of a page's session.
const SESSION: HeaderName = HeaderName::from_static("weir-session");

/// What answers the page.
pub struct Host {
    disk: Disk,
    token: String,
    address: SocketAddr,
    playground: Option<String>,
    /// Held while files are compared and written.
    saving: Mutex<()>,
    /// By name; the one that asked last is the last.
    sessions: Mutex<Vec<(String, Arc<Mutex<Studio>>)>>,
}

impl Host {
    /// Answers for a format.
    pub fn new(disk: Disk, token: String, address: SocketAddr, playground: Option<String>) -> Arc<Self> {
        let (saving, sessions) = (Mutex::default(), Mutex::default());
        Arc::new(Host { disk, token, address, playground, saving, sessions })
    }

    /// The paths.
    pub fn router(self: Arc<Self>) -> Router {
        let asked = Router::new()
            .route("/api/files", get(files).post(save))
            .route("/api/stamp", get(stamp))
            .route("/api/answer", post(answer))
            .route_layer(from_fn_with_state(Arc::clone(&self), with_token));
        let page = PAGE.iter().fold(Router::new(), |router, file| {
            let path = format!("/{}", if file.name == "index.html" { "" } else { file.name });
            router.route(&path, get(|| async { shown(*file) }))
        });
        page.merge(asked)
            .fallback(|| async { refusal(StatusCode::NOT_FOUND, "there is nothing here") })
            .layer(DefaultBodyLimit::max(LARGEST))
            .layer(from_fn_with_state(Arc::clone(&self), of_this_machine))
            .with_state(self)
    }

    fn sessions(&self) -> MutexGuard<'_, Vec<(String, Arc<Mutex<Studio>>)>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn session(&self, name: &str) -> Arc<Mutex<Studio>> {
        let mut sessions = self.sessions();
        let known = sessions.iter().position(|(known, _)| known == name);
        let session = known.map_or_else(|| (name.to_owned(), Arc::default()), |place| sessions.remove(place));
        if sessions.len() >= SESSIONS {
            sessions.remove(0);
        }
        let studio = Arc::clone(&session.1);
        sessions.push(session);
        studio
    }

    /// Whether a request names this machine, and comes from this page where it says where it comes from.
    fn is_asked_by_its_page(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(HOST).iter().map(|value| value.to_str().unwrap_or_default());
        let is_named = hosts.next().is_some_and(|name| self.is_own(name)) && hosts.next().is_none();
        let origin = headers.get(ORIGIN).map(|value| value.to_str().unwrap_or_default());
        let is_own_origin = |origin: &str| origin.strip_prefix("http://").is_some_and(|name| self.is_own(name));
        is_named && origin.is_none_or(is_own_origin)
    }

    /// Whether a name, with its port, is one of this machine as the browser was told. Browsers leave out the port of HTTP.
    fn is_own(&self, host: &str) -> bool {
        let with_port = host.rsplit_once(':').and_then(|(name, port)| Some((name, port.parse::<u16>().ok()?)));
        let (name, port) = with_port.unwrap_or((host, 80));
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let is_address = bare.parse::<IpAddr>().is_ok_and(|address| address == self.address.ip());
        port == self.address.port() && (is_address || name.eq_ignore_ascii_case("localhost"))
    }

    /// Writes files, unless what is on the disk is not what the page has seen.
    fn save(&self, changes: &Changes) -> Result<Value, Stop> {
        let _saving = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        if self.disk.stamp()? != changes.stamp {
            return Err(Stop::Because("files have changed on the disk meanwhile, and nothing was saved".to_owned()));
        }
        self.disk.write(&changes.files)?;
        Ok(json!({ "stamp": self.disk.stamp()? }))
    }
}

/// What the page saves.
#[derive(Deserialize)]
struct Changes {
    /// The stamp of what it has seen on the disk.
    stamp: String,
    files: BTreeMap<String, String>,
}

/// Lets pass what is asked of this machine by its own name, and not for the page of another site: whoever owns a name can make it lead
/// the browser of somebody here.
async fn of_this_machine(State(host): State<Arc<Host>>, request: Request, next: Next) -> Response {
    if !host.is_asked_by_its_page(request.headers()) {
        return refusal(StatusCode::FORBIDDEN, "weir studio answers the page at its own address alone");
    }
    let response = next.run(request).await;
    match response.status() {
        status @ StatusCode::METHOD_NOT_ALLOWED => refusal(status, "this path has no such method"),
        status @ StatusCode::PAYLOAD_TOO_LARGE => refusal(status, "the files of this format are larger than 256 MiB"),
        _ => response,
    }
}

/// Lets pass who has the token.
async fn with_token(State(host): State<Arc<Host>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    match given.is_some_and(|given| bool::from(given.ct_eq(host.token.as_bytes()))) {
        true => next.run(request).await,
        false => refusal(StatusCode::UNAUTHORIZED, "open the address that `weir studio` printed: it holds a token"),
    }
}

async fn files(State(host): State<Arc<Host>>) -> Response {
    blocking(move || {
        // A change between the two is seen as one later.
        let stamp = host.disk.stamp()?;
        Ok(json!({
            "name": host.disk.name(),
            "files": host.disk.read()?,
            "parser": host.disk.parser(),
            "readOnly": [MODULE_FIELDS],
            "playground": host.playground,
            "stamp": stamp,
        }))
    })
    .await
}

async fn stamp(State(host): State<Arc<Host>>) -> Response {
    blocking(move || Ok(json!({ "stamp": host.disk.stamp()? }))).await
}

async fn save(State(host): State<Arc<Host>>, body: Bytes) -> Response {
    blocking(move || {
        let changes = serde_json::from_slice(&body);
        host.save(&changes.map_err(|error| Stop::Because(format!("no files are saved: {error}")))?)
    })
    .await
}

async fn answer(State(host): State<Arc<Host>>, headers: HeaderMap, body: Bytes) -> Response {
    let name = headers.get(SESSION).and_then(|name| name.to_str().ok()).unwrap_or_default().to_owned();
    let studio = host.session(&name);
    let answered =
        tokio::task::spawn_blocking(move || studio.lock().unwrap_or_else(PoisonError::into_inner).answer(&body));
    match answered.await {
        Ok(answer) => ([(CONTENT_TYPE, "application/json")], answer).into_response(),
        Err(_) => {
            host.sessions().retain(|(known, _)| *known != name);
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "a defect of weir: the question ended in a panic")
        }
    }
}

/// Does what waits for the disk on a thread of its own.
async fn blocking(work: impl FnOnce() -> Result<Value, Stop> + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(answer)) => json_of(StatusCode::OK, &answer),
        Ok(Err(stop)) => refusal(StatusCode::CONFLICT, &stop.to_string()),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "a defect of weir: the request ended in a panic"),
    }
}

fn shown(file: PageFile) -> Response {
    let headers = [
        (CONTENT_TYPE, file.media_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, file.content).into_response()
}

fn refusal(status: StatusCode, why: &str) -> Response {
    json_of(status, &json!({ "error": why }))
}

fn json_of(status: StatusCode, value: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], value.to_string()).into_response()
}
