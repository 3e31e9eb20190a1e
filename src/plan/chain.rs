//! Names with keys behind them, as an expression writes them.

use crate::expr::{Expr, ExprKind, Literal};

/// The name at the root of `name.key["key"]`, with the keys; nothing for any other expression.
pub(crate) fn chain(expression: &Expr) -> Option<(&Expr, Vec<&str>)> {
    match &expression.kind {
        ExprKind::Name(_) => Some((expression, Vec::new())),
        ExprKind::Attribute(value, name) if place_of(name).is_none() => {
            let (root, mut keys) = chain(value)?;
            keys.push(name);
            Some((root, keys))
        }
        ExprKind::Subscript(value, key) => {
            let ExprKind::Literal(Literal::Text(key)) = &key.kind else { return None };
            let (root, mut keys) = chain(value)?;
            keys.push(key);
            Some((root, keys))
        }
        _ => None,
    }
}

/// The place that `list.0` names, which is `list[0]`.
pub(super) fn place_of(name: &str) -> Option<i64> {
    name.parse().ok()
}
