//! Filters that make text of none: `none | lower` is the text `none`, which sets its field like any other.

use super::names::each_read;
use super::scene::Scene;
use crate::expr::{Arguments, Comparison, Expr, ExprKind, Literal, Node};
use crate::filters::{self, LibraryKind, Patterns};
use crate::lint::findings::{NULL_AS_TEXT, NULL_IN_TEXT};
use crate::plan::chain::chain;
use crate::plan::empty::sets_nothing;
use crate::plan::parsed::Written;
use crate::spec::{ActionKind, EntryKind};
use crate::value::{Arena, Value};
use std::collections::HashSet;

/// Extractors whose results never have none in them: all their values are texts.
const NEVER_NULL: [&str; 4] = ["cef.parse-cef", "date.parse", "kv.parse-kv", "leef.parse-leef"];

/// Checks what actions set to one filtered value of an extractor's result, in branches of a template too.
pub(super) fn check(scene: &mut Scene<'_>) {
    let sources = sources(scene);
    let mut found = Vec::new();
    for entry in &scene.spec.pipeline {
        for action in scene.stage(entry).iter().flat_map(|stage| &stage.actions) {
            let ActionKind::Set(fields) = &action.operation else { continue };
            let filters = [&entry.filter, &action.filter].into_iter().flatten();
            let filters = filters.filter_map(|filter| scene.written(filter)?.expression());
            let guards: Vec<&Expr> = filters.collect();
            for (_, value) in fields {
                let Some(written) = scene.written(value) else { continue };
                for (expression, asked) in values(&written.template.nodes, &guards) {
                    let Some((path, text)) = null_as_text(scene, expression, &sources) else { continue };
                    if !asked.iter().any(|guard| is_asked(guard, path)) {
                        found.push((value, written, path, text));
                    }
                }
            }
        }
    }
    for (value, written, path, text) in found {
        let (name, place) = (shown(written, path), scene.place(value.span, written, path));
        let is_joined = !path_is_filtered(written, path);
        scene.report(match is_joined {
            true => NULL_IN_TEXT
                .at(place, &[name, &text])
                .help(format!("with ` if {name}` at the end it sets no field then")),
            false => NULL_AS_TEXT
                .at(place, &[name, &text])
                .help(format!("`({name} or '')` before the filters sets no field then")),
        });
    }
}

/// Whether a filter is applied to a path right behind it.
fn path_is_filtered(written: &Written, path: &Expr) -> bool {
    let behind = written.text.get((path.end + written.indent) as usize..).unwrap_or_default();
    behind.trim_start().starts_with('|')
}

/// A value that a template may be, with the conditions that decide on it.
type NullGuards<'s> = (&'s Expr, Vec<&'s Expr>);

/// The values that a template may be: the output that stands alone in it, or in a branch of it.
fn values<'s>(nodes: &'s [Node], guards: &[&'s Expr]) -> Vec<NullGuards<'s>> {
    let is_space = |node: &&Node| matches!(node, Node::Text(text) if text.trim().is_empty());
    let mut shown = nodes.iter().filter(|node| !is_space(node));
    match (shown.next(), shown.next()) {
        (Some(Node::Output(expression)), None) => of_expression(expression, guards.to_vec()),
        (Some(Node::If { branches, otherwise }), None) => {
            // A branch is taken where the conditions before it do not hold.
            let mut guards = guards.to_vec();
            let mut found = Vec::new();
            for (condition, body) in branches {
                guards.push(condition);
                found.extend(values(body, &guards));
            }
            found.extend(values(otherwise, &guards));
            found
        }
        _ => Vec::new(),
    }
}

/// The values that an expression may be.
fn of_expression<'s>(expression: &'s Expr, mut guards: Vec<&'s Expr>) -> Vec<NullGuards<'s>> {
    match &expression.kind {
        ExprKind::Conditional { condition, then, otherwise } => {
            guards.push(condition);
            let mut found = of_expression(then, guards.clone());
            found.extend(otherwise.iter().flat_map(|otherwise| of_expression(otherwise, guards.clone())));
            found
        }
        ExprKind::Or(first, second) => {
            let mut found = of_expression(first, guards.clone());
            guards.push(first);
            found.extend(of_expression(second, guards));
            found
        }
        _ => vec![(expression, guards)],
    }
}

/// The layers of extractors whose results may have none in them.
fn sources<'s>(scene: &Scene<'s>) -> HashSet<&'s str> {
    let of = |entry: &'s crate::spec::PipelineEntry| match &entry.work {
        EntryKind::Extractor(used) if !NEVER_NULL.contains(&&*used.name.text) => Some(&*entry.name.text),
        _ => None,
    };
    scene.spec.pipeline.iter().filter_map(of).collect()
}

/// What a value reads, and the text that it sets its field to where that is none.
fn null_as_text<'s>(scene: &Scene<'_>, expression: &'s Expr, sources: &HashSet<&str>) -> Option<(&'s Expr, String)> {
    let arena = Arena::default();
    let (path, text) = on_null(&arena, &Patterns::new(), expression)?;
    let (ExprKind::Name(root), keys) = chain(path).map(|(root, keys)| (&root.kind, keys))? else { return None };
    let text = text.as_text().filter(|text| !sets_nothing(text, &scene.spec.ignored_values))?;
    (sources.contains(root.as_str()) && keys.len() > 1).then(|| (path, text.to_owned()))
}

/// What filters make of none, and the path below them. Nothing where one fails, or gives a value in place of none.
fn on_null<'a, 's>(arena: &'a Arena, patterns: &Patterns, expression: &'s Expr) -> Option<(&'s Expr, Value<'a>)> {
    if let ExprKind::Concat(parts) = &expression.kind {
        return joined_to_null(arena, parts);
    }
    let ExprKind::Filter(inner, name, Arguments(given)) = &expression.kind else {
        return chain(expression).map(|_| (expression, Value::None));
    };
    let (path, before) = on_null(arena, patterns, inner)?;
    let mut arguments = vec![before];
    for argument in given {
        let ExprKind::Literal(literal) = &argument.value.kind else { return None };
        arguments.push(value_of(arena, literal).filter(|_| argument.name.is_none())?);
    }
    let entry = filters::find(LibraryKind::Filter, name)?;
    let after = filters::call(entry, arena, patterns, 0, &arguments, &[]).ok()?;
    let is_replaced = matches!((name.as_str(), before, after), ("default" | "d", Value::None, Value::Text(_)));
    (!is_replaced).then_some((path, after))
}

/// One path that is joined to texts.
fn joined_to_null<'a, 's>(arena: &'a Arena, parts: &'s [Expr]) -> Option<(&'s Expr, Value<'a>)> {
    let (mut path, mut text) = (None, String::new());
    for part in parts {
        match &part.kind {
            ExprKind::Literal(Literal::Text(literal)) => text.push_str(literal),
            _ if path.is_none() && chain(part).is_some() => {
                path = Some(part);
                text.push_str("None");
            }
            _ => return None,
        }
    }
    Some((path?, Value::Text(arena.text(&text).ok()?)))
}

fn value_of<'a>(arena: &'a Arena, literal: &Literal) -> Option<Value<'a>> {
    Some(match literal {
        Literal::None => Value::None,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) => Value::Int(*value),
        Literal::Float(value) => Value::Float(*value),
        Literal::Text(text) => Value::Text(arena.text(text).ok()?),
        Literal::BigInt(_) => return None,
    })
}

/// Whether a condition asks for what a path has, so that its author thought of what is not there. `!= null` does not: it
/// holds for none.
fn is_asked(expression: &Expr, path: &Expr) -> bool {
    let is_idle = match &expression.kind {
        ExprKind::Compare(_, others) => matches!(
            others.as_slice(),
            [(Comparison::NotEqual, Expr { kind: ExprKind::Name(null), .. })] if null == "null"
        ),
        ExprKind::Test { name, negated, .. } => name == "defined" && !negated,
        _ => false,
    };
    let mut is_read = false;
    each_read(expression, &mut |read| is_read |= read.whole == path);
    is_read && !is_idle
}

/// A path as it is written.
fn shown<'w>(written: &'w Written, path: &Expr) -> &'w str {
    let (start, end) = (path.start + written.indent, path.end + written.indent);
    written.text.get(start as usize..end as usize).unwrap_or_default()
}
