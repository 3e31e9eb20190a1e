//! The fields that smart descriptions ask for: some that no event has.

use super::declarations::Written;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use weir::diagnostic::{Diagnostics, Kind, Severity, SourceId, Span};
use weir::json::raw;
use weir::taxonomy::{Reading, Taxonomy};

/// A field that no taxonomy knows.
pub const UNKNOWN: Kind = Kind {
    code: "unknown-description-field",
    severity: Severity::Warning,
    title: "the field `{name}` is not in the taxonomy",
    meaning: "No event has the field, so the description never applies or has a gap.",
};

/// A field that the format never has.
pub const UNSET: Kind = Kind {
    code: "unset-description-field",
    severity: Severity::Hint,
    title: "no event of the format has the field `{name}`",
    meaning: "No stage sets the field, no rule infers it, and no recorded event has it, so the description never applies or has a gap.",
};

#[derive(Deserialize)]
struct Description<'d> {
    #[serde(borrow)]
    value: Option<&'d RawValue>,
    #[serde(borrow, default)]
    conditions: Vec<Condition<'d>>,
    #[serde(borrow, default)]
    relationships: Vec<Relationship<'d>>,
}

#[derive(Deserialize)]
struct Condition<'d> {
    #[serde(borrow)]
    field: Option<&'d RawValue>,
}

#[derive(Deserialize)]
struct Relationship<'d> {
    #[serde(borrow)]
    source: Option<&'d RawValue>,
    #[serde(borrow)]
    target: Option<&'d RawValue>,
}

/// Checks the fields of a file of smart descriptions; a file of another shape was told of already.
pub fn check(text: &str, source: SourceId, taxonomy: &Taxonomy, written: &Written, findings: &mut Diagnostics) {
    let descriptions: Vec<Description<'_>> = serde_json::from_str(text).unwrap_or_default();
    for description in &descriptions {
        let mut names: Vec<(&RawValue, String)> = Vec::new();
        let fields = description.conditions.iter().map(|condition| condition.field);
        let ends = description.relationships.iter().flat_map(|relationship| [relationship.source, relationship.target]);
        names.extend(fields.chain(ends).flatten().map(|field| (field, words(field))));
        if let Some(value) = description.value {
            names.extend(places(&words(value)).map(|name| (value, name.to_owned())));
        }
        // One field, one finding: at its condition where it has one.
        let mut seen = BTreeSet::new();
        for (field, name) in names.into_iter().filter(|(_, name)| seen.insert(name.clone())) {
            let place = || place(text, source, field);
            if !is_known(taxonomy, &name) {
                let known = taxonomy.iter().map(|field| &*field.name);
                findings.push(UNKNOWN.at(place(), &[&name]).suggest(&name, known));
            } else if !written.has(&name) && !is_given(&name) {
                findings.push(UNSET.at(place(), &[&name]));
            }
        }
    }
}

/// Fields which every event may have though no stage sets them.
const GIVEN: &[&str] = &["message", "event.id", "@timestamp", "log.hostname"];

/// Whether a field may come from elsewhere: what brings the event in names its sender, and a platform adds to an address
/// where it lies and to whom it belongs.
fn is_given(name: &str) -> bool {
    GIVEN.contains(&name) || name.contains(".geo.") || name.contains(".as.")
}

/// The text of a JSON string.
fn words(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// What stands in braces: `{user.name} failed` → `user.name`.
fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.trim())
}

fn is_known(taxonomy: &Taxonomy, name: &str) -> bool {
    let has_keys = |name: &str| {
        let field = taxonomy.get(name);
        field.is_some_and(|field| matches!(field.kind.reading(), Reading::Object | Reading::Any | Reading::List))
    };
    // `event.type.0` is the first value of a list.
    let is_place = |part: &str| part.parse::<u32>().is_ok();
    let name = name.rsplit_once('.').filter(|(_, last)| is_place(last)).map_or(name, |(list, _)| list);
    name.is_empty()
        || GIVEN.contains(&name)
        || taxonomy.get(name).is_some()
        || taxonomy.is_container(name)
        || name.match_indices('.').any(|(dot, _)| has_keys(&name[..dot]))
}

fn place(text: &str, source: SourceId, value: &RawValue) -> Span {
    let start = raw::offset(text, value.get()) as u32;
    Span::new(source, start, start + value.get().len() as u32)
}
