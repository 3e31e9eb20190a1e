//! The keys that a spec reads of results whose keys only a record decides, such as those of JSON.

use super::names::{bound, each_expression, each_node, each_read};
use crate::diagnostic::{Diagnostics, Sources, Span};
use crate::expr::{self, Node, Template};
use crate::extract;
use crate::plan::location::Location;
use crate::spec::{self, ActionKind, Spec};
use crate::value::text::is_template;
use crate::value::{Constant, ConstantKind};
use std::collections::HashSet;

/// A key that a template reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRead {
    /// The keys above it, from the layer's output on: `a` and `b` of `layer.output.a.b.c`.
    pub above: Vec<String>,
    /// The key.
    pub key: String,
    /// Where it is read.
    pub span: Span,
}

/// The keys that the templates of a spec read of results whose keys nothing but the record decides, in the order of their
/// places. Templates that do not parse have none.
pub fn keys_read(spec: &Spec, sources: &Sources) -> Vec<KeyRead> {
    // The first key is the extractor's output.
    all_read(spec, KeyReader { layers: open_layers(spec), outputs: 1, sources, found: Vec::new() })
}

/// The keys that the templates of a spec read of the incoming event, in the order of their places.
pub fn inputs_read(spec: &Spec, sources: &Sources) -> Vec<KeyRead> {
    let is_taken = spec.pipeline.iter().any(|entry| entry.name.text == INPUT);
    let layers = if is_taken { HashSet::new() } else { HashSet::from([INPUT]) };
    all_read(spec, KeyReader { layers, outputs: 0, sources, found: Vec::new() })
}

/// The layer of the incoming event.
const INPUT: &str = "original";

fn all_read(spec: &Spec, mut reader: KeyReader<'_>) -> Vec<KeyRead> {
    for entry in &spec.pipeline {
        entry.filter.iter().for_each(|filter| reader.constant(filter));
        if let spec::EntryKind::Extractor(used) = &entry.work {
            used.input_field.iter().for_each(|input| reader.path(input.span, input.as_text().unwrap_or_default()));
            used.properties.iter().for_each(|(_, value)| reader.constant(value));
        }
    }
    for action in spec.stages.iter().flat_map(|stage| &stage.actions) {
        action.filter.iter().for_each(|filter| reader.constant(filter));
        match &action.operation {
            ActionKind::Set(fields) => fields.iter().for_each(|(_, value)| reader.constant(value)),
            ActionKind::Translate { dictionary, mapping, fallback } => {
                mapping.iter().for_each(|(from, _)| reader.path(from.span, &from.text));
                dictionary.iter().for_each(|(_, value)| reader.constant(value));
                fallback.iter().for_each(|value| reader.constant(value));
            }
            ActionKind::Delete(_) => {}
        }
    }
    reader.found.sort_by_key(|read| read.span);
    reader.found
}

/// The layers that only extractors write, all of which give whatever keys a record has.
fn open_layers(spec: &Spec) -> HashSet<&str> {
    let mut open = HashSet::new();
    let mut others = HashSet::new();
    for entry in &spec.pipeline {
        match &entry.work {
            spec::EntryKind::Extractor(used) if is_open(used) => open.insert(&*entry.name.text),
            _ => others.insert(&*entry.name.text),
        };
    }
    open.difference(&others).copied().collect()
}

fn is_open(used: &spec::ExtractorUse) -> bool {
    let properties = extract::Properties { span: used.span, entries: &used.properties };
    let entry = extract::find(&used.name.text);
    let extractor = entry.and_then(|entry| (entry.compile)(&properties, &mut Diagnostics::new()));
    // A key that nobody would name.
    extractor.is_some_and(|extractor| extractor.gives(&["\0"]))
}

struct KeyReader<'s> {
    layers: HashSet<&'s str>,
    /// How many keys below a layer are not the record's.
    outputs: usize,
    sources: &'s Sources,
    found: Vec<KeyRead>,
}

impl KeyReader<'_> {
    fn constant(&mut self, constant: &Constant) {
        match &constant.kind {
            ConstantKind::List(items) => items.iter().for_each(|item| self.constant(item)),
            ConstantKind::Map(entries) => entries.iter().for_each(|(_, value)| self.constant(value)),
            ConstantKind::Text(text) if is_template(text) => {
                if let Ok(template) = expr::parse_template(text) {
                    self.template(constant.span, text, &template);
                }
            }
            _ => {}
        }
    }

    /// A template, or an expression without braces.
    fn path(&mut self, scalar: Span, text: &str) {
        let template = match is_template(text) {
            true => expr::parse_template(text),
            false => expr::parse_expression(text).map(|expression| Template { nodes: vec![Node::Output(expression)] }),
        };
        template.iter().for_each(|template| self.template(scalar, text, template));
    }

    fn template(&mut self, scalar: Span, text: &str, template: &Template) {
        let place = Location::new(self.sources, scalar, text, 0);
        let mut variables = Vec::new();
        each_node(&template.nodes, &mut |node| bound(node, &mut variables));
        each_expression(&template.nodes, &mut |expression| {
            each_read(expression, &mut |read| {
                if !self.layers.contains(read.root) || variables.contains(&read.root) {
                    return;
                }
                let mut from = read.whole.start;
                for (at, key) in read.keys.iter().enumerate() {
                    let Some((start, end)) = place.find(key, from) else { return };
                    from = end;
                    if at >= self.outputs {
                        let above = read.keys[self.outputs..at].iter().map(|key| (*key).to_owned()).collect();
                        self.found.push(KeyRead { above, key: (*key).to_owned(), span: place.span(start, end) });
                    }
                }
            });
        });
    }
}
