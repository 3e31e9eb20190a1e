//! Which shape records have: what reads them, from outside in.

mod header;
mod pairs;
mod rows;

pub use crate::step::Step;

use crate::plain;
use crate::probe;
use crate::step::below;
use crate::text::{grok_step, json_step};
use serde_json::Value;
use std::collections::BTreeSet;

/// How many shapes may lie in each other.
const DEEPEST: usize = 4;

/// The shortest text inside a record that is looked into.
const SHORTEST_INSIDE: usize = 12;

/// What reads records.
#[derive(Clone, Debug, Default)]
pub struct Recipe {
    /// The entries, each reading the record or what an earlier one gives.
    pub steps: Vec<Step>,
    /// What they read, in words.
    pub words: Vec<String>,
    /// The records: lines that are no records, such as the names of columns, are not among them.
    pub records: Vec<String>,
    /// The entries whose keys were made up from the words beside the values.
    pub by_context: BTreeSet<String>,
}

/// Finds out what reads samples.
pub fn find(samples: &[String]) -> Recipe {
    let mut finder = Finder(Recipe { records: samples.to_vec(), ..Recipe::default() });
    match rows::with_directive(samples) {
        Some(rows) => finder.rows(&rows, samples),
        None if finder.structured(samples, RECORD, DEEPEST) => {}
        None => match rows::find(samples, true) {
            Some(rows) => finder.rows(&rows, samples),
            None => finder.unstructured(samples, RECORD, DEEPEST),
        },
    }
    finder.0
}

/// Where the record is.
const RECORD: &str = "original.message";

/// The common formats of web servers, as one pattern: names are those of `proposals.tsv`.
const WEB: &str = concat!(
    r#"(?:%{IPORHOST:vhost}(?::%{POSINT:vhost_port})? )?%{IP:client_ip} %{NOTSPACE:ident} %{NOTSPACE:user} \[%{HTTPDATE:timestamp}\] "#,
    r#""(?:%{WORD:method} %{NOTSPACE:url}(?: HTTP/%{NUMBER:http_version})?|%{DATA:request})" %{INT:status_code} "#,
    r#"(?:%{INT:response_bytes}|-)(?: "%{DATA:referrer}" "%{DATA:user_agent}")?(?: %{GREEDYDATA:rest})?"#
);

struct Finder(Recipe);

impl Finder {
    /// Adds an entry under a name that no other has, and gives the path of its result.
    fn add(&mut self, mut step: Step, words: &str) -> String {
        let stem = step.name.clone();
        let mut number = 2;
        while self.0.steps.iter().any(|other| other.name == step.name) {
            step.name = format!("{stem}_{number}");
            number += 1;
        }
        let result = step.result();
        self.0.words.push(words.to_owned());
        self.0.steps.push(step);
        result
    }

    /// Adds what reads texts that stand under a path.
    fn inspect(&mut self, texts: &[String], input: &str, depth: usize) {
        if self.structured(texts, input, depth) {
            return;
        }
        match rows::find(texts, false) {
            Some(rows) => _ = self.add(rows.step(input), &rows.words()),
            None => self.unstructured(texts, input, depth),
        }
    }

    /// Adds what reads texts without a known shape.
    fn unstructured(&mut self, texts: &[String], input: &str, depth: usize) {
        if !self.with_payload(texts, input, depth) {
            self.plain(texts, input);
        }
    }

    /// Adds what reads records that are rows; lines that are none are no records.
    fn rows(&mut self, rows: &rows::Rows, samples: &[String]) {
        self.0.records = rows.records(samples);
        self.add(rows.step(RECORD), &rows.words());
    }

    /// Adds what reads texts of a known shape, if they have one.
    fn structured(&mut self, texts: &[String], input: &str, depth: usize) -> bool {
        if texts.is_empty() || depth == 0 {
            return false;
        }
        let all = |fits: &dyn Fn(&str) -> bool| texts.iter().all(|text| fits(text.trim()));
        if all(&is_object) {
            let result = self.add(json_step("json", input), "JSON");
            self.inside(texts, &result, depth);
        } else if all(&|text| text.starts_with('<') && text.ends_with('>')) && self.xml(texts, input) {
        } else if all(&|text| text.starts_with("CEF:")) {
            self.add(Step::new("cef", "cef.parse-cef", input), "CEF");
        } else if all(&|text| text.starts_with("LEEF:")) {
            self.add(Step::new("leef", "leef.parse-leef", input), "LEEF");
        } else if let Some((step, words)) = header::find(texts, input) {
            self.headed(texts, step, words, depth);
        } else if probe::takes_all(&grok_step("web", RECORD, WEB.to_owned()), texts) {
            self.add(grok_step("web", input, WEB.to_owned()), "lines of a web server");
        } else if let Some(pairs) = pairs::find(texts).filter(|pairs| pairs.begin_at_once()) {
            let step = pairs.step(input);
            let found = probe::result(&Step { input: RECORD.to_owned(), ..step.clone() }, texts);
            let result = self.add(step, "pairs of key and value");
            let found: Vec<Value> = found.into_iter().flatten().collect();
            self.within(&found, &result, depth);
        } else {
            return false;
        }
        true
    }

    fn xml(&mut self, texts: &[String], input: &str) -> bool {
        let is_windows = texts.iter().all(|text| text.trim_start().starts_with("<Event ") && text.contains("/win/"));
        let extractor = if is_windows { "xml.parse-windows-event" } else { "xml.parse-xml" };
        let takes_all = probe::takes_all(&Step::new("xml", extractor, RECORD), texts);
        if takes_all {
            self.add(Step::new("xml", extractor, input), if is_windows { "Windows events in XML" } else { "XML" });
        }
        takes_all
    }

    /// Adds a header, and what reads the text behind it.
    fn headed(&mut self, texts: &[String], step: Step, words: &'static str, depth: usize) {
        let found = probe::result(&Step { input: RECORD.to_owned(), ..step.clone() }, texts);
        let result = self.add(step, words);
        let data = texts_of(found.iter().flatten(), &["data".to_owned()]);
        if data.iter().all(|data| !data.starts_with('[')) {
            self.structured(&data, &below(&result, "data"), depth - 1);
        }
        let rest = texts_of(found.iter().flatten(), &["text".to_owned()]);
        if !rest.is_empty() {
            self.inspect(&rest, &below(&result, "text"), depth - 1);
        }
    }

    /// Adds what reads a text inside JSON that has a shape of its own.
    fn inside(&mut self, texts: &[String], result: &str, depth: usize) {
        let records: Vec<Value> = texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        if self.within(&records, result, depth) {
            return;
        }
        // Where there is hardly anything else, or it is called so, the text is the record.
        let keys: BTreeSet<&str> =
            records.iter().filter_map(Value::as_object).flat_map(|object| object.keys().map(String::as_str)).collect();
        let carrier =
            ["log", "message", "msg", "line", "MESSAGE", "_raw", "raw"].into_iter().find(|key| keys.contains(key));
        if let Some(key) = carrier.filter(|key| keys.len() <= 4 || ["log", "MESSAGE"].contains(key)) {
            let inner = texts_of(records.iter(), &[key.to_owned()]);
            if inner.len() == records.len() && inner.iter().all(|text| text.trim().contains(' ')) {
                let (inner, read) = trimmed(inner, below(result, key));
                self.inspect(&inner, &read, depth - 1);
            }
        }
    }

    /// Adds what reads the first text of results that has a shape of its own, if one has.
    fn within(&mut self, results: &[Value], result: &str, depth: usize) -> bool {
        let mut paths = BTreeSet::new();
        results.iter().for_each(|record| long_texts(record, &mut Vec::new(), &mut paths));
        for path in paths {
            let inner = texts_of(results.iter(), &path);
            let read = path.iter().fold(result.to_owned(), |above, key| below(&above, key));
            if inner.iter().all(|text| may_have_shape(text)) {
                let (inner, read) = trimmed(inner, read);
                if self.structured(&inner, &read, depth - 1) {
                    return true;
                }
            }
        }
        false
    }

    /// Adds a header that is made out of the lines themselves, where JSON or pairs are behind it.
    fn with_payload(&mut self, texts: &[String], input: &str, depth: usize) -> bool {
        let starts: Option<Vec<usize>> = texts.iter().map(|text| payload(text)).collect();
        let found = starts.map(|starts| (starts, r"\{".to_owned()));
        let found = found.or_else(|| pairs::find(texts).map(|pairs| (pairs.starts, pairs.begins)));
        let Some((starts, begins)) = found.filter(|_| depth > 1) else { return false };
        let heads: Vec<String> = texts.iter().zip(&starts).map(|(text, start)| text[..*start].to_owned()).collect();
        let Some(head) = plain::header(&heads, &begins) else { return false };
        let step = head.step("head", input);
        if !probe::takes_all(&Step { input: RECORD.to_owned(), ..step.clone() }, texts) {
            return false;
        }
        self.0.by_context.insert(step.name.clone());
        self.headed(texts, step, "text", depth);
        true
    }

    fn plain(&mut self, texts: &[String], input: &str) {
        if let Some(found) = plain::lines(texts) {
            let covered = probe::covered(&found.step("line", RECORD));
            let found = found.without(&covered);
            let step = found.step("line", input);
            let words = format!("text ({} {})", found.kinds(), if found.kinds() == 1 { "pattern" } else { "patterns" });
            let result = self.add(step, &words);
            let name = result.split('.').next().unwrap_or_default().to_owned();
            self.0.by_context.insert(name);
        }
    }
}

/// Texts without white space at their ends, and what reads them so.
fn trimmed(texts: Vec<String>, read: String) -> (Vec<String>, String) {
    if texts.iter().all(|text| text.trim() == text) {
        return (texts, read);
    }
    (texts.iter().map(|text| text.trim().to_owned()).collect(), format!("{{{{{read} | trim}}}}"))
}

fn is_object(text: &str) -> bool {
    text.starts_with('{') && serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object())
}

/// Where a JSON object begins that goes on to the end of a text.
fn payload(text: &str) -> Option<usize> {
    let start = text.find('{').filter(|start| *start > 0)?;
    is_object(text[start..].trim_end()).then_some(start)
}

/// The texts that stand under a path.
fn texts_of<'v>(values: impl Iterator<Item = &'v Value>, path: &[String]) -> Vec<String> {
    let at = |value: &'v Value| path.iter().try_fold(value, |value, key| value.get(key));
    let text = |value: &'v Value| at(value).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    values.filter_map(text).map(str::to_owned).collect()
}

/// Paths of texts that are long enough to have a shape.
fn long_texts(value: &Value, path: &mut Vec<String>, found: &mut BTreeSet<Vec<String>>) {
    match value {
        Value::Object(members) if path.len() < DEEPEST => {
            for (key, value) in members {
                path.push(key.clone());
                long_texts(value, path, found);
                path.pop();
            }
        }
        Value::String(text) if text.len() >= SHORTEST_INSIDE => _ = found.insert(path.clone()),
        _ => {}
    }
}

/// Whether a text may be more than a sentence: a document, a header, pairs.
fn may_have_shape(text: &str) -> bool {
    let text = text.trim();
    is_object(text)
        || text.starts_with("CEF:")
        || text.starts_with("LEEF:")
        || text.starts_with('<')
        || text.matches('=').count() >= 3
        || (text.contains('[') && text.contains('"') && text.contains(':'))
        || text.matches(':').count() >= 3 && text.contains(' ')
}
