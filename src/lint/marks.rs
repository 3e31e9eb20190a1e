//! The filter `safe` where it has no effect: another output of the same template has none.

use super::scene::Scene;
use crate::lint::findings::PARTLY_SAFE;
use crate::plan::Outputs;
use crate::spec::ActionKind;
use crate::value::{Constant, ConstantKind};

/// Checks the templates that set fields.
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
    match &value.kind {
        ConstantKind::List(items) => items.iter().for_each(|item| value_of(scene, item)),
        ConstantKind::Map(entries) => entries.iter().for_each(|(_, item)| value_of(scene, item)),
        _ if scene.written(value).is_some_and(|written| Outputs::of(&written.template).are_mixed()) => {
            scene.report(PARTLY_SAFE.at(value.span, &[]));
        }
        _ => {}
    }
}
