//! The library of grok beside the customary ones: the legacy edition of logstash's patterns, that for the Elastic Common
//! Schema, and pygrok's, name by name, on the texts of our own examples and on common ones.

use crate::extractors::{compiled, result};
use crate::python;
use crate::tally::{Tally, say};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use weir::extract::CompiledExtractor;

#[derive(Deserialize)]
struct Examples {
    matches: Vec<String>,
    refuses: Vec<String>,
}

/// Texts that every pattern is asked.
const COMMON: &[&str] = &[
    "",
    "-",
    "0",
    "42",
    "-7",
    "+3.5",
    ".5",
    "0x1f",
    "1e3",
    "a",
    "ada",
    "ada.l-x_1",
    "a b",
    "a\tb",
    "a\u{b}b",
    "ada@example.com",
    "www.example.com",
    "example.com.",
    "example.com:443",
    "192.0.2.1",
    "192.0.2.256",
    "192.0.2.1:80",
    "2001:db8::1",
    "::",
    "::ffff:192.0.2.1",
    "fe80::1%eth0",
    "00:00:5e:00:53:01",
    "00-00-5e-00-53-01",
    "0000.5e00.5301",
    "/var/log/a.log",
    "/a&b",
    "C:\\Program Files\\a.exe",
    "https://ada@www.example.com:8443/a/b?c=d",
    "/a/b?c=d",
    "?c=d",
    "\"a b\"",
    "'a'",
    "\"a \\\" b\"",
    "Mar",
    "mar",
    "Mär",
    "March",
    "Tue",
    "Tuesday",
    "2024",
    "24",
    "12",
    "31",
    "60",
    "06:07",
    "06:07:08",
    "06:07:08.123",
    "Mar  5 06:07:08",
    "05/Mar/2024:06:07:08 +0100",
    "2024-03-05T06:07:08Z",
    "2024-03-05 06:07:08,123+01:00",
    "2024/03/05",
    "05.03.2024",
    "3/5/2024",
    "Tue, 5 Mar 2024 06:07:08 +0100",
    "Z",
    "+0100",
    "UTC",
    "info",
    "WARN",
    "error",
    "<13>",
    "[42]",
    "01234567-89ab-cdef-0123-456789abcdef",
    "urn:isbn:0451450523",
];

/// The libraries that are asked.
const LIBRARIES: [&str; 3] = ["legacy", "common schema", "pygrok"];

const PEER: &str = "grok";

#[test]
fn named_patterns_match_and_capture_as_the_customary_ones_do() {
    let examples: BTreeMap<String, Examples> =
        toml::from_str(include_str!("../extractors/grok_library.toml")).expect("examples");
    let mut questions = Vec::new();
    for library in LIBRARIES {
        for (name, examples) in &examples {
            let own = examples.matches.iter().chain(&examples.refuses).map(String::as_str);
            questions.extend(
                own.chain(COMMON.iter().copied()).map(|text| json!({"library": library, "name": name, "text": text})),
            );
        }
    }
    let names = LIBRARIES.map(|library| json!({"library": library, "name": null}));
    questions.extend(names);
    let Some(mut answers) = python::ask(PEER, "grok_patterns.py", &questions) else { return };
    none_is_missing(&examples, &answers.split_off(questions.len() - LIBRARIES.len()));
    let mut tally = Tally::new(PEER);
    let mut own: BTreeMap<&str, CompiledExtractor> = BTreeMap::new();
    for (question, theirs) in questions.iter().zip(answers) {
        let told = |key: &str| question[key].as_str().unwrap_or_default();
        let (library, name, text) = (told("library"), told("name"), told("text"));
        // A name that the library has not, or a library that cannot be had.
        if theirs.is_string() {
            continue;
        }
        let extractor = own
            .entry(name)
            .or_insert_with(|| compiled("grok.match", &json!({"pattern": format!("%{{{name}}}")}).to_string()));
        let ours = result(extractor, text).map_or(Value::Null, |found| flat(&found, &examples));
        let shown = format!("{library} {name} on {text:?}");
        tally.take(&shown, &ours.to_string(), &theirs.to_string(), || difference(library, name, text, &ours, &theirs));
    }
    tally.finish();
}

fn none_is_missing(examples: &BTreeMap<String, Examples>, names: &[Value]) {
    for (library, names) in LIBRARIES.iter().zip(names) {
        let Some(names) = names.as_array() else {
            say(&format!("{PEER}: SKIPPED the library {library}, which cannot be had"));
            continue;
        };
        let missing: Vec<&str> =
            names.iter().filter_map(Value::as_str).filter(|name| !examples.contains_key(*name)).collect();
        assert!(missing.is_empty(), "of the library {library} we lack {missing:?}");
        say(&format!("{PEER}: {library}: {} names, none missing", names.len()));
    }
}

/// What was captured, by keys as a pattern writes them; without what stands under patterns' own names.
fn flat(found: &Value, examples: &BTreeMap<String, Examples>) -> Value {
    let mut all = BTreeMap::new();
    leaves(found, &mut Vec::new(), &mut all);
    all.retain(|key, _| !examples.contains_key(key));
    json!(all)
}

fn leaves<'f>(found: &'f Value, path: &mut Vec<&'f str>, all: &mut BTreeMap<String, String>) {
    let text = match found {
        Value::Object(inner) => {
            for (name, value) in inner {
                path.push(name);
                leaves(value, path, all);
                path.pop();
            }
            return;
        }
        Value::Null => return,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let key = match path.as_slice() {
        [one] => (*one).to_owned(),
        path => path.iter().map(|part| format!("[{part}]")).collect(),
    };
    all.insert(key, text);
}

/// The known difference that a case shows.
fn difference(library: &str, name: &str, text: &str, ours: &Value, theirs: &Value) -> Option<&'static str> {
    let both = ours.is_object() && theirs.is_object();
    match (library, name) {
        (_, "CISCO_REASON") if text.contains('\u{b}') => Some("marks"),
        (_, "IP") if text.contains('%') => Some("zone"),
        (_, "HAPROXYDATE") if theirs.is_object() && !ours.is_object() => Some("point"),
        ("legacy", "BACULA_LOG_FATAL_CONN" | "BACULA_LOG_NO_CONNECT") if both => Some("cause"),
        ("legacy", "CISCOFW106015") if both => Some("blank"),
        ("common schema", _) if both => Some("keys of legacy"),
        ("common schema", "BACULA_HOST" | "SYSLOGBASE2") if ours.is_null() => Some("legacy refuses"),
        ("pygrok", _) if both || ours.is_null() => Some("older"),
        _ if theirs.is_null() => Some("wider"),
        _ => None,
    }
}
