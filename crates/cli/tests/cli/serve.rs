//! `weir serve`: the validation API of the built binary, for a client that knows nothing of weir.

use crate::weir::{binary, public_formats, workspace};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use weir::diagnostic::{Diagnostics, SourceId};
use weir::spec::yaml;
use weir::value::{Constant, ConstantKind};
use weir_author::compare::differences;
use weir_author::json::Json;

/// A server of the binary, on a free port.
pub struct Server {
    child: Child,
    url: String,
    stderr: BufReader<ChildStderr>,
}

impl Server {
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = binary(&["serve", "--validate", "--listen", "127.0.0.1:0"]);
        let mut child = command.args(arguments).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        stderr.read_line(&mut line).expect("text");
        let url = line.trim_end().strip_prefix("listening on ").expect("the address").to_owned();
        Server { child, url, stderr }
    }

    pub fn post(&self, body: &Value) -> (u16, Value) {
        self.post_text(&body.to_string())
    }

    fn post_text(&self, body: &str) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let url = format!("{}/api/v1/ingest/formats/validate", self.url);
        let mut response = agent.post(url).send(body).expect("an answer");
        let body = response.body_mut().with_config().limit(1 << 30).read_json().expect("JSON");
        (response.status().as_u16(), body)
    }

    /// Sends a signal, and gives the exit code with what else was told.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        let mut told = String::new();
        self.stderr.read_to_string(&mut told).expect("text");
        (self.child.wait().expect("it ends").code(), told)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_pairs_of_own_formats_pass_through_the_api() {
    let server = Server::start(&[]);
    let (formats, pairs) = same_pairs_pass(&server, &workspace().join("specs"));
    assert!(formats > 0 && pairs > 0);
}

#[test]
fn the_pairs_of_public_formats_pass_through_the_api_as_without_it() {
    let Some(corpus) = public_formats() else { return };
    assert!(same_pairs_pass(&Server::start(&[]), &corpus).0 > 0);
}

#[test]
fn dates_without_a_year_are_read_against_the_given_time() {
    let parser = json!({"name": "dates", "pipeline": [
        {"name": "date", "external": {"name": "date.parse", "properties":
            {"input_field": "original.message", "output_field": "at", "format": "%b %d %H:%M"}}},
        {"name": "s"}
    ], "stages": {"s": {"actions": [{"set": {"@timestamp": "{{ date.at }}"}}]}}});
    let body = json!({"parser": parser, "taxonomy": [], "events": [{"message": "Feb 03 04:05"}]});
    for (arguments, expected) in
        [(&[][..], "2026-02-03T04:05:00Z"), (&["--now", "2024-06-01T00:00:00Z"], "2024-02-03T04:05:00Z")]
    {
        let (status, answer) = Server::start(arguments).post(&body);
        assert_eq!((status, &answer["parsed_messages"][0]["@timestamp"]), (200, &json!(expected)));
    }
}

#[cfg(unix)]
#[test]
fn it_ends_well_when_it_is_told_to() {
    for signal in ["-TERM", "-INT"] {
        assert_eq!(Server::start(&[]).end(signal), (Some(0), String::new()), "{signal}");
    }
}

#[test]
fn where_it_cannot_listen_it_says_so() {
    let server = Server::start(&[]);
    let taken = server.url.trim_start_matches("http://");
    for address in [taken, "nowhere", "192.0.2.1:80", "127.0.0.1:99999"] {
        let output = binary(&["serve", "--validate", "--listen", address]).output().expect("the binary runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.starts_with(&format!("error: cannot listen on {address}: ")), "{told}");
    }
    assert_eq!(binary(&["serve"]).output().expect("the binary runs").status.code(), Some(2));
}

/// Each block of JSON in the manual that is a request stands before its answer.
#[test]
fn the_examples_of_the_manual_are_answered_as_it_says() {
    let page = fs::read_to_string(workspace().join("docs/validation-api.md")).expect("a page");
    let blocks: Vec<&str> = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let server = Server::start(&[]);
    let mut statuses = Vec::new();
    for example in blocks.chunks(2) {
        let [request, expected] = example else { unreachable!("a request without an answer: {example:?}") };
        let (status, found) = server.post_text(request);
        let mut both = [serde_json::from_str(expected).expect("JSON"), found];
        for answer in &mut both {
            for message in answer["parsed_messages"].as_array_mut().into_iter().flatten() {
                message["sekoiaio"]["intake"]["parsing_duration_ms"] = Value::Null;
            }
        }
        assert_eq!(both[0], both[1]);
        statuses.push(status);
    }
    assert_eq!(statuses, [200, 422]);
}

/// Posts each format with its pairs as a test-suite does, and expects what `weir test` finds: how many formats and pairs
/// there were.
#[track_caller]
fn same_pairs_pass(server: &Server, folder: &Path) -> (usize, usize) {
    let output = binary(&["test", "--report", "json"]).arg(folder).output().expect("the binary runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let (mut formats, mut pairs) = (0, 0);
    let mut wrong = Vec::new();
    for format in report["formats"].as_array().expect("a list") {
        let root = PathBuf::from(format["format"].as_str().expect("a path"));
        // Tests of a detection rule are no format.
        if root.is_file() {
            continue;
        }
        let found = through_the_api(server, &root);
        for pair in format["pairs"].as_array().expect("a list") {
            let name = pair["pair"].as_str().expect("a name");
            if found.get(name).is_some_and(Vec::is_empty) != (pair["passed"] == true) {
                wrong.push(format!("{}: {name}: {:?}", root.display(), found.get(name)));
            }
            pairs += 1;
        }
        formats += 1;
    }
    assert!(wrong.is_empty(), "{} of {pairs}:\n{}", wrong.len(), wrong.join("\n"));
    (formats, pairs)
}

/// A format as a test-suite reads it: YAML as JSON, and the recorded pairs by name.
pub struct Format {
    parser: Value,
    taxonomy: Vec<Value>,
    pub tests: BTreeMap<String, Value>,
}

impl Format {
    /// Reads the format of a directory, with the fields of its module.
    pub fn read(root: &Path) -> Self {
        let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
        let mut fields = Map::new();
        for folder in [root.parent().expect("a module"), root] {
            if let Value::Object(own) = from_yaml(&read(folder.join("_meta/fields.yml"))) {
                fields.extend(own);
            }
        }
        let mut tests: BTreeMap<String, Value> = BTreeMap::new();
        for path in fs::read_dir(root.join("tests")).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            if let Ok(test) = serde_json::from_str(&read(path)) {
                tests.insert(name, test);
            }
        }
        let taxonomy = fields.into_iter().map(|(_, field)| field).collect();
        Format { parser: from_yaml(&read(root.join("ingest/parser.yml"))), taxonomy, tests }
    }

    /// What is posted of it.
    pub fn body(&self) -> Value {
        let events: Vec<&Value> = self.tests.values().map(|test| &test["input"]).collect();
        json!({"parser": self.parser, "taxonomy": self.taxonomy, "events": events})
    }
}

/// In which fields the API's message and the expectation differ, by pair.
fn through_the_api(server: &Server, root: &Path) -> BTreeMap<String, Vec<String>> {
    let format = Format::read(root);
    let (status, answer) = server.post(&format.body());
    assert_eq!(status, 200, "{}: {answer:.2000}", root.display());
    let messages = answer["parsed_messages"].as_array().expect("a list");
    assert_eq!(messages.len(), format.tests.len());
    let compared = format.tests.iter().zip(messages).map(|((name, test), message)| {
        let read = |value: &Value| Json::read(value.to_string().as_bytes()).expect("JSON");
        let found = differences(&read(&test["expected"]), &read(message));
        (name.clone(), found.into_iter().map(|difference| difference.field).collect())
    });
    compared.collect()
}

/// YAML as Python's tools give it on as JSON: keys become text.
fn from_yaml(text: &str) -> Value {
    yaml::read(text, SourceId(0), &mut Diagnostics::new()).as_ref().map_or(Value::Null, as_json)
}

fn as_json(constant: &Constant) -> Value {
    match &constant.kind {
        ConstantKind::Null => Value::Null,
        ConstantKind::Bool(value) => (*value).into(),
        ConstantKind::Int(value) => (*value).into(),
        ConstantKind::BigInt(digits) => serde_json::from_str(digits).expect("digits are a number"),
        ConstantKind::Float(value) => (*value).into(),
        ConstantKind::Text(text) => (**text).into(),
        ConstantKind::List(items) => items.iter().map(as_json).collect(),
        ConstantKind::Map(pairs) => pairs.iter().map(|(key, value)| (key_text(key), as_json(value))).collect(),
    }
}

fn key_text(key: &Constant) -> String {
    key.as_text().map_or_else(|| as_json(key).to_string(), str::to_owned)
}
