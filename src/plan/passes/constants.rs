//! Constant folding: what every event has alike is cast and written as JSON once, when the spec is compiled.
//!
//! A field is constant where an action that always runs sets it to a constant, and nothing else sets it, deletes it, reads
//! it or stands above or below it.

use crate::json;
use crate::plan::empty::sets_nothing;
use crate::plan::expression::Slot;
use crate::plan::fields::Place;
use crate::plan::output::Output;
use crate::plan::program::{EntryBody, Instruction, Program};
use crate::plan::template::Source;
use crate::plan::tree::{self, Operation, Tree};
use crate::value::{Arena, Constant, ConstantKind, Value};
use std::collections::{HashMap, HashSet};

/// Takes the steps out that set constant fields, and writes those fields.
pub(super) fn run(mut program: Program, tree: &Tree) -> Program {
    let changing = changing(tree);
    for entry in program.entries.iter_mut().filter(|entry| entry.filter.is_none()) {
        let EntryBody::Stage(actions) = &mut entry.code else { continue };
        for action in actions.iter_mut().filter(|action| action.filter.is_none()) {
            let mut steps = std::mem::take(&mut action.code).into_vec();
            steps.retain(|step| match constant(step, &changing, tree) {
                Some(constant) => {
                    program.constants.push(constant);
                    false
                }
                None => true,
            });
            action.code = steps.into();
        }
    }
    program.constants.sort_by_key(|(slot, _)| *slot);
    program
}

/// The field that a step sets alike in all events, with its value as JSON.
fn constant(step: &Instruction, changing: &HashSet<Slot>, tree: &Tree) -> Option<(Slot, Box<[u8]>)> {
    let Instruction::Set(store, Source::Constant(constant)) = step else { return None };
    let slot = store.sole_register().filter(|slot| !changing.contains(slot) && is_set(constant, &tree.ignored))?;
    Some((slot, written(&tree.output, slot, constant)?))
}

/// The slots that something reads, deletes or infers, and those that are set in more than one place.
fn changing(tree: &Tree) -> HashSet<Slot> {
    let Tree { entries, layers, rules, output, .. } = tree;
    let mut uses: HashMap<Slot, usize> = HashMap::new();
    let actions = entries.iter().filter_map(|entry| match &entry.work {
        tree::Work::Stage(actions) => Some(actions),
        tree::Work::Extract(_) => None,
    });
    actions.flatten().flat_map(touched).for_each(|slot| *uses.entry(slot).or_default() += 1);
    let mut changing: HashSet<Slot> = uses.into_iter().filter(|(_, uses)| *uses > 1).map(|(slot, _)| slot).collect();
    let inferred = rules.iter().flat_map(|bound| bound.places.reads.iter().chain(&bound.places.writes)).flatten();
    changing.extend(inferred.map(|slot| Slot(*slot)));
    changing.extend(layers.fields.iter().map(|(_, slot)| slot).filter(|slot| layers.is_read(*slot)));
    changing.extend(output.owned.iter().chain([&output.message, &output.event_id]).chain(&output.intake));
    changing
}

/// The slots that an action writes. Those that it deletes count twice, so that no field that is deleted is a constant.
fn touched(action: &tree::Action) -> Vec<Slot> {
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

/// A field's constant, cast and as JSON, where the field is a known leaf of the event.
fn written(output: &Output, slot: Slot, constant: &Constant) -> Option<Box<[u8]>> {
    let (_, field) = output.fields.iter().find(|(known, _)| *known == slot)?;
    let arena = Arena::default();
    let given = constant.to_value(&arena).ok()?;
    let value = output.taxonomy.fit(&arena, field, given).ok()?;
    // Where a list loses items on the way, each run reports it.
    if let (Value::List(given), Value::List(fitting)) = (given, value)
        && fitting.len() < given.len()
    {
        return None;
    }
    output.node(slot).filter(|node| node.known && node.children.is_empty())?;
    let mut written = Vec::new();
    json::write(&mut written, value).ok()?;
    Some(written.into())
}
