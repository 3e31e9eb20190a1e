//! Copies: what is read of an extractor's result and set as it is goes from register to register, without evaluation.

use crate::plan::program::expression::{Expression, Source};
use crate::plan::program::{Copy, Program, Step, Store};
use crate::plan::tree::Tree;
use crate::taxonomy::Reading;

/// Makes copies of stores. There are none where a spec has values that are ignored: each value is looked at then.
pub(super) fn run(mut program: Program, tree: &Tree) -> Program {
    if !tree.ignored.is_empty() {
        return program;
    }
    for action in program.actions_mut() {
        action.steps = std::mem::take(&mut action.steps).into_iter().map(copied).collect();
    }
    program
}

fn copied(step: Step) -> Step {
    let Step::Set(store, source) = step else { return step };
    match copy(&store, &source) {
        Some(copy) => Step::Copy(copy, store, source),
        None => Step::Set(store, source),
    }
}

fn copy(store: &Store, source: &Source) -> Option<Copy> {
    let source = if let Source::Verbatim(inner) = source { inner } else { source };
    let Source::Expression(Expression::Projected(projected)) = source else { return None };
    let to = store.alone().filter(|_| projected.is_direct && projected.steps.len() == 1)?;
    let reading = store.assignment.reading();
    let takes_scalars = matches!(reading, Reading::Any | Reading::Object);
    let takes_text = takes_scalars || reading == Reading::Text;
    Some(Copy { from: projected.register, result: projected.path.slot, to, takes_text, takes_scalars })
}
