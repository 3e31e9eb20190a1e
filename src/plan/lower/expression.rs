//! Lowers expressions that are neither a name nor a call.

use super::verbatim::is_mark;
use super::{Bytes, Scope, bytes};
use crate::diagnostic::Span;
use crate::expr::{Arguments, Arithmetic, Comparison, Expr, ExprKind, Literal, Unary};
use crate::filters::LibraryKind;
use crate::plan::expression::Expression;
use crate::value::{Constant, ConstantKind};
use std::sync::Arc;

impl Scope<'_, '_> {
    pub(super) fn expression(&mut self, expression: &Expr) -> Expression {
        match &expression.kind {
            ExprKind::Literal(literal) => Expression::Constant(constant(literal)),
            ExprKind::Name(_) | ExprKind::Attribute(..) => self.access(expression),
            ExprKind::Subscript(value, key) if !matches!(key.kind, ExprKind::Literal(Literal::Text(_))) => {
                Expression::Subscript(Box::new((self.expression(value), self.expression(key))))
            }
            ExprKind::Subscript(..) => self.access(expression),
            ExprKind::Slice(value, bounds) => self.slice(value, bounds),
            ExprKind::List(items) => Expression::List(self.all(items)),
            ExprKind::Tuple(items) => Expression::Tuple(self.all(items)),
            ExprKind::Map(entries) => Expression::Map(
                entries.iter().map(|(key, value)| (self.expression(key), self.expression(value))).collect(),
            ),
            ExprKind::Call(callee, arguments) => self.call_of(expression, callee, arguments),
            // Only in the arguments of a call, which has its items.
            ExprKind::Spread(items) => self.expression(items),
            ExprKind::Filter(value, name, arguments) => {
                let at = self.place.find(name, value.end).unwrap_or(bytes(expression));
                let value = self.expression(value);
                if is_mark(name, arguments) {
                    return value;
                }
                self.call(LibraryKind::Filter, name, at, Some(value), arguments)
            }
            ExprKind::Test { value, name, arguments, negated } => {
                let is = self.place.find("is", value.end).map_or(value.end, |(_, end)| end);
                let at = self.place.find(name, is).unwrap_or(bytes(expression));
                self.test(at, value, name, arguments, *negated)
            }
            ExprKind::Unary(Unary::Not, value) => Expression::Not(Box::new(self.expression(value))),
            ExprKind::Unary(Unary::Minus, value) => Expression::Negate(Box::new(self.expression(value))),
            ExprKind::Unary(Unary::Plus, value) => Expression::Positive(Box::new(self.expression(value))),
            ExprKind::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right),
            ExprKind::Concat(parts) => Expression::Concat(self.all(parts)),
            ExprKind::Compare(first, others) => self.compare(first, others),
            ExprKind::And(left, right) => Expression::And(Box::new((self.expression(left), self.expression(right)))),
            ExprKind::Or(left, right) => Expression::Or(Box::new((self.expression(left), self.expression(right)))),
            ExprKind::Conditional { condition, then, otherwise } => {
                let otherwise = otherwise.as_ref().map_or(Expression::Undefined, |value| self.expression(value));
                Expression::Conditional(Box::new([self.expression(condition), self.expression(then), otherwise]))
            }
        }
    }

    /// What is only compared with `None` need not be read below.
    fn compare(&mut self, first: &Expr, others: &[(Comparison, Expr)]) -> Expression {
        let others: Box<[_]> = others.iter().map(|(comparison, value)| (*comparison, self.expression(value))).collect();
        let dict = if is_none(&others) { self.dict(first) } else { None };
        let first = dict.map_or_else(|| self.expression(first), |path| Expression::Path(Arc::new(path)));
        Expression::Compare(Box::new(first), others)
    }

    fn arithmetic(&mut self, operator: Arithmetic, left: &Expr, right: &Expr) -> Expression {
        if operator == Arithmetic::Subtract && left.end + 1 == right.start {
            self.hyphen = self.key_with_hyphen(left, right);
        }
        Expression::Arithmetic(operator, Box::new((self.expression(left), self.expression(right))))
    }

    fn all(&mut self, expressions: &[Expr]) -> Box<[Expression]> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    fn slice(&mut self, value: &Expr, bounds: &[Option<Box<Expr>>; 3]) -> Expression {
        let value = self.expression(value);
        let [start, stop, step] = bounds.each_ref().map(|bound| match bound {
            Some(bound) => self.expression(bound),
            None => Expression::Constant(constant(&Literal::None)),
        });
        Expression::Slice(Box::new([value, start, stop, step]))
    }

    fn test(&mut self, at: Bytes, value: &Expr, name: &str, arguments: &Arguments, negated: bool) -> Expression {
        let value = self.expression(value);
        let test = self.call(LibraryKind::Test, name, at, Some(value), arguments);
        if negated { Expression::Not(Box::new(test)) } else { test }
    }
}

/// Whether a comparison only asks for `None`.
fn is_none(others: &[(Comparison, Expression)]) -> bool {
    let [(Comparison::Equal | Comparison::NotEqual, value)] = others else { return false };
    match value {
        Expression::Undefined => true,
        Expression::Constant(constant) => matches!(constant.kind, ConstantKind::Null),
        _ => false,
    }
}

/// A literal; nothing is reported about it, so its place is not sought.
pub(super) fn constant(literal: &Literal) -> Constant {
    let kind = match literal {
        Literal::None => ConstantKind::Null,
        Literal::Bool(value) => ConstantKind::Bool(*value),
        Literal::Int(value) => ConstantKind::Int(*value),
        Literal::BigInt(digits) => ConstantKind::BigInt(digits.as_str().into()),
        Literal::Float(value) => ConstantKind::Float(*value),
        Literal::Text(text) => ConstantKind::Text(text.as_str().into()),
    };
    Constant { span: Span::default(), kind }
}
