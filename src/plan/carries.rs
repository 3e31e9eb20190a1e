//! Which names of the raw record reach which fields: what sets a field to a value just as it was read.

use super::Plan;
use super::expression::{Expression, Slot};
use super::output::field_of;
use super::template::{Node, Source};
use super::tree::{Operation, Work};
use crate::taxonomy::Reading;

/// A raw name whose value a field is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried<'p> {
    /// The keys that lead to the value in what an extractor gives, joined by dots: `userIdentity.arn`.
    pub raw: String,
    /// The field.
    pub field: &'p str,
    /// Whether it is so for some events only: a filter decides, or another raw name comes first.
    pub is_conditional: bool,
    /// Whether case or blanks around the value are changed on the way.
    pub is_changed: bool,
    /// Whether the value may be a dict, whose keys then stand below the field.
    pub is_whole: bool,
}

/// What an event of a plan can have under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldReach {
    /// A field that something sets.
    Set,
    /// Something below an object that declares no children: whatever the record has there.
    Open,
    /// Nothing, unless it comes in with the event.
    Never,
}

/// Calls that change no more than case and blanks of a text, or its type.
const KEEPING: &[&str] = &["lower", "upper", "trim", "string", "strip", "int", "lstrip", "rstrip"];

impl Plan {
    /// The raw names that reach fields, in the order of the pipeline.
    pub fn carries(&self) -> Vec<Carried<'_>> {
        let mut found = Vec::new();
        for entry in &self.tree.entries {
            let Work::Stage(actions) = &entry.work else { continue };
            for action in actions {
                let Operation::Set(fields) = &action.operation else { continue };
                let is_filtered = entry.filter.is_some() || action.filter.is_some();
                for (assignment, source) in fields {
                    let mut sources = Vec::new();
                    self.sources(source, &mut sources);
                    for CarriedSource { raw, is_conditional, is_changed } in sources {
                        found.push(Carried {
                            raw,
                            field: &assignment.field,
                            is_conditional: is_conditional || is_filtered,
                            is_changed,
                            is_whole: self.takes_dicts(&assignment.field),
                        });
                    }
                }
            }
        }
        found
    }

    /// What an event can have under a dotted name.
    pub fn reach(&self, name: &str) -> FieldReach {
        let fields = &self.tree.layers.fields;
        let taxonomy = self.taxonomy();
        let is_known = |name: &str| name == "message" || field_of(taxonomy, name).is_some();
        if fields.get(name).is_some() && is_known(name) {
            return FieldReach::Set;
        }
        if fields.below(name).any(|(rest, _)| is_known(&format!("{name}.{rest}"))) {
            // A dict of what is set below.
            return FieldReach::Set;
        }
        let above = name.rmatch_indices('.').map(|(dot, _)| &name[..dot]).find(|above| fields.get(above).is_some());
        match above.filter(|above| self.takes_dicts(above)) {
            Some(_) if field_of(taxonomy, name).is_some() => FieldReach::Open,
            _ => FieldReach::Never,
        }
    }

    fn takes_dicts(&self, field: &str) -> bool {
        let taxonomy = self.taxonomy();
        let takes = |reading: Reading| matches!(reading, Reading::Object | Reading::Any | Reading::List);
        taxonomy.is_container(field) || field_of(taxonomy, field).is_some_and(|field| takes(field.reading()))
    }

    fn sources(&self, source: &Source, found: &mut Vec<CarriedSource>) {
        match source {
            Source::Expression(expression) => self.expression(expression, CarriedSource::default(), found),
            Source::Verbatim(inner) => self.sources(inner, found),
            Source::List(items) => items.iter().for_each(|item| self.sources(item, found)),
            Source::Template(template) => {
                if let [Node::Output(expression)] = &*template.nodes {
                    self.expression(expression, CarriedSource::default(), found);
                }
            }
            Source::Constant(_) | Source::Map(_) => {}
        }
    }

    fn expression(&self, expression: &Expression, so_far: CarriedSource, found: &mut Vec<CarriedSource>) {
        let sometimes = CarriedSource { is_conditional: true, ..so_far.clone() };
        match expression {
            Expression::Path(path) if self.is_output(path.slot) && !path.keys.is_empty() => {
                found.push(CarriedSource { raw: path.keys.join("."), ..so_far });
            }
            Expression::Or(pair) => {
                self.expression(&pair.0, so_far, found);
                self.expression(&pair.1, sometimes, found);
            }
            Expression::Conditional(parts) => {
                let [_, then, otherwise] = &**parts;
                self.expression(then, sometimes.clone(), found);
                self.expression(otherwise, sometimes, found);
            }
            Expression::Call(call) if call.entry.names.iter().any(|name| KEEPING.contains(name)) => {
                if let Some(value) = call.positional.first() {
                    self.expression(value, CarriedSource { is_changed: true, ..so_far }, found);
                }
            }
            Expression::List(items) if items.len() == 1 => self.expression(&items[0], so_far, found),
            _ => {}
        }
    }

    /// Whether a slot has what an extractor gave, or the record itself.
    fn is_output(&self, slot: Slot) -> bool {
        let is_own = |work: &Work| matches!(work, Work::Extract(extraction) if extraction.output == slot);
        slot == self.tree.layers.original || self.tree.entries.iter().any(|entry| is_own(&entry.work))
    }
}

/// What a source reads, while it is found out.
#[derive(Clone, Debug, Default)]
struct CarriedSource {
    raw: String,
    is_conditional: bool,
    is_changed: bool,
}
