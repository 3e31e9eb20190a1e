//! Variables of a template that nothing reads, those that a loop sets and loses, those that become none on the way.

use super::names::{bodies, bound, each_node, each_read, own_expressions};
use super::scene::{Scene, Written};
use crate::diagnostic::Span;
use crate::expr::{Expr, ExprKind, Node, Target};
use crate::plan::findings::*;
use std::collections::{BTreeSet, HashSet};

/// Methods that change what they are called on and give none.
const CHANGING: &[&str] = &["append", "extend", "update", "insert", "clear", "sort", "reverse"];

/// Checks the variables of a template.
pub(super) fn check(scene: &mut Scene<'_>, scalar: Span, written: &Written) {
    let nodes = &written.template.nodes;
    if !nodes.iter().any(|node| !matches!(node, Node::Text(_) | Node::Output(_))) {
        return;
    }
    for name in unread(nodes) {
        scene.report(UNREAD_VARIABLE.at(place(scene, scalar, written, name), &[name]));
    }
    let mut lost = BTreeSet::new();
    lost_in(nodes, &mut lost);
    for name in lost {
        let finding = LOST_VARIABLE.at(place(scene, scalar, written, name), &[name]);
        scene.report(finding.help("a `namespace()` made before the loop keeps what is set in it"));
    }
    let mut emptied = BTreeSet::new();
    emptied_in(nodes, &mut emptied);
    for name in emptied {
        let finding = EMPTIED_VARIABLE.at(place(scene, scalar, written, name), &[name]);
        scene.report(finding.help(format!("write `{{% do {name}.append(...) %}}`, or give what the call gives another name")));
    }
}

/// The first place where a name is set.
fn place(scene: &Scene<'_>, scalar: Span, written: &Written, name: &str) -> Span {
    let set = written.text.match_indices(name).find(|(at, _)| {
        let before = written.text[..*at].trim_end();
        before.ends_with("set") && !before.ends_with("endset")
    });
    let Some((start, _)) = set else { return scalar };
    scene.bytes(scalar, written, start as u32, (start + name.len()) as u32)
}

/// The names that are set and never read; a call that changes something has its effect all the same.
fn unread(nodes: &[Node]) -> BTreeSet<&str> {
    let read = reads(nodes);
    let mut unread = BTreeSet::new();
    each_node(nodes, &mut |node| {
        if let Some((name, value)) = set(node)
            && !value.is_some_and(changes)
            && !read.contains(name)
        {
            unread.insert(name);
        }
    });
    unread
}

/// The name that a node sets, and the value where it is an expression.
fn set(node: &Node) -> Option<(&str, Option<&Expr>)> {
    match node {
        Node::Set { target: Target::Name(name), value } => Some((name, Some(value))),
        Node::SetBlock { target: Target::Name(name), .. } => Some((name, None)),
        _ => None,
    }
}

/// Whether a value is made by changing another one.
fn changes(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Call(callee, _) => {
            matches!(&callee.kind, ExprKind::Attribute(_, name) if CHANGING.contains(&name.as_str()))
        }
        ExprKind::Conditional { then, .. } => changes(then),
        ExprKind::And(left, right) | ExprKind::Or(left, right) => changes(left) || changes(right),
        _ => false,
    }
}

/// All names that nodes read.
fn reads(nodes: &[Node]) -> HashSet<&str> {
    let mut found = HashSet::new();
    each_node(nodes, &mut |node| {
        own_expressions(node, &mut |expression| {
            each_read(expression, &mut |read| _ = found.insert(read.root));
        });
        // `{% set space.name = … %}` reads the namespace.
        if let Node::Set { target: Target::Attribute(name, _), .. } = node {
            found.insert(name.as_str());
        }
    });
    found
}

/// Finds names that a loop's body sets and that are read in the next turn or behind the loop: each turn has variables of
/// its own. What `{% set a = a.append(…) %}` sets is meant to be lost.
fn lost_in<'t>(nodes: &'t [Node], lost: &mut BTreeSet<&'t str>) {
    for (at, node) in nodes.iter().enumerate() {
        bodies(node).into_iter().for_each(|body| lost_in(body, lost));
        let Node::For { body, .. } = node else { continue };
        let mut names = Vec::new();
        each_node(body, &mut |node| {
            names.extend(set(node).filter(|(_, value)| !value.is_some_and(changes)).map(|(name, _)| name));
        });
        let mut before = Vec::new();
        nodes[..at].iter().for_each(|node| bound(node, &mut before));
        let is_lost = |name: &&str| {
            reads_from_outside(&nodes[at + 1..], name) || (before.contains(name) && reads_from_outside(body, name))
        };
        lost.extend(names.into_iter().filter(is_lost));
    }
}

/// Finds names that take what a changing call gives, which is none, and are read again.
fn emptied_in<'t>(nodes: &'t [Node], emptied: &mut BTreeSet<&'t str>) {
    for (at, node) in nodes.iter().enumerate() {
        bodies(node).into_iter().for_each(|body| emptied_in(body, emptied));
        let mut names = Vec::new();
        emptied_by(node, &mut names);
        emptied.extend(names.into_iter().filter(|name| reads_from_outside(&nodes[at + 1..], name)));
    }
}

/// The names that a node makes none in the scope it stands in.
fn emptied_by<'t>(node: &'t Node, names: &mut Vec<&'t str>) {
    match node {
        Node::Set { target: Target::Name(name), value } if matches!(value.kind, ExprKind::Call(..)) && changes(value) => {
            names.push(name);
        }
        Node::If { .. } => {
            bodies(node).into_iter().flatten().for_each(|node| emptied_by(node, names));
        }
        _ => {}
    }
}

/// Whether nodes read a variable that they have not set themselves.
fn reads_from_outside(nodes: &[Node], name: &str) -> bool {
    for node in nodes {
        let mut is_read = false;
        own_expressions(node, &mut |expression| each_read(expression, &mut |read| is_read |= read.root == name));
        let mut own = Vec::new();
        bound(node, &mut own);
        if let Node::For { body, .. } = node {
            body.iter().for_each(|node| bound(node, &mut own));
        }
        let is_own = own.contains(&name);
        if is_read || (!is_own && bodies(node).into_iter().any(|body| reads_from_outside(body, name))) {
            return true;
        }
        if is_own && !matches!(node, Node::For { .. } | Node::With { .. }) {
            return false;
        }
    }
    false
}
