//! What a source reads its value from: whether it hands on what it reads, or a part of it, and has no words of its own.

use crate::plan::expression::{Call, Expression};
use crate::plan::readings::LeafPart;
use crate::plan::template::{Node, Source};
use crate::value::ConstantKind;

/// Calls that give their value in another notation, or a part of it.
const CONVERTING: &[&str] = &[
    "capitalize",
    "float",
    "int",
    "lower",
    "lstrip",
    "rstrip",
    "safe",
    "split",
    "string",
    "strip",
    "title",
    "trim",
    "upper",
];

/// Calls that give their value, or where there is none another one.
const CHOOSING: &[&str] = &["default"];

/// The one name that a source hands on, through nothing but calls that convert and accesses to parts.
pub(super) fn chain(source: &Source) -> Option<LeafPart<'_>> {
    match source {
        Source::Expression(expression) => down(expression),
        Source::Verbatim(inner) => chain(inner),
        _ => None,
    }
}

fn down(expression: &Expression) -> Option<LeafPart<'_>> {
    let below = || match expression {
        Expression::Call(call) if is_one_of(call, CONVERTING) => down(call.positional.first()?),
        Expression::Subscript(pair) => down(&pair.0),
        Expression::Slice(parts) => down(&parts[0]),
        _ => None,
    };
    expression.part().or_else(below)
}

/// The name that is all of a source.
pub(super) fn bare(source: &Source) -> Option<LeafPart<'_>> {
    match source {
        Source::Expression(expression) => expression.part(),
        Source::Verbatim(inner) => bare(inner),
        _ => None,
    }
}

/// Whether a source may give words of its own: a value that is like a text of the message need not be from there then.
pub(super) fn has_words(source: &Source) -> bool {
    match source {
        Source::Expression(expression) => gives_words(expression),
        Source::Verbatim(inner) => has_words(inner),
        Source::Template(template) => template.nodes.iter().any(node_has_words),
        Source::Constant(_) | Source::List(_) | Source::Map(_) => true,
    }
}

fn node_has_words(node: &Node) -> bool {
    match node {
        Node::Text(text) => !text.trim().is_empty(),
        Node::Output(value) | Node::Set(_, value) => gives_words(value),
        Node::If(branches) => branches.iter().any(|branch| branch.body.iter().any(node_has_words)),
        // What is gone through, and what the body carries on, may come out in it.
        Node::For(code) => {
            gives_words(&code.iterable)
                || code.fresh.iter().any(|(_, value)| gives_words(value))
                || code.body.iter().chain(&code.otherwise).any(node_has_words)
        }
        Node::Scope(variables, body) => {
            variables.iter().any(|(_, value)| gives_words(value)) || body.iter().any(node_has_words)
        }
        Node::SetBlock(..) | Node::Filter(_) => true,
        Node::Do(_) | Node::Break | Node::Continue => false,
    }
}

fn gives_words(expression: &Expression) -> bool {
    match expression {
        Expression::Path(_) | Expression::Fields(_) | Expression::Undefined | Expression::Local(_) => false,
        Expression::Constant(constant) => match &constant.kind {
            ConstantKind::Null => false,
            ConstantKind::Text(text) => !text.is_empty(),
            _ => true,
        },
        Expression::Conditional(parts) => gives_words(&parts[1]) || gives_words(&parts[2]),
        Expression::Or(pair) | Expression::And(pair) => gives_words(&pair.0) || gives_words(&pair.1),
        Expression::Call(call) if is_one_of(call, CONVERTING) => call.positional.first().is_none_or(gives_words),
        Expression::Call(call) if is_one_of(call, CHOOSING) => call.positional.iter().take(2).any(gives_words),
        Expression::Subscript(pair) => gives_words(&pair.0),
        Expression::Slice(parts) => gives_words(&parts[0]),
        _ => true,
    }
}

fn is_one_of(call: &Call, names: &[&str]) -> bool {
    names.contains(&call.entry.name())
}
