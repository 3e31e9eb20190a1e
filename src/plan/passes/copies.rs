//! Copies: what is read of an extractor's result and set as it is goes from register to register, without evaluation.

use crate::plan::program::op::Op;
use crate::plan::program::{Instruction, Program, RegisterCopy, Store};
use crate::plan::template::Source;
use crate::plan::tree::Tree;
use crate::taxonomy::Reading;

/// Makes copies of stores. There are none where a spec has values that are ignored: each value is looked at then.
pub(super) fn run(mut program: Program, tree: &Tree) -> Program {
    if !tree.ignored.is_empty() {
        return program;
    }
    for action in program.actions_mut() {
        action.code = std::mem::take(&mut action.code).into_iter().map(copied).collect();
    }
    program
}

fn copied(step: Instruction) -> Instruction {
    let Instruction::Set(store, source) = step else { return step };
    match copy(&store, &source) {
        Some(copy) => Instruction::Copy(copy, store, source),
        None => Instruction::Set(store, source),
    }
}

fn copy(store: &Store, source: &Source<Op>) -> Option<RegisterCopy> {
    let source = if let Source::Verbatim(inner) = source { inner } else { source };
    let Source::Expression(Op::Projected(projected)) = source else { return None };
    let to = store.sole_register().filter(|_| projected.is_direct && projected.steps.len() == 1)?;
    let reading = store.assignment.reading();
    let takes_scalars = matches!(reading, Reading::Any | Reading::Object);
    let takes_text = takes_scalars || reading == Reading::Text;
    Some(RegisterCopy { from: projected.register, result: projected.path.slot, to, takes_text, takes_scalars })
}
