//! Fields that are set and set again before anyone reads them.

use super::fact::Formula;
use super::scene::Scene;
use super::timeline::{PipelinePoint, Timeline, Writing, overlaps};
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
    let stages = repeated_stages(scene);
    for writing in timeline.writings.iter().filter(|writing| !stages.contains(writing.stage)) {
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

/// Stages that several entries run: what they set first depends on which.
fn repeated_stages<'s>(scene: &Scene<'s>) -> HashSet<&'s str> {
    let mut seen = HashSet::new();
    let names = scene.spec.pipeline.iter().map(|entry| &*entry.name.text);
    names.filter(|name| !seen.insert(*name)).collect()
}

/// Whether the second surely has a value wherever the first has one.
fn overwrites(
    scene: &Scene<'_>,
    timeline: &Timeline<'_>,
    first: &Writing<'_>,
    second: &Writing<'_>,
    steps: &mut usize,
) -> bool {
    let stays = |constant: &Constant| is_stable(timeline, constant, first.at, second.at);
    let is_again = is_same(first.value, second.value) && second.value.is_some_and(stays);
    let is_sure = is_again || second.value.is_some_and(|value| is_value(scene, &second.field.text, value));
    let are_stable = [second.outer, second.filter].into_iter().flatten().all(stays);
    let follows_entry = first.at.entry == second.at.entry || follows(scene, first.outer, second.outer, steps);
    is_sure && are_stable && follows_entry && follows(scene, first.filter, second.filter, steps)
}

/// Whether what a template reads is the same at two moments: nothing in between writes it.
fn is_stable(timeline: &Timeline<'_>, constant: &Constant, first: PipelinePoint, second: PipelinePoint) -> bool {
    let between = |at: &PipelinePoint| first <= *at && *at < second;
    timeline.readings.iter().filter(|reading| reading.scalar == constant.span).all(|reading| {
        let is_set = timeline.writings.iter().any(|writing| {
            between(&writing.at)
                && (reading.root == "final" || reading.root == writing.stage)
                && overlaps(&writing.field.text, &reading.keys)
        });
        let is_deleted = reading.root == "final"
            && timeline.deletions.iter().any(|(at, deleted)| between(at) && overlaps(deleted, &reading.keys));
        let is_read_again =
            timeline.outputs.iter().any(|((layer, _), moments)| *layer == reading.root && moments.iter().any(between));
        !is_set && !is_deleted && !is_read_again
    })
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
