//! Constants in the fields that categorise an event which the schema does not allow there.

use super::scene::Scene;
use crate::diagnostic::Span;
use crate::expr::{Expr, ExprKind, Literal, Node};
use crate::lint::findings::*;
use crate::plan::parsed::Written;
use crate::spec::{ActionKind, Named};
use crate::taxonomy::categorization::{allowed, allows, types_of};
use crate::value::{Arena, Constant, ConstantKind, Value, text};

/// Checks what a spec sets in the fields that categorise.
pub(super) fn check(scene: &mut Scene<'_>) {
    for action in scene.spec.stages.iter().flat_map(|stage| &stage.actions) {
        match &action.operation {
            ActionKind::Set(fields) => {
                fields.iter().for_each(|(field, value)| values(scene, field, value));
                types(scene, fields);
            }
            ActionKind::Translate { dictionary, mapping, fallback } => {
                for (_, field) in mapping {
                    let choices = dictionary.iter().map(|(_, value)| value).chain(fallback);
                    choices.for_each(|value| values(scene, field, value));
                }
            }
            ActionKind::Delete(_) => {}
        }
    }
}

fn values(scene: &mut Scene<'_>, field: &Named, value: &Constant) {
    if allowed(&field.text).next().is_none() {
        return;
    }
    for (place, word) in words(scene, value) {
        if !allows(&field.text, &word) && !word.is_empty() {
            let finding = UNKNOWN_CATEGORY.at(place, &[&word, &field.text]);
            let meant = allowed(&field.text).find(|known| known.eq_ignore_ascii_case(&word));
            scene.report(finding.suggest(&word, meant.into_iter().chain(allowed(&field.text))));
        }
    }
}

/// Types that go with none of the categories that the same action sets.
fn types(scene: &mut Scene<'_>, fields: &[(Named, Constant)]) {
    let of = |name: &str| fields.iter().find(|(field, _)| field.text == name).map(|(_, value)| value);
    let (Some(category), Some(kind)) = (of("event.category"), of("event.type")) else { return };
    if scene.written(category).is_some() || scene.written(kind).is_some() {
        return;
    }
    let categories: Vec<String> = words(scene, category).into_iter().map(|(_, word)| word).collect();
    let known: Vec<&str> = categories.iter().filter_map(|category| types_of(category)).flatten().copied().collect();
    for (place, word) in words(scene, kind) {
        if !known.is_empty() && allows("event.type", &word) && !known.contains(&&*word) {
            let finding = CATEGORY_TYPE.at(place, &[&word, &categories.join(", ")]);
            scene.report(finding.help(format!("it has the types {}", known.join(", "))));
        }
    }
}

/// The words that a value can surely become, with their places.
fn words(scene: &Scene<'_>, value: &Constant) -> Vec<(Span, String)> {
    match (&value.kind, scene.written(value)) {
        (ConstantKind::List(items), _) => items.iter().flat_map(|item| words(scene, item)).collect(),
        (ConstantKind::Text(_), Some(written)) => {
            let mut found = Vec::new();
            of_nodes(scene, (value.span, written), &written.template.nodes, &mut found);
            found
        }
        (ConstantKind::Text(text), None) if !text::is_template(text) => {
            natively(text).into_iter().map(|word| (value.span, word)).collect()
        }
        _ => Vec::new(),
    }
}

/// The words of a text, which may be that of a list.
fn natively(text: &str) -> Vec<String> {
    let arena = Arena::default();
    match text::native(&arena, text) {
        Ok(Value::List(items)) => items.iter().filter_map(|item| item.as_text().map(str::to_owned)).collect(),
        Ok(Value::Text(text)) => vec![text.to_owned()],
        _ => Vec::new(),
    }
}

/// What a template puts out where it puts out one thing: an expression, or one of the branches of an `if`.
fn of_nodes(scene: &Scene<'_>, template: (Span, &Written), nodes: &[Node], found: &mut Vec<(Span, String)>) {
    let is_shown = |node: &&Node| match node {
        Node::Text(text) => !text.trim().is_empty(),
        Node::Set { .. } | Node::Do(_) => false,
        _ => true,
    };
    let shown: Vec<&Node> = nodes.iter().filter(is_shown).collect();
    match shown.as_slice() {
        [Node::Text(text)] => found.extend(natively(text.trim()).into_iter().map(|word| (template.0, word))),
        [Node::Output(expression)] => of_expression(scene, template, expression, found),
        [Node::If { branches, otherwise }] => {
            for body in branches.iter().map(|(_, body)| body).chain([otherwise]) {
                of_nodes(scene, template, body, found);
            }
        }
        _ => {}
    }
}

fn of_expression(scene: &Scene<'_>, template: (Span, &Written), expression: &Expr, found: &mut Vec<(Span, String)>) {
    match &expression.kind {
        ExprKind::Literal(Literal::Text(text)) => {
            let place = scene.place(template.0, template.1, expression);
            found.extend(natively(text.trim()).into_iter().map(|word| (place, word)));
        }
        ExprKind::List(items) | ExprKind::Tuple(items) => {
            items.iter().for_each(|item| of_expression(scene, template, item, found));
        }
        ExprKind::Conditional { then, otherwise, .. } => {
            of_expression(scene, template, then, found);
            otherwise.iter().for_each(|otherwise| of_expression(scene, template, otherwise, found));
        }
        ExprKind::Or(_, right) => of_expression(scene, template, right, found),
        _ => {}
    }
}
