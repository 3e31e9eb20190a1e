//! The bytes that a trace names are those that a value came from: over all recorded pairs there are.

#![allow(clippy::print_stdout, reason = "a test that read nothing must say so, and what was counted is shown")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};
use weir::run::{Finish, Relation, Trace};
use weir::{FormatText, Input, Record, Scratch};
use weir_author::json::Json;
use weir_author::pairs::{self, NOW};

/// What an event has under a dotted name.
fn at<'e>(event: &'e Json, name: &str) -> Option<&'e Json> {
    name.split('.').try_fold(event, |value, key| value.get(key))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn formats(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("ingest/parser.yml").is_file() {
        return found.push(folder.to_owned());
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders.iter().for_each(|folder| formats(folder, found));
}

#[derive(Debug, Default)]
struct Count {
    pairs: usize,
    same: usize,
    converted: usize,
    made_of: usize,
    made: usize,
    wrong: Vec<String>,
}

/// Holds what a format's pairs say of bytes to the events that come out.
fn holds(format: &Path, count: &mut Count) {
    let text = |path: PathBuf| Some((path.display().to_string(), fs::read_to_string(&path).ok()?));
    let fields = [format.join("../_meta/fields.yml"), format.join("_meta/fields.yml")];
    let parser = text(format.join("ingest/parser.yml")).expect("a spec");
    let compiled = weir::compile(&FormatText { parser, fields: fields.into_iter().filter_map(text).collect() });
    let Some(plan) = &compiled.plan else { return };
    let mut scratch = Scratch::default();
    for pair in fs::read_dir(format.join("tests")).into_iter().flatten().flatten() {
        let pair = fs::read_to_string(pair.path()).expect("a pair");
        let Some(input) = pairs::input(&pair) else { continue };
        let mut event = Vec::new();
        let record = Record { input: Input::Event(input.as_bytes()), now: NOW, event_id: None };
        let trace = plan.trace(&mut scratch, &record, &mut event);
        let event = Json::read(&event).expect("an event");
        count.pairs += 1;
        of_event(format, &trace, &event, count);
    }
}

fn of_event(format: &Path, trace: &Trace, event: &Json, count: &mut Count) {
    for (field, origin) in &trace.origins {
        let Some(value) = at(event, field) else { continue };
        let bytes: Vec<&str> = origin.bytes.iter().map(|range| &trace.message[range.clone()]).collect();
        let holds = match (origin.relation, &bytes[..]) {
            (Relation::Same, []) | (Relation::Converted, []) => false,
            (Relation::Same, bytes) => {
                count.same += 1;
                // An item may be a part of another: an account, and its address.
                let is_within = |item: &Json, written: &str| !item.text().is_empty() && written.contains(item.text());
                let is_there =
                    |item: &Json| bytes.iter().any(|written| is_written(item, written) || is_within(item, written));
                match value {
                    Json::List(items) => is_there(value) || items.iter().all(is_there),
                    value => is_there(value),
                }
            }
            (Relation::Converted, bytes) => {
                count.converted += 1;
                // A date has another notation altogether, and so have an address and a list that a text reads as.
                let is_other = matches!(value, Json::List(_) | Json::Object(_)) || is_date_or_address(value);
                // What it was before a cast, which makes `false` of any word.
                let before = trace.finishes().filter_map(|step| match step {
                    Finish::Cast { field: cast, before, .. } if cast == field => Json::read(before.as_bytes()).ok(),
                    _ => None,
                });
                let values: Vec<Json> = before.chain([value.clone()]).collect();
                is_other || bytes.iter().any(|written| values.iter().any(|value| is_like(value, written)))
            }
            (Relation::Made, []) => {
                count.made += 1;
                true
            }
            (Relation::Made, _) => {
                count.made_of += 1;
                true
            }
        };
        if !holds {
            count.wrong.push(format!("{}: {field} = {value}, {origin:?} {bytes:?}", format.display()));
        }
    }
}

/// Whether bytes say a value: as they are, with the escapes of strings within strings, or as JSON.
fn is_written(value: &Json, written: &str) -> bool {
    let mut text = written.to_owned();
    for _ in 0..4 {
        let json = Json::read(text.as_bytes()).ok();
        if json.as_ref() == Some(value) || *value.text() == text || value.to_string() == text {
            return true;
        }
        if let (Json::Object(_) | Json::List(_), Some(Json::Object(_) | Json::List(_))) = (value, &json) {
            // A dict of a record stands there whole; the event has what its fields take of it.
            return true;
        }
        match Json::read(format!("\"{text}\"").as_bytes()) {
            Ok(Json::Text(inner)) if inner != text => text = inner,
            _ => return false,
        }
    }
    false
}

fn is_like(value: &Json, written: &str) -> bool {
    let value = if value.text().is_empty() { value.to_string() } else { value.text().to_owned() };
    let mut text = written.to_owned();
    for _ in 0..4 {
        let (one, other) = (value.trim().to_lowercase(), text.trim().trim_matches('"').to_lowercase());
        let number = |text: &str| text.parse::<f64>().ok();
        // A boolean is written as a number, too.
        let is_truth = matches!((&*one, &*other), ("true", "1" | "yes" | "on") | ("false", "0" | "no" | "off"));
        let is_dict =
            || matches!((read(&one), read(&other)), (Some(one), Some(other)) if ordered(&one) == ordered(&other));
        if one == other || is_truth || is_dict() || (number(&one).is_some() && number(&one) == number(&other)) {
            return true;
        }
        match Json::read(format!("\"{text}\"").as_bytes()) {
            Ok(Json::Text(inner)) if inner != text => text = inner,
            _ => return false,
        }
    }
    false
}

/// A dict or a list of JSON, or as Python prints it.
fn read(text: &str) -> Option<Json> {
    let is_one = text.starts_with(['{', '[']);
    let json = Json::read(text.as_bytes()).or_else(|_| Json::read(text.replace('\'', "\"").as_bytes()));
    json.ok().filter(|_| is_one)
}

/// A value with the keys of its dicts in order.
fn ordered(value: &Json) -> Json {
    match value {
        Json::List(items) => Json::List(items.iter().map(ordered).collect()),
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(key, value)| (key.clone(), ordered(value))).collect();
            members.sort_by(|left, right| left.0.cmp(&right.0));
            Json::Object(members)
        }
        other => other.clone(),
    }
}

fn is_date_or_address(value: &Json) -> bool {
    let text = value.text();
    text.parse::<std::net::IpAddr>().is_ok() || (text.ends_with('Z') && text.contains('T'))
}

#[test]
fn the_bytes_of_a_field_say_its_value() {
    let mut counts = BTreeMap::new();
    for folder in [root().join("specs"), root().join("../shared/corpus")] {
        if !folder.is_dir() {
            println!("skipped: {} is not there", folder.display());
            continue;
        }
        let (mut found, mut count) = (Vec::new(), Count::default());
        formats(&folder, &mut found);
        let every = env::var("ORIGINS_EVERY").ok().and_then(|every| every.parse().ok()).unwrap_or(1);
        found.iter().step_by(every).for_each(|format| holds(format, &mut count));
        count.wrong.iter().take(30).for_each(|wrong| println!("{wrong:.600}"));
        assert!(count.wrong.is_empty(), "{} marks are wrong", count.wrong.len());
        assert!(count.pairs > 0 && count.same > count.made_of, "{count:?}");
        counts.insert(folder, count);
    }
    println!("{counts:#?}");
}

/// What a trace says of the bytes of a field.
fn of_field(extractor: &str, value: &str, message: &str) -> (Relation, Vec<String>) {
    let parser = format!(
        "name: f\npipeline:\n  - name: p\n    external:\n      name: {extractor}\n  - name: s\nstages:\n  s:\n    actions:\n      - set:\n          user.name: >-\n            {value}\n"
    );
    let compiled = weir::compile(&FormatText { parser: ("parser.yml".to_owned(), parser), fields: Vec::new() });
    let plan = compiled.plan.as_ref().expect("it compiles");
    let record = Record { input: Input::Message(message.as_bytes()), now: NOW, event_id: None };
    let mut event = Vec::new();
    let trace = plan.trace(&mut Scratch::default(), &record, &mut event);
    let origin = trace.origins.get("user.name").expect("it is set");
    (origin.relation, origin.bytes.iter().map(|range| trace.message[range.clone()].to_owned()).collect())
}

#[test]
fn a_mark_is_none_rather_than_a_wrong_one() {
    const JSON: &str = "json.parse-json\n      properties: {input_field: original.message}";
    const COLUMNS: &str =
        "dsv.parse-dsv\n      properties: {input_field: original.message, columnnames: [a, b, c], delimiter: ','}";
    for (claim, extractor, value, message, relation, bytes) in [
        // An unescaped copy stands literally only where it is another column's.
        (
            "a copy is not sought in another value",
            COLUMNS,
            "{{p.message.a}}",
            "\"a\"\"b\",2,x a\"b z",
            Relation::Made,
            &["\"a\"\"b\",2,x a\"b z"][..],
        ),
        ("a column of its own", COLUMNS, "{{p.message.c}}", "\"a\"\"b\",2,x a\"b z", Relation::Same, &["x a\"b z"]),
        (
            "places that overlap are two",
            JSON,
            "{{(p.message.a | lower)[1:]}}",
            "{\"a\":\"AAA\"}",
            Relation::Made,
            &["AAA"],
        ),
        ("one place is one", JSON, "{{(p.message.a | lower)[1:]}}", "{\"a\":\"ABC\"}", Relation::Converted, &["BC"]),
        (
            "a loop over words of the template has words",
            JSON,
            "{% for i in [1,2] %}{{i}}{% endfor %}{% if p.message.n == 0 %}{% endif %}",
            "{\"n\":12}",
            Relation::Made,
            &["12"],
        ),
        (
            "a number that is too large still has its place",
            JSON,
            "{{p.message.e}}",
            "{\"e\":12345678901234567890123,\"x\":1}",
            Relation::Converted,
            &["12345678901234567890123"],
        ),
        (
            "a part of what may be missing",
            JSON,
            "{{(p.message or {}).get('n')}}",
            "{\"n\":12,\"x\":1}",
            Relation::Same,
            &["12"],
        ),
        (
            "what is made of a part is not made of all",
            JSON,
            "{% if ((p.message.a or {}).b or {}).c %}x{% endif %}",
            "{\"a\":{\"b\":{\"c\":5},\"d\":6}}",
            Relation::Made,
            &["5"],
        ),
    ] {
        let (got, marked) = of_field(extractor, value, message);
        assert_eq!((got, marked.iter().map(String::as_str).collect::<Vec<_>>()), (relation, bytes.to_vec()), "{claim}");
    }
}
