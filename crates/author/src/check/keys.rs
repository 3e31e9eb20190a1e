//! Keys that a spec reads and no recorded event has, where the events have one that is almost the same.

use crate::json::{Json, first_value};
use std::collections::BTreeSet;
use weir::diagnostic::{Diagnostics, Edit, Fix, Kind, Severity, Sources};
use weir::lint::{inputs_read, keys_read};
use weir::spec::{RecordedTest, Spec};

/// A key that may be misspelt.
pub const UNMET_KEY: Kind = Kind {
    code: "unmet-key",
    severity: Severity::Warning,
    title: "no recorded event has the key `{key}`",
    meaning: "The recorded events have a key that differs in one letter or in case, so the value is never found. A key that is like none of theirs is not reported.",
};

/// A key of the incoming event that no recorded event has.
pub const UNMET_INPUT: Kind = Kind {
    code: "unmet-input",
    severity: Severity::Hint,
    title: "no recorded event has `{path}`",
    meaning: "The incoming events of all recorded pairs lack the key. Either no pair shows it, or its name is another.",
};

/// Keys that are shorter than this differ from others by chance.
const SHORTEST: usize = 5;

/// The most places that a path of keys is followed to in one event: lists have many.
const MOST_PLACES: usize = 1000;

/// The words of recorded events, and the keys among them.
#[derive(Default)]
pub struct Words {
    all: BTreeSet<String>,
    /// Keys of messages that are no JSON: `key=value` and kin.
    flat: BTreeSet<String>,
    /// Messages that are JSON, or end in it.
    documents: Vec<Json>,
    /// The incoming events.
    events: Vec<Json>,
}

impl Words {
    /// Adds the words of an event.
    pub fn add(&mut self, test: &RecordedTest<'_>) {
        let event = Json::read(test.input.as_bytes()).ok();
        let message = event.as_ref().and_then(|event| event.get("message")).map_or("", Json::text);
        let document = message.find('{').and_then(|start| first_value(&message[start..]));
        self.text(message, document.is_none());
        self.documents.extend(document);
        self.events.extend(event);
    }

    /// Finds paths below `original` that a spec reads and no incoming event has, each once: the shortest that is missing.
    pub fn check_inputs(&self, spec: &Spec, sources: &Sources, findings: &mut Diagnostics) {
        let mut told = BTreeSet::new();
        for read in inputs_read(spec, sources).iter().filter(|_| !self.events.is_empty()) {
            let path = [&*read.above, std::slice::from_ref(&read.key)].concat();
            let has = |keys: &[String]| self.events.iter().any(|event| has_path(event, keys));
            if has(&path) || (path.len() > 1 && !has(&read.above)) || !told.insert(path.clone()) {
                continue;
            }
            let keys = self.events.iter().flat_map(Json::members).map(|(key, _)| &**key).filter(|_| path.len() == 1);
            let finding = UNMET_INPUT.at(read.span, &[&format!("original.{}", path.join("."))]);
            let in_message = self.documents.iter().any(|document| has_path(document, &path));
            findings.push(match in_message {
                true => {
                    finding.help("the message has it: an entry with an extractor reads it, such as `json.parse-json`")
                }
                // Other records may have the key.
                false => finding.suggest(&read.key, keys).unsure(),
            });
        }
    }

    /// Finds keys that a spec reads and no event has, each once.
    pub fn check(&self, spec: &Spec, sources: &Sources, findings: &mut Diagnostics) {
        let reads = keys_read(spec, sources);
        let read: BTreeSet<(&[String], &str)> = reads.iter().map(|read| (&*read.above, &*read.key)).collect();
        let mut told = BTreeSet::new();
        for unmet in reads.iter().filter(|read| !self.all.contains(&read.key)) {
            let beside = self.beside(&unmet.above);
            let mut others = beside.into_iter().filter(|key| !read.contains(&(&*unmet.above, *key)));
            // Case alone is a slip at any length.
            let is_meant = |key: &str| {
                unmet.key.eq_ignore_ascii_case(key) || (unmet.key.len() >= SHORTEST && is_slip(&unmet.key, key))
            };
            if let Some(meant) = others.find(|key| is_meant(key))
                && told.insert((&unmet.above, &unmet.key))
            {
                let finding = UNMET_KEY.at(unmet.span, &[&unmet.key]);
                let fix = Fix::certain(format!("write `{meant}`"), Edit::word(unmet.span, &*unmet.key, meant));
                findings.push(finding.help(format!("recorded events have `{meant}`")).fix(fix).unsure());
            }
        }
    }

    /// The keys that recorded events have below a path.
    fn beside(&self, above: &[String]) -> BTreeSet<&str> {
        let mut places: Vec<&Json> = self.documents.iter().collect();
        for key in above {
            places = places.into_iter().flat_map(items).filter_map(|value| value.get(key)).take(MOST_PLACES).collect();
        }
        let objects = places.into_iter().flat_map(items).take(MOST_PLACES);
        let keys = objects.flat_map(Json::members).map(|(key, _)| &**key);
        let flat = self.flat.iter().filter(|_| above.is_empty()).map(String::as_str);
        keys.chain(flat).collect()
    }

    /// The words of a message; where it `has_pairs`, those before `=` or `:` are keys.
    fn text(&mut self, text: &str, has_pairs: bool) {
        let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
        let mut rest = text;
        while let Some(start) = rest.find(is_letter) {
            rest = &rest[start..];
            let end = rest.find(|letter| !is_letter(letter)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            self.all.insert(word.to_owned());
            if has_pairs && behind.starts_with(['=', ':']) {
                self.flat.insert(word.to_owned());
            }
            rest = behind;
        }
    }
}

/// Whether a value has something under a path of keys.
fn has_path(value: &Json, keys: &[String]) -> bool {
    match keys.split_first() {
        None => true,
        Some((key, rest)) => items(value).iter().any(|item| item.get(key).is_some_and(|below| has_path(below, rest))),
    }
}

/// A list's items, else the value itself.
fn items(value: &Json) -> &[Json] {
    match value {
        Json::List(items) => items,
        other => std::slice::from_ref(other),
    }
}

/// Whether two keys differ by a slip: in case and marks alone, or in one letter that is no digit and no plural's `s`, or in
/// two that changed places.
fn is_slip(one: &str, other: &str) -> bool {
    let plain = |word: &str| -> Vec<char> {
        word.chars().filter(|letter| !matches!(letter, '_' | '-')).flat_map(char::to_lowercase).collect()
    };
    let (left, right) = (plain(one), plain(other));
    if left == right {
        return true;
    }
    let prefix = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[prefix..], &right[prefix..]);
    let suffix = left.iter().rev().zip(right.iter().rev()).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[..left.len() - suffix], &right[..right.len() - suffix]);
    let is_plural = suffix == 0 && matches!((left, right), (['s'], []) | ([], ['s']));
    let is_number = left.iter().chain(right).any(|letter| letter.is_ascii_digit());
    let is_slip = match (left, right) {
        ([], [_]) | ([_], []) | ([_], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    };
    prefix > 0 && is_slip && !is_plural && !is_number
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn a_slip_is_one_letter_or_case() {
        for (one, other) in
            [("chnage_time", "change_time"), ("userAgent", "user_agent"), ("recommanded", "recommended")]
        {
            assert!(is_slip(one, other), "{one}, {other}");
        }
        for (one, other) in [("label", "labels"), ("string1", "string2"), ("dstport", "srcport"), ("input", "output")] {
            assert!(!is_slip(one, other), "{one}, {other}");
        }
    }
}
