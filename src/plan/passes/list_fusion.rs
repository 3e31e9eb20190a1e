//! List fusion: of lists that are made only to be joined, one takes all items.

use crate::expr::Arithmetic;
use crate::plan::program::Program;
use crate::plan::program::expression::Expression;
use crate::plan::tree::Tree;

/// Joins sums of lists.
pub(super) fn run(program: Program, _: &Tree) -> Program {
    program.rewritten(&|expression| match expression {
        Expression::Arithmetic(Arithmetic::Add, pair) if makes_list(&pair.0) && makes_list(&pair.1) => {
            let (left, right) = *pair;
            Expression::Sum(parts(left).into_iter().chain(parts(right)).collect())
        }
        other => other,
    })
}

/// Whether an expression always gives a list that nothing else has yet.
fn makes_list(expression: &Expression) -> bool {
    match expression {
        Expression::List(_) | Expression::Sum(_) => true,
        Expression::Conditional(parts) => makes_list(&parts[1]) && makes_list(&parts[2]),
        _ => false,
    }
}

fn parts(summand: Expression) -> Vec<Expression> {
    match summand {
        Expression::Sum(parts) => parts.into_vec(),
        other => vec![other],
    }
}
