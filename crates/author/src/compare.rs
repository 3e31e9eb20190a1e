//! Whether an event is the expected one, as the public suite compares: some fields aside, lists without order.

use crate::json::{Json, quoted};
use serde::Serialize;
use std::collections::BTreeSet;

/// A field in which two events differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Its name, dotted.
    pub field: String,
    /// What was expected; nothing if the field was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Json>,
    /// What came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<Json>,
}

/// The fields in which two events differ, by name. `message`, `event.id` and all below `sekoiaio.intake` do not count,
/// nor does the order of lists. Numbers are equal by value, as in Python: 1 is 1.0; a boolean is no number.
pub fn differences(expected: &Json, got: &Json) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(&counting(expected)), Some(&counting(got)), &mut found);
    found
}

/// What of an event counts.
fn counting(event: &Json) -> Json {
    let mut event = event.clone();
    if let Json::Object(members) = &mut event {
        members.retain(|(name, _)| name != "message");
        remove_below(members, "event", "id");
        remove_below(members, "sekoiaio", "intake");
    }
    event
}

fn remove_below(members: &mut Vec<(String, Json)>, above: &str, key: &str) {
    let place = members.iter().position(|(name, _)| name == above);
    if let Some(place) = place
        && let Json::Object(inner) = &mut members[place].1
        && let Some(found) = inner.iter().position(|(name, _)| name == key)
    {
        inner.remove(found);
        if inner.is_empty() {
            members.remove(place);
        }
    }
}

fn compare(name: &str, expected: Option<&Json>, got: Option<&Json>, found: &mut Vec<Difference>) {
    if let (Some(Json::Object(left)), Some(Json::Object(right))) = (expected, got) {
        let keys = left.iter().chain(right).map(|(key, _)| key).collect::<BTreeSet<_>>();
        for key in keys {
            let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            compare(&name, expected.and_then(|one| one.get(key)), got.and_then(|one| one.get(key)), found);
        }
    } else if expected.map(canonical) != got.map(canonical) {
        found.push(Difference { field: name.to_owned(), expected: expected.cloned(), got: got.cloned() });
    }
}

/// A text that two values share if they are equal.
fn canonical(value: &Json) -> String {
    match value {
        Json::Plain(text) if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => number(text),
        Json::Plain(text) => text.clone(),
        Json::List(items) => {
            let mut items: Vec<String> = items.iter().map(canonical).collect();
            items.sort_unstable();
            format!("[{}]", items.join(","))
        }
        Json::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("{}:{}", quoted(key), canonical(value)));
            let members: BTreeSet<String> = members.collect();
            format!("{{{}}}", members.into_iter().collect::<Vec<_>>().join(","))
        }
        Json::Text(text) => quoted(text),
    }
}

/// A number as Python reads it: an integer of any size, or a float, whose whole value is that of an integer.
fn number(text: &str) -> String {
    let is_integer = !text.contains(['.', 'e', 'E']);
    match text.parse::<f64>() {
        _ if is_integer && text != "-0" => text.to_owned(),
        Ok(0.0) => "0".to_owned(),
        Ok(float) if float.is_finite() && float.fract() == 0.0 => format!("{float:.0}"),
        Ok(float) => float.to_string(),
        Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::differences;
    use crate::json::Json;

    fn names(expected: &str, got: &str) -> Vec<String> {
        let read = |text: &str| Json::read(text.as_bytes()).expect("the test writes JSON");
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
    fn numbers_beyond_all_bounds_are_read_and_compared() {
        let nines = "9".repeat(400);
        let [large, other] = [format!("{{\"a\":{nines}9,\"b\":1e400}}"), format!("{{\"a\":{nines}8,\"b\":1e999}}")];
        assert!(names(&large, &large).is_empty());
        assert_eq!(names(&large, &other), ["a"], "a float that is too large is infinite");
        assert!(names(r#"{"a":1e22}"#, r#"{"a":10000000000000000000000}"#).is_empty());
        assert_eq!(names(r#"{"a":100000000000000000000001}"#, r#"{"a":100000000000000000000002}"#), ["a"]);
    }

    #[test]
    fn deep_values_are_read_and_compared() {
        let deep = |inner: &str| format!("{{\"a\":{}{inner}{}}}", "[".repeat(2000), "]".repeat(2000));
        assert!(names(&deep("1"), &deep(" 1 ")).is_empty());
        assert_eq!(names(&deep("1"), &deep("2")), ["a"]);
    }

    #[test]
    fn a_difference_is_named_by_the_deepest_field_that_both_have() {
        assert_eq!(names(r#"{"a":{"b":1,"c":2},"d":{"e":1}}"#, r#"{"a":{"b":2,"c":2},"d":1}"#), ["a.b", "d"]);
        assert_eq!(names(r#"{"a":null}"#, "{}"), ["a"]);
    }
}
