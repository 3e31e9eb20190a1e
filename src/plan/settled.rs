//! Settled fields: what every event has alike is cast and written as JSON once, when the spec is compiled.
//!
//! A field is settled where an action that always runs sets it to a constant, and nothing else sets it, deletes it,
//! reads it or stands above or below it.

use super::empty::sets_nothing;
use super::expression::{Slot, Source};
use super::fields::Place;
use super::layers::Layers;
use super::output::{Node, Output};
use super::{Action, Bound, Entry, Operation, Work};
use crate::value::{Arena, Constant, ConstantKind, json};
use std::collections::{HashMap, HashSet};

/// Puts the settled fields of a pipeline into the tree that is written, and marks the assignments that need not run.
pub(super) fn settle(
    entries: &mut [Entry],
    layers: &Layers,
    rules: &[Bound],
    ignored: &[Constant],
    output: &mut Output,
) {
    let unsettled = unsettled(entries, layers, rules, output);
    for entry in entries.iter_mut().filter(|entry| entry.filter.is_none()) {
        let Work::Stage(actions) = &mut entry.work else { continue };
        for action in actions.iter_mut().filter(|action| action.filter.is_none()) {
            let Operation::Set(fields) = &mut action.operation else { continue };
            for (assignment, source) in fields {
                let alone = |place: &Place| place.above.is_empty() && place.below.is_empty();
                if let (Source::Constant(constant), Some(slot)) = (&*source, assignment.place.exact)
                    && !unsettled.contains(&slot)
                    && alone(&assignment.place)
                    && assignment.mirror.exact.is_none()
                    && is_set(constant, ignored)
                {
                    assignment.is_settled = write(output, slot, constant).is_some();
                }
            }
        }
    }
}

/// The slots that something reads, deletes or infers, and those that are set in more than one place.
fn unsettled(entries: &[Entry], layers: &Layers, rules: &[Bound], output: &Output) -> HashSet<Slot> {
    let mut uses: HashMap<Slot, usize> = HashMap::new();
    let actions = entries.iter().filter_map(|entry| match &entry.work {
        Work::Stage(actions) => Some(actions),
        Work::Extract(_) => None,
    });
    actions.flatten().flat_map(touched).for_each(|slot| *uses.entry(slot).or_default() += 1);
    let mut unsettled: HashSet<Slot> = uses.into_iter().filter(|(_, uses)| *uses > 1).map(|(slot, _)| slot).collect();
    let inferred = rules.iter().flat_map(|bound| bound.places.reads.iter().chain(&bound.places.writes)).flatten();
    unsettled.extend(inferred.map(|slot| Slot(*slot)));
    unsettled.extend(layers.fields.iter().map(|(_, slot)| slot).filter(|slot| layers.is_read(*slot)));
    unsettled.extend(output.owned.iter().chain([&output.message, &output.event_id]).chain(&output.intake));
    unsettled
}

/// The slots that an action writes; those that it deletes count twice.
fn touched(action: &Action) -> Vec<Slot> {
    let all = |place: &Place| -> Vec<Slot> {
        let around = place.above.iter().map(|above| above.slot).chain(place.below.iter().copied());
        place.exact.into_iter().chain(around).collect()
    };
    match &action.operation {
        Operation::Delete(fields) => {
            let slots: Vec<Slot> = fields.iter().flat_map(|deletion| &deletion.places).flat_map(all).collect();
            [slots.clone(), slots].concat()
        }
        other => other.assignments().into_iter().flat_map(|assignment| all(&assignment.place)).collect(),
    }
}

/// Whether a constant sets a field; an empty one does not. Dicts are left to the run, which spreads them.
fn is_set(constant: &Constant, ignored: &[Constant]) -> bool {
    match &constant.kind {
        ConstantKind::Null | ConstantKind::Map(_) => false,
        ConstantKind::Text(text) => !sets_nothing(text, ignored),
        _ => true,
    }
}

/// Writes a field's constant behind its key.
fn write(output: &mut Output, slot: Slot, constant: &Constant) -> Option<()> {
    let (_, field) = output.fields.iter().find(|(known, _)| *known == slot)?;
    let arena = Arena::default();
    let value = output.taxonomy.fit(&arena, field, constant.to_value(&arena).ok()?).ok()?;
    let node = find(&mut output.tree, slot).filter(|node| node.known && node.children.is_empty())?;
    let mut settled = node.key.to_vec();
    json::write(&mut settled, value).ok()?;
    settled.push(b',');
    node.settled = settled.into();
    Some(())
}

fn find(nodes: &mut [Node], slot: Slot) -> Option<&mut Node> {
    nodes.iter_mut().find_map(|node| if node.slot == Some(slot) { Some(node) } else { find(&mut node.children, slot) })
}
