//! The typing table, value by value.

use crate::back;
use arrow_array::Array;
use arrow_array::cast::AsArray;
use serde_json::{Value, json};
use weir::taxonomy::{Field, FieldType, Origin};
use weir_columns::{Builder, Columns, Json};

fn field(name: &str, kind: FieldType, many: bool) -> Field {
    Field { many, ..Field::new(name.to_owned(), kind, Origin::Ecs) }
}

fn columns() -> Columns {
    Columns::new(&[
        field("message", FieldType::Keyword, false),
        field("@timestamp", FieldType::Date, false),
        field("event.category", FieldType::Keyword, true),
        field("event.duration", FieldType::Long, false),
        field("event.risk", FieldType::Float, false),
        field("source.ip", FieldType::Ip, false),
        field("source.ports", FieldType::Long, true),
        field("tls.established", FieldType::Boolean, false),
        field("tags", FieldType::Array, false),
        field("labels", FieldType::Flattened, false),
    ])
}

/// What a column and `rest` have of an event: the column's value as text, if it has one, and `rest`.
fn row(event: &Value) -> (arrow_array::RecordBatch, Value) {
    let columns = columns();
    let mut builder = Builder::new(&columns);
    builder.push(&Json::new(event.to_string().as_bytes()).expect("an event")).expect("it fits");
    let batch = builder.finish();
    let back = back::events(&columns, &batch).remove(0);
    assert!(back::is_same(event, &back), "{event} came back as {back}");
    let rest = batch.column_by_name("rest").expect("it is there").as_string::<i32>().clone();
    let rest = if rest.is_valid(0) { serde_json::from_str(rest.value(0)).expect("JSON") } else { Value::Null };
    (batch, rest)
}

#[test]
fn a_value_that_fits_is_in_its_column() {
    for event in [
        json!({"message": "é \" \\ \u{0} 𝄞"}),
        json!({"@timestamp": "2026-11-30T23:59:59.000001Z"}),
        json!({"@timestamp": "0001-01-01T00:00:00Z"}),
        json!({"event": {"category": ["a", "b"]}}),
        json!({"event": {"category": "a"}}),
        json!({"event": {"category": []}}),
        json!({"event": {"duration": i64::MIN, "risk": 1.5}}),
        json!({"event": {"risk": 1e300}}),
        json!({"event": {"risk": -0.0}}),
        json!({"event": {"risk": 0.1}}),
        json!({"event": {}}),
        json!({"source": {"ip": "2001:db8::1", "ports": [1, 2]}, "tls": {"established": false}}),
        json!({"tags": ["a"], "labels": {"x": [1, {"y": null}]}}),
        json!({"labels": null}),
        json!({}),
    ] {
        assert_eq!(row(&event).1, Value::Null, "{event}");
    }
}

#[test]
fn a_value_that_could_not_be_read_back_is_in_rest_at_its_place() {
    for event in [
        json!({"message": ["a", "b"]}),
        json!({"message": 5}),
        json!({"message": null}),
        json!({"message": {"a": 1}}),
        json!({"@timestamp": "2026-11-30T23:59:59.000000001Z"}),
        json!({"@timestamp": "yesterday"}),
        json!({"@timestamp": "2026-11-30T23:59:59+01:00"}),
        json!({"event": {"category": ["a", 1]}}),
        json!({"event": {"category": [["a"]]}}),
        json!({"event": {"duration": 1.5}}),
        json!({"event": {"duration": 18_446_744_073_709_551_615_u64}}),
        json!({"event": {"duration": "5"}}),
        json!({"event": {"risk": 9_007_199_254_740_993_i64}}),
        json!({"source": {"ip": ["192.0.2.1"], "ports": [1, "2"]}}),
        json!({"source": "a"}),
        json!({"source": [{"ip": "192.0.2.1"}]}),
        json!({"source": {"zone": {"a": {"b": 1}}}}),
        json!({"tls": {"established": "true"}}),
        json!({"tags": [{"a": 1}]}),
        json!({"rest": "a"}),
        json!({"": {"": 1}}),
    ] {
        let (_, rest) = row(&event);
        assert_eq!(rest, event, "nothing of it is in a column");
    }
    let (_, rest) =
        row(&json!({"source": {"ip": "192.0.2.1", "a": 1, "b": 2}, "x": {"y": 3}, "tls": {"established": 1}}));
    assert_eq!(rest, json!({"source": {"a": 1, "b": 2}, "x": {"y": 3}, "tls": {"established": 1}}));
}

#[test]
fn numbers_in_rest_keep_their_spelling() {
    let columns = columns();
    let mut builder = Builder::new(&columns);
    let event = r#"{"event":{"duration":1.10,"risk":0.1000000000000000000001},"n":123456789012345678901234567890}"#;
    builder.push(&Json::new(event.as_bytes()).expect("an event")).expect("it fits");
    assert_eq!(builder.finish().column_by_name("rest").expect("it is there").as_string::<i32>().value(0), event);
}

#[test]
fn of_a_key_that_is_there_twice_both_values_are_kept() {
    let columns = columns();
    let mut builder = Builder::new(&columns);
    let event = r#"{"message":"a","message":"b","source":{"ip":"192.0.2.1"},"source":{"ip":"192.0.2.2"}}"#;
    builder.push(&Json::new(event.as_bytes()).expect("an event")).expect("it fits");
    let batch = builder.finish();
    assert_eq!(batch.column_by_name("message").expect("it is there").as_string::<i32>().value(0), "a");
    let rest = batch.column_by_name("rest").expect("it is there").as_string::<i32>().value(0).to_owned();
    assert_eq!(rest, r#"{"message":"b","source":{"ip":"192.0.2.2"}}"#);
}

#[test]
fn what_is_no_object_is_refused() {
    for text in
        ["", "5", "[1]", "{", "{\"a\":}", "{\"a\":1}x", "{\"a\":\"\u{1}\"}", "{\"\\ud800\":1}", "{'a':1}", "\u{feff}{}"]
    {
        assert!(Json::new(text.as_bytes()).is_err(), "{text}");
    }
    assert!(Json::new(b"{\"a\":\"\xff\"}").is_err());
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let columns = columns();
    let mut builder = Builder::new(&columns);
    if let Ok(event) = Json::new(deep.as_bytes()) {
        builder.push(&event).expect("it goes to rest");
        assert_eq!(builder.finish().num_rows(), 1);
    }
}
