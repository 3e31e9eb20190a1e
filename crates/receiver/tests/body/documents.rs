//! JSON documents: arrays, paths, and events with times of their own.

use crate::{arrival, records, texts};
use proptest::prelude::*;
use serde_json::{Value, json};
use weir_receiver::body::DOCUMENT_BYTES;
use weir_receiver::{BodyError, Encoding, Framing, RECORD_BYTES, Verdict};

fn array(body: &str) -> Result<Vec<String>, BodyError> {
    texts(body, Framing::Json { path: None })
}

fn path(body: &str, path: &str) -> Result<Vec<String>, BodyError> {
    texts(body, Framing::Json { path: Some(path.to_owned()) })
}

#[test]
fn an_array_has_texts_and_objects() {
    assert_eq!(array(r#"[]"#).expect("an array"), [""; 0]);
    assert_eq!(array(" \n").expect("nothing"), [""; 0]);
    assert_eq!(
        array(r#" [ "a\nb" , {"x": [1, "]\"}"]} , "" ] "#).expect("an array"),
        ["a\nb", r#"{"x": [1, "]\"}"]}"#, ""]
    );
    assert_eq!(array("\u{feff}[\"a\"]").expect("an array"), ["a"]);
    for shape in [r#"{"a":1}"#, "1", r#"["a",1]"#, "[[1]]", "[null]"] {
        assert!(matches!(array(shape), Err(BodyError::Shape(_))), "{shape}");
    }
    for broken in ["[", r#"["a",]"#, r#"["a""#, "[\"\\ud800\"]", "nonsense", "[\"a\"] x"] {
        assert!(matches!(array(broken), Err(BodyError::Json(_))), "{broken}");
    }
}

#[test]
fn a_path_finds_events_and_lists_of_events() {
    let body = r#"{"a": {"b": [{"n": 1}, "two"]}, "c": {"n": 3}}"#;
    assert_eq!(path(body, "$.a.b").expect("a list"), [r#"{"n": 1}"#, "two"]);
    assert_eq!(path(body, "$.a.b[*]").expect("its items"), [r#"{"n": 1}"#, "two"]);
    assert_eq!(path(body, "$.c").expect("an object"), [r#"{"n": 3}"#]);
    assert_eq!(path(body, "$.none").expect("nothing"), [""; 0]);
    assert!(matches!(path(body, "$.a["), Err(BodyError::Path(_))));
    assert!(matches!(path(body, "$..*"), Err(BodyError::Path(_) | BodyError::Shape(_))), "parts of parts");
    assert!(matches!(path("nonsense", "$.a"), Err(BodyError::Json(_))));
}

#[test]
fn documents_are_bounded_in_bytes_and_values() {
    let large = format!("[\"{}\"]", "x".repeat(DOCUMENT_BYTES));
    assert!(matches!(array(&large), Err(BodyError::DocumentTooLarge { .. })));
    let many = format!("[{}0]", "0,".repeat(600_000));
    assert!(matches!(path(&many, "$[*]"), Err(BodyError::Path(_))));
    let texts = format!("[\"{}\"]", "[,{".repeat(1_000_000));
    assert_eq!(path(&texts, "$").expect("one text").len(), 1, "what is in a text is no value");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(path(&deep, "$..a").is_ok_and(|found| found.is_empty()), "depth is no danger");
    assert!(matches!(array(&deep), Err(BodyError::Shape(_))));
}

#[test]
fn events_have_times_of_their_own_and_oversize_ones_are_passed_over() {
    let body = json!([
        {"json": "a", "timestamp": "2026-01-01T00:00:00Z"},
        {"json": {"b": 1}},
        {"json": "x".repeat(2000)},
        {"json": "c", "timestamp": null},
    ]);
    let seen =
        records(body.to_string().as_bytes(), &arrival(Encoding::Identity, Framing::Events, 1024)).expect("events");
    let expected = [
        (0, Verdict::Event, "a", Some("2026-01-01T00:00:00Z")),
        (1, Verdict::Event, r#"{"b":1}"#, None),
        (2, Verdict::Oversize(2000), "", None),
        (3, Verdict::Event, "c", None),
    ];
    let expected: Vec<_> = expected
        .map(|(number, verdict, text, time)| (number, verdict, text.to_owned(), time.map(str::to_owned)))
        .into();
    assert_eq!(seen, expected);
    for shape in [r#"[{"a":1}]"#, r#"["a"]"#, r#"[{"json":1}]"#, r#"[{"json":"a","timestamp":5}]"#] {
        assert!(matches!(texts(shape, Framing::Events), Err(BodyError::Shape(_))), "{shape}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![any::<String>().prop_map(Value::from), any::<i32>().prop_map(Value::from), Just(Value::Null)];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((any::<String>(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn an_array_is_taken_apart_as_serde_json_does(values in proptest::collection::vec(value(), 0..8), is_pretty in any::<bool>()) {
        let events: Vec<Value> = values.into_iter().filter(|value| value.is_object() || value.is_string()).collect();
        let document = Value::from(events.clone());
        let body = if is_pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
        let seen = records(body.expect("JSON").as_bytes(), &arrival(Encoding::Identity, Framing::Json { path: None }, RECORD_BYTES));
        let seen: Vec<Value> = seen
            .expect("an array")
            .into_iter()
            .zip(&events)
            .map(|((_, _, text, _), event)| match event {
                Value::String(_) => Value::from(text),
                _ => serde_json::from_str(&text).expect("JSON"),
            })
            .collect();
        prop_assert_eq!(seen, events);
    }
}
