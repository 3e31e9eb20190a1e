//! The filters of entries and actions: those that are constant, and those that do not go with the entry's own.

use super::fact::{Fact, Formula, operands};
use super::names::has_effect;
use super::scene::Scene;
use super::timeline::{PipelinePoint, Timeline};
use crate::diagnostic::Span;
use crate::expr::{Expr, ExprKind, Node};
use crate::lint::findings::*;
use crate::value::{Constant, ConstantKind, text};
use std::collections::BTreeMap;

/// Checks the filters of a spec.
pub(super) fn check(scene: &mut Scene<'_>, timeline: &Timeline<'_>) {
    for entry in &scene.spec.pipeline {
        entry.filter.iter().for_each(|filter| constant(scene, filter, "the entry"));
    }
    exclusive(scene, timeline);
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

/// Actions whose filter never holds where that of their entry does, whichever entry runs them.
fn exclusive(scene: &mut Scene<'_>, timeline: &Timeline<'_>) {
    let mut excluded: BTreeMap<Span, Option<Span>> = BTreeMap::new();
    for (at, entry) in scene.spec.pipeline.iter().enumerate() {
        let condition = entry.filter.as_ref().and_then(|filter| scene.written(filter)?.expression());
        let facts = condition.map(facts).unwrap_or_default();
        let actions = scene.stage(entry).map(|stage| stage.actions.as_slice()).unwrap_or_default();
        for (action, number) in actions.iter().zip(1..) {
            let Some(filter) = &action.filter else { continue };
            let at = PipelinePoint { entry: at, action: number, part: 0 };
            let by = entry.filter.as_ref().filter(|_| is_excluded(scene, timeline, &facts, filter, at));
            let by = by.map(|filter| filter.span);
            excluded.entry(filter.span).and_modify(|other| *other = other.and(by)).or_insert(by);
        }
    }
    for (filter, by) in excluded {
        if let Some(by) = by {
            let finding = NEVER_TRUE.at(filter, &[]).label("the action never runs");
            scene.report(finding.also(by, "because this is true whenever its entry runs"));
        }
    }
}

/// Whether a filter does not hold beside the facts of its entry: what it reads is the same as when the entry was come to.
fn is_excluded(
    scene: &Scene<'_>,
    timeline: &Timeline<'_>,
    facts: &[Fact],
    filter: &Constant,
    at: PipelinePoint,
) -> bool {
    let condition = scene.written(filter).and_then(|written| written.expression());
    condition.is_some_and(|condition| !has_effect(condition) && excludes(facts, &Formula::of(condition)))
        && timeline.is_stable(filter, PipelinePoint { action: 0, ..at }, at)
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
