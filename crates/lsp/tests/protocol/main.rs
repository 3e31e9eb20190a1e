//! What the language server answers, over a connection in memory.

#![allow(clippy::panic, reason = "a test fails by it")]

mod client;

use client::{Client, FIELDS, PARSER, edited};
use lsp_server::{Connection, Message, Notification, Request};
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
    let mut client = Client::with(&json!({"workspace": {"workspaceEdit": {"documentChanges": true}}}));
    assert_eq!(client.open(PARSER), Vec::<Value>::new());
    let typo = with("| lower", "| lowr");
    let found = client.change(&typo);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["code"], &found[0]["severity"]), (&json!("unknown-filter"), &json!(1)), "{found:?}");
    let start = &found[0]["range"]["start"];
    assert_eq!(start["line"], 13);
    assert_eq!(client.fixes(&found, Some(json!(["refactor"]))), Vec::<Value>::new());
    let fix = client.fixes(&found, Some(json!(["quickfix"]))).first().expect("one fix").clone();
    assert_eq!((&fix["title"], &fix["kind"]), (&json!("write `lower`"), &json!("quickfix")));
    let edits = fix["edit"]["documentChanges"][0]["edits"].as_array().expect("edits");
    let mended = edited(&typo, edits);
    assert_eq!(mended, PARSER);
    assert_eq!(client.change(&mended), Vec::<Value>::new());
    // What was found in an older text is not mended in the newer one.
    let found = client.change(&typo);
    client.type_in(&format!("# one\n# two\n{typo}"));
    assert_eq!(client.fixes(&found, None), Vec::<Value>::new());
    client.leave();
}

#[test]
fn an_editor_that_can_less_gets_simpler_edits_and_no_new_files() {
    let mut client = Client::new();
    let found = client.open(&with("| lower", "| lowr"));
    let fixes = client.fixes(&found, None);
    let edits = fixes[0]["edit"]["changes"][client.uri("ingest/parser.yml")].as_array().expect("edits");
    assert_eq!(edited(&with("| lower", "| lowr"), edits), PARSER);
    std::fs::remove_file(client.path("_meta/fields.yml")).expect("it is there");
    let found = client.change(PARSER);
    assert_eq!(found[0]["code"], "unknown-field", "{found:?}");
    assert_eq!(client.fixes(&found, None), Vec::<Value>::new());
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

/// The text after the proposal with a label is taken at `¦`.
fn completed(client: &mut Client, typed: &str, label: &str) -> Option<String> {
    let byte = typed.find('¦').expect("a cursor");
    let text = typed.replace('¦', "");
    client.type_in(&text);
    let place = client.at_byte(&text, byte);
    let answer = client.call("textDocument/completion", place).expect("an answer");
    let items = answer["items"].as_array().expect("a list");
    let item = items.iter().find(|item| item["label"] == label)?;
    Some(edited(&text, &[item["textEdit"].clone()]))
}

#[test]
fn what_a_proposal_writes_is_right_in_the_quotes_around_it() {
    let mut client = Client::new();
    let pair = r#"{"input": {"message": "{\"action\":\"allow\",\"@k\":1,\"it's\":2}"}, "expected": {"message": "x"}}"#;
    client.write("tests/north.json", pair);
    client.open(PARSER);
    let value = "\"{{ parsed.message.src }}\"";
    for (typed, label, expected) in [
        ("\"{{ parsed.message.¦ }}\"", "@k", Some("\"{{ parsed.message.get('@k') }}\"")),
        ("'{{ parsed.message.¦ }}'", "@k", Some("'{{ parsed.message.get(\"@k\") }}'")),
        ("\"{{ parsed.message['¦'] }}\"", "@k", Some("\"{{ parsed.message['@k'] }}\"")),
        ("'{{ parsed.message.get(\"a¦", "action", Some("'{{ parsed.message.get(\"action")),
        ("\"{{ parsed.message.¦ }}\"", "it's", None),
        ("\"{{ parsed.message['¦'] }}\"", "it's", None),
        // An expression that is not closed ends with its value.
        ("\"{{ parsed\n          source.na¦", "source.nat.ip", Some("\"{{ parsed\n          source.nat.ip: ")),
        (
            "x\n          event.category:\n            - \"net¦\"",
            "network",
            Some("x\n          event.category:\n            - \"network\""),
        ),
        ("x\n          @t¦", "@timestamp", Some("x\n          \"@timestamp\": ")),
        ("x\n          \"@t¦\"", "@timestamp", Some("x\n          \"@timestamp\"")),
        ("x\n          \"@t¦", "@timestamp", Some("x\n          \"@timestamp")),
        ("x # event.ki¦", "event.kind", None),
        ("x\n          event.ki¦", "event.kind", None),
    ] {
        let got = completed(&mut client, &with(value, typed), label);
        assert_eq!(got, expected.map(|expected| with(value, expected)), "{typed}");
    }
    let remark = with("- name: parsed", "- name: parsed  # the record").replace(value, "\"{{ ¦ }}\"");
    let got = completed(&mut client, &remark, "parsed").expect("the layer");
    assert_eq!(got, remark.replace('¦', "parsed"));
    client.leave();
}

#[test]
fn a_name_that_would_break_the_format_is_refused_and_a_remark_hides_no_use() {
    let mut client = Client::new();
    let remark = with("- name: parsed", "- name: parsed  # write {{ here");
    client.open(&remark);
    let mut params = client.at(&remark, "parsed.message.src", 2);
    for name in ["if", "no", "True", "loop"] {
        params["newName"] = json!(name);
        client.call("textDocument/rename", params.clone()).expect_err(name);
    }
    params["newName"] = json!("record");
    let answer = client.call("textDocument/rename", params).expect("edits");
    let edits = answer["changes"][client.uri("ingest/parser.yml")].as_array().expect("edits").clone();
    let expected = remark.replace("parsed.", "record.").replace("name: parsed", "name: record");
    assert_eq!(edited(&remark, &edits), expected);
    for hidden in ["{% set parsed = 1 %}{{ parsed }}", "{% for record in [1] %}{{ parsed.message.src }}{% endfor %}"] {
        let text = with("{{ parsed.message.src }}", hidden);
        client.change(&text);
        let mut params = client.at(&text, "- name: parsed", 9);
        params["newName"] = json!("record");
        let error = client.call("textDocument/rename", params).expect_err(hidden);
        assert!(error.contains("variable"), "{error}");
    }
    client.leave();
}

#[test]
fn a_change_of_a_part_is_one_of_a_part() {
    let mut client = Client::new();
    client.open(PARSER);
    let place = client.at(PARSER, "| lower", 2)["position"].clone();
    let document = json!({"uri": client.uri("ingest/parser.yml"), "version": 2});
    let change = json!({"range": {"start": place, "end": place}, "text": "x"});
    client.tell("textDocument/didChange", json!({"textDocument": document, "contentChanges": [change]}));
    let found = client.wait_for_findings();
    assert_eq!(found[0]["code"], "unknown-filter", "{found:?}");
    client.leave();
}

#[test]
fn fields_of_the_module_count_for_its_formats() {
    let mut client = Client::new();
    let path = client.module_fields();
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(&path, FIELDS).expect("a file");
    std::fs::remove_file(client.path("_meta/fields.yml")).expect("it is there");
    assert_eq!(client.open(PARSER), Vec::<Value>::new());
    let uri: String = url::Url::from_file_path(&path).expect("a path").into();
    client.open_text(&uri, "{}\n");
    let found = client.wait_for_findings();
    assert_eq!(found[0]["code"], "unknown-field", "{found:?}");
    client.leave();
}

#[test]
fn a_format_that_is_gone_has_no_findings() {
    let mut client = Client::new();
    let uri = client.uri("ingest/parser.yml");
    let typo = with("| lower", "| lowr");
    client.write("ingest/parser.yml", &typo);
    assert_eq!(client.open(&typo).len(), 1);
    std::fs::remove_dir_all(client.path("")).expect("it is there");
    client.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    client.tell("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": client.uri(""), "type": 3}]}));
    assert_eq!(client.wait_for_findings(), Vec::<Value>::new());
    client.leave();
}

#[test]
fn a_text_that_is_only_called_as_a_spec_is_none() {
    let mut client = Client::new();
    let other = client.uri("elsewhere/parser.yml");
    client.open_text(&other, "hello: world\n");
    client.open(PARSER);
    assert!(!client.findings.contains_key(&other));
    client.leave();
}

#[test]
fn an_editor_that_can_watch_is_asked_to() {
    let mut client = Client::with(&json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}}));
    client.open(PARSER);
    assert_eq!(client.requests, ["client/registerCapability"]);
    client.leave();
    let mut client = Client::new();
    client.open(PARSER);
    assert_eq!(client.requests, Vec::<String>::new());
    client.leave();
}

#[test]
fn a_session_begins_whatever_else_the_editor_says_and_ends_as_the_protocol_says() {
    let request = |id: i32, method: &str, params: Value| {
        Message::Request(Request { id: id.into(), method: method.to_owned(), params })
    };
    let told = |method: &str| Message::Notification(Notification { method: method.to_owned(), params: Value::Null });
    let odd = json!({"rootUri": "file:///tmp/a b", "trace": "compact", "processId": 1_u64 << 40, "capabilities": 7});
    for (params, shuts) in [(odd, true), (json!({}), true), (Value::Null, false)] {
        let (server, editor) = Connection::memory();
        let server = std::thread::spawn(move || weir_lsp::run(&server));
        let ask = |message: Message| -> Option<i32> {
            editor.sender.send(message).expect("it listens");
            match editor.receiver.recv_timeout(Duration::from_secs(60)).expect("an answer") {
                Message::Response(response) => response.response_result.err().map(|error| error.code),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(ask(request(1, "textDocument/hover", Value::Null)), Some(-32002), "not initialised");
        assert_eq!(ask(request(2, "initialize", params)), None);
        assert_eq!(ask(request(3, "weir/x", Value::Null)), Some(-32601), "before `initialized`");
        editor.sender.send(told("initialized")).expect("it listens");
        if shuts {
            assert_eq!(ask(request(4, "shutdown", Value::Null)), None);
            assert_eq!(ask(request(5, "textDocument/hover", Value::Null)), Some(-32600));
        }
        editor.sender.send(told("exit")).expect("it listens");
        let ended = server.join().expect("it does not panic");
        assert_eq!(ended.is_ok(), shuts, "{ended:?}");
    }
}
