//! What a spec reads and writes, in the order in which it does.

use super::names::{bound, each_expression, each_node, each_read, has_effect};
use super::scene::Scene;
use crate::diagnostic::Span;
use crate::expr::Expr;
use crate::plan::parsed::Written;
use crate::spec::{self, ActionKind, Named};
use crate::value::Constant;
use std::collections::HashMap;

/// A moment of a run: the entry of the pipeline, its action, the action's part. What an action's filter reads comes before
/// its parts; a part reads before it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PipelinePoint {
    /// Counted from 0.
    pub entry: usize,
    /// Counted from 1; 0 is the entry's filter.
    pub action: usize,
    /// Counted from 1; 0 is the action's filter.
    pub part: usize,
}

/// Something that is read by name.
#[derive(Debug)]
pub(super) struct LayerReading<'s> {
    /// When.
    pub at: PipelinePoint,
    /// The layer, `original` or `final`.
    pub root: &'s str,
    /// The keys below.
    pub keys: Vec<&'s str>,
    /// The template it stands in.
    pub scalar: Span,
    /// The template.
    pub written: &'s Written,
    /// The place in it.
    pub expression: &'s Expr,
}

/// A field that is set.
#[derive(Debug)]
pub(super) struct Writing<'s> {
    /// When.
    pub at: PipelinePoint,
    /// The field.
    pub field: &'s Named,
    /// The stage, which is also its layer.
    pub stage: &'s str,
    /// The value; `None` where a dictionary has it.
    pub value: Option<&'s Constant>,
    /// The condition of the action.
    pub filter: Option<&'s Constant>,
    /// The condition of the entry.
    pub outer: Option<&'s Constant>,
}

/// All that is read and written, each in its order.
#[derive(Default)]
pub(super) struct Timeline<'s> {
    /// What is read.
    pub readings: Vec<LayerReading<'s>>,
    /// What is set.
    pub writings: Vec<Writing<'s>>,
    /// When extractors write, by layer and output.
    pub outputs: HashMap<(&'s str, &'s str), Vec<PipelinePoint>>,
    /// What is deleted.
    pub deletions: Vec<(PipelinePoint, &'s str)>,
    /// When a method is called that may change what others read.
    pub changes: Vec<PipelinePoint>,
}

impl<'s> Timeline<'s> {
    /// Follows the pipeline.
    pub fn of(scene: &Scene<'s>) -> Timeline<'s> {
        let mut timeline = Timeline::default();
        for (index, entry) in scene.spec.pipeline.iter().enumerate() {
            let at = PipelinePoint { entry: index, action: 0, part: 0 };
            entry.filter.iter().for_each(|filter| timeline.read(scene, at, filter));
            match &entry.work {
                spec::EntryKind::Extractor(used) => timeline.extraction(scene, at, &entry.name.text, used),
                spec::EntryKind::Unreadable => {}
                spec::EntryKind::Stage => timeline.stage(scene, at, entry),
            }
        }
        timeline
    }

    /// Whether what a template reads is the same at two moments: nothing in between writes it.
    pub fn is_stable(&self, constant: &Constant, first: PipelinePoint, second: PipelinePoint) -> bool {
        let between = |at: &PipelinePoint| first <= *at && *at < second;
        let is_changed = self.changes.iter().any(between);
        self.readings.iter().filter(|reading| reading.scalar == constant.span).all(|reading| {
            let is_set = self.writings.iter().any(|writing| {
                between(&writing.at)
                    && (reading.root == "final" || reading.root == writing.stage)
                    && overlaps(&writing.field.text, &reading.keys)
            });
            let is_deleted = reading.root == "final"
                && self.deletions.iter().any(|(at, deleted)| between(at) && overlaps(deleted, &reading.keys));
            let is_read_again =
                self.outputs.iter().any(|((layer, _), moments)| *layer == reading.root && moments.iter().any(between));
            !is_set && !is_deleted && !is_read_again && !is_changed
        })
    }

    fn extraction(&mut self, scene: &Scene<'s>, at: PipelinePoint, layer: &'s str, used: &'s spec::ExtractorUse) {
        used.input_field.iter().for_each(|input| self.read(scene, at, input));
        used.properties.iter().for_each(|(_, value)| self.read(scene, at, value));
        let output = used.output_key();
        self.outputs.entry((layer, output)).or_default().push(PipelinePoint { action: 1, ..at });
    }

    fn stage(&mut self, scene: &Scene<'s>, at: PipelinePoint, entry: &'s spec::PipelineEntry) {
        let actions = scene.stage(entry).map(|stage| stage.actions.as_slice()).unwrap_or_default();
        for (action, number) in actions.iter().zip(1..) {
            let at = PipelinePoint { action: number, ..at };
            action.filter.iter().for_each(|filter| self.read(scene, at, filter));
            let mut writing = |at, field, value| {
                let (filter, outer) = (action.filter.as_ref(), entry.filter.as_ref());
                self.writings.push(Writing { at, field, stage: &entry.name.text, value, filter, outer });
            };
            match &action.operation {
                ActionKind::Set(fields) => {
                    for ((field, value), part) in fields.iter().zip(1..) {
                        writing(PipelinePoint { part, ..at }, field, Some(value));
                    }
                    for ((_, value), part) in fields.iter().zip(1..) {
                        self.read(scene, PipelinePoint { part, ..at }, value);
                    }
                }
                ActionKind::Translate { dictionary, mapping, fallback } => {
                    for ((_, field), part) in mapping.iter().zip(1..) {
                        writing(PipelinePoint { part, ..at }, field, None);
                    }
                    for ((from, _), part) in mapping.iter().zip(1..) {
                        self.read_at(scene, PipelinePoint { part, ..at }, from.span);
                    }
                    let at = PipelinePoint { part: 1, ..at };
                    dictionary.iter().for_each(|(_, value)| self.read(scene, at, value));
                    fallback.iter().for_each(|value| self.read(scene, at, value));
                }
                ActionKind::Delete(fields) => {
                    self.deletions.extend(fields.iter().map(|field| (PipelinePoint { part: 1, ..at }, &*field.text)));
                }
            }
        }
    }

    fn read(&mut self, scene: &Scene<'s>, at: PipelinePoint, constant: &'s Constant) {
        use crate::value::ConstantKind::{List, Map};
        match &constant.kind {
            List(items) => items.iter().for_each(|item| self.read(scene, at, item)),
            Map(entries) => entries.iter().for_each(|(_, value)| self.read(scene, at, value)),
            _ => self.read_at(scene, at, constant.span),
        }
    }

    fn read_at(&mut self, scene: &Scene<'s>, at: PipelinePoint, scalar: Span) {
        let Some(written) = scene.parsed.get(&scalar) else { return };
        let mut variables = Vec::new();
        each_node(&written.template.nodes, &mut |node| bound(node, &mut variables));
        each_expression(&written.template.nodes, &mut |expression| {
            if has_effect(expression) {
                self.changes.push(at);
            }
            each_read(expression, &mut |read| {
                if !variables.contains(&read.root) && read.root != "loop" {
                    let (root, keys) = (read.root, read.keys);
                    self.readings.push(LayerReading { at, root, keys, scalar, written, expression: read.whole });
                }
            });
        });
    }
}

/// Whether a field is the one that keys name, lies above it or below.
pub(super) fn overlaps(field: &str, keys: &[&str]) -> bool {
    let mut parts = field.split('.');
    keys.iter().all(|key| parts.next().is_none_or(|part| part == *key))
}
