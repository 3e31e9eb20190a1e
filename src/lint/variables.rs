//! Variables of a template that nothing reads, those that a loop sets and loses, those that become none on the way.

use super::names::{bodies, bound, each_node, each_read, own_expressions};
use super::scene::Scene;
use crate::diagnostic::Span;
use crate::expr::{Expr, ExprKind, Node, Target};
use crate::filters::{self, Changes, LibraryEntry, LibraryKind};
use crate::lint::findings::*;
use crate::plan::parsed::Written;
use std::collections::{BTreeMap, HashSet};

/// How many variables of one kind are told of in a template.
const MOST: usize = 50;
/// How many nodes of a template are looked at to follow its variables.
const MOST_STEPS: usize = 100_000;

/// Checks the variables of a template.
pub(super) fn check(scene: &mut Scene<'_>, scalar: Span, written: &Written) {
    let nodes = &written.template.nodes;
    if !nodes.iter().any(|node| !matches!(node, Node::Text(_) | Node::Output(_))) {
        return;
    }
    for (name, value) in unread(nodes).into_iter().take(MOST) {
        scene.report(UNREAD_VARIABLE.at(place(scene, scalar, written, name, value), &[name]));
    }
    let mut search = VariableSearch { lost: BTreeMap::new(), emptied: BTreeMap::new(), steps: MOST_STEPS };
    search.nodes(nodes);
    let VariableSearch { lost, emptied, .. } = search;
    for (name, value) in lost {
        let place = value.map_or(scalar, |value| scene.place(scalar, written, value));
        let finding = LOST_VARIABLE.at(place, &[name]);
        scene.report(finding.help("create a `namespace()` before the loop; it keeps its values"));
    }
    for (name, value) in emptied {
        let finding = EMPTIED_VARIABLE.at(scene.place(scalar, written, value), &[name]);
        scene.report(finding.help("write `{% do ... %}`, or assign the result of the call to another name"));
    }
}

/// Where a name is set to a value.
fn place(scene: &Scene<'_>, scalar: Span, written: &Written, name: &str, value: Option<&Expr>) -> Span {
    let before = value.and_then(|value| written.text.get(..(value.start + written.indent) as usize));
    let Some(start) = before.and_then(|before| before.rfind(name)) else { return scalar };
    scene.bytes(scalar, written, start as u32, (start + name.len()) as u32)
}

/// The names that are set and never read; a call that changes something has its effect all the same.
fn unread(nodes: &[Node]) -> BTreeMap<&str, Option<&Expr>> {
    let read = reads(nodes);
    let mut unread = BTreeMap::new();
    each_node(nodes, &mut |node| {
        if let Some((name, value)) = set(node)
            && !value.is_some_and(|value| calls(value, has_effect))
            && !read.contains(name)
        {
            unread.entry(name).or_insert(value);
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

/// Whether a value is, or may be, what a call of such a method gives.
fn calls(value: &Expr, is_such: fn(&LibraryEntry) -> bool) -> bool {
    match &value.kind {
        ExprKind::Call(callee, _) => match &callee.kind {
            ExprKind::Attribute(_, name) => filters::find(LibraryKind::Method, name).is_some_and(is_such),
            _ => false,
        },
        ExprKind::Conditional { then, .. } => calls(then, is_such),
        ExprKind::And(left, right) | ExprKind::Or(left, right) => calls(left, is_such) || calls(right, is_such),
        _ => false,
    }
}

fn has_effect(method: &LibraryEntry) -> bool {
    method.changes != Changes::Nothing
}

fn only_has_effect(method: &LibraryEntry) -> bool {
    method.gives_none
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

/// Looks for variables that are read where they no longer have what was set.
struct VariableSearch<'t> {
    /// Names that a turn of a loop sets and that are read in the next one or behind the loop.
    lost: BTreeMap<&'t str, Option<&'t Expr>>,
    /// Names that take what a changing call gives, which is none, and are read again.
    emptied: BTreeMap<&'t str, &'t Expr>,
    /// How many nodes may still be looked at.
    steps: usize,
}

impl<'t> VariableSearch<'t> {
    fn nodes(&mut self, nodes: &'t [Node]) {
        let mut before = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            bodies(node).into_iter().for_each(|body| self.nodes(body));
            let behind = &nodes[at + 1..];
            if let Node::For { body, .. } = node {
                self.lost_by(body, behind, &before);
            }
            let mut names = Vec::new();
            emptied_by(node, &mut names);
            for (name, value) in names {
                if self.reads_from_outside(behind, name) {
                    self.emptied.entry(name).or_insert(value);
                }
            }
            bound(node, &mut before);
        }
    }

    /// A loop's turn has variables of its own. What `{% set a = a.append(…) %}` sets is meant to be lost.
    fn lost_by(&mut self, body: &'t [Node], behind: &'t [Node], before: &[&str]) {
        let mut names = Vec::new();
        each_node(body, &mut |node| {
            names.extend(set(node).filter(|(_, value)| !value.is_some_and(|value| calls(value, only_has_effect))));
        });
        for (name, value) in names.into_iter().take(MOST) {
            let in_next_turn = before.contains(&name) && self.reads_from_outside(body, name);
            if in_next_turn || self.reads_from_outside(behind, name) {
                self.lost.entry(name).or_insert(value);
            }
        }
    }

    /// Whether nodes read a variable that they have not set themselves.
    fn reads_from_outside(&mut self, nodes: &[Node], name: &str) -> bool {
        for node in nodes {
            self.steps = self.steps.saturating_sub(1);
            if self.steps == 0 {
                return false;
            }
            let mut is_read = false;
            own_expressions(node, &mut |expression| each_read(expression, &mut |read| is_read |= read.root == name));
            let mut own = Vec::new();
            bound(node, &mut own);
            if let Node::For { body, .. } = node {
                body.iter().for_each(|node| bound(node, &mut own));
            }
            let is_own = own.contains(&name);
            if is_read || (!is_own && bodies(node).into_iter().any(|body| self.reads_from_outside(body, name))) {
                return true;
            }
            if is_own && !matches!(node, Node::For { .. } | Node::With { .. }) {
                return false;
            }
        }
        false
    }
}

/// The names that a node makes none in the scope it stands in.
fn emptied_by<'t>(node: &'t Node, names: &mut Vec<(&'t str, &'t Expr)>) {
    match node {
        Node::Set { target: Target::Name(name), value }
            if matches!(value.kind, ExprKind::Call(..)) && calls(value, only_has_effect) =>
        {
            names.push((name, value));
        }
        Node::If { .. } => {
            bodies(node).into_iter().flatten().for_each(|node| emptied_by(node, names));
        }
        _ => {}
    }
}
