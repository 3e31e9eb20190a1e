//! The program that all passes made, the one that none touched and those that lack one pass give the same bytes and say the
//! same, and so do records that run as a batch: for every recorded input of the project and of a repository of formats beside
//! it, if there is one, and for inputs made of those by changing something at random.
//!
//! Why so: `docs/decisions/0065`.

#![allow(clippy::panic, reason = "a test fails by it")]

mod repository;

use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use weir::diagnostic::{Diagnostics, SourceId};
use weir::plan::passes;
use weir::{FormatText, Input, Plan, Record, Report, Scratch, compile, spec};

/// How many inputs are made of each recorded one.
const CHANGED: usize = 16;

#[test]
fn own_formats_run_the_same_with_and_without_passes() {
    assert!(check_below("specs") + check_below("benches/formats") > 1_000 * CHANGED);
}

#[test]
fn public_formats_run_the_same_with_and_without_passes() {
    let Some(folder) = repository::public() else { return };
    assert!(check_below(folder) > 1_000 * CHANGED);
}

/// Of a dict that is read by `get` alone, only the cells of its keys are filled.
#[test]
fn get_gives_the_same_with_and_without_passes() {
    const READS: [&str; 12] = [
        "p.m.get('a')",
        "p.m.get('a', 'none')",
        "p.m.get('a', p.m.b)",
        "p.m.get('a', p.nothing.at.all)",
        "p.m.get('a', [p.m.b])",
        "p.m.get('a', *['spread'])",
        "p.m.get('a', default='named')",
        "p.m.get('a', 1, 2)",
        "p.m.in.get('a', 'within')",
        "p.m.get('in').a",
        "p.m != None",
        "p.m.only == None",
    ];
    const MESSAGES: [&str; 8] = [
        r#"{"a": "x", "b": "y", "in": {"a": "z"}, "only": {"c": 1}}"#,
        r#"{"b": "y", "in": {"b": 1}}"#,
        r#"{"a": null, "b": null, "in": null, "only": null}"#,
        r#"{"in": "text", "a": {"b": 1}, "only": 0}"#,
        r#"{"in": [{"a": 1}], "in": {}, "a": 1, "a": "last"}"#,
        "[1]",
        "null",
        "no JSON",
    ];
    let expected = json!({"f0": "x", "f1": "x", "f2": "x", "f4": "x", "f5": "x", "f6": "x", "f8": "z", "f9": "z", "f10": "true", "f11": "false"});
    assert_eq!(check_reads("name: json.parse-json, properties: {output_field: m}", &READS, &MESSAGES), expected);
}

/// What grok's names and columns stand for goes to cells, or to a dict where one is read whole.
#[test]
fn names_and_columns_give_the_same_with_and_without_passes() {
    const ROW: &str = "name: dsv.parse-dsv, properties: {output_field: m, columnnames: [a, b, a, c]}";
    let grok = |pattern: &str| format!("name: grok.match, properties: {{output_field: m, pattern: '{pattern}'}}");
    let nested = grok("%{WORD:[a][b]} (%{INT:[a][c]:int}|-) %{WORD:d}(,%{WORD:d})?( %{IP:e.f})?");
    let [dict_first, text_first] = ["%{WORD:[a][b]} %{INT:a} %{WORD}", "%{WORD:a} %{INT:[a][b]} %{WORD}"].map(grok);
    let messages =
        ["x 1 y", "x - y,z", "x 7 y 192.0.2.1", "x y", "x", "1,2", "1,2,3,\"4\"\"\"", "1,2\n,3", "", "\n,,,"];
    let cases: [(&str, &[&str], Value); 8] = [
        (&nested, &["p.m.a.b", "p.m.a.c", "p.m.d", "p.m.e.f"], json!({"f0": "x", "f1": "1", "f2": "y"})),
        (&nested, &["p.m.a.c", "p.m.a"], json!({"f0": "1", "f1": r#"{"b":"x","c":1}"#})),
        (&nested, &["p.m.a != None", "p.m.e.get('g', 'h')", "p.m.d.x"], json!({"f0": "true", "f1": "h"})),
        (&nested, &["p.m"], json!({"f0": r#"{"a":{"b":"x","c":1},"d":"y","e":{"f":null}}"#})),
        (&dict_first, &["p.m.a", "p.m.a.b"], json!({"f0": "1"})),
        (&text_first, &["p.m.a.b", "p.m.a.c", "p.m.WORD"], json!({"f0": "1", "f2": "y"})),
        (ROW, &["p.m.a", "p.m.b", "p.m.c", "p.m.a != None"], json!({"f0": "x 1 y", "f3": "true"})),
        (ROW, &["p.m"], json!({"f0": r#"{"a":"x 1 y","b":null,"c":null}"#})),
    ];
    for (extractor, reads, expected) in cases {
        assert_eq!(check_reads(extractor, reads, &messages), expected, "{extractor} {reads:?}");
    }
}

/// Extractors whose results have dicts in dicts, and texts that are read in another notation.
#[test]
fn nested_results_give_the_same_with_and_without_passes() {
    const READS: [&str; 5] = ["p.m.a", "p.m.n.b", "p.m.n.o.c", "p.m.n", "p.m.get('a', 'none')"];
    let groups = ["a=1 [n b=2 [o c=3 ]]", "[a=1 ][n b=2 ]x", "a=\"[n b=2 ]\"", "[n [n b=1", "", "] a=2"];
    let printed =
        ["{'a': '1', 'n': {'b': '2', 'o': {'c': '3'}}}", r#"{"a": 1, 'n': 2}"#, "{'a': 1", "['a']", "{'a': True}"];
    let windows = [
        "<Event><a>1</a><n><b>2</b><o><c>3</c></o></n></Event>",
        "<Event><a>1</a><n><b>2</b><o><c>3",
        "<Event/>",
        "<a>1</a>",
        "a",
    ];
    for (extractor, properties, messages) in [
        ("kv.parse-kv", ", groups: true", &groups[..]),
        ("json.parse-json", "", &printed),
        ("xml.parse-windows-event", "", &windows),
    ] {
        let extractor = format!("name: {extractor}, properties: {{output_field: m{properties}}}");
        let read = check_reads(&extractor, &READS, messages);
        assert_eq!([&read["f0"], &read["f1"], &read["f2"]], ["1", "2", "3"], "{extractor} {read}");
    }
}

/// A dict that is read whole has cells beside it, unless the spec changes dicts.
#[test]
fn keys_of_a_whole_dict_are_the_same_with_and_without_passes() {
    const READS: [&str; 4] = ["p.m", "p.m.a", "p.m.get('b', 'none')", "p.m.c.d"];
    const CHANGING: [&str; 4] = ["p.m.update({'a': '9'}) or p.m.a", "p.m.b", "p.m.pop('b', 0) and p.m.b", "p.m"];
    let json = [r#"{"a": "1", "b": "2", "c": {"d": "3"}}"#, r#"{"b": null, "a": 1, "a": [2]}"#, "[1]", "text"];
    let pairs = ["a=1 b=2 c=x", "b= a=1 a=2", "", "c=1"];
    let labels = ["CEF:0|v|p|1|2|n|3|a=1 b=2 cs1=x cs1Label=c", "CEF:0|v|p|1|2|n|3|bLabel=a b=2 b=3 a=", "text"];
    let row = ["1,2,3", "1", "", "\"1\",\"2\",3,4"];
    for (extractor, properties, messages) in [
        ("json.parse-json", "", &json[..]),
        ("kv.parse-kv", "", &pairs),
        ("cef.parse-cef", "", &labels),
        ("dsv.parse-dsv", ", columnnames: [a, b, c, a]", &row),
    ] {
        let extractor = format!("name: {extractor}, properties: {{output_field: m{properties}}}");
        let read = check_reads(&extractor, &READS, messages);
        assert_eq!([&read["f1"], &read["f2"]], ["1", "2"], "{extractor} {read}");
        let changed = check_reads(&extractor, &CHANGING, messages);
        assert_eq!(
            [&changed["f0"], &changed["f1"], &changed["f2"]],
            [&json!("9"), &json!("2"), &Value::Null],
            "{extractor}"
        );
    }
}

/// Two entries write one result, the second of which fails before its extractor runs; a constant loses an item to its type.
#[test]
fn what_fails_late_is_the_same_with_and_without_passes() {
    const PARSER: &str = "
name: late
pipeline:
  - {name: p, external: {name: json.parse-json, properties: {input_field: original.message, output_field: m}}}
  - {name: other, external: {name: json.parse-json, properties: {input_field: original.message}}, filter: '{{false}}'}
  - name: p
    external:
      name: grok.case_match
      properties:
        {input_field: original.message, output_field: m, pattern_key: '{{other.message.kind}}', patterns: {a: '%{WORD:w}'}}
  - name: s
stages:
  s:
    actions:
      - set: {user.name: '{{p.m.a}}', host.name: '{{p.m.b.c}}', client.port: [80, http]}
";
    let parser = ("parser.yml".to_owned(), PARSER.to_owned());
    let plan = compile(&FormatText { parser, fields: Vec::new() }).plan.expect("a plan");
    let inputs = [r#"{"a": "x", "b": {"c": "y"}}"#, "{}", "a", ""].map(|text| Input::Message(text.as_bytes()));
    Programs::of(&plan).check(&inputs, inputs.len(), Path::new("late"));
    let record = Record { input: inputs[0], now: 0, event_id: None };
    let report = plan.run(&mut Scratch::default(), &record, &mut Vec::new()).clone();
    assert!(report.omissions().iter().any(|omission| omission.field.as_deref() == Some("client.port")), "{report:?}");
}

/// What a record may use up beside others is less than what it may alone, and no one beside it notices.
#[test]
fn records_of_any_cost_give_the_same_together_and_alone() {
    let message = |times: usize| format!(r#"{{"a": "x", "times": {times}}}"#);
    let messages = [600_000, 1, 70_000_000, 2, 900_000, 500_000, 3].map(message);
    let long = format!(r#"{{"a": "{}", "times": 1}}"#, "long".repeat(4_000));
    let messages: Vec<&str> = messages.iter().chain([&long, &messages[1]]).map(String::as_str).collect();
    let fields =
        check_reads("name: json.parse-json, properties: {output_field: m}", &["p.m.a * p.m.times", "p.m.a"], &messages);
    assert_eq!(fields["f0"].as_str().map(str::len), Some(600_000));
    assert_eq!(fields["f1"], "x");
}

/// Runs a format that reads a message as `p.m` in all ways, and sets a field to each of some expressions; gives the
/// fields of the first message.
fn check_reads(extractor: &str, reads: &[&str], messages: &[&str]) -> Value {
    let set: String =
        reads.iter().enumerate().map(|(n, read)| format!("        t.f{n}: \"{{{{ {read} }}}}\"\n")).collect();
    let declared = |n| format!("t.f{n}: {{name: t.f{n}, type: keyword, description: d}}\n");
    let parser = format!(
        "name: reads\npipeline:\n- {{name: p, external: {{{extractor}}}}}\n- name: s\nstages:\n  s:\n    actions:\n    - set:\n{set}"
    );
    let format = compile(&FormatText {
        parser: ("parser.yml".to_owned(), parser),
        fields: vec![("fields.yml".to_owned(), (0..reads.len()).map(declared).collect())],
    });
    let plan = format.plan.unwrap_or_else(|| panic!("{:?}", format.findings));
    let mut programs = Programs::of(&plan);
    let inputs: Vec<Input<'_>> = messages.iter().map(|message| Input::Message(message.as_bytes())).collect();
    programs.check(&inputs, inputs.len(), Path::new(extractor));
    let record = Record { input: Input::Message(messages[0].as_bytes()), now: 0, event_id: Some("id") };
    let mut out = Vec::new();
    plan.run(&mut Scratch::default(), &record, &mut out);
    let event: Value = serde_json::from_slice(&out).unwrap_or_default();
    event["t"].clone()
}

/// Runs all pairs of all formats below a folder, and what is made of them; tells how many.
fn check_below(folder: &str) -> usize {
    let (mut inputs, mut random) = (0, Random(7));
    for (root, format) in repository::formats(folder) {
        let Some(plan) = format.plan else { continue };
        let mut programs = Programs::of(&plan);
        for pair in repository::files(&root.join("tests")) {
            let text = fs::read_to_string(&pair).unwrap_or_default();
            let Some(recorded) = spec::read_test(&text, SourceId(0), &mut Diagnostics::new()) else { continue };
            let event: Value = serde_json::from_str(recorded.input).unwrap_or_default();
            let message = event["message"].as_str().unwrap_or_default();
            let changed: Vec<Vec<u8>> = (0..CHANGED).map(|_| random.changed(message)).collect();
            let given = [Input::Event(recorded.input.as_bytes()), Input::Message(message.as_bytes())];
            let made = changed.iter().map(|message| Input::Message(message));
            programs.check(&given.into_iter().chain(made).collect::<Vec<_>>(), given.len(), &pair);
            inputs += CHANGED;
        }
    }
    inputs
}

/// The programs of one format, each with a scratch of its own.
struct Programs<'p> {
    all_passes: (&'p Plan, [Scratch; 2]),
    no_pass: (Plan, Scratch),
    /// Without one pass each.
    lacking: Vec<(&'static str, Plan, Scratch)>,
}

impl<'p> Programs<'p> {
    fn of(plan: &'p Plan) -> Self {
        let lacking = |pass: &'static str| (pass, plan.with_passes(&|name| name != pass), Scratch::default());
        Programs {
            all_passes: (plan, Default::default()),
            no_pass: (plan.with_passes(&|_| false), Scratch::default()),
            lacking: passes::names().map(lacking).collect(),
        }
    }

    /// Runs inputs as batches, one by one, and without passes; the first of them without each pass, too.
    fn check(&mut self, inputs: &[Input<'_>], first: usize, pair: &Path) {
        let record = |input| Record { input, now: 1_767_225_600, event_id: Some("id") };
        let records: Vec<Record<'_>> = inputs.iter().copied().map(record).collect();
        let (plan, [batches, alone]) = &mut self.all_passes;
        let (mut rest, mut ran) = (&*records, Vec::new());
        while !rest.is_empty() {
            let count = plan.run_batch(batches, rest, |event, report| ran.push(shown(event, report)));
            rest = &rest[count..];
        }
        assert_eq!(ran.len(), records.len());
        for (number, (record, batch)) in records.iter().zip(ran).enumerate() {
            let same = |program: &str, plan: &Plan, scratch: &mut Scratch| {
                let mut event = Vec::new();
                let report = plan.run(scratch, record, &mut event);
                let found = shown(&event, report);
                let input = String::from_utf8_lossy(record.input.bytes());
                assert!(batch == found, "{}\n{input}\nbatch {batch}\n{program} {found}", pair.display());
            };
            same("alone", plan, alone);
            same("no pass", &self.no_pass.0, &mut self.no_pass.1);
            if number < first {
                self.lacking
                    .iter_mut()
                    .for_each(|(pass, plan, scratch)| same(&format!("without {pass}"), plan, scratch));
            }
        }
    }
}

fn shown(event: &[u8], report: &Report) -> String {
    let dropped = report.dropped();
    format!("{}\n{:?} {:?} {dropped}", String::from_utf8_lossy(event), report.failure(), report.omissions())
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }

    /// A message with something changed: as JSON where it is that, else as text.
    fn changed(&mut self, message: &str) -> Vec<u8> {
        match serde_json::from_str::<Value>(message) {
            Ok(mut document) if self.below(5) > 0 => {
                (0..=self.below(4)).for_each(|_| self.change(&mut document));
                let text = if self.below(2) == 0 { format!("{document:#}") } else { document.to_string() };
                if self.below(4) == 0 { self.doubled(&text).into_bytes() } else { text.into_bytes() }
            }
            _ => self.damaged(message.as_bytes()),
        }
    }

    fn change(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) if !members.is_empty() && self.below(8) > 0 => {
                let place = self.below(members.len());
                let Some(key) = members.keys().nth(place).cloned() else { return };
                match self.below(6) {
                    0 => drop(members.remove(&key)),
                    1 => _ = members.remove(&key).map(|value| members.insert(key.to_uppercase(), value)),
                    2 => _ = members.insert(format!("{key}2"), self.scalar()),
                    3 => _ = members.insert(key.clone(), json!({ key: self.scalar() })),
                    _ => members.get_mut(&key).into_iter().for_each(|inner| self.change(inner)),
                }
            }
            Value::Array(items) if !items.is_empty() && self.below(4) > 0 => {
                let place = self.below(items.len());
                if self.below(4) == 0 { drop(items.remove(place)) } else { self.change(&mut items[place]) }
            }
            other => *other = self.scalar(),
        }
    }

    fn scalar(&mut self) -> Value {
        let all = [
            Value::Null,
            json!(""),
            json!(" "),
            json!("None"),
            json!("0"),
            json!("true"),
            json!("[1, 'a']"),
            json!("{'a': {'b': 1}}"),
            json!("192.0.2.1"),
            json!("::ffff:192.0.2.1"),
            json!("2024-02-30T25:00:00Z"),
            json!("2024-02-29T23:59:59.5+02:00"),
            json!("a \"quoted\" \\ text\n\u{1}\u{e9}\u{1f600}"),
            json!(0),
            json!(-1),
            json!(1_708_300_800_123_456_789_i64),
            json!(u64::MAX),
            json!(1.5),
            json!(true),
            json!([]),
            json!(["a", null, 1]),
            Value::Object(Map::new()),
            json!({"a": [{"b": "c"}]}),
        ];
        all[self.below(all.len())].clone()
    }

    /// An object's text with its first member twice.
    fn doubled(&mut self, text: &str) -> String {
        match (text.strip_prefix('{'), text.find(',')) {
            (Some(rest), Some(comma)) => format!("{},{rest}", &text[..comma]),
            _ => text.to_owned(),
        }
    }

    /// Bytes with some of them changed, left out, doubled, or cut off; they need not be UTF-8.
    fn damaged(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let place = self.below(bytes.len());
            match self.below(5) {
                _ if bytes.is_empty() => bytes.push(b'{'),
                0 => drop(bytes.remove(place)),
                1 => bytes.insert(place, bytes[place]),
                2 => bytes.truncate(place),
                3 => bytes[place] = b"\"\\{}[],:= \t|0a\xff"[self.below(15)],
                _ => bytes.rotate_left(place),
            }
        }
        bytes
    }
}
