//! Spec + taxonomy → plan: declares what is written, lowers what is read, and reports what cannot be.

mod extraction;
mod source;
mod stage;

use super::Plan;
use super::calls::Regexes;
use super::findings::*;
use super::layers::Layers;
use super::output::{self, Output};
use super::parsed::{Compiled, Parsed};
use super::tree::{Bound, Entry, Tree, Work};
use crate::diagnostic::{Diagnostics, Sources};
use crate::infer;
use crate::spec::{self, Named, Spec};
use crate::taxonomy::Taxonomy;
use crate::value::{Fault, FaultCode};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// Compiles a spec against a taxonomy. What cannot be compiled is reported, and is a part that fails when it would run.
/// `None` where compiling takes more than it may.
pub fn compile(spec: &Spec, taxonomy: &Taxonomy, sources: &Sources, findings: &mut Diagnostics) -> Option<Compiled> {
    let mut layers = Layers::new();
    declare(spec, &mut layers);
    let containers = output::containers(&mut layers, taxonomy);
    let mut compiler = Compiler::new(spec, taxonomy, sources, layers, findings);
    let mut entries = Vec::new();
    for entry in &spec.pipeline {
        entries.push(compiler.entry(entry));
        if !compiler.goes_on(0) {
            compiler.findings.push(SPEC_TOO_LARGE.at(entry.span, &[]));
            return None;
        }
    }
    compiler.check_idle_stages();
    let Compiler { mut layers, parsed: templates, .. } = compiler;
    let rules = bind_rules(&mut layers);
    let output = Output::new(&mut layers, taxonomy, containers);
    let name = spec.name.as_ref().map(|name| name.text.clone());
    let tree = Tree { name, entries, layers, rules, output, ignored: spec.ignored_values.clone() };
    Some(Compiled { plan: Plan::new(tree), templates })
}

/// Enters every layer, output and field that the pipeline can write, so that expressions find them.
fn declare(spec: &Spec, layers: &mut Layers) {
    let mut seen = HashSet::new();
    let stages: HashMap<&str, &spec::Stage> =
        spec.stages.iter().rev().map(|stage| (&*stage.name.text, stage)).collect();
    for entry in &spec.pipeline {
        layers.declare(&entry.name.text);
        match &entry.work {
            spec::EntryKind::Extractor(extractor) => {
                layers.declare_output(&entry.name.text, extractor.output_key());
            }
            spec::EntryKind::Unreadable => {}
            spec::EntryKind::Stage => {
                let is_new = seen.insert(&*entry.name.text);
                let stage = stages.get(&*entry.name.text).filter(|_| is_new);
                for field in stage.iter().flat_map(|stage| &stage.actions).flat_map(written) {
                    layers.declare_field(&field.text);
                    layers.declare_stage_field(&entry.name.text, &field.text);
                }
            }
        }
    }
    for field in idle_stages(spec).flat_map(|stage| &stage.actions).flat_map(written) {
        layers.declare_field(&field.text);
    }
}

/// Stages that no entry runs, often because an entry misspells their name.
fn idle_stages(spec: &Spec) -> impl Iterator<Item = &spec::Stage> {
    let run: HashSet<&str> = spec.pipeline.iter().map(|entry| &*entry.name.text).collect();
    spec.stages.iter().filter(move |stage| !run.contains(&*stage.name.text))
}

/// The fields that an action sets or deletes.
fn written(action: &spec::StageAction) -> Vec<&Named> {
    match &action.operation {
        spec::ActionKind::Set(fields) => fields.iter().map(|(field, _)| field).collect(),
        spec::ActionKind::Translate { mapping, .. } => mapping.iter().map(|(_, field)| field).collect(),
        spec::ActionKind::Delete(fields) => fields.iter().collect(),
    }
}

struct Compiler<'s> {
    spec: &'s Spec,
    taxonomy: &'s Taxonomy,
    sources: &'s Sources,
    layers: Layers,
    findings: &'s mut Diagnostics,
    /// All names of the taxonomy, gathered when the first is looked for.
    field_names: OnceCell<Vec<&'s str>>,
    /// The templates so far, for the checks of what the spec does.
    parsed: Parsed,
    regexes: Regexes,
    /// The stages by name, the first of each.
    stages: OnceCell<HashMap<&'s str, &'s spec::Stage>>,
}

impl<'s> Compiler<'s> {
    fn new(
        spec: &'s Spec,
        taxonomy: &'s Taxonomy,
        sources: &'s Sources,
        layers: Layers,
        findings: &'s mut Diagnostics,
    ) -> Self {
        let (field_names, parsed, regexes) = (OnceCell::new(), Parsed::new(), Regexes::default());
        Compiler { spec, taxonomy, sources, layers, findings, field_names, parsed, regexes, stages: OnceCell::new() }
    }

    /// Finds the mistakes in stages that do not run, so that all are found together.
    fn check_idle_stages(&mut self) {
        let spec = self.spec;
        idle_stages(spec).for_each(|stage| drop(self.stage(&stage.name)));
    }

    /// Counts what was done, and tells whether more may be.
    fn goes_on(&mut self, effort: usize) -> bool {
        let effort = effort as u64 + self.layers.take_effort();
        self.findings.spend(effort)
    }

    fn entry(&mut self, entry: &spec::PipelineEntry) -> Entry {
        if Layers::RESERVED.contains(&&*entry.name.text) {
            self.findings.push(RESERVED_NAME.at(entry.name.span, &[&entry.name.text]));
        }
        let filter = entry.filter.as_ref().map(|filter| self.filter(filter));
        let (work, broken) = match &entry.work {
            spec::EntryKind::Extractor(extractor) => self.extractor_entry(&entry.name, extractor),
            spec::EntryKind::Stage => self.stage_entry(&entry.name),
            spec::EntryKind::Unreadable => {
                (Work::Stage(Box::default()), Some("the entry of the spec cannot be read".to_owned()))
            }
        };
        let broken = broken.map(|reason| Fault::new(FaultCode::Unsupported, reason));
        Entry { name: entry.name.text.as_str().into(), filter, work, broken, span: entry.span }
    }

    fn extractor_entry(&mut self, name: &Named, used: &spec::ExtractorUse) -> (Work, Option<String>) {
        match self.extraction(name, used) {
            Some(extraction) => (Work::Extract(Box::new(extraction)), None),
            None => {
                let error = self.findings.last_error().map(|finding| finding.title.clone());
                (Work::Stage(Box::default()), error.or_else(|| Some("it does not compile".to_owned())))
            }
        }
    }

    fn stage_entry(&mut self, name: &Named) -> (Work, Option<String>) {
        let spec = self.spec;
        let Some(stage) = spec.stages.iter().find(|stage| stage.name.text == name.text) else {
            return (Work::Stage(Box::default()), Some(format!("there is no stage `{}`", name.text)));
        };
        let broken = match stage.unreadable.len() {
            0 => None,
            1 => Some("one action of the stage cannot be read".to_owned()),
            count => Some(format!("{count} actions of the stage cannot be read")),
        };
        (Work::Stage(self.stage(name)), broken)
    }
}

/// The rules of inference that can apply: something they read can be there.
fn bind_rules(layers: &mut Layers) -> Vec<Bound> {
    let mut bound = Vec::new();
    for rule in infer::rules() {
        let slot = |layers: &Layers, field: &&str| layers.fields.get(field).map(|slot| slot.0);
        let reads: Box<[Option<u32>]> = rule.reads.iter().map(|field| slot(layers, field)).collect();
        let can_set = |field: &&'static str| rule.can_set(field, |other| layers.fields.get(other).is_some());
        if reads.iter().any(Option::is_some) && rule.writes.iter().any(can_set) {
            // What the rule cannot set, it may still look at where the spec sets it.
            let is_there = |layers: &Layers, field: &str| layers.fields.get(field).is_some();
            let written = |field: &&'static str| match rule.can_set(field, |other| is_there(layers, other)) {
                true => Some(layers.declare_field(field).0),
                false => slot(layers, field),
            };
            let writes = rule.writes.iter().map(written).collect();
            bound.push(Bound { rule, places: infer::Places::new(reads, writes) });
        }
    }
    bound
}
