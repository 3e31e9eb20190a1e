//! The filters of entries and actions: those that are constant, and those that do not go with the entry's own.

use super::fact::{Fact, Formula, operands};
use super::scene::Scene;
use crate::expr::{Expr, ExprKind, Node};
use crate::lint::findings::*;
use crate::spec;
use crate::value::{Constant, ConstantKind, text};

/// Checks the filters of a spec.
pub(super) fn check(scene: &mut Scene<'_>) {
    for entry in &scene.spec.pipeline {
        entry.filter.iter().for_each(|filter| constant(scene, filter, "the entry"));
        if let (Some(filter), Some(stage)) = (&entry.filter, scene.stage(entry)) {
            exclusive(scene, filter, stage);
        }
    }
    for action in scene.spec.stages.iter().flat_map(|stage| &stage.actions) {
        action.filter.iter().for_each(|filter| constant(scene, filter, "the action"));
    }
}

/// A filter that lets through always or never, whatever the event is.
fn constant(scene: &mut Scene<'_>, filter: &Constant, what: &str) {
    let is_text = matches!(filter.kind, ConstantKind::Text(_));
    let always = match (&filter.kind, scene.written(filter)) {
        (_, Some(written)) => match written.template.nodes.as_slice() {
            [] => false,
            nodes if shows_text(nodes) => false,
            _ => return,
        },
        (ConstantKind::Text(text), None) if text::is_template(text) => return,
        (ConstantKind::Text(text), None) => text.trim().eq_ignore_ascii_case("true"),
        (ConstantKind::Bool(value), None) => *value,
        (ConstantKind::Int(value), None) => *value != 0,
        _ => return,
    };
    let finding = match always {
        true => ALWAYS_TRUE.at(filter.span, &[]).label(format!("{what} runs for every event")),
        false => NEVER_TRUE.at(filter.span, &[]).label(format!("{what} never runs")),
    };
    scene.report(match (is_text, always) {
        (true, false) => finding.help(
            "a filter without `{{ }}` is text and only true if it is the word `true`; write the condition in `{{ }}`",
        ),
        _ => finding,
    });
}

/// Whether text stands beside what a template puts out, so that the whole never reads `true`.
fn shows_text(nodes: &[Node]) -> bool {
    let is_shown = |node: &Node| matches!(node, Node::Text(text) if !text.trim().is_empty());
    let is_plain = |node: &Node| matches!(node, Node::Text(_) | Node::Output(_));
    nodes.iter().all(is_plain) && nodes.iter().any(is_shown)
}

/// Actions whose filter never holds where their entry's does.
fn exclusive(scene: &mut Scene<'_>, filter: &Constant, stage: &spec::Stage) {
    let Some(outer) = scene.written(filter).and_then(|written| written.expression()) else { return };
    let outer = facts(outer);
    for action in &stage.actions {
        let Some(filter_of_action) = &action.filter else { continue };
        let inner = scene.written(filter_of_action).and_then(|written| written.expression());
        let excluded = inner.is_some_and(|inner| excludes(&outer, &Formula::of(inner)));
        if excluded {
            let finding = NEVER_TRUE.at(filter_of_action.span, &[]).label("the action never runs");
            scene.report(finding.also(filter.span, "because this is true whenever its entry runs"));
        }
    }
}

/// The facts that all hold where a condition does.
fn facts(condition: &Expr) -> Vec<Fact> {
    let plain = |operand: &&Expr| !matches!(operand.kind, ExprKind::Or(..));
    operands(condition, false).into_iter().filter(plain).map(Fact::of).collect()
}

/// Whether a condition cannot hold beside facts.
fn excludes(facts: &[Fact], condition: &Formula) -> bool {
    match condition {
        Formula::All(parts) => parts.iter().any(|part| excludes(facts, part)),
        Formula::Any(parts) => parts.iter().all(|part| excludes(facts, part)),
        Formula::One(fact) => facts.iter().any(|other| fact.excludes(other)),
    }
}
