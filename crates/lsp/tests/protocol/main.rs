//! What the language server answers, over a connection in memory.

#![allow(clippy::panic, reason = "a test fails by it")]

mod client;

use client::{Client, FIELDS, PARSER, edited};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn labels(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().expect("a list").iter().filter_map(|item| item["label"].as_str()).collect()
}

fn said(answer: &Value) -> &str {
    answer["contents"]["value"].as_str().unwrap_or("")
}

/// The text with one part of it replaced.
fn with(part: &str, other: &str) -> String {
    assert!(PARSER.contains(part), "{part}");
    PARSER.replacen(part, other, 1)
}

#[test]
fn a_mistake_is_told_as_it_is_typed_and_its_fix_mends_it() {
    let mut client = Client::new();
    assert_eq!(client.open(PARSER), Vec::<Value>::new());
    let typo = with("| lower", "| lowr");
    let found = client.change(&typo);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["code"], &found[0]["severity"]), (&json!("unknown-filter"), &json!(1)), "{found:?}");
    let start = &found[0]["range"]["start"];
    assert_eq!(start["line"], 13);
    let request = json!({
        "textDocument": {"uri": client.uri("ingest/parser.yml")},
        "range": found[0]["range"],
        "context": {"diagnostics": found},
    });
    let actions = client.call("textDocument/codeAction", request).expect("fixes");
    let fix = actions.as_array().and_then(|all| all.first()).expect("one fix").clone();
    assert_eq!((&fix["title"], &fix["kind"]), (&json!("write `lower`"), &json!("quickfix")));
    let edits = fix["edit"]["documentChanges"][0]["edits"].as_array().expect("edits");
    let mended = edited(&typo, edits);
    assert_eq!(mended, PARSER);
    assert_eq!(client.change(&mended), Vec::<Value>::new());
    client.leave();
}

#[test]
fn columns_count_units_of_utf_16_unless_the_editor_can_bytes() {
    let typo = with("{{ parsed.message.door }}", "{{ parsed.message.door | uper }}");
    let line = typo.lines().find(|line| line.contains("uper")).expect("a line");
    let byte = line.find("uper").expect("the typo");
    for (capabilities, column) in [
        (json!({}), line[..byte].encode_utf16().count()),
        (json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}}), byte),
    ] {
        let mut client = Client::with(&capabilities);
        let found = client.open(&typo);
        assert_eq!(found[0]["range"]["start"]["character"], column, "{found:?}");
        client.leave();
    }
}

#[test]
fn what_stands_at_a_place_is_said_with_its_value_in_a_recorded_pair() {
    let mut client = Client::new();
    client.open(PARSER);
    for (needle, plus, words) in [
        ("source.ip", 3, &["ip", "192.0.2.7", "recorded pair `north`"][..]),
        ("lower", 1, &["value | lower", "→"]),
        ("who.name", 5, &["\"ada\"", "north"]),
        ("json.parse-json", 3, &["extractor"]),
        ("gate.door", 2, &["keyword", "Where it is", "north"]),
        ("event.kind", 8, &["`alert`", "this format sets `event`"]),
        ("set_event\nstages", 2, &["runs in 1 of 1 pair"]),
        ("input_field", 2, &["path or a template"]),
    ] {
        let answer = client.ask("textDocument/hover", PARSER, needle, plus);
        for word in words {
            assert!(said(&answer).contains(word), "{needle}: `{word}` in {answer}");
        }
    }
    assert_eq!(client.ask("textDocument/hover", PARSER, "\"{{ (parsed.message.action", 1), Value::Null);
    client.leave();
}

#[test]
fn what_can_stand_at_a_place_is_proposed_while_the_text_is_no_yaml() {
    let mut client = Client::new();
    client.open(PARSER);
    for (part, typed, expected) in [
        ("parsed.message.who.name }}\"", "parsed.message.", &["action", "src", "who", "door"][..]),
        ("parsed.message.who.name }}\"", "parsed.message.who.", &["name"]),
        ("(parsed.message.action or '') | lower }}\"", "(parsed.message.action or '') | lo", &["lower"]),
        ("(parsed.message.action or '') | lower }}\"", "par", &["parsed"]),
        ("(parsed.message.action or '') | lower }}\"", "final.sou", &["source"]),
        ("event.kind: event", "event.out", &["event.outcome"]),
        ("event.kind: event", "event.kind: al", &["alert"]),
        ("json.parse-json", "kv.", &["kv.parse-kv"]),
        ("input_field: original.message", "raise", &["raise_errors"]),
    ] {
        let text = with(part, typed);
        client.type_in(&text);
        let place = client.at_byte(&text, PARSER.find(part).expect("the part") + typed.len());
        let answer = client.call("textDocument/completion", place).expect("an answer");
        let labels = labels(&answer);
        for label in expected {
            assert!(labels.contains(label), "{typed}: {label} in {labels:?}");
        }
    }
    // What is proposed is typed in the place of the word.
    let text = with("(parsed.message.action or '') | lower }}\"", "parsed.message.act }}\"");
    client.type_in(&text);
    let answer = client.ask("textDocument/completion", &text, "message.act }}", 11);
    let item = answer["items"].as_array().and_then(|items| items.iter().find(|item| item["label"] == "action"));
    let item = item.expect("the key");
    assert_eq!(item["detail"], "\"allow\"");
    assert!(edited(&text, &[item["textEdit"].clone()]).contains("{{ parsed.message.action }}"));
    client.leave();
}

#[test]
fn what_is_broken_is_told_and_the_last_good_text_still_answers() {
    let mut client = Client::new();
    client.open(PARSER);
    let broken = format!("{PARSER}   : [\n\t{{");
    let found = client.change(&broken);
    assert!(found.iter().any(|finding| finding["severity"] == 1), "{found:?}");
    let answer = client.ask("textDocument/hover", &broken, "source.ip", 3);
    assert!(said(&answer).contains("192.0.2.7"), "{answer}");
    assert_eq!(client.change(PARSER), Vec::<Value>::new());
    client.leave();
}

#[test]
fn a_name_leads_to_where_it_is_made() {
    let mut client = Client::new();
    client.open(PARSER);
    let mut goes = |needle: &str, plus: usize| -> Vec<(bool, u64)> {
        let answer = client.ask("textDocument/definition", PARSER, needle, plus);
        let targets = answer.as_array().expect("a list");
        let line = |target: &Value| target["range"]["start"]["line"].as_u64().expect("a line");
        targets
            .iter()
            .map(|target| (target["uri"].as_str().is_some_and(|uri| uri.ends_with("parser.yml")), line(target)))
            .collect()
    };
    assert_eq!(goes("- name: set_event", 10), [(true, 9)], "an entry leads to its stage");
    assert_eq!(goes("  set_event:", 4), [(true, 7)], "a stage leads to its entry");
    assert_eq!(goes("parsed.message.src", 2), [(true, 2)], "a layer leads to what writes it");
    assert_eq!(goes("gate.door", 6), [(false, 0)], "a field of the format's own leads to its declaration");
    assert_eq!(goes("event.kind", 2), []);
    client.leave();
}

#[test]
fn a_layer_is_renamed_wherever_it_stands_and_no_other_word_is() {
    let mut client = Client::new();
    client.open(PARSER);
    let mut params = client.at(PARSER, "parsed.message.src", 2);
    params["newName"] = json!("record");
    let answer = client.call("textDocument/rename", params.clone()).expect("edits");
    let edits = answer["changes"][client.uri("ingest/parser.yml")].as_array().expect("edits of the spec").clone();
    let renamed = edited(PARSER, &edits);
    assert_eq!(renamed, PARSER.replace("parsed.", "record.").replace("name: parsed", "name: record"));
    assert_eq!(client.change(&renamed), Vec::<Value>::new());
    client.change(PARSER);
    for (name, reason) in [("set_event", "there is `set_event` already"), ("2x", "no name"), ("final", "already")] {
        params["newName"] = json!(name);
        let error = client.call("textDocument/rename", params.clone()).expect_err("it cannot be");
        assert!(error.contains(reason), "{error}");
    }
    let params = client.at(PARSER, "source.ip", 2);
    assert_eq!(client.call("textDocument/prepareRename", params).expect("an answer"), Value::Null);
    client.leave();
}

#[test]
fn lenses_tell_what_recorded_pairs_exercise() {
    let mut client = Client::new();
    client.open(PARSER);
    let params = json!({"textDocument": {"uri": client.uri("ingest/parser.yml")}});
    let answer = client.call("textDocument/codeLens", params).expect("lenses");
    let lenses = answer.as_array().expect("a list").iter();
    let told: Vec<(u64, &str)> = lenses
        .map(|lens| {
            (
                lens["range"]["start"]["line"].as_u64().expect("a line"),
                lens["command"]["title"].as_str().expect("a title"),
            )
        })
        .collect();
    let [(1, whole), (2, entry), (9, stage)] = told[..] else { panic!("{told:?}") };
    assert!(whole.starts_with("0 of 1 pair passes · they take "), "{whole}");
    assert_eq!(entry, "runs in 1 of 1 pair");
    assert!(stage.starts_with("runs in 1 of 1 pair · "), "{stage}");
    client.leave();
}

#[test]
fn other_texts_of_the_format_count_as_they_are_open() {
    let mut client = Client::new();
    assert_eq!(client.open(PARSER), Vec::<Value>::new());
    let uri = client.uri("_meta/fields.yml");
    let fields = FIELDS.replace("keyword", "keywrd");
    let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": fields});
    client.tell("textDocument/didOpen", json!({"textDocument": document}));
    client.wait_for_findings();
    let told = client.findings.get(&uri).expect("findings of the fields");
    assert_eq!(told[0]["code"], "unknown-type", "{told:?}");
    client.leave();
}

#[test]
fn nonsense_gets_an_error_and_does_not_end_the_session() {
    let mut client = Client::new();
    client.open(PARSER);
    assert!(client.call("textDocument/hover", json!({"position": 7})).is_err());
    assert!(client.call("weir/unknown", Value::Null).is_err());
    client.tell("textDocument/didChange", json!({"contentChanges": 1}));
    client.tell(
        "textDocument/didOpen",
        json!({"textDocument": {"uri": "untitled:x", "languageId": "yaml", "version": 1, "text": "{"}}),
    );
    for text in ["", "\u{feff}", "{{", "a: \"{{ x.", "- - - :", "stages:\n  : {", "\0\r\n\t:", "name: 🦀\npipeline: {{"]
    {
        client.change(text);
        for byte in (0..=text.len()).filter(|byte| text.is_char_boundary(*byte)) {
            for method in ["hover", "completion", "definition", "prepareRename"] {
                let params = client.at(text, "", byte);
                client.call(&format!("textDocument/{method}"), params).expect("an answer");
            }
        }
    }
    client.leave();
}

/// A text of 100 kB: the answers that a person waits for come at once, whatever is looked at meanwhile.
#[test]
fn a_long_spec_is_answered_within_half_a_second() {
    let mut long = PARSER.to_owned();
    for number in 0..600 {
        long.push_str(&format!(
            "  extra_{number}:\n    actions:\n      - set:\n          gate.door: \"{{% if parsed.message.door %}}{{{{ parsed.message.door | lower }}}}{{% endif %}}\"\n        filter: \"{{{{ parsed.message.action == 'x{number}' }}}}\"\n"
        ));
        long = long.replacen("stages:\n", &format!("  - name: extra_{number}\nstages:\n"), 1);
    }
    assert!(long.len() > 100_000, "{}", long.len());
    let mut client = Client::new();
    client.open(&long);
    client.type_in(&format!("{long}\n"));
    std::thread::sleep(Duration::from_millis(150));
    let mut slowest = Duration::ZERO;
    for (method, needle, plus) in [
        ("textDocument/hover", "source.ip", 3),
        ("textDocument/completion", "parsed.message.door }}", 20),
        ("textDocument/completion", "event.kind", 6),
        ("textDocument/hover", "extra_500:", 3),
    ] {
        let started = Instant::now();
        client.ask(method, &long, needle, plus);
        slowest = slowest.max(started.elapsed());
    }
    // Tests are built with little optimisation and share their machine: what people run is held to 50 ms by a script.
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
    client.leave();
}
