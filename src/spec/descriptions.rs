//! Smart descriptions: `_meta/smart-descriptions.json`, texts that say in a sentence what an event tells.

use super::findings::{DESCRIPTION_KEY, UNKNOWN_KEY};
use super::json::JsonPart;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceId};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Checks the shape of a file of smart descriptions and counts them: a list of `value` (text with `{field}`s),
/// `conditions` (`field`, and `value` where it must have one) and `relationships` (`source`, `target`, `type`).
pub fn check_descriptions(text: &str, source: SourceId, findings: &mut Diagnostics) -> usize {
    let items = JsonPart::document(text, source).and_then(|document| document.items("a file of smart descriptions"));
    let items = keep(items, findings).unwrap_or_default();
    for item in &items {
        description(*item, findings);
    }
    items.len()
}

fn description(item: JsonPart<'_>, findings: &mut Diagnostics) {
    let what = "a smart description";
    let Some(members) = members(item, what, &["value", "conditions", "relationships"], findings) else { return };
    text(item, &members, "value", what, findings);
    if !members.contains_key("conditions") {
        findings.push(DESCRIPTION_KEY.at(item.start(), &[what, "conditions"]));
    }
    for condition in list(&members, "conditions", findings) {
        if let Some(members) = self::members(condition, "a condition", &["field", "value"], findings) {
            text(condition, &members, "field", "a condition", findings);
        }
    }
    for relationship in list(&members, "relationships", findings) {
        let keys = &["source", "target", "type"];
        if let Some(members) = self::members(relationship, "a relationship", keys, findings) {
            keys.iter().for_each(|key| text(relationship, &members, key, "a relationship", findings));
        }
    }
}

type Members<'t> = BTreeMap<Cow<'t, str>, JsonPart<'t>>;

/// The members of an object, with findings for those that are not known.
fn members<'t>(part: JsonPart<'t>, what: &str, known: &[&str], findings: &mut Diagnostics) -> Option<Members<'t>> {
    let members = keep(part.members(what), findings)?;
    for (key, value) in members.iter().filter(|(key, _)| !known.contains(&&***key)) {
        findings.push(UNKNOWN_KEY.at(value.key_span(key), &[what, key]).suggest(key, known.iter().copied()));
    }
    Some(members)
}

/// A text that must be there.
fn text(whole: JsonPart<'_>, members: &Members<'_>, key: &str, what: &str, findings: &mut Diagnostics) {
    match members.get(key) {
        None => findings.push(DESCRIPTION_KEY.at(whole.start(), &[what, key])),
        Some(part) => {
            keep(part.string(&format!("`{key}`")), findings);
        }
    }
}

fn list<'t>(members: &Members<'t>, key: &str, findings: &mut Diagnostics) -> Vec<JsonPart<'t>> {
    let items = members.get(key).map(|part| part.items(&format!("`{key}`")));
    items.and_then(|items| keep(items, findings)).unwrap_or_default()
}

fn keep<T>(result: Result<T, Box<Diagnostic>>, findings: &mut Diagnostics) -> Option<T> {
    result.map_err(|finding| findings.push(*finding)).ok()
}
