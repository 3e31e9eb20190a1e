//! The filter of a job: JSON that the API takes as text.

use crate::mistake::Mistake;
use serde_json::Value;

/// A filter: which records a job pushes. Its operators are the API's to judge.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    json: Value,
}

impl Filter {
    /// Reads a filter, as in `{"where":{"key":"ClientCountry","operator":"neq","value":"fr"}}`.
    ///
    /// # Errors
    /// Where the text is no JSON object with `where` and nothing else.
    pub fn parse(text: &str) -> Result<Filter, Mistake> {
        let json: Value = serde_json::from_str(text).map_err(|error| Mistake::Filter(error.to_string()))?;
        let only_where = json.as_object().is_some_and(|object| object.len() == 1 && json["where"].is_object());
        let filter = only_where.then_some(Filter { json });
        filter.ok_or_else(|| Mistake::Filter("it is not an object of the form {\"where\":{…}}".to_owned()))
    }

    /// The filter as the API takes it: JSON in one line.
    pub fn text(&self) -> String {
        self.json.to_string()
    }

    /// The fields that it names.
    pub fn fields(&self) -> Vec<&str> {
        let mut found = Vec::new();
        collect(&self.json, &mut found);
        found
    }
}

/// The JSON reader bounds the depth.
fn collect<'j>(json: &'j Value, found: &mut Vec<&'j str>) {
    match json {
        Value::Object(entries) => {
            found.extend(entries.get("key").and_then(Value::as_str));
            entries.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}
