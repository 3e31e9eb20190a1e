//! The bounds of the engine, read from its sources: no number is written twice.

use std::fs;
use std::path::Path;

/// A bound: what it bounds, what happens beyond it, and where its number stands (file and constant).
type Limit = (&'static str, &'static str, &'static str, &'static str, Unit);

enum Unit {
    Bytes,
    Count,
}

use Unit::{Bytes, Count};

const LIMITS: &[Limit] = &[
    ("A record", "The run fails; the event has the first part of it and the error.", "run/record.rs", "LONGEST", Bytes),
    ("A record as JSON, which may take six bytes for one", "As above.", "run/record.rs", "LONGEST_WRITTEN", Bytes),
    ("What is kept of a record beyond these", "It is left out.", "run/record.rs", "KEPT", Bytes),
    (
        "What one event builds and does, in bytes and steps",
        "Whatever is being made fails, with all behind it.",
        "value/arena.rs",
        "BUDGET",
        Count,
    ),
    (
        "Steps of patterns that cost an event nothing",
        "What patterns do is taken off the budget, step by step.",
        "value/arena.rs",
        "FREE",
        Count,
    ),
    ("Levels of a JSON document", "The document is not read.", "json/reader.rs", "DEPTH", Count),
    (
        "An event, or one value, written as JSON",
        "The run fails; the event has its `message` and the error.",
        "json/write.rs",
        "SIZE",
        Bytes,
    ),
    ("Digits of an integer", "The number is not read or made.", "value/ops/number.rs", "DIGITS", Count),
    ("Levels of a Python literal in text", "The text stays text.", "value/text/literal.rs", "DEPTH", Count),
    ("Levels of dicts that are cast field by field", "The field is left out.", "taxonomy/fit.rs", "DEPTH", Count),
    ("Recursive loops inside each other", "The value fails.", "run/template.rs", "RECURSION", Count),
    ("Levels of an XML document", "The document is not read.", "extract/xml/tree.rs", "DEPTH", Count),
    ("Characters of a date that is found out", "The date is not read.", "time/tokens.rs", "LONGEST", Count),
    ("Warnings kept of one event", "The others are counted.", "run/report.rs", "KEPT", Count),
    ("A spec, or another YAML file", "`yaml-too-large`", "spec/yaml/mod.rs", "LONGEST", Bytes),
    ("Levels of a YAML file", "`yaml-depth`", "spec/yaml/build.rs", "DEPTH", Count),
    ("What the aliases of a YAML file stand for", "`yaml-expansion`", "spec/yaml/build.rs", "EXPANSION", Bytes),
    ("A template", "`template-syntax`", "expr/error.rs", "LONGEST_TEMPLATE", Bytes),
    ("Brackets inside each other in a template", "`template-syntax`", "expr/error.rs", "MOST_BRACKETS", Count),
    ("Levels of the tree that a template reads as", "`template-syntax`", "expr/error.rs", "MOST_LEVELS", Count),
    ("A regular expression", "The pattern is refused.", "pattern/compiled.rs", "LONGEST_PATTERN", Bytes),
    ("A compiled regular expression", "The pattern is refused.", "pattern/engine/linear.rs", "LARGEST_PROGRAM", Bytes),
    ("A compiled pattern of grok", "The pattern is refused.", "pattern/engine/linear.rs", "LARGEST_OF_SPEC", Bytes),
    (
        "Steps back in a pattern with look-around or back-references",
        "The match fails.",
        "pattern/engine/bounded.rs",
        "MOST_BACKTRACKS",
        Count,
    ),
    ("Text that such a pattern is tried on", "The match fails.", "pattern/engine/bounded.rs", "LONGEST_TEXT", Bytes),
    (
        "What all its steps may look at, the text again each time",
        "The match fails.",
        "pattern/engine/bounded.rs",
        "MOST_READ",
        Bytes,
    ),
    (
        "A grok pattern with all named patterns put in",
        "The pattern is refused.",
        "extract/grok/expand.rs",
        "LONGEST",
        Bytes,
    ),
    ("Named patterns inside each other", "The pattern is refused.", "extract/grok/expand.rs", "DEEPEST", Count),
    (
        "Patterns made at run time that a scratch keeps",
        "They are compiled anew, at a price.",
        "filters/patterns.rs",
        "KEPT",
        Count,
    ),
    ("Bytes of them", "As above.", "filters/patterns.rs", "KEPT_BYTES", Bytes),
    ("User agents that a scratch keeps", "They are read anew.", "infer/caches.rs", "AGENTS", Count),
    ("What compiling a spec takes, in bytes and steps", "`spec-too-large`", "diagnostic/mod.rs", "MOST_EFFORT", Count),
    ("Findings of one compilation", "The others are not shown.", "diagnostic/mod.rs", "MOST", Count),
];

/// The table of all bounds.
pub fn table() -> String {
    let mut out = "| What | Most | Beyond it |\n|---|---|---|\n".to_owned();
    for (what, beyond, file, name, unit) in LIMITS {
        let number = constant(file, name);
        let shown = match unit {
            Count => thousands(number),
            Bytes if number.is_multiple_of(1 << 20) => format!("{} MiB", number >> 20),
            Bytes => format!("{} KiB", number >> 10),
        };
        out += &format!("| {what} | {shown} | {beyond} |\n");
    }
    out
}

/// The value of a constant in the sources: a product or a shift of numbers.
fn constant(file: &str, name: &str) -> u64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    let text = fs::read_to_string(path).unwrap_or_else(|error| unreachable!("src/{file}: {error}"));
    let line = text.lines().find(|line| line.contains(&format!("const {name}: ")));
    let line = line.unwrap_or_else(|| unreachable!("src/{file} has no constant {name}"));
    let value = line.split(" = ").nth(1).unwrap_or_default().trim_end_matches(';').replace('_', "");
    let (value, shift) = value.split_once(" << ").unwrap_or((&value, "0"));
    value.parse::<u64>().expect("a number") << shift.parse::<u32>().expect("a number")
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or("")).collect();
    groups.join(",")
}
