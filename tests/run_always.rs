//! Whatever comes in: a run never panics, and appends one line of JSON that has the message; the same input gives the same
//! bytes, also in a scratch that has seen others. Whatever is called a spec: reading it never panics.
//!
//! Why so: `docs/decisions/0104`.

#![allow(clippy::panic, reason = "a test fails by it")]

mod watching;

use proptest::prelude::*;
use std::sync::LazyLock;
use weir::{Format, FormatText, Input, Record, Scratch, compile};

/// Specs that together run every extractor, many filters, loops and the rules of inference.
static FORMATS: LazyLock<Vec<Format>> = LazyLock::new(|| {
    let extractors = [
        "json.parse-json, properties: {}",
        "kv.parse-kv, properties: {}",
        "kv.parse-kv, properties: {item_sep: '[,;]', value_sep: ':'}",
        "cef.parse-cef, properties: {}",
        "leef.parse-leef, properties: {}",
        "xml.parse-xml, properties: {}",
        "xml.parse-windows-event, properties: {}",
        "dsv.parse-dsv, properties: {columnnames: [a, b], delimiter: ','}",
        "dict.parse, properties: {groups: a}",
        "date.parse, properties: {input_field: original.message}",
        "date.parse, properties: {input_field: original.message, format: '%d/%b/%Y:%H:%M:%S %z'}",
        "date.parse, properties: {input_field: original.message, format: timestamp}",
        "grok.match, properties: {pattern: '%{IPORHOST:a}( %{INT:b:int})?( %{GREEDYDATA:c})?'}",
    ];
    let formats = extractors.map(|extractor| spec(&format!("{{name: {extractor}}}")));
    let formats: Vec<Format> = formats.iter().map(|parser| format_of(parser)).collect();
    assert!(formats.iter().filter(|format| format.plan.is_some()).count() >= extractors.len() - 1);
    formats
});

const FIELDS: &str = "odd.any: {name: odd.any, type: flattened, description: d}\nodd.text: {name: odd.text, type: keyword, \
                      description: d}\nodd.number: {name: odd.number, type: long, description: d}\n";

fn spec(extractor: &str) -> String {
    r#"name: always
ignored_values: ["-"]
pipeline:
  - name: parsed
    external: EXTRACTOR
  - name: fill
  - name: last
    filter: "{{ parsed.message is defined }}"
stages:
  fill:
    actions:
      - set:
          odd.any: "{{ parsed.message }}"
          odd.text: "{{ parsed.message }}"
          odd.number: "{{ parsed.message }}"
          source.ip: "{{ original.message }}"
          source.domain: "{{ original.message }}"
          url.original: "{{ original.message }}"
          user_agent.original: "{{ original.message }}"
          file.path: "{{ original.message }}"
          "@timestamp": "{{ original.message }}"
          event.duration: "{{ original.message }}"
          event.action: "{% for key, value in parsed.message.items() %}{{ loop.index }}{{ key }}={{ value | lower }}{% if loop.index > 3 %}{% break %}{% endif %}{% endfor %}"
          event.reason: "{{ original.message[1:9] | trim | replace('a', 'é') | capitalize }}{{ parsed.message.a }}"
          user.name: "{{ (original.message | string).split()[0] | upper }}"
          host.name: "{{ original.message | re_search('[0-9]+$') }}{{ original.message | basename | urlencode | e }}"
          event.category: "{{ original.message.split(',') | map('trim') | select | unique | sort | list }}"
      - translate:
          dictionary: {"1": one, "a": "{{ parsed.message.b }}"}
          mapping: {parsed.message.a: event.outcome, original.message: event.kind}
          fallback: other
  last:
    actions:
      - delete: [odd.text, event.reason]
      - set: {odd.any.below: "{{ final }}"}
        filter: "{{ final.odd.any.a == 1 }}"
"#
    .replace("EXTRACTOR", extractor)
}

fn format_of(parser: &str) -> Format {
    compile(&FormatText {
        parser: ("parser.yml".to_owned(), parser.to_owned()),
        fields: vec![("fields.yml".to_owned(), FIELDS.to_owned())],
    })
}

fn run(format: &Format, scratch: &mut Scratch, input: Input<'_>) -> Vec<u8> {
    let mut out = b"before".to_vec();
    let record = Record { input, now: 1_700_000_000, event_id: Some("id") };
    if let Some(plan) = &format.plan {
        plan.run(scratch, &record, &mut out);
    }
    out
}

/// One line, JSON, with the message as it came in.
fn check(out: &[u8], message: Option<&serde_json::Value>) {
    let line = out.strip_prefix(b"before").expect("what was there stays");
    assert!(!line.contains(&b'\n'), "more than one line");
    let event: serde_json::Value = serde_json::from_slice(line).expect("an event is JSON");
    if let Some(message) = message {
        assert_eq!(&event["message"], message);
    }
}

fn check_all(input: Input<'_>, message: Option<&serde_json::Value>) {
    let mut used = Scratch::default();
    for format in FORMATS.iter().filter(|format| format.plan.is_some()) {
        let fresh = run(format, &mut Scratch::default(), input);
        check(&fresh, message);
        run(format, &mut used, Input::Message(b"{\"a\": 1, \"b\": [1]} a=1 CEF:0|a|b|c|d|e|f|g=h"));
        assert_eq!(fresh, run(format, &mut used, input), "the scratch remembers");
        assert_eq!(fresh, run(format, &mut used, input), "the scratch remembers");
        format.plan.iter().for_each(|plan| watching::check(plan, &mut used, input));
    }
}

/// Text made of what the extractors look for.
fn log_line() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "=",
        "\"",
        "'",
        " ",
        ",",
        ";",
        "|",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ":",
        "<",
        ">",
        "/",
        "<a b='c'>",
        "</a>",
        "&lt;",
        "CEF:0|",
        "LEEF:2.0|",
        "\t",
        "1",
        "-1",
        "1.5",
        "2024-01-02T03:04:05Z",
        "05/Mar/2024:06:07:08 +0100",
        "192.0.2.1",
        "::1",
        "example.com",
        "null",
        "true",
        "é",
        "日",
        "\u{0}",
        "\u{feff}",
        "http://a.b:80/c?d#e",
        "k=v ",
        "{\"a\": 1}",
        "1e400",
        "99999999999999999999",
        "\\ud83d",
        "%",
        "None",
        "-",
        "Mozilla/5.0 (X11)",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        log_line().prop_map(Into::into),
    ];
    let key =
        prop::sample::select(vec!["a", "b", "message", "source", "ip", "event", "odd", "any", "a.b", "", ".", "é"]);
    leaf.prop_recursive(4, 32, 6, move |inner| {
        let entries = prop::collection::vec((key.clone(), inner.clone()), 0..6);
        let map = |entries: Vec<(&str, serde_json::Value)>| {
            serde_json::Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
        };
        prop_oneof![prop::collection::vec(inner, 0..6).prop_map(Into::into), entries.prop_map(map)]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_become_one_event(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_all(Input::Message(&bytes), Some(&String::from_utf8_lossy(&bytes).into()));
        check_all(Input::Event(&bytes), None);
    }

    #[test]
    fn any_line_becomes_one_event(line in log_line()) {
        check_all(Input::Message(line.as_bytes()), Some(&line.as_str().into()));
    }

    #[test]
    fn any_json_becomes_one_event(value in json()) {
        let text = value.to_string();
        check_all(Input::Message(text.as_bytes()), Some(&text.as_str().into()));
        let event = serde_json::json!({"message": text, "a": value, "source": value, "odd": {"any": value}}).to_string();
        check_all(Input::Event(event.as_bytes()), Some(&text.into()));
        check_all(Input::Event(value.to_string().as_bytes()), None);
    }

    #[test]
    fn any_text_is_read_as_a_spec(text in "\\PC{0,200}", yaml in "[-a-z:{}\\[\\]'\"|>&*!# \n%]{0,200}") {
        format_of(&text);
        format_of(&yaml);
    }

    #[test]
    fn any_mutation_of_a_spec_is_read(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, "[-a-z:{}%|.\"' \n\\[\\]é]{0,6}"), 1..6)
    ) {
        let mut text: Vec<char> = spec("{name: json.parse-json, properties: {input_field: original.message}}").chars().collect();
        for (at, length, new) in cuts {
            let at = at.index(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, new.chars());
            text.push('\n');
        }
        let format = format_of(&text.into_iter().collect::<String>());
        for finding in &format.findings {
            weir::diagnostic::render(finding, &format.sources, true, false);
        }
        if format.plan.is_some() {
            check(&run(&format, &mut Scratch::default(), Input::Message(b"{\"a\": 1}")), None);
        }
    }
}
