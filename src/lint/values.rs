//! What is known of an expression's value before anything runs: its letters' case, or its type.

use crate::expr::{Expr, ExprKind, Literal};

/// What a value surely is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KnownValues {
    /// Text without capitals.
    Lower,
    /// Text without small letters.
    Upper,
    /// A whole number.
    Int,
    /// True or false.
    Bool,
}

/// Why a value never equals a literal, or, where it is asked for a part of the value, never has it; `None` where it may.
pub(super) fn never_equal(subject: &Expr, literal: &Literal, is_part: bool) -> Option<&'static str> {
    match (known(subject)?, literal) {
        (KnownValues::Lower, Literal::Text(text)) if text.chars().any(is_changed_by_lower) => {
            Some("this is in lower case")
        }
        (KnownValues::Upper, Literal::Text(text)) if text.chars().any(is_changed_by_upper) => {
            Some("this is in upper case")
        }
        (KnownValues::Lower | KnownValues::Upper, literal) if !is_part && is_number(literal) => Some("this is text"),
        (KnownValues::Int, Literal::Text(_)) if !is_part => Some("this is a number"),
        (KnownValues::Bool, Literal::Text(_)) if !is_part => Some("this is true or false"),
        _ => None,
    }
}

fn is_number(literal: &Literal) -> bool {
    matches!(literal, Literal::Int(_) | Literal::Float(_) | Literal::BigInt(_))
}

/// What the outermost filter, method or operator makes of a value, whatever it is.
fn known(expression: &Expr) -> Option<KnownValues> {
    match &expression.kind {
        ExprKind::Filter(_, name, arguments) => match name.as_str() {
            "lower" => Some(KnownValues::Lower),
            "upper" => Some(KnownValues::Upper),
            "length" | "count" => Some(KnownValues::Int),
            // With an argument it may give that.
            "int" if arguments.0.is_empty() => Some(KnownValues::Int),
            "is_ipaddress" | "re_match" | "re_search" => Some(KnownValues::Bool),
            _ => None,
        },
        ExprKind::Call(callee, arguments) => match &callee.kind {
            ExprKind::Attribute(_, name) if arguments.0.is_empty() && name == "lower" => Some(KnownValues::Lower),
            ExprKind::Attribute(_, name) if arguments.0.is_empty() && name == "upper" => Some(KnownValues::Upper),
            ExprKind::Name(name) if name == "len" => Some(KnownValues::Int),
            _ => None,
        },
        ExprKind::Test { .. } | ExprKind::Compare(..) | ExprKind::Unary(crate::expr::Unary::Not, _) => {
            Some(KnownValues::Bool)
        }
        _ => None,
    }
}

fn is_changed_by_lower(letter: char) -> bool {
    !letter.to_lowercase().eq([letter])
}

fn is_changed_by_upper(letter: char) -> bool {
    !letter.to_uppercase().eq([letter])
}

/// Whether a value is never the key of a dictionary.
pub(super) fn never_is(subject: &Expr, key: &str) -> Option<&'static str> {
    match known(subject)? {
        KnownValues::Lower if key.chars().any(is_changed_by_lower) => Some("the looked-up value is in lower case"),
        KnownValues::Upper if key.chars().any(is_changed_by_upper) => Some("the looked-up value is in upper case"),
        KnownValues::Int if key.parse::<f64>().is_err() => Some("the looked-up value is a number"),
        _ => None,
    }
}
