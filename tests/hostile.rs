//! Hostile input and hostile specs: each ends soon, on the stack of a server's thread, with one line of JSON that keeps
//! the message, and with a fault or a finding that says what was too much.

#![allow(clippy::panic, reason = "a test fails by it")]

#[path = "hostile/bounds.rs"]
mod bounds;
mod repository;

use std::fmt::Write;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use weir::diagnostic::Severity;
use weir::{Format, FormatText, Input, Record, Report, Scratch, compile};

/// The stack of the threads that servers commonly give to their work.
const STACK: usize = 2 << 20;

/// What one hostile thing may take in a debug build on a busy machine. What does not end, does not end in minutes either.
const BOUND: Duration = Duration::from_secs(20);

/// What one hostile thing may take: a budget is used up in less, even where a step is slow.
const SLOW: Duration = Duration::from_secs(12);

/// Runs on a server's stack and within the bound. What does not end is left behind, to end with the test.
fn bounded<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || done.send(work()));
    assert!(thread.is_ok(), "no thread");
    match result.recv_timeout(BOUND) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{what}: takes longer than {BOUND:?}"),
        Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{what}: panics"),
    }
}

/// What came out of a run.
struct Ran {
    event: Vec<u8>,
    report: Report,
}

impl Ran {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.event).expect("an event is UTF-8")
    }

    fn faults(&self) -> Vec<&'static str> {
        let warnings = self.report.omissions().iter().map(|warning| warning.fault.code().name());
        self.report.failure().map(|failure| failure.fault.code().name()).into_iter().chain(warnings).collect()
    }
}

fn run(format: &Format, input: Input<'_>) -> Ran {
    let plan = format.plan.as_ref().unwrap_or_else(|| panic!("{:?}", format.findings));
    let mut event = Vec::new();
    let report = plan.run(&mut Scratch::default(), &Record { input, now: 0, event_id: None }, &mut event).clone();
    let mut reader = serde_json::Deserializer::from_slice(&event);
    reader.disable_recursion_limit();
    let checked = <serde::de::IgnoredAny as serde::Deserialize>::deserialize(&mut reader);
    assert!(checked.is_ok() && reader.end().is_ok(), "no JSON: {:?}", event.get(..200));
    assert!(!event.contains(&b'\n'), "more than one line");
    Ran { event, report }
}

fn format_of(parser: impl Into<String>) -> Format {
    let fields = "any:\n  name: any\n  type: flattened\n  description: whatever it is given\n";
    compile(&FormatText {
        parser: ("parser.yml".to_owned(), parser.into()),
        fields: vec![("fields.yml".to_owned(), fields.to_owned())],
    })
}

/// A spec that reads the message as JSON and sets `any` to a template.
fn setting(template: &str) -> String {
    format!(
        "name: hostile\npipeline:\n  - name: parsed\n    external: {{name: json.parse-json, properties: {{input_field: \
         original.message, raise_errors: false}}}}\n  - name: fill\nstages:\n  fill:\n    actions:\n      - set: {{any: \
         {}}}\n",
        serde_json::Value::from(template)
    )
}

fn extracting(extractor: &str, properties: &str) -> String {
    format!(
        "name: hostile\npipeline:\n  - name: parsed\n    external: {{name: {extractor}, properties: {{input_field: \
         original.message, {properties}}}}}\n  - name: fill\nstages:\n  fill:\n    actions:\n      - set: {{any: '{{{{ \
         parsed.message }}}}'}}\n"
    )
}

/// The templates of `tests/hostile/templates.toml`: the message `{"a": …}` over each, and the fault that must come.
#[test]
fn templates_that_grow_recurse_or_never_end_meet_the_budget() {
    #[derive(serde::Deserialize)]
    struct Table {
        case: Vec<Case>,
    }
    #[derive(serde::Deserialize)]
    struct Case {
        template: String,
        fault: Option<String>,
        result: Option<String>,
    }
    let table: Table = toml::from_str(include_str!("hostile/templates.toml")).expect("a table");
    assert!(table.case.len() > 60);
    let mut wrong = Vec::new();
    for Case { template, fault, result } in table.case {
        let shown = template.clone();
        let what = shown.clone();
        let ran = std::panic::catch_unwind(move || {
            bounded(&what, move || {
                let start = Instant::now();
                let format = format_of(setting(&template));
                if format.plan.is_none() {
                    return (vec!["no plan"], String::new(), start.elapsed());
                }
                let text =
                    r#"{"a": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "n": 1000000000, "l": [1, 2]}"#;
                let ran = run(&format, Input::Message(text.as_bytes()));
                let kept = ran.text().starts_with(r#"{"message":"{\"a\""#);
                assert!(kept, "the message is gone: {}", ran.text().chars().take(200).collect::<String>());
                let any = ran.text().split_once(r#""any":"#).map(|(_, rest)| rest.chars().take(60).collect());
                (ran.faults(), any.unwrap_or_default(), start.elapsed())
            })
        });
        let Ok((faults, event, took)) = ran else {
            wrong.push(format!("{shown}\n    panics or does not end"));
            continue;
        };
        let holds = match (&fault, &result) {
            (Some(fault), None) => faults == [fault.as_str()],
            (None, Some(result)) => faults.is_empty() && event.starts_with(result),
            _ => panic!("{shown}: exactly one of `fault` and `result`"),
        };
        if !holds || took > SLOW {
            wrong.push(format!("{shown}\n    {faults:?} {event} in {took:?}; expected {fault:?} {result:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} templates:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn of_a_line_of_many_megabytes_the_first_part_is_kept() {
    bounded("20 MB", || {
        let line = "a".repeat(20 << 20);
        let ran = run(&format_of(setting("{{ original.message | length }}")), Input::Message(line.as_bytes()));
        assert_eq!(ran.faults(), ["limit"]);
        let kept = weir::run::KEPT;
        assert!(ran.text().contains(&line[..kept]) && ran.event.len() < kept + 1_000);
    });
    bounded("15 MB", || {
        let line = format!("{{\"a\": [{}1]}}", "{\"b\": \"c\"},".repeat(1 << 20));
        let ran = run(&format_of(setting("{{ parsed.message.a | length }}")), Input::Message(line.as_bytes()));
        assert!(ran.faults().is_empty() || ran.faults()[0] == "limit", "{:?}", ran.faults());
        assert!(ran.event.len() > line.len());
    });
}

#[test]
fn json_that_nests_deeply_is_a_fault() {
    for (what, opening, closing) in [("lists", "[", "]"), ("objects", "{\"a\":", "}"), ("both", "[{\"a\":", "}]")] {
        for depth in [127, 1_000, 100_000] {
            bounded(what, move || {
                let text = format!("{{\"d\": {}1{}}}", opening.repeat(depth), closing.repeat(depth));
                for template in ["{{ parsed.message }}", "{{ parsed.message.d }}", "{{ original.message | from_json }}"]
                {
                    let ran = run(&format_of(setting(template)), Input::Message(text.as_bytes()));
                    assert!(ran.event.len() > text.len());
                    assert!(depth < 200 || !ran.text().contains("\"any\":[[[["), "{}", ran.report.omissions().len());
                }
                run(&format_of(setting("x")), Input::Event(text.as_bytes()));
                let open = format!("{{\"d\": {}", opening.repeat(depth));
                run(&format_of(setting("{{ parsed.message }}")), Input::Message(open.as_bytes()));
            });
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_said() {
    for bytes in [&b"\xff\xfe\x00"[..], b"a\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80"] {
        let ran = run(&format_of(setting("{{ original.message }}")), Input::Message(bytes));
        assert!(ran.text().contains('\u{fffd}'), "{}", ran.text());
        assert!(ran.report.omissions()[0].stage.is_empty());
    }
}

#[test]
fn odd_messages_come_out_as_they_are() {
    let any = |text: &str| {
        let ran = run(&format_of(setting("{{ parsed.message.a }}")), Input::Message(text.as_bytes()));
        let event: serde_json::Value = serde_json::from_slice(&ran.event).expect("an event");
        assert_eq!(event["message"], serde_json::Value::from(text));
        let any = ran.text().split_once(r#""any":"#).map_or("", |(_, rest)| rest.strip_suffix('}').unwrap_or(rest));
        any.to_owned()
    };
    assert_eq!(any(r#"{"a": 123456789012345678901234567890}"#), "9223372036854775807");
    assert_eq!(any(r#"{"a": -9223372036854775809}"#), "-9223372036854775808");
    assert_eq!(any(r#"{"a": 18446744073709551615}"#), "18446744073709551615");
    assert_eq!(any(r#"{"a": 1, "a": 2}"#), "2");
    assert_eq!(any(r#"{"a": "\ud83d\ude00"}"#), "\"😀\"");
    assert_eq!(any(r#"{"a": "x\ud83dy"}"#), "\"x\u{fffd}y\"");
    assert_eq!(any(r#"{"a": "\udc00"}"#), "\"\u{fffd}\"");
    assert_eq!(any(r#"{"a": "a\u0000b"}"#), r#""a\u0000b""#);
    assert_eq!(any("{\"a\": \"日本\u{202e}\u{0301}\"}"), "\"日本\u{202e}\u{0301}\"");
    for text in ["", " ", "\0", "\0\0\0", "{", "[]", "\"", "{\"a\"", "nul", "{\"a\": 1}}", "\u{feff}", "{\"a\": 01}"] {
        assert_eq!(any(text), "", "{text:?}");
    }
    any("\u{feff}{\"a\": 1}");
    any(r#"{"a": 1e400}"#);
    any(r#"{"a": -1e400}"#);
    any(r#"{"a": 1e-400}"#);
    any(&format!(r#"{{"a": {}}}"#, "9".repeat(100_000)));
    any(&format!(r#"{{"a": 1.{}}}"#, "9".repeat(100_000)));
    any(&format!(r#"{{"a": 1e{}}}"#, "9".repeat(100_000)));
}

#[test]
fn events_that_are_no_objects_are_failures() {
    for text in ["", "[]", "1", "null", "\"a\"", "{", "{}", r#"{"message": null}"#, r#"{"message": {"a": 1}}"#] {
        let ran = run(&format_of(setting("{{ original.message }}")), Input::Event(text.as_bytes()));
        assert_eq!(ran.report.failure().is_some(), !text.ends_with('}'), "{text}: {}", ran.text());
    }
    let names = [("a..b", 1), ("", 2), (".", 3), ("a.", 4)];
    let event: serde_json::Map<_, _> = names.iter().map(|(name, n)| ((*name).to_owned(), (*n).into())).collect();
    run(&format_of(setting("x")), Input::Event(serde_json::Value::from(event).to_string().as_bytes()));
    let deep = format!(r#"{{"message": "m", "{}": 1}}"#, "a.".repeat(10_000));
    run(&format_of(setting("x")), Input::Event(deep.as_bytes()));
}

#[test]
fn regular_expressions_cannot_run_away() {
    let text = format!("{}!", "a".repeat(5_000));
    let patterns = [
        "(a+)+$",
        "(a|a)*$",
        "(a|aa)+$",
        "(?=(a+)+$)a",
        "(?!(a+)+$)b",
        "(a+)+(?=b)",
        r"(a*)*\1b",
        "((a{0,99}){0,99}){0,99}$",
    ];
    for pattern in patterns {
        let (pattern, text) = (pattern.to_owned(), text.clone());
        bounded(&pattern.clone(), move || {
            let quoted = serde_json::Value::from(pattern.as_str());
            for call in [
                "original.message | re_match(P)",
                "original.message | re_search(P)",
                "re.sub(P, 'x', original.message)",
            ] {
                let template = format!("{{{{ {} }}}}", call.replace('P', &quoted.to_string()));
                run(&format_of(setting(&template)), Input::Message(text.as_bytes()));
            }
            let custom = format!("pattern: '%{{EVIL:x}}', custom_patterns: {{EVIL: {quoted}}}");
            let format = format_of(extracting("grok.match", &custom));
            if format.plan.is_some() {
                run(&format, Input::Message(text.as_bytes()));
            }
        });
    }
}

#[test]
fn extractors_read_hostile_text_in_bounded_time() {
    let extractors = [
        ("kv.parse-kv", ""),
        ("kv.parse-kv", "item_sep: '[ ,]+', value_sep: '='"),
        ("cef.parse-cef", ""),
        ("leef.parse-leef", ""),
        ("xml.parse-xml", ""),
        ("xml.parse-windows-event", ""),
        ("dsv.parse-dsv", "delimiter: ',', columnnames: [a, b]"),
        ("date.parse", ""),
        ("date.parse", "format: '%Y-%m-%d %H:%M:%S.%f %z'"),
        ("date.parse", "timezone: 'Nowhere/None'"),
        ("dict.parse", ""),
        ("grok.match", "pattern: '%{GREEDYDATA:a}%{GREEDYDATA:b}%{GREEDYDATA:c} %{IP:d}'"),
        ("grok.match", "pattern: '%{COMBINEDAPACHELOG}'"),
    ];
    let texts = [
        "=".repeat(200_000),
        "a=".repeat(100_000),
        "a=\"".repeat(70_000),
        "\\".repeat(200_000),
        "\"".repeat(200_000),
        ",".repeat(200_000),
        "1".repeat(200_000),
        "0|".repeat(100_000),
        format!("CEF:0|a|b|c|d|e|f|{}", "k=\\=v ".repeat(30_000)),
        "<a>".repeat(60_000),
        format!("<!DOCTYPE a [<!ENTITY b \"{}\">]><a>&b;&b;</a>", "c".repeat(1000)),
        "é日\u{0}\u{feff}".repeat(30_000),
        "99999999999999999999-99-99T99:99:99+99:99".to_owned(),
        "%".repeat(50_000),
    ];
    for (extractor, properties) in extractors {
        let texts = texts.clone();
        bounded(&format!("{extractor} {properties}"), move || {
            let format = format_of(extracting(extractor, properties));
            if format.plan.is_none() {
                return;
            }
            for text in &texts {
                let start = Instant::now();
                let ran = run(&format, Input::Message(text.as_bytes()));
                assert!(ran.event.len() > text.len(), "{extractor}: the message is gone");
                let took = start.elapsed();
                assert!(
                    took < SLOW,
                    "{extractor} {properties}: {took:?} for {}…",
                    text.chars().take(9).collect::<String>()
                );
            }
        });
    }
}

/// Specs that must end with findings or run; which of them is up to them.
#[test]
fn specs_of_any_size_and_shape_are_read_in_bounded_time() {
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let actions = |lines: &str| format!("name: n\npipeline:\n  - name: s\nstages:\n  s:\n    actions:\n{lines}");
    let unknown_fields = actions(&many(100_000, &|n| format!("      - set: {{field.number{n}: 1}}\n")));
    let same_field = actions(&many(100_000, &|_| "      - set: {event.kind: '{{ original.message }}'}\n".to_owned()));
    let nested_fields = actions(&many(3_000, &|n| format!("      - set: {{a.{}x: 1}}\n", "b.".repeat(n % 60))));
    let entries = format!(
        "name: n\npipeline:\n{}stages:\n{}",
        many(20_000, &|n| format!("  - name: s{n}\n    filter: '{{{{ s{} }}}}'\n", n / 2)),
        many(20_000, &|n| format!("  s{n}:\n    actions: [{{set: {{event.kind: a}}}}]\n"))
    );
    let dictionary = actions(&format!(
        "      - translate:\n        dictionary:\n{}        mapping: {{original.message: event.kind}}\n",
        many(100_000, &|n| format!("          k{n}: '{{{{ original.message }}}}{n}'\n"))
    ));
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let _ = writeln!(bomb, "a{n}: &a{n} [{}]", vec![format!("*a{}", n - 1); 9].join(", "));
    }
    let grok = |custom: &str| extracting("grok.match", &format!("pattern: '%{{A:x}}', custom_patterns: {{{custom}}}"));
    let doubling = many(40, &|n| format!("P{n}: '%{{P{}}}%{{P{}}}', ", n + 1, n + 1));
    let cases: Vec<(&str, String)> = vec![
        ("100,000 unknown fields", unknown_fields),
        ("100,000 actions on one field", same_field),
        ("fields within fields", nested_fields),
        ("20,000 stages", entries),
        ("a large dictionary", dictionary),
        ("alias bomb", bomb),
        ("a pattern of itself", grok("A: '%{A}'")),
        ("patterns of each other", grok("A: '%{B}', B: '%{A}'")),
        ("patterns that double", grok(&format!("A: '%{{P0}}', {doubling} P40: 'x'"))),
        ("a repetition of repetitions", grok("A: '(((x{1,999}){1,999}){1,999})'")),
        ("a pattern of 1 MB", grok(&format!("A: '{}'", "(a|".repeat(300_000)))),
        ("a template of 1 MB", setting(&"{{ original.message }} ".repeat(50_000))),
        ("a text of 1 MB", setting(&"x".repeat(1 << 20))),
        ("10,000 dots", setting("x").replace("any", &"a.".repeat(10_000)) + "x"),
        ("10,000 dots in a template", setting(&format!("{{{{ original{} }}}}", ".a".repeat(10_000)))),
        ("a field of 10,000 parts", setting("x").replace("any", &vec!["a"; 10_000].join("."))),
        ("a long field", setting("x").replace("any", &"a".repeat(1 << 20))),
        ("a field of dots", setting("x").replace("any", "a..b")),
        ("a field of nothing", setting("x").replace("any", "''")),
        ("a field of a dot", setting("x").replace("any", "'.'")),
        ("100,000 brackets", setting(&format!("{{{{ {} }}}}", "(".repeat(100_000)))),
        ("100,000 lists", setting(&format!("{{{{ {}1{} }}}}", "[".repeat(100_000), "]".repeat(100_000)))),
        ("100,000 dicts", setting(&format!("{{{{ {}1{} }}}}", "{1: ".repeat(100_000), "}".repeat(100_000)))),
        ("100,000 negations", setting(&format!("{{{{ {}1 }}}}", "not ".repeat(100_000)))),
        ("100,000 minuses", setting(&format!("{{{{ {}1 }}}}", "- ".repeat(100_000)))),
        ("100,000 additions", setting(&format!("{{{{ 1{} }}}}", " + 1".repeat(100_000)))),
        ("100,000 powers", setting(&format!("{{{{ 1{} }}}}", " ** 1".repeat(100_000)))),
        ("100,000 filters", setting(&format!("{{{{ 1{} }}}}", " | string".repeat(100_000)))),
        ("100,000 attributes", setting(&format!("{{{{ original.message{} }}}}", ".a".repeat(100_000)))),
        ("100,000 subscripts", setting(&format!("{{{{ original.message{} }}}}", "[0]".repeat(100_000)))),
        ("100,000 calls", setting(&format!("{{{{ 'a'{} }}}}", ".lower()".repeat(100_000)))),
        ("100,000 conditions", setting(&format!("{{{{ {}1 }}}}", "1 if 0 else ".repeat(100_000)))),
        ("100,000 ors", setting(&format!("{{{{ 0{} }}}}", " or 0".repeat(100_000)))),
        ("100,000 comparisons", setting(&format!("{{{{ 1{} }}}}", " < 2".repeat(100_000)))),
        ("100,000 tests", setting(&format!("{{{{ 1{} }}}}", " is defined".repeat(2)))),
        ("100,000 ifs", setting(&"{% if 1 %}".repeat(100_000))),
        ("1,000 loops", setting(&format!("{}{}", "{% for i in [1] %}".repeat(1_000), "{% endfor %}".repeat(1_000)))),
        ("1,000 elifs", setting(&format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}a".repeat(20_000)))),
        ("100,000 sets", setting(&"{% set x = 1 %}".repeat(100_000))),
        ("10,000 names", setting(&many(10_000, &|n| format!("{{% set x{n} = 1 %}}")))),
        ("open output", setting("{{")),
        ("open statement", setting("{%")),
        ("open comment", setting("{#")),
        ("open text", setting("{{ '")),
        ("nothing but braces", setting(&"{".repeat(100_000))),
        ("open brackets in YAML", "[".repeat(100_000)),
        ("open braces in YAML", "{".repeat(100_000)),
        ("dashes in YAML", "- ".repeat(100_000)),
        ("question marks in YAML", "? ".repeat(100_000)),
        ("nothing", String::new()),
        ("NUL", "\0".repeat(1_000)),
        ("zones of no place", extracting("date.parse", "timezone: '\u{202e}+99:99:99999999999999999999'")),
        ("a format of no date", extracting("date.parse", "format: '%Q%%%é%'")),
        ("a format of percent signs", extracting("date.parse", &format!("format: '{}'", "%Y".repeat(50_000)))),
    ];
    let mut slow = Vec::new();
    for (what, parser) in cases {
        let name = what.to_owned();
        let took = std::panic::catch_unwind(move || {
            bounded(&name, move || {
                let start = Instant::now();
                let format = format_of(parser);
                assert!(
                    format.plan.is_some() || format.findings.iter().any(|finding| finding.severity == Severity::Error)
                );
                if let Some(plan) = &format.plan {
                    let ran = run(&format, Input::Message(b"2024-01-01 a=b"));
                    assert!(ran.text().contains("2024-01-01 a=b"), "the message is gone: {}", ran.text());
                    plan.explain();
                }
                drop(format);
                start.elapsed()
            })
        });
        if took.as_ref().ok().is_none_or(|took| *took > SLOW) {
            slow.push(format!("{what}: {took:?}"));
        }
    }
    assert!(slow.is_empty(), "slow:\n{}", slow.join("\n"));
}
