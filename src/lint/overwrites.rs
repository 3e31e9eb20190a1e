//! Fields that are set and set again before anyone reads them.

use super::fact::Formula;
use super::scene::Scene;
use super::timeline::{PipelinePoint, Timeline, Writing, overlaps};
use crate::diagnostic::Span;
use crate::lint::findings::*;
use crate::plan::empty::sets_nothing;
use crate::plan::words::native;
use crate::value::text::is_template;
use crate::value::{Arena, Constant, ConstantKind};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What all comparisons of conditions may cost, in steps.
const MOST_STEPS: usize = 100_000;
/// How many settings of one field are held against each other.
const MOST: usize = 64;

/// Checks what is set twice. Fields that one action sets and another sets again are told together.
pub(super) fn check(scene: &mut Scene<'_>, timeline: &Timeline<'_>) {
    let mut together: BTreeMap<_, Vec<(&Writing<'_>, &Writing<'_>)>> = BTreeMap::new();
    for (first, second) in pairs(scene, timeline) {
        let action = |at: PipelinePoint| (at.entry, at.action);
        let is_same = is_same(first.value, second.value);
        together.entry((action(first.at), action(second.at), is_same)).or_default().push((first, second));
    }
    for ((_, _, is_same), mut pairs) in together {
        pairs.sort_by_key(|(first, _)| first.at);
        let names: Vec<String> = pairs.iter().map(|(first, _)| format!("`{}`", first.field.text)).collect();
        let kind = if is_same { &SET_TWICE } else { &OVERWRITTEN };
        let (first, second) = pairs[0];
        let finding = kind.at(first.field.span, &[&names.join(", ")]);
        scene.report(finding.also(second.field.span, "overwritten here"));
    }
}

/// Settings of a field, each with a later one that makes it needless.
fn pairs<'t, 's>(scene: &Scene<'_>, timeline: &'t Timeline<'s>) -> Vec<(&'t Writing<'s>, &'t Writing<'s>)> {
    let mut by_field: HashMap<&str, Vec<&Writing<'_>>> = HashMap::new();
    let repeated = repeated_places(timeline);
    for writing in timeline.writings.iter().filter(|writing| !repeated.contains(&writing.field.span)) {
        by_field.entry(&writing.field.text).or_default().push(writing);
    }
    let mut fields: Vec<_> =
        by_field.into_iter().filter(|(_, writings)| (2..=MOST).contains(&writings.len())).collect();
    fields.sort_by_key(|(field, _)| *field);
    let (mut pairs, mut steps) = (Vec::new(), MOST_STEPS);
    for (_, writings) in fields {
        for (at, first) in writings.iter().enumerate() {
            let mut later = writings[at + 1..].iter();
            let again = later.find(|second| {
                overwrites(scene, timeline, first, second, &mut steps) && is_unread(timeline, first, second)
            });
            pairs.extend(again.map(|second| (*first, *second)));
        }
    }
    pairs
}

/// The places that set a field more than once, where several entries run a stage: what they set first depends on which.
fn repeated_places(timeline: &Timeline<'_>) -> HashSet<Span> {
    let mut seen = HashSet::new();
    let places = timeline.writings.iter().map(|writing| writing.field.span);
    places.filter(|place| !seen.insert(*place)).collect()
}

/// Whether the second surely has a value wherever the first has one.
fn overwrites(
    scene: &Scene<'_>,
    timeline: &Timeline<'_>,
    first: &Writing<'_>,
    second: &Writing<'_>,
    steps: &mut usize,
) -> bool {
    let stays = |from: PipelinePoint, constant: &Constant| timeline.is_stable(constant, from, second.at);
    let is_again = is_same(first.value, second.value) && second.value.is_some_and(|value| stays(first.at, value));
    let is_sure = is_again || second.value.is_some_and(|value| is_value(scene, &second.field.text, value));
    // Their own filters were looked at before.
    let (entry, action) = (PipelinePoint { action: 0, part: 0, ..first.at }, PipelinePoint { part: 0, ..first.at });
    let outer = second.outer.filter(|_| first.at.entry != second.at.entry);
    let are_stable =
        outer.is_none_or(|outer| stays(entry, outer)) && second.filter.is_none_or(|filter| stays(action, filter));
    let follows_entry = first.at.entry == second.at.entry || follows(scene, first.outer, second.outer, steps);
    is_sure && are_stable && follows_entry && follows(scene, first.filter, second.filter, steps)
}

/// Whether a condition holds wherever another one does. What either reads may change in between, so that only conditions
/// on what came in are compared.
fn follows(scene: &Scene<'_>, first: Option<&Constant>, second: Option<&Constant>, steps: &mut usize) -> bool {
    let formula =
        |constant: &Constant| scene.written(constant).and_then(|written| written.expression()).map(Formula::of);
    match (first, second) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(first), Some(second)) => {
            let text = second.as_text().unwrap_or_default();
            let is_fixed = !text.contains("final.") && !text.contains("final[");
            let formulas = formula(first).zip(formula(second)).filter(|_| is_fixed);
            formulas.is_some_and(|(first, second)| first.implies(&second, steps))
        }
    }
}

/// A constant that sets its field, whatever the event is: it is not empty, has no template in it, and fits.
fn is_value(scene: &Scene<'_>, field: &str, value: &Constant) -> bool {
    let is_set = match &value.kind {
        ConstantKind::Null | ConstantKind::Map(_) => false,
        ConstantKind::Text(text) => !sets_nothing(text, &scene.spec.ignored_values),
        _ => true,
    };
    is_set && !has_template(value) && fits(scene, field, value)
}

/// Whether something of a value is found when the event is there.
fn has_template(value: &Constant) -> bool {
    match &value.kind {
        ConstantKind::Text(text) => is_template(text),
        ConstantKind::List(items) => items.iter().any(has_template),
        ConstantKind::Map(entries) => entries.iter().any(|(_, value)| has_template(value)),
        _ => false,
    }
}

/// Whether the field's type takes a constant.
fn fits(scene: &Scene<'_>, field: &str, value: &Constant) -> bool {
    let arena = Arena::default();
    let Some(field) = scene.taxonomy.get(field) else { return true };
    native(value).to_value(&arena).is_ok_and(|value| scene.taxonomy.fit(&arena, field, value).is_ok())
}

/// Whether two values are one template.
fn is_same(first: Option<&Constant>, second: Option<&Constant>) -> bool {
    first.zip(second).is_some_and(|(first, second)| first.as_text().is_some() && first.as_text() == second.as_text())
}

/// Whether nobody reads the field, or deletes it, between its two settings. A stage's layer keeps what the stage set.
fn is_unread(timeline: &Timeline<'_>, first: &Writing<'_>, second: &Writing<'_>) -> bool {
    let between = |at| first.at < at && at <= second.at;
    let name = &first.field.text;
    let is_read = timeline.readings.iter().any(|reading| {
        let is_of_field = overlaps(name, &reading.keys);
        match reading.root {
            "final" => between(reading.at) && is_of_field,
            root if root == first.stage && first.stage == second.stage => between(reading.at) && is_of_field,
            root if root == first.stage => is_of_field,
            // A translation's key may name a field.
            root => between(reading.at) && name.split('.').next() == Some(root),
        }
    });
    let is_deleted = timeline.deletions.iter().any(|(at, deleted)| between(*at) && overlaps(name, &keys(deleted)));
    !is_read && !is_deleted
}

fn keys(name: &str) -> Vec<&str> {
    name.split('.').collect()
}
