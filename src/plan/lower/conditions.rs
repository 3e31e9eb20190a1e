//! Lowers `and` and `or`. Where several operands beside one another compare one value with literals, as in
//! `'a' in x | lower or 'b' in x | lower`, it is evaluated once.

use super::Scope;
use crate::expr::{Arguments, Comparison, Expr, ExprKind};
use crate::filters::{self, Changes, Kind};
use crate::plan::expression::{Expression, Test, Tests};

/// A comparison of a value with a literal.
struct Compared<'e> {
    value: &'e Expr,
    comparison: Comparison,
    literal: &'e Expr,
    is_value_first: bool,
}

impl Scope<'_, '_> {
    /// `a or b or c`, up to the first that is true; or, without `is_or`, `a and b and c`.
    pub(super) fn chain(&mut self, whole: &Expr, is_or: bool) -> Expression {
        let mut operands = Vec::new();
        collect(whole, is_or, &mut operands);
        let operands: Vec<_> = operands.into_iter().map(|operand| (operand, Compared::of(operand))).collect();
        let mut lowered = Vec::new();
        for same in operands.chunk_by(|(_, left), (_, right)| is_same(left.as_ref(), right.as_ref())) {
            match same {
                [(operand, _)] => lowered.push(self.expression(operand)),
                _ => lowered.extend(self.tests(same.iter().filter_map(|(_, compared)| compared.as_ref()), is_or)),
            }
        }
        let join = if is_or { Expression::Or } else { Expression::And };
        lowered.into_iter().reduce(|left, right| join(Box::new((left, right)))).unwrap_or(Expression::Undefined)
    }

    /// The comparisons of one value. It is lowered each time, so that each mistake in it is told.
    fn tests<'e>(&mut self, all: impl Iterator<Item = &'e Compared<'e>>, until: bool) -> Option<Expression> {
        let (values, tests): (Vec<_>, Vec<_>) = all
            .map(|Compared { value, comparison, literal, is_value_first }| {
                let other = self.expression(literal);
                let test = Test { comparison: *comparison, other, is_value_first: *is_value_first };
                (self.expression(value), test)
            })
            .unzip();
        let value = values.into_iter().next()?;
        Some(Expression::Tests(Box::new(Tests { value, tests: tests.into(), until })))
    }
}

impl<'e> Compared<'e> {
    fn of(expression: &'e Expr) -> Option<Self> {
        let ExprKind::Compare(left, others) = &expression.kind else { return None };
        let [(comparison, right)] = others.as_slice() else { return None };
        let (value, literal, is_value_first) = match (is_literal(left), is_literal(right)) {
            (false, true) => (&**left, right, true),
            (true, false) => (right, &**left, false),
            _ => return None,
        };
        can_be_once(value).then_some(Compared { value, comparison: *comparison, literal, is_value_first })
    }
}

/// The operands of a chain, in order.
fn collect<'e>(expression: &'e Expr, is_or: bool, operands: &mut Vec<&'e Expr>) {
    match (&expression.kind, is_or) {
        (ExprKind::Or(left, right), true) | (ExprKind::And(left, right), false) => {
            collect(left, is_or, operands);
            collect(right, is_or, operands);
        }
        _ => operands.push(expression),
    }
}

fn is_same(left: Option<&Compared<'_>>, right: Option<&Compared<'_>>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left.value == right.value)
}

fn is_literal(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Literal(_) => true,
        ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().all(is_literal),
        _ => false,
    }
}

/// Whether an expression gives the same each time, and changes nothing.
fn can_be_once(expression: &Expr) -> bool {
    let all = |arguments: &Arguments| arguments.0.iter().all(|argument| can_be_once(&argument.value));
    match &expression.kind {
        ExprKind::Literal(_) | ExprKind::Name(_) => true,
        ExprKind::Attribute(value, _) => can_be_once(value),
        ExprKind::Subscript(value, key) => can_be_once(value) && can_be_once(key),
        ExprKind::Filter(value, _, arguments) => can_be_once(value) && all(arguments),
        ExprKind::Call(callee, arguments) => match &callee.kind {
            ExprKind::Attribute(value, method) => {
                let method = filters::find(Kind::Method, method);
                method.is_some_and(|entry| entry.changes == Changes::Nothing) && can_be_once(value) && all(arguments)
            }
            _ => false,
        },
        _ => false,
    }
}
