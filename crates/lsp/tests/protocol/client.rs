//! An editor in the same process, with a format in a folder of its own.

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tempfile::TempDir;
use url::Url;

/// How long an answer may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The format that tests work on, but for what a test has another text for.
pub const PARSER: &str = r#"name: gate
pipeline:
  - name: parsed
    external:
      name: json.parse-json
      properties:
        input_field: original.message
  - name: set_event
stages:
  set_event:
    actions:
      - set:
          event.kind: event
          event.action: "{{ (parsed.message.action or '') | lower }}"
          source.ip: "{{ parsed.message.src }}"
          user.name: "{{ parsed.message.who.name }}"
          gate.door: "🦀 {{ parsed.message.door }}"
      - translate:
          dictionary: {allow: success, deny: failure}
          mapping: {parsed.message.action: event.outcome}
"#;

pub const FIELDS: &str = "gate.door:\n  name: gate.door\n  type: keyword\n  description: Where it is\n";

const PAIR: &str = r#"{"input": {"message": "{\"action\":\"allow\",\"src\":\"192.0.2.7\",\"who\":{\"name\":\"ada\"},\"door\":\"north\"}"},
"expected": {"message": "x"}}"#;

/// An editor.
pub struct Client {
    connection: Connection,
    server: Option<JoinHandle<()>>,
    folder: TempDir,
    next: i32,
    /// What the server asked for.
    pub requests: Vec<String>,
    /// What the server said of texts, the last word of each.
    pub findings: BTreeMap<String, Vec<Value>>,
}

impl Client {
    pub fn new() -> Self {
        Client::with(&json!({}))
    }

    /// An editor with capabilities.
    pub fn with(capabilities: &Value) -> Self {
        let folder = TempDir::new().expect("a folder");
        let (server, connection) = Connection::memory();
        let server = thread::spawn(move || weir_lsp::run(&server).expect("it ends well"));
        let mut client = Client {
            connection,
            server: Some(server),
            folder,
            next: 0,
            requests: Vec::new(),
            findings: BTreeMap::new(),
        };
        client.write("ingest/parser.yml", PARSER);
        client.write("_meta/fields.yml", FIELDS);
        client.write("tests/north.json", PAIR);
        client
            .call("initialize", json!({"capabilities": capabilities, "processId": null, "rootUri": null}))
            .expect("it begins");
        client.tell("initialized", json!({}));
        client
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("format").join(name)
    }

    /// The module's declarations of fields.
    pub fn module_fields(&self) -> PathBuf {
        self.folder.path().join("_meta/fields.yml")
    }

    pub fn uri(&self, name: &str) -> String {
        Url::from_file_path(self.path(name)).expect("an absolute path").into()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Opens the spec with a text, and waits for its findings.
    pub fn open(&mut self, text: &str) -> Vec<Value> {
        let document = json!({"uri": self.uri("ingest/parser.yml"), "languageId": "yaml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
        self.wait_for_findings()
    }

    /// Changes the text of the spec, and waits for its findings.
    pub fn change(&mut self, text: &str) -> Vec<Value> {
        self.type_in(text);
        self.wait_for_findings()
    }

    pub fn type_in(&self, text: &str) {
        let document = json!({"uri": self.uri("ingest/parser.yml"), "version": 2});
        self.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": [{"text": text}]}));
    }

    /// The next findings of the spec.
    pub fn wait_for_findings(&mut self) -> Vec<Value> {
        let uri = self.uri("ingest/parser.yml");
        self.findings.remove(&uri);
        while !self.findings.contains_key(&uri) {
            let message = self.connection.receiver.recv_timeout(PATIENCE).expect("findings come");
            self.take(message);
        }
        self.findings[&uri].clone()
    }

    /// Opens a text.
    pub fn open_text(&self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Asks for the fixes of findings, of those kinds alone that are asked for.
    pub fn fixes(&mut self, found: &[Value], only: Option<Value>) -> Vec<Value> {
        let mut context = json!({"diagnostics": [{"range": 1, "codeDescription": {"href": "no URI"}}]});
        if let Some(only) = only {
            context["only"] = only;
        }
        let uri = self.uri("ingest/parser.yml");
        let request = json!({"textDocument": {"uri": uri}, "range": found[0]["range"], "context": context});
        self.call("textDocument/codeAction", request).expect("fixes").as_array().cloned().unwrap_or_default()
    }

    fn take(&mut self, message: Message) {
        if let Message::Request(Request { method, .. }) = &message {
            self.requests.push(method.clone());
        }
        if let Message::Notification(Notification { method, params }) = message
            && method == "textDocument/publishDiagnostics"
        {
            let uri = params["uri"].as_str().expect("a URI").to_owned();
            self.findings.insert(uri, params["diagnostics"].as_array().expect("a list").clone());
        }
    }

    /// Asks about a place of the spec's text: where `needle` is, plus so many letters.
    pub fn ask(&mut self, method: &str, text: &str, needle: &str, plus: usize) -> Value {
        let params = self.at(text, needle, plus);
        self.call(method, params).expect("an answer")
    }

    pub fn at(&self, text: &str, needle: &str, plus: usize) -> Value {
        self.at_byte(text, text.find(needle).unwrap_or_else(|| panic!("`{needle}` is in the text")) + plus)
    }

    /// A byte of the spec's text, as the protocol has it.
    pub fn at_byte(&self, text: &str, byte: usize) -> Value {
        let start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
        let (line, character) = (text[..byte].matches('\n').count(), text[start..byte].encode_utf16().count());
        json!({"textDocument": {"uri": self.uri("ingest/parser.yml")}, "position": {"line": line, "character": character}})
    }

    /// Asks, and waits for the answer.
    pub fn call(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.next += 1;
        let id = RequestId::from(self.next);
        let request = Request { id: id.clone(), method: method.to_owned(), params };
        self.connection.sender.send(Message::Request(request)).expect("the server listens");
        loop {
            match self.connection.receiver.recv_timeout(PATIENCE).expect("an answer comes") {
                Message::Response(response) if response.id == id => {
                    let response = serde_json::to_value(&response).expect("JSON");
                    return match response.get("error") {
                        Some(error) => Err(error["message"].as_str().unwrap_or_default().to_owned()),
                        None => Ok(response["result"].clone()),
                    };
                }
                other => self.take(other),
            }
        }
    }

    pub fn tell(&self, method: &str, params: Value) {
        let notification = Notification { method: method.to_owned(), params };
        self.connection.sender.send(Message::Notification(notification)).expect("the server listens");
    }

    /// Leaves, and waits until the server has ended.
    pub fn leave(mut self) {
        self.call("shutdown", Value::Null).expect("it agrees");
        self.tell("exit", Value::Null);
        self.server.take().expect("it ran").join().expect("it did not panic");
    }
}

/// A text after the edits of an answer: `{range, newText}` each.
pub fn edited(text: &str, edits: &[Value]) -> String {
    let byte = |position: &Value| {
        let (line, column) =
            (position["line"].as_u64().expect("a line"), position["character"].as_u64().expect("a column"));
        let start = text.split_inclusive('\n').take(line as usize).map(str::len).sum::<usize>();
        let mut units = 0;
        let letters = text[start..].char_indices();
        let place = letters.into_iter().find(|(_, letter)| {
            let is_here = units >= column as usize;
            units += letter.len_utf16();
            is_here
        });
        place.map_or(text.len(), |(at, _)| start + at)
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            (byte(&edit["range"]["start"]), byte(&edit["range"]["end"]), edit["newText"].as_str().expect("a text"))
        })
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.0));
    edits.into_iter().fold(text.to_owned(), |mut text, (start, end, new)| {
        text.replace_range(start..end, new);
        text
    })
}
