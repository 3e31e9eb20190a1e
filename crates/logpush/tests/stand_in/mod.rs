//! A stand-in for the API on a real socket: it takes nothing but what is documented, and answers in the documented
//! envelope. It shares no code with what it tests.

mod checks;

use checks::{Refusal, check_change, check_destination, check_job, check_origin};
use serde_json::{Map, Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The one token it knows.
pub const TOKEN: &str = "token-0123456789_abcdefghijklmnopqrstuv";

/// The account it has.
pub const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";

/// The zone it has.
pub const ZONE: &str = "fedcba9876543210fedcba9876543210";

/// A request that came, as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

/// What it does instead of answering as documented, once.
pub enum Instead {
    /// Answers these bytes and closes.
    Answer(Vec<u8>),
    /// Answers nothing for this long, and closes.
    Silence(Duration),
}

/// A dataset that it has: its name, where it is, its fields.
#[derive(Clone)]
pub struct Dataset {
    pub name: String,
    pub scope: &'static str,
    pub fields: Vec<String>,
}

pub struct StandIn {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
pub struct State {
    pub datasets: Vec<Dataset>,
    pub jobs: Vec<Value>,
    pub seen: Vec<Seen>,
    pub instead: Option<Instead>,
    /// Whether the token lacks what Access, Gateway and DEX datasets need.
    pub lacks_permission: bool,
    /// Whether it tells the whole destination in errors, as the real one may.
    pub tells_destination: bool,
}

impl StandIn {
    pub fn with(datasets: &[Dataset]) -> StandIn {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let state = Arc::new(Mutex::new(State { datasets: datasets.to_vec(), ..State::default() }));
        let shared = Arc::clone(&state);
        // It ends with the test's process: what it still waits for then is of no interest.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || drop(serve(stream, &shared)));
            }
        });
        StandIn { address, state }
    }

    /// The address of the API.
    pub fn api(&self) -> String {
        format!("http://{}/client/v4", self.address)
    }

    /// Reads or changes what it knows.
    pub fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn instead(&self, instead: Instead) {
        self.state(|state| state.instead = Some(instead));
    }

    /// Answers once with a status, a content type and a body.
    pub fn answers(&self, status: &str, kind: &str, body: &str) {
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
        self.instead(Instead::Answer([head.as_bytes(), body.as_bytes()].concat()));
    }

    /// All requests, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.state(|state| state.seen.clone())
    }
}

/// Answers the requests of a connection, one after the other.
fn serve(stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    while let Some(seen) = read(&mut reader)? {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.seen.push(seen.clone());
        match state.instead.take() {
            Some(Instead::Answer(bytes)) => return stream.write_all(&bytes),
            Some(Instead::Silence(time)) => {
                drop(state);
                thread::sleep(time);
                return Ok(());
            }
            None => {}
        }
        let (status, body) = match answer(&seen, &mut state) {
            Ok(result) => (200, json!({"errors": [], "messages": [], "result": result, "success": true})),
            Err(Refusal { status, code, message }) => {
                let errors = json!([{"code": code, "message": message}]);
                (status, json!({"errors": errors, "messages": [], "result": null, "success": false}))
            }
        };
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 {status} -\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
    }
    Ok(())
}

/// Reads a request; `None` where the client is done. A request that is not well formed ends the connection.
fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Seen>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let [method, path, "HTTP/1.1"] = first.trim_end().split(' ').collect::<Vec<_>>()[..] else {
        return Err(bad("the first line"));
    };
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.strip_suffix("\r\n").ok_or_else(|| bad("a header"))?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| bad("a header"))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or("0", |(_, value)| value);
    let length: usize = length.parse().map_err(|_| bad("the length"))?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).map_err(|_| bad("no JSON"))? };
    Ok(Some(Seen { method: method.to_owned(), path: path.to_owned(), headers, body }))
}

/// What a request is answered: its result, or why it is refused.
fn answer(seen: &Seen, state: &mut State) -> Result<Value, Refusal> {
    let header = |name: &str| {
        let mut values = seen.headers.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str());
        (values.next(), values.next())
    };
    if header("authorization") != (Some(&format!("Bearer {TOKEN}")), None) {
        return Err(Refusal::new(403, 10000, "Authentication error"));
    }
    let has_body = ["POST", "PUT"].contains(&&*seen.method);
    if has_body != seen.body.is_object() || header("content-type").0 != has_body.then_some("application/json") {
        return Err(Refusal::new(
            415,
            1400,
            "a JSON object is sent with POST and PUT, as application/json, only there",
        ));
    }
    let (scope, rest) = route(&seen.path)?;
    let parts: Vec<&str> = rest.split('/').collect();
    let body = seen.body.as_object();
    match (&*seen.method, &parts[..], body) {
        ("POST", ["jobs"], Some(body)) => create(scope, body, state),
        ("GET", ["jobs"], None) => Ok(state.jobs.clone().into()),
        ("GET", ["jobs", id], None) => state.jobs.get(place(id, state)?).cloned().ok_or_else(Refusal::no_job),
        ("PUT", ["jobs", id], Some(body)) => update(place(id, state)?, body, state),
        ("DELETE", ["jobs", id], None) => {
            let job = state.jobs.remove(place(id, state)?);
            Ok(json!({"id": job["id"]}))
        }
        ("GET", ["datasets", name, "fields"], None) => {
            let dataset = dataset(scope, name, state)?;
            let described = |field: &String| (field.clone(), Value::from("string; what it holds"));
            Ok(Value::Object(dataset.fields.iter().map(described).collect()))
        }
        ("GET", ["datasets", name, "jobs"], None) => {
            let name = dataset(scope, name, state)?.name;
            Ok(state.jobs.iter().filter(|job| job["dataset"] == *name).cloned().collect())
        }
        ("POST", ["validate", "destination"], Some(body)) => {
            let conf = check_destination(body)?;
            let reached = !conf.contains("unreachable");
            Ok(
                json!({"valid": reached, "message": if reached { String::new() } else { format!("cannot push to {conf}") }}),
            )
        }
        ("POST", ["validate", "destination", "exists"], Some(body)) => {
            let conf = check_destination(body)?;
            Ok(json!({"exists": state.jobs.iter().any(|job| job["destination_conf"] == *conf)}))
        }
        ("POST", ["validate", "origin"], Some(body)) => {
            let known =
                |field: &str| state.datasets.iter().any(|dataset| dataset.fields.iter().any(|known| known == field));
            let valid = check_origin(body)?.iter().all(|field| known(field));
            Ok(json!({"valid": valid, "message": if valid { "" } else { "unknown field" }}))
        }
        _ => Err(Refusal::new(405, 10405, "Method not allowed for this authentication scheme")),
    }
}

/// The scope of a path and what is below `logpush/`.
fn route(path: &str) -> Result<(&'static str, &str), Refusal> {
    let of = |scope: &str, id: &str| path.strip_prefix(&format!("/client/v4/{scope}/{id}/logpush/"));
    match (of("accounts", ACCOUNT), of("zones", ZONE)) {
        (Some(rest), _) => Ok(("account", rest)),
        (_, Some(rest)) => Ok(("zone", rest)),
        _ => Err(Refusal::new(404, 7003, "Could not route to the path, perhaps your object identifier is invalid?")),
    }
}

fn dataset(scope: &str, name: &str, state: &State) -> Result<Dataset, Refusal> {
    let found = state.datasets.iter().find(|dataset| dataset.name == name && dataset.scope == scope);
    let found = found.ok_or_else(|| Refusal::new(400, 1003, "no such dataset here"))?;
    match state.lacks_permission {
        true => Err(Refusal::new(403, 1004, "not authorized to read this dataset")),
        false => Ok(found.clone()),
    }
}

fn place(id: &str, state: &State) -> Result<usize, Refusal> {
    let id: u64 = id.parse().map_err(|_| Refusal::no_job())?;
    state.jobs.iter().position(|job| job["id"] == id).ok_or_else(Refusal::no_job)
}

fn create(scope: &str, body: &Map<String, Value>, state: &mut State) -> Result<Value, Refusal> {
    let name = body.get("dataset").and_then(Value::as_str).unwrap_or_default();
    let dataset = dataset(scope, name, state)?;
    check_job(body, &dataset)?;
    let conf = &body["destination_conf"];
    if state.tells_destination {
        return Err(Refusal::new(400, 1002, &format!("cannot push to {conf}, tried with {TOKEN}")));
    }
    let mut job = body.clone();
    let told = json!({"id": 100 + state.jobs.len(), "frequency": "high", "kind": "", "last_complete": null,
        "last_error": null, "error_message": null});
    job.extend(told.as_object().cloned().unwrap_or_default());
    job.entry("enabled").or_insert(false.into());
    state.jobs.push(Value::Object(job.clone()));
    Ok(Value::Object(job))
}

fn update(place: usize, body: &Map<String, Value>, state: &mut State) -> Result<Value, Refusal> {
    let name = state.jobs[place]["dataset"].as_str().unwrap_or_default().to_owned();
    let dataset = state.datasets.iter().find(|dataset| dataset.name == name).cloned().ok_or_else(Refusal::no_job)?;
    check_change(body, &dataset)?;
    let job = state.jobs[place].as_object_mut().ok_or_else(Refusal::no_job)?;
    job.extend(body.clone());
    if body.contains_key("output_options") {
        job.remove("logpull_options");
    }
    Ok(Value::Object(job.clone()))
}
