//! Random specs and records. Names, values and conditions are few, and conditions come again, so that much is found in a spec.

use super::conditions::condition;
use super::records::record;
use super::values::{looked_up, value};
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
    pub conditions: Vec<String>,
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
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(self.numbers.next().unwrap_or_default()) % count
    }

    pub fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }

    /// True once in so many times, and not where choices are used up.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
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
