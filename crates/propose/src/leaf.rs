//! The values of records one by one: where each stands, what it is called, and what the samples have there.

use crate::step::below;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use weir_dataset::ValueType;

/// How many values of a leaf are looked at.
const VALUES: usize = 200;

/// The longest value that is looked at, in bytes.
const LONGEST: usize = 400;

/// How deep objects are taken apart; what lies deeper stays an object.
const DEEPEST: usize = 5;

/// The most leaves of one result; of more, objects are kept whole.
const MOST: usize = 150;

/// A value of records.
#[derive(Clone, Debug, Default)]
pub struct Leaf {
    /// The keys above it and its own.
    pub path: Vec<String>,
    /// The expression that reads it.
    pub read: String,
    /// What its values are.
    pub kind: Option<ValueType>,
    /// Values as text, those left out that say nothing.
    pub values: Vec<String>,
    /// Whether its name was made up from the words beside it.
    pub is_named_by_context: bool,
}

impl Leaf {
    /// Its name: the keys with dots between them.
    pub fn name(&self) -> String {
        self.path.join(".")
    }

    /// What its values are.
    pub fn kind(&self) -> ValueType {
        self.kind.unwrap_or(ValueType::Unknown)
    }
}

/// The leaves of results that stand under a path of the format, in the order of their first appearance.
pub fn leaves(under: &str, results: &[&Value]) -> Vec<Leaf> {
    let mut depth = DEEPEST;
    loop {
        let found = Gathered::of(results, depth).leaves(under);
        if found.len() <= MOST || depth == 1 {
            return found;
        }
        depth -= 1;
    }
}

/// The most places that are looked at: keys may be anything.
const MOST_SEEN: usize = 2000;

/// What stands at a place in all results.
#[derive(Default)]
struct Seen {
    kinds: BTreeSet<&'static str>,
    values: Vec<String>,
}

#[derive(Default)]
struct Gathered {
    order: Vec<Vec<String>>,
    seen: BTreeMap<Vec<String>, Seen>,
}

impl Gathered {
    fn of(results: &[&Value], depth: usize) -> Self {
        let mut gathered = Gathered::default();
        results.iter().for_each(|result| gathered.add(&mut Vec::new(), result, depth));
        gathered
    }

    fn add(&mut self, path: &mut Vec<String>, value: &Value, depth: usize) {
        match value {
            Value::Object(members) if path.len() < depth && (!members.is_empty() || path.is_empty()) => {
                for (key, value) in members {
                    path.push(key.clone());
                    self.add(path, value, depth);
                    path.pop();
                }
            }
            value => self.put(path, value),
        }
    }

    fn put(&mut self, path: &[String], value: &Value) {
        if !self.seen.contains_key(path) {
            if self.order.len() >= MOST_SEEN {
                return;
            }
            self.order.push(path.to_vec());
        }
        let seen = self.seen.entry(path.to_vec()).or_default();
        let (kind, text) = match value {
            Value::Null => return,
            Value::Bool(bool) => ("bool", bool.to_string()),
            Value::Number(number) if number.is_i64() || number.is_u64() => ("int", number.to_string()),
            Value::Number(number) => ("float", number.to_string()),
            Value::String(text) => ("text", text.clone()),
            Value::Array(items) => {
                (of_list(items), items.first().and_then(Value::as_str).unwrap_or_default().to_owned())
            }
            Value::Object(_) => ("object", String::new()),
        };
        seen.kinds.insert(kind);
        if is_filled(&text) && seen.values.len() < VALUES && text.len() <= LONGEST {
            seen.values.push(text);
        }
    }

    /// A place that has values itself and others below it stays whole.
    fn leaves(self, under: &str) -> Vec<Leaf> {
        let is_whole = |path: &[String]| self.seen.get(path).is_some_and(|seen| !seen.kinds.is_empty());
        let mut found = Vec::new();
        for path in &self.order {
            let has_whole_above = (1..path.len()).any(|length| is_whole(&path[..length]));
            let has_below = self.order.iter().any(|other| other.len() > path.len() && other.starts_with(path));
            let seen = &self.seen[path];
            if has_whole_above || path.is_empty() || (has_below && seen.kinds.is_empty()) {
                continue;
            }
            let kind = if has_below { Some(ValueType::Object) } else { kind_of(&seen.kinds) };
            let read = path.iter().fold(under.to_owned(), |above, key| below(&above, key));
            let values = seen.values.clone();
            found.push(Leaf { path: path.clone(), read, kind, values, is_named_by_context: false });
        }
        found
    }
}

fn of_list(items: &[Value]) -> &'static str {
    match items.first() {
        Some(Value::String(_)) => "texts",
        Some(Value::Number(_)) => "ints",
        Some(Value::Object(_)) => "objects",
        _ => "list",
    }
}

fn kind_of(kinds: &BTreeSet<&'static str>) -> Option<ValueType> {
    let kinds: Vec<&str> = kinds.iter().copied().collect();
    match kinds.as_slice() {
        ["bool"] => Some(ValueType::Bool),
        ["int"] => Some(ValueType::Int),
        ["float"] | ["float", "int"] => Some(ValueType::Float),
        ["object"] => Some(ValueType::Object),
        ["list"] | ["texts"] | ["list", "texts"] => Some(ValueType::Texts),
        ["ints"] | ["ints", "list"] => Some(ValueType::Ints),
        ["objects"] | ["list", "objects"] => Some(ValueType::Objects),
        ["text"] => Some(ValueType::Text),
        _ => None,
    }
}

/// Whether a text says anything: sources write `-` and the like where there is nothing.
pub fn is_filled(text: &str) -> bool {
    !matches!(text.trim(), "" | "-" | "None" | "null" | "N/A" | "n/a" | "(none)" | "(empty)" | "(unset)")
}

/// The words for nothing that samples have: a format ignores them.
pub fn words_for_nothing(results: &[&Value]) -> Vec<&'static str> {
    const WORDS: &[&str] = &["-", "N/A", "n/a", "(none)", "(empty)"];
    fn has(value: &Value, word: &str) -> bool {
        match value {
            Value::String(text) => text == word,
            Value::Array(items) => items.iter().any(|item| has(item, word)),
            Value::Object(members) => members.values().any(|value| has(value, word)),
            _ => false,
        }
    }
    WORDS.iter().copied().filter(|word| results.iter().any(|result| has(result, word))).collect()
}
