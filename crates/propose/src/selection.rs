//! Records in a document that is not one record a line.

use serde_json::Value;

/// Records that a path selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// The JSONPath that `weir run --records` takes.
    pub path: String,
    /// The records, as compact JSON.
    pub records: Vec<String>,
}

/// The records of a text that is one JSON document: the items of a list, or of the one list of objects in an object, or the
/// document itself, if it has several lines. Nothing where each line is a record.
pub fn selected(text: &str) -> Option<Selected> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let document: Value = serde_json::from_str(text).ok()?;
    let objects = |items: &[Value]| !items.is_empty() && items.iter().all(Value::is_object);
    let select =
        |path: String, items: &[Value]| Some(Selected { path, records: items.iter().map(Value::to_string).collect() });
    match &document {
        Value::Array(items) if objects(items) => select("$[*]".to_owned(), items),
        Value::Object(members) => {
            let mut lists = members.iter().filter_map(|(name, value)| Some((name, value.as_array()?)));
            let envelope = lists.next().filter(|(_, items)| objects(items) && members.len() <= ENVELOPE);
            match envelope {
                Some((name, items)) if lists.next().is_none() => select(path_of(name), items),
                _ if text.contains('\n') => select("$".to_owned(), std::slice::from_ref(&document)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// How many members an object has at most that only holds a list of records.
const ENVELOPE: usize = 4;

fn path_of(name: &str) -> String {
    let is_plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if is_plain { format!("$.{name}[*]") } else { format!("$[{}][*]", Value::from(name)) }
}

#[cfg(test)]
mod tests {
    use super::selected;

    #[test]
    fn documents_have_records_in_them_and_lines_are_records() {
        let of = |text: &str| selected(text).map(|selected| (selected.path, selected.records.len()));
        assert_eq!(of("[{\"a\":1},\n{\"a\":2}]"), Some(("$[*]".to_owned(), 2)));
        assert_eq!(of("{\"Records\":[{\"a\":1},{\"a\":2}]}"), Some(("$.Records[*]".to_owned(), 2)));
        assert_eq!(of("{\"the list\":[{\"a\":1}]}"), Some(("$[\"the list\"][*]".to_owned(), 1)));
        assert_eq!(of("{\n  \"a\": 1\n}"), Some(("$".to_owned(), 1)));
        for lines in ["{\"a\":1}\n{\"a\":2}", "{\"a\":1}", "[1,2]", "a text"] {
            assert_eq!(of(lines), None, "{lines}");
        }
    }
}
