//! Requests that cannot be served, and what the server says of them.

use crate::server::{Answer, PATH, Server, agent, body, parser};
use serde_json::{Value, json};
use weir_server::Limits;

#[test]
fn a_body_that_is_no_request_is_refused_in_words() {
    let server = Server::start();
    let parser = parser();
    let deep = format!(r#"{{"parser": {}{}, "events": []}}"#, "[".repeat(100_000), "]".repeat(100_000));
    for (body, code, words) in [
        (String::new(), "bad-json", "line 1 column 1"),
        ("{\"parser\": {},\n \"events\": [}".into(), "bad-json", "line 2 column 13"),
        ("null".into(), "wrong-shape", "the body must be an object, but this is null"),
        ("[{}, [], []]".into(), "wrong-shape", "the body must be an object, but this is a list"),
        ("{}".into(), "wrong-shape", "the body needs `parser`"),
        (r#"{"parser": {}}"#.into(), "wrong-shape", "the body needs `events`"),
        (
            r#"{"parser": "name: x", "events": []}"#.into(),
            "wrong-shape",
            "`parser` must be an object, but this is text",
        ),
        (r#"{"parser": {}, "parser": {}, "events": []}"#.into(), "bad-json", "duplicate field `parser`"),
        (format!(r#"{{"parser": {parser}, "events": {{}}}}"#), "wrong-shape", "`events` must be a list"),
        (
            format!(r#"{{"parser": {parser}, "events": [{{}}, "x"]}}"#),
            "wrong-shape",
            "`events[1]` must be an object, but this is text",
        ),
        (
            format!(r#"{{"parser": {parser}, "taxonomy": 1, "events": []}}"#),
            "wrong-shape",
            "`taxonomy` must be a list, but this is a number",
        ),
        (format!(r#"{{"parser": {parser}, "events": [{{"message": NaN}}]}}"#), "bad-json", "expected a value"),
        (deep, "wrong-shape", "`parser` must be an object, but this is a list"),
    ] {
        let answer = server.post_bytes(body.as_bytes(), &[]);
        let message = answer.body["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.refused(400), code, "{body:.200}");
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(server.post_bytes(b"{\"parser\": {\"\xff\": 1}}", &[]).refused(400), "bad-json");
}

#[test]
fn a_parser_that_does_not_compile_gives_its_findings_with_places() {
    let server = Server::start();
    let sent = r#"{"events": [], "taxonomy": [{"name": "acme/é.x", "type": "kyword"}],
"parser": {"name": "x", "pipeline": [{"name": "one"}, {"name": "s"}],
  "stages": {"s": {"actions": [{"set": {"acme.y": "{{ original.message | lowr }}"}}]}}}}"#;
    let answer = server.post_bytes(sent.as_bytes(), &[]);
    let findings = answer.body["findings"].clone();
    assert_eq!(answer.body["message"], "the parser does not compile: there is no stage `one`");
    assert_eq!(answer.refused(422), "does-not-compile");
    let short: Vec<Value> = findings
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| {
            json!([finding["code"], finding["severity"], finding["pointer"], finding["line"], finding["column"]])
        })
        .collect();
    let expected = json!([
        ["unknown-stage", "error", "/parser/pipeline/0/name", 2, 47],
        ["unknown-field", "warning", "/parser/stages/s/actions/0/set/acme.y", 3, 41],
        ["unknown-filter", "warning", "/parser/stages/s/actions/0/set/acme.y", 3, 74],
        ["unknown-type", "warning", "/taxonomy/0/type", 1, 58],
    ]);
    assert_eq!(Value::from(short), expected);
    assert_eq!(findings[3]["help"], "did you mean `keyword`?");
    assert_eq!(findings[3]["message"], "there is no field type `kyword`");
}

#[test]
fn a_page_of_mistakes_is_cut() {
    let server = Server::start();
    let pipeline: Vec<Value> = (0..5000).map(|n| json!({"name": format!("s{n}")})).collect();
    let answer = server.post(&json!({"parser": {"name": "x", "pipeline": pipeline}, "events": []}));
    assert_eq!(answer.body["findings"].as_array().map(Vec::len), Some(100));
    assert_eq!(answer.refused(422), "does-not-compile");
}

#[test]
fn a_path_and_a_method_that_nobody_knows_are_told() {
    let server = Server::start();
    let get = |path: &str| Answer::of(agent().get(server.url(path)).call().expect("an answer"));
    for path in ["/", "/api/v1/ingest/formats", "/api/v1/ingest/formats/validate/", "/%00", "//healthz"] {
        assert_eq!(get(path).refused(404), "not-found", "{path}");
    }
    assert_eq!(get(PATH).refused(405), "method-not-allowed");
    let posted = agent().post(server.url("/healthz")).send("").expect("an answer");
    assert_eq!(posted.headers().get("allow").and_then(|allow| allow.to_str().ok()), Some("GET,HEAD"));
    assert_eq!(Answer::of(posted).refused(405), "method-not-allowed");
}

#[test]
fn bounds_are_kept_and_told() {
    let server = Server::within(Limits { body: 10_000, events: 3, answer: 4_000, ..Limits::default() });
    let small = |events: usize| body(&vec![json!({}); events]);
    server.post(&small(3)).well();
    assert_eq!(server.post(&small(4)).refused(413), "too-many-events");
    let mut large = small(1);
    large["other"] = json!("x".repeat(10_000));
    assert_eq!(server.post(&large).refused(413), "body-too-large");
    let mut wide = small(1);
    wide["events"][0]["message"] = json!(json!({"who": "x".repeat(3_000)}).to_string());
    assert_eq!(server.post(&wide).refused(413), "answer-too-large");
    server.post(&small(1)).well();
}
