//! `weir studio`: who is answered, what is written, and that its answers are those of the other commands.

use crate::weir::Folder;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

/// A studio of the binary, on a free port, with a format.
struct Studio {
    child: Child,
    url: String,
    token: String,
    folder: Folder,
}

impl Studio {
    fn start() -> Self {
        Studio::at("127.0.0.1:0")
    }

    /// One that listens at an address.
    fn at(listen: &str) -> Self {
        let folder = Folder::new();
        folder.write(
            "gates/gate/tests/one.json",
            r#"{"input": {"message": "{\"who\":\"ada\",\"from\":\"192.0.2.7\"}"}}"#,
        );
        let mut child = folder
            .weir(&["studio", "gates/gate", "--listen", listen])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("text");
        let (_, url) = line.trim_end().split_once("http://").expect("the address");
        let (address, token) = url.split_once("/#token=").expect("the token");
        Studio { child, url: format!("http://{address}"), token: token.to_owned(), folder }
    }

    /// Asks with headers in the place of the usual ones; those without a value are left out.
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", &*bearer), ("weir-session", "test")];
        all.retain(|(name, _)| headers.iter().all(|(other, _)| other != name));
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        let url = format!("{}{path}", self.url);
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        for (name, value) in all {
            request = request.header(name, value);
        }
        let request = request.body(body.to_string()).expect("a request");
        let mut response = agent.run(request).expect("an answer");
        (response.status().as_u16(), response.body_mut().read_to_string().expect("text"))
    }

    fn answer(&self, question: &Value) -> Value {
        let (status, answer) = self.ask("POST", "/api/answer", &[], question);
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).expect("JSON")
    }

    fn stamp(&self) -> Value {
        let (_, told) = self.ask("GET", "/api/stamp", &[], &Value::Null);
        serde_json::from_str::<Value>(&told).expect("JSON")["stamp"].clone()
    }

    fn save(&self, path: &str, text: &str) -> u16 {
        self.ask("POST", "/api/files", &[], &json!({"stamp": self.stamp(), "files": { path: text }})).0
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn who_has_no_token_or_comes_by_another_name_or_site_is_not_answered() {
    let studio = Studio::start();
    let own = studio.url.trim_start_matches("http://").to_owned();
    let port = own.rsplit(':').next().expect("a port").to_owned();
    let elsewhere = format!("evil.example:{port}");
    let localhost = format!("http://localhost:{port}");
    let upper = format!("LOCALHOST:{port}");
    let cases: &[(&[(&str, &str)], u16)] = &[
        (&[], 200),
        (&[("origin", &studio.url)], 200),
        (&[("origin", &localhost)], 200),
        (&[("host", &upper)], 200),
        (&[("authorization", "")], 401),
        (&[("authorization", "Bearer x")], 401),
        (&[("host", &elsewhere)], 403),
        (&[("host", "127.0.0.1")], 403),
        (&[("origin", "http://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("origin", "http://127.0.0.1")], 403),
    ];
    for (headers, expected) in cases {
        for (method, path) in
            [("GET", "/api/files"), ("GET", "/api/stamp"), ("POST", "/api/answer"), ("POST", "/api/files")]
        {
            let body = if path == "/api/files" {
                json!({"stamp": studio.stamp(), "files": {}})
            } else {
                json!({"ask": "words", "files": {"": null}})
            };
            let (status, answer) = studio.ask(method, path, headers, &body);
            assert_eq!(status, *expected, "{method} {path} with {headers:?}: {answer}");
        }
    }
    assert_eq!(studio.ask("GET", "/", &[("authorization", "")], &Value::Null).0, 200, "the page is no secret");
    assert_eq!(studio.ask("GET", "/", &[("host", &elsewhere)], &Value::Null).0, 403);
    assert_eq!(studio.ask("GET", "/ingest/parser.yml", &[], &Value::Null).0, 404);
    let (status, answer) = studio.ask("DELETE", "/api/files", &[], &Value::Null);
    assert!(status == 405 && answer.contains("error"), "{status}: {answer}");
}

#[test]
fn files_of_the_format_are_read_and_written_and_no_others() {
    let studio = Studio::start();
    let (_, told) = studio.ask("GET", "/api/files", &[], &Value::Null);
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let paths: Vec<&String> = told["files"].as_object().expect("files").keys().collect();
    assert_eq!(paths, ["../_meta/fields.yml", "_meta/fields.yml", "ingest/parser.yml", "tests/one.json"]);
    assert_eq!(studio.save("tests/two.json", "{}"), 200);
    assert_eq!(studio.folder.read("gates/gate/tests/two.json"), "{}");
    for path in ["../_meta/fields.yml", "tests/../../../x.json", "x.yml"] {
        assert_eq!(studio.save(path, "x"), 409, "{path}");
    }
    assert_eq!(studio.folder.read("gates/_meta/fields.yml"), crate::weir::MODULE_FIELDS);
}

#[test]
fn another_address_of_this_machine_is_answered_by_its_own_name() {
    let studio = Studio::at("127.0.0.2:0");
    assert_eq!(studio.ask("GET", "/", &[], &Value::Null).0, 200);
    let port = studio.url.rsplit(':').next().expect("a port").to_owned();
    assert_eq!(studio.ask("GET", "/", &[("host", &format!("127.0.0.1:{port}"))], &Value::Null).0, 403);
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_not_written_over() {
    let studio = Studio::start();
    let seen = studio.stamp();
    studio.folder.write("gates/gate/tests/one.json", r#"{"input": {"message": "theirs"}}"#);
    let changes = json!({"stamp": seen, "files": {"tests/one.json": "mine"}});
    let (status, why) = studio.ask("POST", "/api/files", &[], &changes);
    assert!(status == 409 && why.contains("changed on the disk"), "{status}: {why}");
    assert!(studio.folder.read("gates/gate/tests/one.json").contains("theirs"));
    assert_eq!(studio.save("tests/one.json", "mine"), 200);
}

#[test]
fn a_pair_that_is_accepted_is_what_the_command_accepts() {
    let studio = Studio::start();
    assert_eq!(studio.answer(&json!({"ask": "check", "files": {}})), json!({"forgotten": true}));
    let (_, told) = studio.ask("GET", "/api/files", &[], &Value::Null);
    let mut files = serde_json::from_str::<Value>(&told).expect("JSON")["files"].clone();
    files[""] = Value::Null;
    let check = studio.answer(&json!({"ask": "check", "files": files}));
    assert_eq!((&check["pairs"][0]["file"], &check["pairs"][0]["passed"]), (&json!("tests/one.json"), &json!(false)));
    let accepted = studio.answer(&json!({"ask": "accept", "file": "tests/one.json"}));
    let text = accepted["text"].as_str().expect("a text");
    assert_eq!(studio.save("tests/one.json", text), 200);
    assert_eq!(studio.folder.run(&["test", "gates/gate"]).code, 0);
    let check = studio.answer(&json!({"ask": "check", "files": {"tests/one.json": text}}));
    assert_eq!(check["pairs"][0]["passed"], true);
    let story = studio.answer(&json!({"ask": "explain", "field": "source.ip", "pair": "tests/one.json"}));
    let message = r#"{"who":"ada","from":"192.0.2.7"}"#;
    let at = message.find("192").expect("it is there");
    assert_eq!(story["exact"], json!([[at, at + 9]]));
    let line = crate::weir::PARSER.find("source.ip").expect("it is there");
    assert_eq!(story["lines"], json!([line]));
}

#[test]
fn questions_that_make_no_sense_have_an_answer() {
    let studio = Studio::start();
    for question in [json!(null), json!({}), json!({"ask": "x"}), json!({"ask": "look", "files": {"": null}})] {
        assert!(studio.answer(&question)["error"].is_string(), "{question}");
    }
    let nothing = studio.answer(&json!({"ask": "check", "files": {"": null}}));
    assert!(nothing["error"].is_string() && nothing["findings"][0]["severity"] == "error", "{nothing}");
    let files = json!({"": null, "ingest/parser.yml": "name: é😀\npipeline:\n  - nme: x\n"});
    let broken = studio.answer(&json!({"ask": "check", "files": files}));
    let finding = &broken["findings"][0];
    let units: usize = "name: é😀\npipeline:\n".encode_utf16().count();
    assert!(finding["from"].as_u64().is_some_and(|from| from as usize >= units), "{finding}");
}

#[test]
fn it_listens_on_this_machine_alone() {
    let ran = Folder::new().run(&["studio", "gates/gate", "--listen", "0.0.0.0:0"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("this machine alone"), "{}", ran.err);
}
