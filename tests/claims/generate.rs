//! Random specs and records. Names, values and conditions are few, and conditions come again, so that much is found in a spec.

use proptest::prelude::*;
use std::fmt::Write;
use weir::FormatText;

/// How many choices a spec and its records are made of.
const CHOICES: usize = 700;
/// How many records a spec runs over.
const RECORDS: usize = 10;

/// What a spec and its records are made of: each number decides what comes next, and 0 is the simplest.
pub fn choices() -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u16>(), CHOICES)
}

/// A format with records.
pub fn format(numbers: &[u16]) -> (FormatText, Vec<String>) {
    let mut choices = Choices { numbers: numbers.iter().copied(), conditions: Vec::new(), settings: Vec::new() };
    // Records first: a change of the spec while shrinking leaves them as they are.
    let records = (0..RECORDS).map(|_| record(&mut choices)).collect();
    let parser = ("generated.yml".to_owned(), spec(&mut choices));
    (FormatText { parser, fields: Vec::new() }, records)
}

/// Choices that are still to be made.
pub struct Choices<I = std::vec::IntoIter<u16>> {
    numbers: I,
    /// Conditions that were written.
    conditions: Vec<String>,
    /// Fields and values that were written.
    settings: Vec<(&'static str, String)>,
}

impl Choices {
    /// Choices that follow from a number.
    pub fn seeded(seed: u16) -> Self {
        let next = |number: &u32| Some(number.wrapping_mul(747_796_405).wrapping_add(2_891_336_453));
        let numbers = std::iter::successors(next(&u32::from(seed)), next).map(|number| (number >> 16) as u16);
        Choices {
            numbers: numbers.take(CHOICES).collect::<Vec<_>>().into_iter(),
            conditions: Vec::new(),
            settings: Vec::new(),
        }
    }
}

impl<I: Iterator<Item = u16>> Choices<I> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.numbers.next().unwrap_or_default()) % count
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }

    /// True once in so many times, and not where choices are used up.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}

/// Values as JSON.
const VALUES: &[&str] = &[
    "\"a\"",
    "\"A\"",
    "\"b\"",
    "1",
    "0",
    "5",
    "\"1\"",
    "\"\"",
    "null",
    "true",
    "false",
    "\"None\"",
    "\"-\"",
    "\"x y\"",
    "1.0",
    "2.5",
    "NaN",
    "9007199254740992",
    "9007199254740993",
    "[]",
    "[\"a\", \"b\"]",
    "[\"b\", 1, null]",
    "{\"a\": \"b\"}",
    "{}",
    "\"ß\"",
    "\"192.0.2.1\"",
    "-1",
];
const LISTS: &[&str] = &[
    "[\"a\", \"b\"]",
    "[\"a\"]",
    "[]",
    "[\"b\", \"a\", \"a\"]",
    "[1, 2, 3]",
    "[{\"a\": \"b\"}, {}]",
    "null",
    "\"ab\"",
    "{\"a\": 1}",
];
const LINES: &[&str] =
    &["a b", "GET a", "a=b c=d", "a=A", "a,b,c", "b", "", "a=1 a=2", "1 2", "ab", "2024-05-06 07:08:09", "2024-05-06"];

fn record(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let mut json = String::new();
    for key in ["a", "b"] {
        if !choices.once_in(5) {
            let _ = write!(json, "\"{key}\": {}, ", choices.of(VALUES));
        }
    }
    let _ = write!(json, "\"l\": {}", choices.of(LISTS));
    let whole = if choices.once_in(12) { "broken {".to_owned() } else { format!("{{{json}}}") };
    let (k, j) = (choices.of(LINES), choices.of(VALUES).replace("NaN", "7"));
    format!("{{\"message\": {whole:?}, \"k\": {k:?}, \"j\": {j}}}")
}

/// A record for the planted mistakes, with the keys that those read.
pub fn planted_record(choices: &mut Choices) -> String {
    let keys = ["a", "code", "items", "kind", "level", "name", "reason", "role", "text", "verb"];
    let of_key =
        |key: &&str| format!("\"{key}\": {}", if *key == "items" { choices.of(LISTS) } else { choices.of(VALUES) });
    let members: Vec<String> = keys.iter().map(of_key).collect();
    let message = match choices.below(2) {
        0 => format!("{{{}}}", members.join(", ")),
        _ => choices.of(LINES).to_owned(),
    };
    let others = members.join(", ").replace("NaN", "7");
    format!("{{\"message\": {message:?}, \"ok\": true, \"ip\": \"192.0.2.1\", {others}}}")
}

const STAGES: [&str; 5] = ["one", "two", "three", "four", "five"];
/// A field that is too deep.
const DEEP: &str = "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a";
const FIELDS: &[&str] = &[
    "event.action",
    "event.action",
    "event.action",
    "event.code",
    "event.code",
    "event.reason",
    "source.ip",
    "source.port",
    "related.ip",
    "custom.x",
    "event.dataset",
    DEEP,
];
/// What can be read.
const PATHS: &[&str] = &[
    "json.message.a",
    "json.message.a",
    "json.message.a",
    "json.message.a",
    "json.message.b",
    "json.message.b",
    "original.j",
    "final.event.action",
    "final.event.code",
    "one.event.action",
    "two.event.code",
    "kv.message.a",
    "row.message.first",
    "row.message.third",
    "grok.message.verb",
    "grok.message.verbs",
    "json.message['a']",
    "json.result.a",
    "jsno.message.a",
    "three.event.reason",
    "final.source.port",
    "date.message",
];
/// What conditions are about.
const SUBJECTS: &[&str] = &[
    "json.message.a",
    "json.message.a",
    "json.message.a",
    "json.message.b",
    "original.j",
    "final.event.action",
    "final.event.code",
    "json.message['a']",
    "json.message.l.pop()",
    "one.event.action",
    "grok.message.verb",
    "jsno.message.a",
];
const LITERALS: &[&str] = &[
    "'a'",
    "'A'",
    "'b'",
    "1",
    "0",
    "5",
    "''",
    "'1'",
    "true",
    "none",
    "1.0",
    "9007199254740992",
    "9007199254740993",
    "false",
    "'ß'",
    "2.5",
];
const NUMBERS: &[&str] = &["1", "5", "9007199254740992", "9007199254740993"];

/// Half of the specs are short: more of those run in the same time.
fn spec(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    if choices.once_in(2) { long_spec(choices) } else { short_spec(choices) }
}

/// One stage, all about conditions.
fn short_spec(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let mut out = "name: generated\npipeline:\n".to_owned();
    let input = "{name: json.parse-json, properties: {input_field: original.message}}";
    let _ = writeln!(out, "  - name: json\n    external: {input}\n  - name: one");
    filter(choices, &mut out, "    ", 2);
    out.push_str("stages:\n  one:\n    actions:\n");
    for field in ["event.action", "event.code", "event.reason"] {
        let conditions: Vec<String> = (0..3).map(|_| condition(choices, 1)).collect();
        let [first, second, third] = conditions.as_slice() else { continue };
        let value = match choices.below(3) {
            0 => {
                format!("{{% if {first} %}}y1{{% elif {second} %}}y2{{% elif {third} %}}y3{{% else %}}y4{{% endif %}}")
            }
            1 => format!("{{{{ 'y1' if {first} and {second} else 'y2' if {third} or {second} else 'y3' }}}}"),
            _ => format!("{{{{ 'y1' if {first} or {second} else 'y2' if {third} and {second} else 'y3' }}}}"),
        };
        let _ = writeln!(out, "      - set: {{{field}: \"{value}\"}}");
        filter(choices, &mut out, "        ", 3);
    }
    out
}

fn long_spec(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let mut out = "name: generated\nignored_values: ['-', a b]\npipeline:\n".to_owned();
    for at in 0..3 + choices.below(4) {
        entry(choices, &mut out, at);
    }
    out.push_str("stages:\n");
    for stage in STAGES {
        if stage == "four" && choices.once_in(6) {
            out.push_str("  four: *one\n");
            continue;
        }
        let _ = write!(out, "  {stage}: &{stage}\n    actions:\n");
        for _ in 0..=choices.below(3) {
            action(choices, &mut out);
        }
    }
    if choices.once_in(20) {
        out.push_str("  six:\n    actions:\n      - set: {event.kind: alert}\n");
    }
    out
}

fn entry(choices: &mut Choices<impl Iterator<Item = u16>>, out: &mut String, at: usize) {
    let name = match at {
        0 => choices.of(&["json", "json", "json", "json", "one"]),
        _ if choices.once_in(3) => choices.of(&["kv", "row", "grok", "json", "final", "kv", "row", "grok", "date"]),
        _ if choices.once_in(5) => choices.of(&STAGES),
        _ => STAGES[at % STAGES.len()],
    };
    let raises = choices.of(&[", raise_errors: false", ", raise_errors: false", "", ", raise_error: false"]);
    let (extractor, properties) = match name {
        "json" => ("json.parse-json", choices.of(&["input_field: original.message", "input_field: json.message.b"])),
        "kv" => ("kv.parse-kv", choices.of(&["input_field: original.k", "input_field: json.message.a", "input_field: row.message.third"])),
        "row" => ("dsv.parse-dsv", "input_field: original.k, columnnames: [first, second], delimiter: ','"),
        "grok" => (
            "grok.match",
            choices.of(&[
                "input_field: original.k, pattern: '%{WORD:verb} %{WORD:noun}'",
                "input_field: original.k, pattern: '%{ONE}', custom_patterns: {ONE: '%{DATA:verb}|%{WORD:verb} b|b', TWO: b}",
            ]),
        ),
        "date" => ("date.parse", "input_field: original.k, timezone: Europe/Pariss"),
        "final" => ("json.parse-json", "input_field: original.message"),
        _ => ("", ""),
    };
    let _ = writeln!(out, "  - name: {name}");
    if !extractor.is_empty() {
        let _ = writeln!(out, "    external: {{name: {extractor}, properties: {{{properties}{raises}}}}}");
    }
    filter(choices, out, "    ", if extractor.is_empty() { 2 } else { 6 });
}

fn filter(choices: &mut Choices<impl Iterator<Item = u16>>, out: &mut String, indent: &str, times: usize) {
    if choices.once_in(times) {
        let filter = match choices.below(20) {
            17 => "true".to_owned(),
            18 => "json.message.a == 'a'".to_owned(),
            19 => format!("\"{{{{ {} }}}} or {{{{ {} }}}}\"", condition(choices, 1), condition(choices, 1)),
            _ => format!("\"{{{{ {} }}}}\"", condition(choices, 2)),
        };
        let _ = writeln!(out, "{indent}filter: {filter}");
    }
}

fn action(choices: &mut Choices<impl Iterator<Item = u16>>, out: &mut String) {
    match choices.below(8) {
        6 => {
            let _ = writeln!(out, "      - delete: [{}]", choices.of(FIELDS));
        }
        7 => {
            let (from, to) = (looked_up(choices), choices.of(FIELDS));
            let dictionary = choices.of(&[
                "{1: one, '1': uno, a: first, A: second}",
                "{a: first, '': empty, 'None': nothing}",
                "{'True': yes, 'true': no, b: \"{{ json.message.b }}\"}",
                "{A: first, x: second, 2: two, '2.0': two}",
            ]);
            let fallback =
                choices.of(&["", "\n        fallback: other", "\n        fallback: \"{{ json.message.b }}\""]);
            let _ = writeln!(
                out,
                "      - translate:\n        dictionary: {dictionary}\n        mapping: {{\"{from}\": {to}}}{fallback}"
            );
        }
        count => {
            out.push_str("      - set:\n");
            let mut seen = Vec::new();
            for _ in 0..=count % 3 {
                let (field, value) = setting(choices);
                if !seen.contains(&field) {
                    let _ = writeln!(out, "          {field}: {value}");
                    seen.push(field);
                }
            }
        }
    }
    filter(choices, out, "        ", 3);
}

/// A field and its value, perhaps the same as before.
fn setting(choices: &mut Choices<impl Iterator<Item = u16>>) -> (&'static str, String) {
    if !choices.settings.is_empty() && choices.once_in(5) {
        let at = choices.below(choices.settings.len());
        return choices.settings[at].clone();
    }
    let setting = (choices.of(FIELDS), value(choices));
    choices.settings.push(setting.clone());
    setting
}

fn looked_up(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let path = choices.of(PATHS);
    let filter = choices.of(&["", " | lower", " | upper", " | length", " | int", " | string", ".lower()", ".0"]);
    format!("{path}{filter}")
}

/// The value of a field, as YAML.
fn value(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    match choices.below(28) {
        26 | 27 => format!(
            "\"{{{{ {} | {} }}}}\"",
            choices.of(&["json.message.a", "json.message.b"]),
            choices.of(&["lower", "string", "upper | lower"])
        ),
        22..=25 => choices.of(&["first", "second", "'-'", "[first]", "192.0.2.1"]).to_owned(),
        0 | 1 => choices
            .of(&[
                "first",
                "second",
                "1",
                "''",
                "'-'",
                "None",
                "[first]",
                "true",
                "null",
                "{a: b}",
                "a b",
                "192.0.2.1",
                "eighty",
            ])
            .to_owned(),
        2..=4 => format!("\"{{{{ {} }}}}\"", choices.of(PATHS)),
        5 => format!(
            "\"{{{{ {}{} }}}}\"",
            choices.of(&["json.message.a", "json.message.b", "row.message.first"]),
            choices.of(&[
                " | lower",
                " | lower",
                " | string",
                " | upper | trim",
                " | replace('a', 'b')",
                " | string",
                " | safe",
                " | default('x')",
                " | lowr",
                " | join(sep=1)",
                " | re_match('(a')"
            ])
        ),
        6 => format!(
            "\"{{{{ {} | safe }}}}{}{{{{ {} }}}}\"",
            choices.of(PATHS),
            choices.of(&["", "-", " "]),
            choices.of(PATHS)
        ),
        7 => format!("[\"{{{{ {} }}}}\", second]", choices.of(PATHS)),
        8..=10 => {
            let [first, second] = [condition(choices, 1), condition(choices, 1)];
            format!("\"{{{{ 'x1' if {first} else 'x2' if {second} else {} }}}}\"", choices.of(PATHS))
        }
        11..=13 => {
            let [first, second] = [condition(choices, 1), condition(choices, 2)];
            format!(
                "\"{{% if {first} %}}y1{{% elif {second} %}}y2{{% else %}}{{{{ {} }}}}{{% endif %}}\"",
                choices.of(PATHS)
            )
        }
        14 => format!("\"{{{{ {} }}}}\"", condition(choices, 2)),
        15 => format!("\"{{{{ {} or {} or {} }}}}\"", choices.of(PATHS), choices.of(PATHS), choices.of(PATHS)),
        16 => choices
            .of(&[
                "\"{{ json.message.l.0 }}\"",
                "\"{{ json.message.l[0] }}\"",
                "\"{{ json.message.l.0.a }}\"",
                "\"{{ json.message.a ~ }}\"",
                "\"{{ json.message.a[0](1) }}\"",
                "\"{{ json.message.a.uper() }}\"",
                "\"{{ nowhere(1) }}\"",
                "\"{{ json.message.a is definde }}\"",
            ])
            .to_owned(),
        _ => format!("\"{}\"", statements(choices)),
    }
}

/// A template with variables and loops, of statements that go together in any order.
fn statements(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let mut out = String::new();
    for _ in 0..2 + choices.below(3) {
        out.push_str(&statement(choices, 1));
    }
    out.push_str(choices.of(&["{{ v }}", "{{ w }}", "{{ v }}{{ w }}", "z", "{{ v | safe }}"]));
    out
}

fn statement(choices: &mut Choices<impl Iterator<Item = u16>>, depth: usize) -> String {
    let name = choices.of(&["v", "v", "w"]);
    let dash = choices.of(&["", "-"]);
    let open = format!("{{%{dash}");
    match choices.below(if depth == 0 { 9 } else { 14 }) {
        0 => format!(
            "{open} set {name} = {} %}}",
            choices.of(&["[]", "'a'", "none", "0", "['a', 'b']", "namespace(v=1)", "{}"])
        ),
        1 => format!("{open} set {name} = {} %}}", choices.of(PATHS)),
        2 => format!("{open} set {name} = {name}.append({}) %}}", choices.of(&["'a'", "v", "json.message.a", "w"])),
        3 => format!("{open} set {name} = {name}.update({{'a': 1}}) %}}"),
        4 => format!("{open} set {name} = v.pop() %}}"),
        5 => format!("{open} set {name} = v | string + 'x' %}}"),
        6 => format!("{{{{ {name} }}}} "),
        7 => format!("{open} set {name} %}}t{{{{ v }}}}{{% endset %}}"),
        8 => format!("{{{{ {} }}}}", choices.of(&["loop.index", "loop.indx", "loop.first", "item", "v", "loop"])),
        9 | 10 => format!(
            "{open} for {} in {} %}}{}{}{{% endfor %}}",
            choices.of(&["item", "v", "w"]),
            choices.of(&["json.message.l", "['a', 'b']", "v"]),
            statement(choices, depth - 1),
            statement(choices, depth - 1)
        ),
        11 | 12 => format!("{open} if {} %}}{}{{% endif %}}", condition(choices, 1), statement(choices, depth - 1)),
        _ => format!(
            "{open} for item in json.message.l if {} %}}{}{{% else %}}none{{% endfor %}}",
            condition(choices, 1),
            statement(choices, depth - 1)
        ),
    }
}

fn condition(choices: &mut Choices<impl Iterator<Item = u16>>, depth: usize) -> String {
    if !choices.conditions.is_empty() && choices.once_in(4) {
        let at = choices.below(choices.conditions.len());
        let condition = choices.conditions[at].clone();
        return if choices.once_in(4) { format!("not ({condition})") } else { condition };
    }
    let condition = match choices.below(if depth == 0 { 12 } else { 19 }) {
        0..=2 => format!("{} {} {}", choices.of(SUBJECTS), choices.of(&["==", "!="]), choices.of(LITERALS)),
        3 => choices.of(SUBJECTS).to_owned(),
        4 => format!("{} {} {}", choices.of(SUBJECTS), choices.of(&[">", "<", ">=", "<="]), choices.of(NUMBERS)),
        5 => format!(
            "{} {} [{}, {}]",
            operand(choices),
            choices.of(&["in", "not in"]),
            choices.of(LITERALS),
            choices.of(LITERALS)
        ),
        6 => format!(
            "{} is {}",
            choices.of(SUBJECTS),
            choices.of(&["defined", "not defined", "none", "undefined", "string", "not none", "not string", "number"])
        ),
        7 => format!("{} {} {}", operand(choices), choices.of(&["==", "!="]), choices.of(LITERALS)),
        8 => format!("{} in {}", choices.of(&["'a'", "'A'", "'b'", "1"]), operand(choices)),
        9 => format!("{} {} {}", choices.of(LITERALS), choices.of(&["==", "<", ">="]), choices.of(SUBJECTS)),
        10 => format!("{} {} {}", operand(choices), choices.of(&[">", "<=", "<", ">="]), choices.of(NUMBERS)),
        11 => choices
            .of(&[
                "'a'",
                "true",
                "json.message.l.pop()",
                "json.message.l.pop() == 'a'",
                "json.message.l | length",
                "0",
                "none",
            ])
            .to_owned(),
        12 | 13 => format!("not ({})", condition(choices, depth - 1)),
        14..=16 => format!("({} and {})", condition(choices, depth - 1), condition(choices, depth - 1)),
        _ => format!("({} or {})", condition(choices, depth - 1), condition(choices, depth - 1)),
    };
    choices.conditions.push(condition.clone());
    condition
}

/// A value of which something is known before it is looked at.
fn operand(choices: &mut Choices<impl Iterator<Item = u16>>) -> String {
    let path = choices.of(SUBJECTS);
    match choices.below(9) {
        0 => path.to_owned(),
        1 => format!("{path}.lower()"),
        2 => format!("({path} is defined)"),
        3 => format!("({path} == 'a')"),
        at => format!("{path} | {}", ["lower", "upper", "length", "int", "string"][at - 4]),
    }
}
