//! How often recorded pairs show a rule of the language, and whether the expected event is for it or against it.

use super::{at, sorted};
use serde_json::Value;
use std::collections::HashMap;
use weir::run::{ActionTrace, Effect, EntryTrace, FieldTrace, Finish, Trace, WorkTrace};

/// The largest integer of a number field.
const LARGEST: i64 = i64::MAX;

/// The types of the fields that a format declares itself, by name.
pub type Types = HashMap<String, String>;

/// Tells each rule that the run of a pair shows, with whether the expected event holds to it.
pub fn rules(trace: &Trace, expected: &Value, types: &Types, mut tell: impl FnMut(&'static str, bool)) {
    let fields = || trace.entries.iter().flat_map(actions).flat_map(|action| &action.fields);
    let is_success = says_nothing(expected);
    for (nth, entry) in trace.entries.iter().enumerate() {
        if entry.filter.as_ref().is_some_and(|filter| filter.let_through.is_err()) {
            tell("a filter that fails says nothing", is_success);
        }
        let WorkTrace::Extractor(extractor) = &entry.work else { continue };
        match &extractor.result {
            Some(Err(_)) if extractor.input.is_some() => tell("an extractor that fails says nothing", is_success),
            None if had_result(&trace.entries[..nth], &extractor.output) => {
                tell("an entry that passes over its input leaves what is there", is_success);
            }
            _ => {}
        }
    }
    for field in fields() {
        match &field.effect {
            Effect::Failed(_) => tell("a template that fails says nothing", is_success),
            Effect::Set { value, .. } if is_last(fields(), field) => set(field, value, expected, types, &mut tell),
            Effect::Deleted { was: Some(_) } => {
                let inferred = trace.finish.iter().find_map(|step| match step {
                    Finish::Inferred { field: inferred, value, .. } if *inferred == field.field => Some(value),
                    _ => None,
                });
                if let Some(value) = inferred {
                    tell("a deleted field is inferred", is_expected(expected, &field.field, value));
                }
            }
            _ => {}
        }
    }
}

/// What a value that nothing replaced shows.
fn set(field: &FieldTrace, value: &str, expected: &Value, types: &Types, tell: &mut impl FnMut(&'static str, bool)) {
    let name = &field.field;
    // Dicts are spread over the fields below, which have types of their own.
    match types.get(name).map(String::as_str) {
        _ if value.contains('{') => {}
        Some("date") => tell("a date of the format's own stays as it is", is_expected(expected, name, value)),
        Some("integer" | "int" | "string" | "bool" | "str") => {
            tell("other words for a type cast nothing", is_expected(expected, name, value));
        }
        Some(kind) if !KNOWN.contains(&kind) => {
            tell("a type that weir does not know casts nothing", is_expected(expected, name, value));
        }
        _ => {}
    }
    if serde_json::from_str::<String>(value).is_ok_and(|text| !text.is_empty() && text.trim().is_empty()) {
        tell("text of blanks is a value", is_expected(expected, name, value));
    }
    for step in &field.then {
        if let Finish::Cast { field, after: Ok(after), .. } = step
            && after.parse() == Ok(LARGEST)
        {
            tell("integers are held to 64 bits", is_expected(expected, field, after));
        }
    }
}

/// The types that the manual names, other than those that have a rule of their own here.
const KNOWN: &[&str] = &[
    "array",
    "boolean",
    "constant_keyword",
    "date",
    "datetime",
    "flattened",
    "float",
    "geo_point",
    "integer",
    "ip",
    "keyword",
    "list",
    "long",
    "match_only_text",
    "nested",
    "number",
    "object",
    "scaled_float",
    "text",
    "wildcard",
];

fn actions(entry: &EntryTrace) -> &[ActionTrace] {
    match &entry.work {
        WorkTrace::Stage(actions) => actions,
        _ => &[],
    }
}

fn is_last<'t>(mut fields: impl DoubleEndedIterator<Item = &'t FieldTrace>, field: &FieldTrace) -> bool {
    let covers = |other: &FieldTrace| field.field.starts_with(&other.field) || other.field.starts_with(&field.field);
    let touches =
        |other: &&FieldTrace| covers(other) && !matches!(other.effect, Effect::Nothing { .. } | Effect::Failed(_));
    fields.rfind(touches).is_some_and(|last| std::ptr::eq(last, field))
}

fn had_result(earlier: &[EntryTrace], output: &str) -> bool {
    earlier.iter().any(|entry| match &entry.work {
        WorkTrace::Extractor(extractor) => extractor.output == output && matches!(extractor.result, Some(Ok(_))),
        _ => false,
    })
}

/// Whether an event has neither warning nor error, and its parsing was a success.
fn says_nothing(event: &Value) -> bool {
    let intake = &event["sekoiaio"]["intake"];
    let status = intake.get("parsing_status").is_none_or(|status| status == "success");
    status && intake.get("parsing_warnings").is_none() && intake.get("parsing_error").is_none()
}

fn is_expected(expected: &Value, field: &str, value: &str) -> bool {
    // Long values are cut in a trace.
    let Ok(value) = serde_json::from_str(value) else { return true };
    at(expected, field).is_some_and(|expected| sorted(expected) == sorted(&value))
}
