//! Spec + taxonomy → plan: declares what is written, lowers what is read, and reports what cannot be.

use super::calls::Regexes;
use super::expression::{Expression, Source};
use super::fields;
use super::findings::*;
use super::flat;
use super::layers::{Layer, Layers, Read};
use super::lower::{Lowering, Outputs};
use super::output::{self, Output};
use super::parsed::{Compiled, Parsed, Written};
use super::place::Place;
use super::settings;
use super::settled;
use super::skeleton::Skeleton;
use super::words::{deleted, is_bare_path, key_text, native, path_with_index};
use super::{
    Action, Assignment, Bound, Choice, Deletion, Entry, Extraction, Filter, Lookup, Operation, Plan, RaiseErrors,
    Translation, Work,
};
use crate::diagnostic::{Diagnostics, Sources, nearest};
use crate::expr;
use crate::extract::{self, findings::MISSING_PROPERTY};
use crate::infer;
use crate::spec::{self, Named, Spec};
use crate::taxonomy::{Field, Taxonomy};
use crate::value::json::Wanted;
use crate::value::text::is_template;
use crate::value::{Arena, Constant, ConstantKind, Fault, FaultCode, text};
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
    for entry in &mut entries {
        if let Work::Extract(extraction) = &mut entry.work {
            extraction.wanted = layers.wanted(extraction.output);
            extraction.extractor.narrow(&extraction.wanted);
        }
    }
    entries.iter_mut().for_each(|entry| drop_unread(entry, &layers));
    let paths = flat::flatten(&mut entries, &mut layers);
    let rules = bind_rules(&mut layers);
    let mut output = Output::new(&mut layers, taxonomy, containers);
    let ignored = spec.ignored_values.clone();
    settled::settle(&mut entries, &layers, &rules, &ignored, &mut output);
    settings::find(&mut entries, &paths, &ignored);
    output.skeleton = Skeleton::new(&output.tree);
    let name = spec.name.as_ref().map(|name| name.text.clone());
    Some(Compiled { plan: Plan { name, entries, layers, rules, output, ignored, paths }, templates })
}

/// Lets a stage set only the event's fields where no expression reads the fields of its layer.
fn drop_unread(entry: &mut Entry, layers: &Layers) {
    let Work::Stage(actions) = &mut entry.work else { return };
    let is_read = |place: &fields::Place| {
        let around = place.above.iter().map(|above| above.slot).chain(place.below.iter().copied());
        place.exact.into_iter().chain(around).any(|slot| layers.is_read(slot))
    };
    for assignment in actions.iter_mut().flat_map(|action| action.operation.assignments_mut()) {
        if !is_read(&assignment.mirror) {
            assignment.mirror = fields::Place::default();
        }
    }
}

/// Enters every layer, output and field that the pipeline can write, so that expressions find them.
fn declare(spec: &Spec, layers: &mut Layers) {
    let mut seen = HashSet::new();
    let stages: HashMap<&str, &spec::Stage> =
        spec.stages.iter().rev().map(|stage| (&*stage.name.text, stage)).collect();
    for entry in &spec.pipeline {
        layers.declare(&entry.name.text);
        match &entry.work {
            spec::Work::Extractor(extractor) => {
                layers.declare_output(&entry.name.text, output_key(extractor));
            }
            spec::Work::Unreadable => {}
            spec::Work::Stage => {
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

fn output_key(extractor: &spec::ExtractorUse) -> &str {
    extractor.output_field.as_ref().map_or("message", |output| &output.text)
}

/// Stages that no entry runs, often because an entry misspells their name.
fn idle_stages(spec: &Spec) -> impl Iterator<Item = &spec::Stage> {
    let run: HashSet<&str> = spec.pipeline.iter().map(|entry| &*entry.name.text).collect();
    spec.stages.iter().filter(move |stage| !run.contains(&*stage.name.text))
}

/// The fields that an action sets or deletes.
fn written(action: &spec::Action) -> Vec<&Named> {
    match &action.operation {
        spec::Operation::Set(fields) => fields.iter().map(|(field, _)| field).collect(),
        spec::Operation::Translate { mapping, .. } => mapping.iter().map(|(_, field)| field).collect(),
        spec::Operation::Delete(fields) => fields.iter().collect(),
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

/// About how many bytes an action takes, with what the passes over it do.
const ACTION: usize = 2 << 10;

/// About how many bytes and steps an output takes that another entry of its name clears.
const CLEARED: usize = 32;

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

    fn entry(&mut self, entry: &spec::Entry) -> Entry {
        if Layers::RESERVED.contains(&&*entry.name.text) {
            self.findings.push(RESERVED_NAME.at(entry.name.span, &[&entry.name.text]));
        }
        let filter = entry.filter.as_ref().map(|filter| self.filter(filter));
        let (work, broken) = match &entry.work {
            spec::Work::Extractor(extractor) => self.extractor_entry(&entry.name, extractor),
            spec::Work::Stage => self.stage_entry(&entry.name),
            spec::Work::Unreadable => (Work::Stage(Box::default()), Some("the spec's entry cannot be read".to_owned())),
        };
        let broken = broken.map(|reason| Fault::new(FaultCode::Unsupported, reason));
        Entry { name: entry.name.text.as_str().into(), filter, work, broken, span: entry.span }
    }

    fn extractor_entry(&mut self, name: &Named, used: &spec::ExtractorUse) -> (Work, Option<String>) {
        match self.extraction(name, used) {
            Some(extraction) => (Work::Extract(Box::new(extraction)), None),
            None => {
                let error = self.findings.last_error().map(|finding| finding.title.clone());
                (Work::Stage(Box::default()), error.or_else(|| Some("it cannot be compiled".to_owned())))
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

    fn extraction(&mut self, layer: &Named, used: &spec::ExtractorUse) -> Option<Extraction> {
        let input = used.input_field.as_ref().map(|input| self.path_or_template(input).bare());
        let output = self.layers.declare_output(&layer.text, output_key(used));
        let clears = self.layers.get(&layer.text).map(Layer::slots).unwrap_or_default();
        self.goes_on(size_of::<Extraction>() + CLEARED * clears.len());
        let raise_errors = RaiseErrors::of(used.raise_errors.as_ref());
        let entry = self.extractor(used)?;
        let properties = extract::Properties { span: used.span, entries: &used.properties };
        let extractor = (entry.compile)(&properties, self.findings)?;
        let input = input.unwrap_or_else(|| self.layers.incoming(extractor.default_input()).into());
        let templates = extractor.templates().iter().map(|template| {
            let is_path = is_bare_path(template, |root| self.layers.get(root).is_some());
            if is_path { self.path_or_template(template) } else { self.source(template) }.bare()
        });
        let templates = templates.collect();
        let wanted = Wanted::nothing();
        let (stale, flat) = (Box::default(), None);
        Some(Extraction {
            name: entry.name,
            extractor,
            input,
            templates,
            output,
            clears,
            stale,
            flat,
            wanted,
            raise_errors,
        })
    }

    /// The extractor that an entry uses, if it and all that it needs is there.
    fn extractor(&mut self, used: &spec::ExtractorUse) -> Option<&'static extract::Entry> {
        let name = &used.name.text;
        if let Some(entry) = extract::find(name) {
            self.check_properties(entry, used);
            return self.has_properties(entry, used).then_some(entry);
        }
        let meant = (!self.findings.is_full()).then(|| nearest(name, extract::names())).flatten();
        self.findings.push(UNKNOWN_EXTRACTOR.at(used.name.span, &[name]).suggest(name, meant));
        if let Some(entry) = meant.and_then(extract::find) {
            self.check_properties(entry, used);
        }
        None
    }

    fn check_properties(&mut self, entry: &extract::Entry, used: &spec::ExtractorUse) {
        for (key, _) in &used.properties {
            let name = key.as_text().unwrap_or_default();
            if entry.properties.iter().all(|property| property.name != name) {
                let known = entry.properties.iter().map(|property| property.name);
                let known = known.chain(["input_field", "output_field", "raise_errors"]);
                self.findings.push(UNKNOWN_PROPERTY.at(key.span, &[entry.name, name]).suggest(name, known));
            }
        }
    }

    fn has_properties(&mut self, entry: &extract::Entry, used: &spec::ExtractorUse) -> bool {
        let mut has_all = true;
        for property in entry.properties.iter().filter(|property| property.required) {
            if used.properties.iter().all(|(key, _)| key.as_text() != Some(property.name)) {
                let finding = MISSING_PROPERTY.at(used.name.span, &[entry.name, property.name]);
                self.findings.push(finding.help(property.summary));
                has_all = false;
            }
        }
        has_all
    }

    fn stage(&mut self, name: &Named) -> Box<[Action]> {
        let spec = self.spec;
        let by_name =
            self.stages.get_or_init(|| spec.stages.iter().rev().map(|stage| (&*stage.name.text, stage)).collect());
        let actions = by_name.get(&*name.text).map(|stage| &stage.actions).into_iter().flatten();
        let mut lowered = Vec::new();
        for action in actions {
            if !self.goes_on(ACTION) {
                break;
            }
            lowered.push(self.action(name, action));
        }
        lowered.into()
    }

    fn action(&mut self, stage: &Named, action: &spec::Action) -> Action {
        let filter = action.filter.as_ref().map(|filter| self.filter(filter));
        let operation = match &action.operation {
            spec::Operation::Set(fields) => {
                Operation::Set(fields.iter().map(|(field, value)| self.set(stage, field, value)).collect())
            }
            spec::Operation::Translate { dictionary, mapping, fallback } => {
                Operation::Translate(self.translation(stage, dictionary, mapping, fallback.as_ref()))
            }
            spec::Operation::Delete(fields) => {
                fields.iter().for_each(|field| self.check_field(field));
                let is_spread = |name: &str| output::is_spread(self.taxonomy, name);
                let layers = &mut self.layers;
                let mut place = |name: String| layers.place(&name, &is_spread);
                let deletion = |field: &Named| Deletion {
                    field: field.text.clone(),
                    places: deleted(&field.text).into_iter().map(&mut place).collect(),
                    span: field.span,
                };
                Operation::Delete(fields.iter().map(deletion).collect())
            }
        };
        Action { filter, operation, settings: Box::default(), span: action.span }
    }

    fn filter(&mut self, filter: &Constant) -> Filter {
        Filter { source: self.source(filter), span: filter.span }
    }

    fn set(&mut self, stage: &Named, field: &Named, value: &Constant) -> (Assignment, Source) {
        let source = self.source(value);
        if let (Source::Constant(constant), Some(known)) = (&source, self.taxonomy.get(&field.text)) {
            self.check_cast(known, constant);
        }
        (self.assignment(stage, field), source)
    }

    /// A constant that its field does not take is left out of every event.
    fn check_cast(&mut self, field: &Field, constant: &Constant) {
        let arena = Arena::default();
        let Ok(value) = constant.to_value(&arena) else { return };
        if !value.is_missing() && self.taxonomy.fit(&arena, field, value).is_err() {
            let shown = text::Repr(value).to_string();
            let finding = UNCASTABLE.at(constant.span, &[&shown, field.kind.name(), &field.name]);
            self.findings.push(finding.help(format!("{}: {}", field.kind.name(), field.kind.summary())));
        }
    }

    /// A field that nothing declares can be read by other expressions and does not come out.
    fn check_field(&mut self, field: &Named) {
        let known = output::field_of(self.taxonomy, &field.text).is_some() || self.taxonomy.is_container(&field.text);
        if output::is_too_deep(&field.text) {
            let most = output::DEEPEST.to_string();
            self.findings.push(FIELD_DEPTH.at(field.span, &[&field.text, &most]));
        } else if !known && !self.findings.is_full() {
            let taxonomy = self.taxonomy;
            let names = self.field_names.get_or_init(|| taxonomy.iter().map(|field| &*field.name).collect());
            let finding = UNKNOWN_FIELD.at(field.span, &[&field.text]);
            self.findings.push(finding.suggest(&field.text, names.iter().copied()));
        }
    }

    fn assignment(&mut self, stage: &Named, field: &Named) -> Assignment {
        self.check_field(field);
        if infer::OWNED.contains(&&*field.text) {
            self.findings.push(OWNED_FIELD.at(field.span, &[&field.text]));
        }
        let is_spread = |name: &str| output::is_spread(self.taxonomy, name);
        let place = self.layers.place(&field.text, &is_spread);
        let mirror = self.layers.stage_place(&stage.text, &field.text);
        Assignment {
            field: field.text.as_str().into(),
            declared: output::field_of(self.taxonomy, &field.text),
            place,
            mirror,
            is_settled: false,
            span: field.span,
        }
    }

    fn translation(
        &mut self,
        stage: &Named,
        dictionary: &[(Constant, Constant)],
        mapping: &[(Named, Named)],
        fallback: Option<&Constant>,
    ) -> Translation {
        let choice = |(key, value): &(Constant, Constant)| Choice {
            key: key_text(key),
            value: self.source(value),
            span: key.span,
        };
        let choices: Box<[Choice]> = dictionary.iter().map(choice).collect();
        let dictionary = (0..).zip(&choices).map(|(index, choice)| (choice.key.clone(), index)).collect();
        let lookups = mapping.iter().map(|(from, field)| self.lookup(stage, from, field)).collect();
        let fallback = fallback.map(|fallback| self.source(fallback));
        for (_, field) in mapping {
            let Some(known) = self.taxonomy.get(&field.text) else { continue };
            for source in choices.iter().map(|choice| &choice.value).chain(&fallback) {
                if let Source::Constant(constant) = source {
                    self.check_cast(known, constant);
                }
            }
        }
        Translation { dictionary, choices, lookups, fallback }
    }

    /// A look-up's key is an expression, or names a field of the event being built; over the public specs both occur.
    fn lookup(&mut self, stage: &Named, from: &Named, field: &Named) -> Lookup {
        let into = self.assignment(stage, field);
        let keys: Vec<&str> = from.text.trim().split('.').collect();
        let is_path = !is_template(&from.text) && keys.iter().all(|key| !key.is_empty());
        let field = match is_path.then(|| self.layers.read("final", &keys)) {
            Some(Read::Expression(read)) => Some(Source::from(read)),
            _ => None,
        };
        let names_layer = self.layers.get(keys[0]).is_some() || Layers::RESERVED.contains(&keys[0]);
        let from = match field.is_some() && !names_layer {
            true => Expression::Undefined.into(),
            false => {
                let text = ConstantKind::Text(from.text.as_str().into());
                self.path_or_template(&Constant { span: from.span, kind: text }).bare()
            }
        };
        Lookup { from, field, into }
    }

    /// Text without `{{` is an expression here.
    fn path_or_template(&mut self, constant: &Constant) -> Source {
        let Some(text) = constant.as_text() else { return self.source(constant) };
        if is_template(text) {
            return self.source(constant);
        }
        let parsed = expr::parse_expression(text.trim());
        let indent = (text.len() - text.trim_start().len()) as u32;
        match parsed {
            Ok(expression) => {
                let template = expr::Template { nodes: vec![expr::Node::Output(expression)] };
                self.template(constant, text, indent, template)
            }
            Err(error) => self.syntax_error(constant, text, &error),
        }
    }

    /// A value of the spec: a constant, or text with expressions in it.
    fn source(&mut self, constant: &Constant) -> Source {
        match &constant.kind {
            ConstantKind::Text(text) if is_template(text) => match expr::parse_template(text) {
                Ok(template) => self.template(constant, text, 0, template),
                Err(error) => self.syntax_error(constant, text, &error),
            },
            ConstantKind::List(items) => {
                let items: Vec<Source> = items.iter().map(|item| self.source(item)).collect();
                constant_or(items, Source::List, constant)
            }
            ConstantKind::Map(entries) => {
                let entries: Vec<_> = entries.iter().map(|(key, value)| (key.clone(), self.source(value))).collect();
                match entries.iter().all(|(_, source)| matches!(source, Source::Constant(_))) {
                    true => Source::Constant(constant.clone()),
                    false => Source::Map(entries.into()),
                }
            }
            _ => Source::Constant(native(constant)),
        }
    }

    fn template(&mut self, constant: &Constant, text: &str, indent: u32, template: expr::Template) -> Source {
        let place = Place::new(self.sources, constant.span, text, indent);
        if let Some(path) = path_with_index(text) {
            self.findings.push(INDEX_IN_PATH.at(constant.span, &[path]));
            return Expression::Undefined.into();
        }
        let Compiler { layers, findings, regexes, .. } = self;
        let mut lowering = Lowering { layers, findings, regexes };
        let source = match template.nodes.as_slice() {
            [expr::Node::Output(expression)] => Source::Expression(lowering.expression(expression, &place)),
            _ => Source::Template(lowering.template(&template, &place)),
        };
        let is_verbatim = Outputs::of(&template).are_verbatim();
        let source = if is_verbatim { Source::Verbatim(Box::new(source)) } else { source };
        self.parsed.insert(constant.span, Written { template, text: text.into(), indent });
        source
    }

    fn syntax_error(&mut self, constant: &Constant, text: &str, error: &expr::SyntaxError) -> Source {
        let span = Place::new(self.sources, constant.span, text, 0).span(error.start, error.end);
        let mut finding = TEMPLATE_SYNTAX.at(span, &[&error.reason]);
        finding.help.clone_from(&error.help);
        self.findings.push(finding);
        Expression::Fails(FaultCode::Unsupported, error.reason.as_str().into()).into()
    }
}

impl From<Expression> for Source {
    fn from(expression: Expression) -> Self {
        Source::Expression(expression)
    }
}

fn constant_or(items: Vec<Source>, list: fn(Box<[Source]>) -> Source, constant: &Constant) -> Source {
    if items.iter().all(|source| matches!(source, Source::Constant(_))) {
        Source::Constant(constant.clone())
    } else {
        list(items.into())
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
