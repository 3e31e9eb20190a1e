//! From twenty lines of a log to a format: every line is read, and what counts is right.

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use weir::{Input, Record, Scratch};
use weir_author::pairs::{NOW, run};
use weir_author::{FormatFolder, check};
use weir_propose::{Draft, from_samples};

#[derive(Deserialize)]
struct Table {
    shape: Vec<Shape>,
}

/// A log, and what must be right of it.
#[derive(Deserialize)]
struct Shape {
    name: String,
    file: String,
    reads: Vec<String>,
    date: String,
    right: BTreeMap<String, String>,
}

const UUID: &str = "00000000-0000-4000-8000-000000000000";

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)).expect("a file of the tests")
}

fn folder(draft: &Draft) -> FormatFolder {
    let named = |path: &str| draft.files.iter().find(|(name, _)| name == path).cloned();
    FormatFolder {
        parser: named("ingest/parser.yml").expect("a spec"),
        fields: named("_meta/fields.yml"),
        manifest: named("_meta/manifest.yml"),
        pairs: draft.files.iter().filter(|(name, _)| name.starts_with("tests/")).cloned().collect(),
        ..FormatFolder::default()
    }
}

#[test]
fn twenty_lines_become_a_format_that_reads_them_all() {
    let table: Table = toml::from_str(&read("shapes.toml")).expect("a table");
    assert!(table.shape.len() >= 40);
    let wrong: Vec<String> = table.shape.iter().flat_map(wrong).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn wrong(shape: &Shape) -> Vec<String> {
    let lines: Vec<String> = read(&format!("samples/{}", shape.file)).lines().map(str::to_owned).collect();
    let draft = match from_samples("acme", UUID, &lines) {
        Ok(draft) => draft,
        Err(reason) => return vec![format!("{}: {reason}", shape.name)],
    };
    let mut wrong = Vec::new();
    let fits = draft.shape.len() >= shape.reads.len()
        && shape.reads.iter().zip(&draft.shape).all(|(wanted, found)| found.starts_with(wanted.as_str()));
    if !fits {
        wrong.push(format!("reads {:?}", draft.shape));
    }
    let tally = draft.tally;
    if tally.records != 20 || tally.read != 20 || tally.dated != 20 || tally.partial != 0 {
        wrong.push(format!("{tally:?}"));
    }
    let folder = folder(&draft);
    wrong.extend(check::format(&folder).findings().map(|finding| format!("{}: {}", finding.code, finding.title)));
    let format = folder.compile();
    let plan = format.plan.as_ref().expect("a plan");
    for (name, text) in &folder.pairs {
        if !run(plan, name, text).result.passed {
            wrong.push(format!("{name} fails"));
        }
    }
    let mut first = None;
    let rights: Vec<(&String, Option<Regex>)> = shape
        .right
        .iter()
        .map(|(field, text)| (field, (!text.is_empty()).then(|| Regex::new(text).expect("an expression"))))
        .collect();
    for (field, expression) in &rights {
        if expression.as_ref().is_some_and(|expression| !lines.iter().any(|line| expression.is_match(line))) {
            wrong.push(format!("no line has {field}"));
        }
    }
    for line in lines.iter().filter(|line| !line.starts_with('#') && !line.starts_with("Time,")) {
        let record = Record { input: Input::Message(line.as_bytes()), now: NOW, event_id: None };
        let mut event = Vec::new();
        plan.run(&mut Scratch::default(), &record, &mut event);
        let event: Value = serde_json::from_slice(&event).expect("JSON");
        first.get_or_insert_with(|| event["@timestamp"].clone());
        for (field, expression) in &rights {
            let expected = match expression {
                Some(expression) => match expression.captures(line).and_then(|found| found.get(1)) {
                    Some(expected) => expected.as_str(),
                    None => continue,
                },
                None => "null",
            };
            let got = field.split('.').fold(&event, |value, key| &value[key]);
            let got = got.as_str().map_or_else(|| got.to_string(), str::to_owned);
            if got != expected {
                wrong.push(format!("{field} is {got}, not {expected}, of {line}"));
            }
        }
    }
    let first = first.unwrap_or_default();
    if first != shape.date.as_str() {
        wrong.push(format!("the first date is {first}"));
    }
    wrong.truncate(8);
    if !wrong.is_empty() {
        wrong.push(folder.parser.1);
    }
    wrong.into_iter().map(|wrong| format!("{}: {wrong}", shape.name)).collect()
}

fn draft_of(file: &str) -> FormatFolder {
    let lines: Vec<String> = read(&format!("samples/{file}")).lines().map(str::to_owned).collect();
    folder(&from_samples("acme", UUID, &lines).expect("a draft"))
}

#[test]
fn a_line_of_a_new_kind_keeps_its_date_and_its_pairs() {
    let line = r#"2026/03/14 09:20:00 [notice] 11#22: *7 never seen before, client: 203.0.113.9, server: _, request: "GET / HTTP/1.1""#;
    let format = draft_of("nginx_error.log").compile();
    let mut event = Vec::new();
    let record = Record { input: Input::Message(line.as_bytes()), now: NOW, event_id: None };
    format.plan.as_ref().expect("a plan").run(&mut Scratch::default(), &record, &mut event);
    let event: Value = serde_json::from_slice(&event).expect("JSON");
    assert_eq!(event["@timestamp"], "2026-03-14T09:20:00Z", "{event}");
    assert_eq!(event["source"]["ip"], "203.0.113.9", "{event}");
}

#[test]
fn values_of_samples_are_no_names_of_fields_and_no_part_of_patterns() {
    for file in ["squid.log", "s3_access.log", "aws_alb.log", "haproxy.log", "logins.log", "cisco_asa.log"] {
        let FormatFolder { parser, fields, .. } = draft_of(file);
        for text in [parser.1, fields.map(|(_, text)| text).unwrap_or_default()] {
            for name in ["alice", "martin", "carol", "frank", "NoSuchKey", "targetgroup", "srv1", "margaret"] {
                assert!(!text.contains(name), "{file}: {name} is in\n{text}");
            }
        }
    }
}

#[test]
fn the_end_of_a_name_is_a_question_and_sets_no_field() {
    let line =
        r#"{"at": "2024-05-14T08:30:12Z", "missed_bytes": 7, "user": "1000", "path": "/var/log/x", "level": "4"}"#;
    let draft = from_samples("acme", UUID, &[line.to_owned()]).expect("a draft");
    let parser = folder(&draft).parser.1;
    for field in ["network.bytes", "user.name", "url.path", "log.level"] {
        assert!(!parser.contains(&format!(" {field}:")), "{field} is set by\n{parser}");
    }
    assert!(parser.contains(" file.path:") && parser.contains(" acme.missed_bytes:"), "{parser}");
    assert!(draft.decisions.iter().any(|decision| decision.field == "missed_bytes"), "{:?}", draft.decisions);
}

/// The table of the manual: what comes out of each log.
#[test]
fn the_manual_shows_what_was_tried() {
    let table: Table = toml::from_str(&read("shapes.toml")).expect("a table");
    let mut rows =
        String::from("| Log | Read as | First date | Right in every line that has it |\n|---|---|---|---|\n");
    for Shape { name, reads, date, right, .. } in &table.shape {
        let fields = right.iter().filter(|(_, expression)| !expression.is_empty());
        let fields: Vec<String> = fields.map(|(field, _)| format!("`{field}`")).collect();
        rows.push_str(&format!("| {name} | {} | {date} | {} |\n", reads.join(", then "), fields.join(", ")));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/first-format.md");
    let page = fs::read_to_string(&path).expect("a page");
    let start = page.find("| Log | Read as |").expect("the table");
    let end = page[start..].find("\n\n").map_or(page.len(), |end| start + end + 1);
    if std::env::var_os("WEIR_BLESS").is_some() {
        fs::write(&path, format!("{}{rows}{}", &page[..start], &page[end..])).expect("a page");
        return;
    }
    assert_eq!(&page[start..end], rows, "WEIR_BLESS=1 writes it again");
}

#[test]
fn odd_samples_give_a_draft_or_a_reason_and_never_a_panic() {
    let texts = [
        "",
        " ",
        "{",
        "[]",
        "{}",
        "null",
        "\u{0}",
        "a",
        "=",
        "a=",
        "<",
        "<1>",
        "CEF:",
        "CEF:0|",
        "#Fields:",
        "#Fields: a",
        ",,,,",
        "\t\t\t\t",
        "é=1 é=2 é=3",
        "\"",
        "%{IP:x}",
        "{{ x }}",
        "{% x",
        "a|b|c|d|e",
        "-",
        "\\",
        "(((",
        "[[[",
        "May 14",
        "2024-05-14 08:30:12",
        "x: y, z: w, a: b",
    ];
    for (one, other) in texts.iter().zip(texts.iter().cycle().skip(1)) {
        for samples in [vec![*one], vec![one, other], vec!["a=1 b=2 c=3", one]] {
            let samples: Vec<String> = samples.into_iter().map(str::to_owned).collect();
            if let Ok(draft) = from_samples("odd", UUID, &samples) {
                let folder = folder(&draft);
                assert!(folder.compile().plan.is_some(), "{samples:?}: {}", folder.parser.1);
            }
        }
    }
    assert!(from_samples("odd", UUID, &[]).is_err());
    let noise = "\u{fffd}\u{1}a\u{fffd}\u{2}b/c".to_owned();
    assert!(from_samples("odd", UUID, &[noise]).is_err_and(|reason| reason.contains("no text")));
    let draft = from_samples("odd", UUID, &[r#"{"": 1, "at": "2024-05-14T08:30:12Z"}"#.to_owned()]).expect("a draft");
    assert!(draft.files.iter().any(|(_, text)| text.contains("odd._:")), "an empty key has a name");
    for name in ["", "Odd", "../odd", "1odd", "o d", "-o"] {
        assert!(from_samples(name, UUID, &["a=1 b=2".to_owned()]).is_err(), "{name}");
    }
}
