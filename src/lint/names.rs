//! Walks over the expressions of a template, and what names and keys they read.

use crate::expr::{Arguments, Expr, ExprKind, Node, Target};
use crate::filters::{self, Changes, LibraryKind};
use crate::plan::chain::chain;

/// The expressions that a node has itself, not those of the nodes inside it.
pub(super) fn own_expressions<'t>(node: &'t Node, visit: &mut dyn FnMut(&'t Expr)) {
    match node {
        Node::Output(value) | Node::Do(value) | Node::Set { value, .. } => visit(value),
        Node::If { branches, .. } => branches.iter().for_each(|(condition, _)| visit(condition)),
        Node::For { iterable, filter, .. } => {
            visit(iterable);
            filter.iter().for_each(visit);
        }
        Node::SetBlock { filters, .. } | Node::FilterBlock { filters, .. } => {
            filters.iter().for_each(|(_, arguments)| of_arguments(arguments, visit));
        }
        Node::With { bindings, .. } => bindings.iter().for_each(|(_, value)| visit(value)),
        Node::Text(_) | Node::Break | Node::Continue => {}
    }
}

/// The lists of nodes inside a node.
pub(super) fn bodies(node: &Node) -> Vec<&[Node]> {
    match node {
        Node::If { branches, otherwise } => {
            branches.iter().map(|(_, body)| body.as_slice()).chain([otherwise.as_slice()]).collect()
        }
        Node::For { body, otherwise, .. } => vec![body, otherwise],
        Node::SetBlock { body, .. } | Node::With { body, .. } | Node::FilterBlock { body, .. } => vec![body],
        Node::Text(_) | Node::Output(_) | Node::Set { .. } | Node::Do(_) | Node::Break | Node::Continue => Vec::new(),
    }
}

/// Calls `visit` on every node, outer ones first.
pub(super) fn each_node<'t>(nodes: &'t [Node], visit: &mut dyn FnMut(&'t Node)) {
    for node in nodes {
        visit(node);
        bodies(node).into_iter().for_each(|body| each_node(body, visit));
    }
}

/// Calls `visit` on every outermost expression.
pub(super) fn each_expression<'t>(nodes: &'t [Node], visit: &mut dyn FnMut(&'t Expr)) {
    each_node(nodes, &mut |node| own_expressions(node, visit));
}

/// The expressions just below one.
pub(super) fn parts<'t>(expression: &'t Expr, visit: &mut dyn FnMut(&'t Expr)) {
    match &expression.kind {
        ExprKind::Literal(_) | ExprKind::Name(_) => {}
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Concat(items) => items.iter().for_each(visit),
        ExprKind::Map(entries) => entries.iter().for_each(|(key, value)| {
            visit(key);
            visit(value);
        }),
        ExprKind::Attribute(value, _) | ExprKind::Unary(_, value) | ExprKind::Spread(value) => visit(value),
        ExprKind::Subscript(left, right)
        | ExprKind::Arithmetic(_, left, right)
        | ExprKind::And(left, right)
        | ExprKind::Or(left, right) => {
            visit(left);
            visit(right);
        }
        ExprKind::Slice(value, bounds) => {
            visit(value);
            bounds.iter().flatten().for_each(|bound| visit(bound));
        }
        ExprKind::Call(callee, arguments) => {
            visit(callee);
            of_arguments(arguments, visit);
        }
        ExprKind::Filter(value, _, arguments) | ExprKind::Test { value, arguments, .. } => {
            visit(value);
            of_arguments(arguments, visit);
        }
        ExprKind::Compare(first, others) => {
            visit(first);
            others.iter().for_each(|(_, value)| visit(value));
        }
        ExprKind::Conditional { condition, then, otherwise } => {
            visit(condition);
            visit(then);
            otherwise.iter().for_each(|otherwise| visit(otherwise));
        }
    }
}

fn of_arguments<'t>(arguments: &'t Arguments, visit: &mut dyn FnMut(&'t Expr)) {
    arguments.0.iter().for_each(|argument| visit(&argument.value));
}

/// A name with the keys that are read below it.
#[derive(Clone, Debug)]
pub(super) struct NameRead<'t> {
    /// The name.
    pub root: &'t str,
    /// The keys, `b` and `c` of `a.b["c"]`.
    pub keys: Vec<&'t str>,
    /// All of it.
    pub whole: &'t Expr,
}

/// Calls `visit` on all that an expression reads by name. What is called is not read: the methods of `a.b.lower()`.
pub(super) fn each_read<'t>(expression: &'t Expr, visit: &mut dyn FnMut(NameRead<'t>)) {
    if let Some((Expr { kind: ExprKind::Name(root), .. }, keys)) = chain(expression) {
        return visit(NameRead { root, keys, whole: expression });
    }
    match &expression.kind {
        ExprKind::Call(callee, arguments) => {
            match &callee.kind {
                ExprKind::Attribute(object, _) => each_read(object, visit),
                ExprKind::Name(_) => {}
                _ => each_read(callee, visit),
            }
            of_arguments(arguments, &mut |argument| each_read(argument, visit));
        }
        _ => parts(expression, &mut |part| each_read(part, visit)),
    }
}

/// Whether looking at an expression may change a value, so that who looks again finds another.
pub(super) fn has_effect(expression: &Expr) -> bool {
    let mut has_effect_below = false;
    parts(expression, &mut |part| has_effect_below = has_effect_below || has_effect(part));
    has_effect_below
        || match &expression.kind {
            ExprKind::Call(callee, _) => match &callee.kind {
                ExprKind::Attribute(_, name) => name == "changed" || changes(name),
                ExprKind::Name(name) => filters::find(LibraryKind::Global, name).is_none(),
                _ => true,
            },
            _ => false,
        }
}

fn changes(method: &str) -> bool {
    filters::find(LibraryKind::Method, method).is_some_and(|method| method.changes != Changes::Nothing)
}

/// The names that a node binds: what it assigns, and the variables of a loop.
pub(super) fn bound<'t>(node: &'t Node, names: &mut Vec<&'t str>) {
    match node {
        Node::Set { target, .. } | Node::SetBlock { target, .. } | Node::For { target, .. } => of_target(target, names),
        Node::With { bindings, .. } => bindings.iter().for_each(|(target, _)| of_target(target, names)),
        _ => {}
    }
}

fn of_target<'t>(target: &'t Target, names: &mut Vec<&'t str>) {
    match target {
        Target::Name(name) => names.push(name),
        Target::Attribute(..) => {}
        Target::Tuple(targets) => targets.iter().for_each(|target| of_target(target, names)),
    }
}
