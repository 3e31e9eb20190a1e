//! Whether an event is the expected one, as the public suite compares: some fields aside, lists without order.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A field in which two events differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Its name, dotted.
    pub field: String,
    /// What was expected; nothing if the field was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    /// What came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<Value>,
}

/// The fields in which two events differ, by name. `message`, `event.id` and all below `sekoiaio.intake` do not count,
/// nor does the order of lists. Numbers are equal by value, as in Python: 1 is 1.0; a boolean is no number.
pub fn differences(expected: &Value, got: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(&counting(expected)), Some(&counting(got)), &mut found);
    found
}

/// What of an event counts.
fn counting(event: &Value) -> Value {
    let mut event = event.clone();
    if let Value::Object(members) = &mut event {
        members.remove("message");
        remove_below(members, "event", "id");
        remove_below(members, "sekoiaio", "intake");
    }
    event
}

fn remove_below(members: &mut Map<String, Value>, above: &str, key: &str) {
    if let Some(Value::Object(inner)) = members.get_mut(above)
        && inner.remove(key).is_some()
        && inner.is_empty()
    {
        members.remove(above);
    }
}

fn compare(name: &str, expected: Option<&Value>, got: Option<&Value>, found: &mut Vec<Difference>) {
    if let (Some(Value::Object(left)), Some(Value::Object(right))) = (expected, got) {
        for key in left.keys().chain(right.keys()).collect::<BTreeSet<_>>() {
            let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            compare(&name, left.get(key), right.get(key), found);
        }
    } else if expected.map(canonical) != got.map(canonical) {
        found.push(Difference { field: name.to_owned(), expected: expected.cloned(), got: got.cloned() });
    }
}

/// A text that two values share if they are equal.
fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => match number.as_f64() {
            // Integers that both notations can write exactly; beyond them the text as it is.
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e38 => (float as i128).to_string(),
            _ => number.to_string(),
        },
        Value::Array(items) => {
            let mut items: Vec<String> = items.iter().map(canonical).collect();
            items.sort_unstable();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("{}:{}", quoted(key), canonical(value)));
            let members: BTreeSet<String> = members.collect();
            format!("{{{}}}", members.into_iter().collect::<Vec<_>>().join(","))
        }
        Value::String(text) => quoted(text),
        Value::Null | Value::Bool(_) => value.to_string(),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::differences;
    use serde_json::{Value, from_str};

    fn names(expected: &str, got: &str) -> Vec<String> {
        let read = |text| -> Value { from_str(text).expect("the test writes JSON") };
        differences(&read(expected), &read(got)).into_iter().map(|difference| difference.field).collect()
    }

    #[test]
    fn what_the_engine_says_of_itself_does_not_count() {
        let expected = r#"{"message":"a","event":{"id":"1"},"sekoiaio":{"intake":{"x":1},"tags":[1]}}"#;
        assert!(names(expected, r#"{"message":"b","sekoiaio":{"tags":[1]}}"#).is_empty());
        assert_eq!(names(expected, r#"{"event":{"id":"2","kind":"event"}}"#), ["event", "sekoiaio"]);
    }

    #[test]
    fn lists_have_no_order_at_any_depth_but_count_their_items() {
        assert!(names(r#"{"a":[1,[2,3],{"b":[4,5]}]}"#, r#"{"a":[{"b":[5,4]},[3,2],1]}"#).is_empty());
        assert_eq!(names(r#"{"a":[1,1,2]}"#, r#"{"a":[1,2,2]}"#), ["a"]);
        assert_eq!(names(r#"{"a":["1"]}"#, r#"{"a":[1]}"#), ["a"]);
    }

    #[test]
    fn numbers_are_equal_by_value_and_are_no_booleans() {
        assert!(names(r#"{"a":1,"b":-0.0,"c":1e3}"#, r#"{"a":1.0,"b":0,"c":1000}"#).is_empty());
        let near = r#"{"a":9007199254740993,"b":1,"c":1}"#;
        assert_eq!(names(near, r#"{"a":9007199254740992.0,"b":true,"c":1.5}"#), ["a", "b", "c"]);
    }

    #[test]
    fn a_difference_is_named_by_the_deepest_field_that_both_have() {
        assert_eq!(names(r#"{"a":{"b":1,"c":2},"d":{"e":1}}"#, r#"{"a":{"b":2,"c":2},"d":1}"#), ["a.b", "d"]);
        assert_eq!(names(r#"{"a":null}"#, "{}"), ["a"]);
    }
}
