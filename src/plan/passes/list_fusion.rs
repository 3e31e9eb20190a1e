//! List fusion: of lists that are made only to be joined, one takes all items.

use crate::expr::Arithmetic;
use crate::plan::program::Program;
use crate::plan::program::op::Op;
use crate::plan::tree::Tree;

/// Joins sums of lists.
pub(super) fn run(program: Program, _: &Tree) -> Program {
    program.rewritten(&|expression| match expression {
        Op::Arithmetic(Arithmetic::Add, pair) if makes_list(&pair.0) && makes_list(&pair.1) => {
            let (left, right) = *pair;
            Op::Sum(parts(left).into_iter().chain(parts(right)).collect())
        }
        other => other,
    })
}

/// Whether an expression always gives a list that nothing else has yet.
fn makes_list(expression: &Op) -> bool {
    match expression {
        Op::List(_) | Op::Sum(_) => true,
        Op::Conditional(parts) => makes_list(&parts[1]) && makes_list(&parts[2]),
        _ => false,
    }
}

fn parts(summand: Op) -> Vec<Op> {
    match summand {
        Op::Sum(parts) => parts.into_vec(),
        other => vec![other],
    }
}
