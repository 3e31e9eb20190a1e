//! The pipeline of a format, written from its plan: which field has what a rule names.

use crate::mapping::{FormatFacts, Mapped, Mapping, sources_of};
use crate::rule::LogSource;
use std::collections::BTreeMap;
use std::fmt::Write;
use weir::Plan;
use weir::possible::PossibleValues;

/// A pySigma pipeline in YAML that gives names of rules those of a plan's events. `names` are what rules name beside the raw
/// names that the plan reads.
pub fn derived(name: &str, plan: &Plan, facts: &FormatFacts, names: &[&str]) -> String {
    let mapping = Mapping::new(plan);
    let sources = sources_of(facts, plan, &PossibleValues::new(plan));
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write!(out, "name: {}\npriority: 20\n", quoted(&format!("{name}, derived by weir")));
    let mut steps = String::new();
    let sources = if sources.is_empty() { vec![LogSource::default()] } else { sources };
    for (number, source) in sources.iter().enumerate() {
        let mapped = mapped(&mapping, source, names);
        if !mapped.is_empty() {
            step(&mut steps, &format!("weir_{number}"), source, &mapped);
        }
    }
    out.push_str(if steps.is_empty() { "transformations: []\n" } else { "transformations:\n" });
    out + &steps
}

fn mapped(mapping: &Mapping<'_>, source: &LogSource, names: &[&str]) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for name in mapping.known_names(source).chain(names.iter().map(|name| (*name).to_owned())) {
        if let Mapped::Fields(fields) = mapping.fields(&name, source) {
            found.insert(name, fields);
        }
    }
    found
}

fn step(out: &mut String, id: &str, source: &LogSource, mapped: &BTreeMap<String, Vec<String>>) {
    let _ = write!(out, "  - id: {id}\n    type: field_name_mapping\n    mapping:\n");
    for (name, fields) in mapped {
        let _ = match &fields[..] {
            [field] => writeln!(out, "      {}: {}", quoted(name), quoted(field)),
            fields => {
                let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
                writeln!(out, "      {}: [{}]", quoted(name), fields.join(", "))
            }
        };
    }
    let parts = [("product", &source.product), ("category", &source.category), ("service", &source.service)];
    if parts.iter().all(|(_, value)| value.is_none()) {
        return;
    }
    let _ = write!(out, "    rule_conditions:\n      - type: logsource\n");
    for (name, value) in parts {
        if let Some(value) = value {
            let _ = writeln!(out, "        {name}: {}", quoted(value));
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
