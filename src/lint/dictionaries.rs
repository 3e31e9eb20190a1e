//! Keys of a translation's dictionary that nothing that is looked up can be.

use super::scene::Scene;
use super::values::never_is;
use crate::diagnostic::Span;
use crate::expr::{self, Expr};
use crate::lint::findings::*;
use crate::plan::words::key_text;
use crate::spec::{ActionKind, Named};
use crate::value::{Constant, ConstantKind};
use std::collections::HashMap;

/// Checks the translations of a spec.
pub(super) fn check(scene: &mut Scene<'_>) {
    for action in scene.spec.stages.iter().flat_map(|stage| &stage.actions) {
        if let ActionKind::Translate { dictionary, mapping, .. } = &action.operation {
            repeated(scene, dictionary);
            unreachable(scene, dictionary, mapping);
        }
    }
}

/// Keys that are one text: what is looked up is text too.
fn repeated(scene: &mut Scene<'_>, dictionary: &[(Constant, Constant)]) {
    let mut seen: HashMap<Box<str>, (&ConstantKind, Span)> = HashMap::new();
    for (key, _) in dictionary {
        let text = key_text(key);
        if let Some((kind, first)) =
            seen.insert(text.clone(), (&key.kind, key.span)).filter(|(kind, _)| *kind != &key.kind)
        {
            let _ = kind;
            scene.report(REPEATED_KEY.at(first, &[&text]).also(key.span, "this one counts"));
        }
    }
}

/// Keys that no look-up can give, by what is known of the looked-up values.
fn unreachable(scene: &mut Scene<'_>, dictionary: &[(Constant, Constant)], mapping: &[(Named, Named)]) {
    let written: Option<Vec<&Expr>> = mapping.iter().map(|(from, _)| looked_up(scene, from)).collect();
    let Some(expressions) = written.filter(|expressions| !expressions.is_empty()) else { return };
    for (key, _) in dictionary {
        let text = key_text(key);
        let reasons: Option<Vec<&str>> = expressions.iter().map(|expression| never_is(expression, &text)).collect();
        if let Some(reason) = reasons.as_deref().and_then(<[_]>::first) {
            let finding = UNREACHABLE_KEY.at(key.span, &[&text]).label("no value is ever equal to this");
            scene.report(finding.also(mapping[0].0.span, *reason));
        }
    }
}

/// The expression whose value is looked up.
fn looked_up<'s>(scene: &Scene<'s>, from: &Named) -> Option<&'s Expr> {
    let written = scene.parsed.get(&from.span)?;
    match written.template.nodes.as_slice() {
        [expr::Node::Output(expression)] => Some(expression),
        _ => None,
    }
}
