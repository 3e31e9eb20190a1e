//! Stages and their actions.

use super::findings::{EMPTY_STAGE, NO_OPERATION, TWO_OPERATIONS};
use super::reader::{Pairs, SpecReader, filter, find, head, key_span, present};
use super::{ActionKind, Named, Stage, StageAction, keys};
use crate::diagnostic::{Span, nearest};
use crate::value::{Constant, ConstantKind};

/// The keys of which each makes an action a translation.
const TRANSLATION: &[&str] = &["translate", "dictionary", "mapping", "fallback"];

/// Reads a stage.
pub(super) fn stage(reader: &mut SpecReader<'_>, name: &Constant, stage: &Constant) -> Option<Stage> {
    let name = reader.name(name, "the name of a stage")?;
    let pairs = reader.mapping(stage, &format!("the stage `{}`", name.text));
    let unreadable = pairs.is_none().then_some(stage.span).into_iter().collect();
    let mut stage = Stage { name, actions: Vec::new(), unreadable };
    if let Some(pairs) = pairs {
        actions(reader, &mut stage, pairs);
    }
    Some(stage)
}

/// Reads the actions of a stage. Of one that cannot be read, or only in part, the rest is kept and the place noted.
fn actions(reader: &mut SpecReader<'_>, stage: &mut Stage, pairs: &Pairs) {
    reader.check_keys(pairs, "a stage", keys::STAGE);
    let actions = reader.required(pairs, "actions", "a stage", stage.name.span);
    let Some(items) = actions.and_then(|actions| reader.list(actions, "`actions`")) else {
        return stage.unreadable.push(stage.name.span);
    };
    if items.is_empty() {
        reader.report(EMPTY_STAGE.at(stage.name.span, &[&stage.name.text]));
    }
    for item in items {
        let errors = reader.errors();
        stage.actions.extend(action(reader, item));
        if reader.errors() > errors {
            stage.unreadable.push(item.span);
        }
    }
}

fn action(reader: &mut SpecReader<'_>, item: &Constant) -> Option<StageAction> {
    let pairs = reader.mapping(item, "an action")?;
    reader.check_keys(pairs, "an action", keys::ACTION);
    reader.optional_name(pairs, "description", "a description");
    let name = reader.optional_name(pairs, "name", "the name of an action");
    let filter = filter(reader, pairs);
    let operation = operation(reader, pairs, item.span);
    Some(StageAction { name, filter: filter?, operation: operation?, span: item.span })
}

/// The one operation of an action. A translation is known by any of its keys: `translate` alone, without a value, is
/// how most specs write it, some leave it out, and its keys may stand below it.
fn operation(reader: &mut SpecReader<'_>, pairs: &Pairs, whole: Span) -> Option<ActionKind> {
    let translates = TRANSLATION.iter().copied().find(|key| find(pairs, key).is_some());
    let found: Vec<&str> =
        ["set", "delete"].into_iter().filter(|key| find(pairs, key).is_some()).chain(translates).collect();
    if let [first, second, ..] = found[..] {
        let (place, other) = (key_span(pairs, first)?, key_span(pairs, second)?);
        let finding = TWO_OPERATIONS.at(place, &[first, second]).also(other, "");
        reader.report(finding.help("write two actions, in the order in which they are to run"));
    }
    match found.first().copied() {
        // The misspelt key was reported already: one mistake is told once.
        None if pairs.iter().any(|(key, _)| is_misspelt_operation(key)) => None,
        None => {
            reader.report(NO_OPERATION.at(head(pairs, whole), &[]).help("write `set`, `translate` or `delete`"));
            None
        }
        Some("set") => set(reader, find(pairs, "set")?),
        Some("delete") => delete(reader, find(pairs, "delete")?),
        Some(_) => translate(reader, pairs, whole),
    }
}

/// Whether a key was to be an operation's.
fn is_misspelt_operation(key: &Constant) -> bool {
    let known = || keys::names(keys::ACTION);
    let key = key.as_text().filter(|key| known().all(|known| known != *key));
    let meant = key.and_then(|key| nearest(key, known()));
    meant.is_some_and(|meant| ["set", "delete"].contains(&meant) || TRANSLATION.contains(&meant))
}

fn set(reader: &mut SpecReader<'_>, fields: &Constant) -> Option<ActionKind> {
    let fields = reader.mapping(fields, "`set`")?;
    let set = fields.iter().filter_map(|(field, value)| Some((reader.name(field, "a field")?, value.clone())));
    Some(ActionKind::Set(set.collect()))
}

fn delete(reader: &mut SpecReader<'_>, fields: &Constant) -> Option<ActionKind> {
    let fields = reader.list(fields, "`delete`")?;
    Some(ActionKind::Delete(fields.iter().filter_map(|field| reader.name(field, "a field")).collect()))
}

fn translate(reader: &mut SpecReader<'_>, pairs: &Pairs, whole: Span) -> Option<ActionKind> {
    let nested =
        present(pairs, "translate").and_then(|nested| reader.mapping(nested, "`translate`")).unwrap_or_default();
    reader.check_keys(nested, "`translate`", keys::TRANSLATE);
    let place =
        ["translate", "dictionary", "mapping"].into_iter().find_map(|key| key_span(pairs, key)).unwrap_or(whole);
    let home = |key: &str| if find(nested, key).is_some() { nested } else { pairs };
    let dictionary = reader.required(home("dictionary"), "dictionary", "a translation", place);
    let dictionary = dictionary.and_then(|dictionary| reader.mapping(dictionary, "`dictionary`"));
    let mapping = reader.required(home("mapping"), "mapping", "a translation", place);
    let mapping = mapping.and_then(|mapping| reader.mapping(mapping, "`mapping`"));
    let fallback = find(home("fallback"), "fallback").filter(|value| value.kind != ConstantKind::Null);
    Some(ActionKind::Translate {
        dictionary: dictionary?.to_vec(),
        mapping: mapping?.iter().filter_map(|(from, to)| mapped(reader, from, to)).collect(),
        fallback: fallback.cloned(),
    })
}

fn mapped(reader: &mut SpecReader<'_>, from: &Constant, to: &Constant) -> Option<(Named, Named)> {
    let from = reader.name(from, "the source of a mapping");
    let to = reader.name(to, "the field of a mapping");
    Some((from?, to?))
}
