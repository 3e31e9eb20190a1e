//! Stores that nobody reads: a stage's field is set in the event alone where no expression reads the stage's layer.

use crate::plan::fields::Place;
use crate::plan::program::{Instruction, Program, Store};
use crate::plan::tree::Tree;

/// Leaves out what is set in layers and not read there.
pub(super) fn run(mut program: Program, tree: &Tree) -> Program {
    let drop_unread = |store: &mut Store| store.sets_layer = is_read(&store.assignment.layer_place, tree);
    for step in program.actions_mut().flat_map(|action| &mut action.code) {
        match step {
            Instruction::Set(store, _) | Instruction::Copy(_, store, _) => drop_unread(store),
            Instruction::Translate(translate) => {
                translate.lookups.iter_mut().for_each(|lookup| drop_unread(&mut lookup.into));
            }
            Instruction::Delete(_) => {}
        }
    }
    program
}

fn is_read(place: &Place, tree: &Tree) -> bool {
    let around = place.above.iter().map(|above| above.slot).chain(place.below.iter().copied());
    place.exact.into_iter().chain(around).any(|slot| tree.layers.is_read(slot))
}
