//! Native patterns: texts that are ASCII are searched by machine code, where this machine has it.

use crate::plan::program::Program;
use crate::plan::tree::Tree;

/// Lets patterns run as machine code.
pub(super) fn run(program: Program, _: &Tree) -> Program {
    Program { is_native: true, ..program }
}
