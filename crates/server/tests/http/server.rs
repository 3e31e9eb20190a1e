//! A server on a free port, and a client that knows nothing of weir.
//!
//! Why so: `docs/decisions/0023`.

use serde_json::{Value, json};
use std::future::Future;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use weir_server::{Limits, Options, serve_until};

/// 2026-01-01T00:00:00Z.
pub const NOW: i64 = 1_767_225_600;

/// The path of the validation API.
pub const PATH: &str = "/api/v1/ingest/formats/validate";

/// A server that ends with the test.
pub struct Server {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start() -> Self {
        Server::within(Limits::default())
    }

    pub fn within(limits: Limits) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let options = Options { listen: String::new(), now: NOW, limits };
        let thread = std::thread::spawn(move || {
            block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                tell.send(listener.local_addr().expect("an address")).expect("the test waits");
                serve_until(listener, &options, async { drop(stopped.await) }).await;
            });
        });
        Server { address: told.recv().expect("it listens"), stop: Some(stop), thread: Some(thread) }
    }

    /// Tells the server to end.
    pub fn tell(&mut self) {
        drop(self.stop.take());
    }

    /// Whether the server has ended.
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Posts a value to the validation API.
    pub fn post(&self, body: &Value) -> Answer {
        self.post_bytes(body.to_string().as_bytes(), &[])
    }

    pub fn post_bytes(&self, body: &[u8], headers: &[(&str, &str)]) -> Answer {
        let mut request = agent().post(self.url(PATH));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send(body).expect("an answer"))
    }

    /// Sends bytes as they are, and reads until the server closes the connection.
    pub fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // A server that has seen enough closes early.
        drop(stream.write_all(bytes));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.tell();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// An answer: its status and what it says.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let text = response.body_mut().with_config().limit(1 << 30).read_to_string().expect("text");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, kind, body, text }
    }

    /// The answer, where it is one.
    #[track_caller]
    pub fn well(self) -> Value {
        assert_eq!(self.status, 200, "{:.2000}", self.text);
        self.body
    }

    /// The code of a refusal with this status.
    #[track_caller]
    pub fn refused(self, status: u16) -> String {
        assert_eq!(self.status, status, "{:.2000}", self.text);
        assert_eq!(self.kind, "application/json");
        assert!(self.body["message"].as_str().is_some_and(|message| !message.is_empty()), "{:.2000}", self.text);
        self.body["code"].as_str().expect("a code").to_owned()
    }
}

/// A client that takes every status for an answer.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().build().expect("a runtime").block_on(future)
}

/// A spec that reads JSON and sets a name, where there is one, and an address.
pub fn parser() -> Value {
    json!({
        "name": "gate",
        "pipeline": [
            {"name": "parsed", "external": {"name": "json.parse-json", "properties": {"raise_errors": true}}},
            {"name": "always"},
            {"name": "named", "filter": "{{ parsed.message.who != null }}"}
        ],
        "stages": {
            "always": {"actions": [
                {"set": {"event.kind": "event", "source.ip": "{{ parsed.message.from }}"}},
                {"set": {"gate.level": "{{ parsed.message.level }}"}, "filter": "{{ parsed.message.level > 3 }}"}
            ]},
            "named": {"actions": [{"set": {"user.name": "{{ parsed.message.who }}"}}]}
        }
    })
}

/// The declarations of the fields of [`parser`].
pub fn taxonomy() -> Value {
    json!([{"name": "gate.level", "type": "long", "description": "How high"}])
}

/// An event whose message is a value's text.
pub fn event(message: &Value) -> Value {
    json!({"message": message.to_string()})
}

/// A body for [`parser`] with these messages.
pub fn body(messages: &[Value]) -> Value {
    let events: Vec<Value> = messages.iter().map(event).collect();
    json!({"parser": parser(), "taxonomy": taxonomy(), "events": events})
}
