//! Values without braces that read like the path of a layer: the field is set to the text of the path.

use super::scene::Scene;
use crate::diagnostic::{Edit, Fix};
use crate::lint::findings::FORGOTTEN_BRACES;
use crate::plan::layers::Layers;
use crate::spec::ActionKind;
use crate::value::{Constant, ConstantKind, text};

/// What stands around values in other languages, the longest first. One brace makes no template either.
const OTHERS: [(&str, &str); 9] = [
    ("${", "}"),
    ("%{", "}"),
    ("#{", "}"),
    ("<%=", "%>"),
    ("<%", "%>"),
    ("[[", "]]"),
    ("{", "}"),
    ("$.", ""),
    ("$", ""),
];

/// Checks what actions set.
pub(super) fn check(scene: &mut Scene<'_>) {
    for action in scene.spec.stages.iter().flat_map(|stage| &stage.actions) {
        match &action.operation {
            ActionKind::Set(fields) => fields.iter().for_each(|(_, value)| value_of(scene, value)),
            ActionKind::Translate { dictionary, fallback, .. } => {
                dictionary.iter().map(|(_, value)| value).chain(fallback).for_each(|value| value_of(scene, value));
            }
            ActionKind::Delete(_) => {}
        }
    }
}

fn value_of(scene: &mut Scene<'_>, value: &Constant) {
    let ConstantKind::Text(text) = &value.kind else { return };
    let between = |(open, close): &(&str, &str)| text.trim().strip_prefix(open)?.strip_suffix(close);
    let inside = OTHERS.iter().find_map(between).unwrap_or(text).trim();
    if !text::is_template(text) && is_path(scene, inside) {
        let finding = FORGOTTEN_BRACES.at(value.span, &[text]).label("this is a text of its own");
        let meant = format!("\"{{{{ {inside} }}}}\"");
        let fix = Fix::certain(format!("write `{meant}`"), Edit::line(value.span, meant.as_str()));
        scene.report(finding.help(format!("to set the value there, write `{meant}`")).fix(fix));
    }
}

/// Whether a text is the name of a layer with keys below it, and nothing else.
fn is_path(scene: &Scene<'_>, text: &str) -> bool {
    let mut keys = text.split('.');
    let first = keys.next().unwrap_or_default();
    let is_layer =
        Layers::RESERVED.contains(&first) || scene.spec.pipeline.iter().any(|entry| entry.name.text == first);
    let is_key = |key: &str| !key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let keys: Vec<&str> = keys.collect();
    is_layer && !keys.is_empty() && keys.into_iter().all(is_key)
}
