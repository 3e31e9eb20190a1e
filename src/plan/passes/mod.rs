//! Passes: each makes a program of a program that gives the same events and reports, with less work.
//!
//! A pass adds and takes out no entry and no action: the machine tells its observers of the tree's, by their numbers.
//!
//! Later passes find more where earlier ones ran: a store into two places is neither a constant nor a copy, and what is copied
//! has a register by projection.
//!
//! What a pass leaves out is not on an event's budget. Where that is used up, the program that no pass touched tells what is
//! left of the event.

mod absent_inputs;
mod constants;
mod copies;
mod dead_stores;
mod field_keys;
mod list_fusion;
mod native_patterns;
mod output_template;
mod projection;

use super::program::Program;
use super::tree::Tree;

/// A pass.
struct Pass {
    name: &'static str,
    run: fn(Program, &Tree) -> Program,
}

/// All passes, in their order. `docs/mechanisms.md` has what each gains.
const PASSES: &[Pass] = &[
    Pass { name: "dead-stores", run: dead_stores::run },
    Pass { name: "projection", run: projection::run },
    Pass { name: "constants", run: constants::run },
    Pass { name: "list-fusion", run: list_fusion::run },
    Pass { name: "copies", run: copies::run },
    Pass { name: "field-keys", run: field_keys::run },
    Pass { name: "absent-inputs", run: absent_inputs::run },
    Pass { name: "output-template", run: output_template::run },
    Pass { name: "native-patterns", run: native_patterns::run },
];

/// The names of all passes, in their order.
pub fn names() -> impl Iterator<Item = &'static str> {
    PASSES.iter().map(|pass| pass.name)
}

/// What the passes whose names are let through make of a tree's program.
pub(super) fn run(program: Program, tree: &Tree, lets_through: &dyn Fn(&str) -> bool) -> Program {
    let passes = PASSES.iter().filter(|pass| lets_through(pass.name));
    let program = passes.fold(program, |program, pass| (pass.run)(program, tree));
    debug_assert!(program.is_parallel_to(tree), "an entry or action was added or taken out");
    program
}

#[cfg(test)]
mod tests;
