//! Which fields a plan can write, by name.

use super::Plan;
use super::expression::Slot;
use super::output::{Output, field_of};
use super::tree::{Assignment, Operation, Work};
use crate::taxonomy::{Field, FieldType, Origin, Taxonomy};
use std::collections::BTreeSet;

impl Plan {
    /// The fields that the pipeline's actions set. A dict that is set on one is spread over the fields below it; those
    /// are not named.
    pub fn sets(&self) -> BTreeSet<&str> {
        let stages = self.tree.entries.iter().filter_map(|entry| match &entry.work {
            Work::Stage(actions) => Some(actions),
            Work::Extract(_) => None,
        });
        let assignments = stages.flatten().flat_map(|action| action.operation.assignments());
        assignments.map(|assignment| &*assignment.field).collect()
    }

    /// The fields that rules of inference can set, from what the plan sets.
    pub fn infers(&self) -> BTreeSet<&'static str> {
        self.tree.rules.iter().flat_map(|bound| bound.rule.writes).copied().collect()
    }

    /// Every field that can come out, with its type, in the order in which it is written: what the pipeline sets, what inference adds,
    /// what dicts are spread over, the raw text, and what a run says of itself. What stands inside an object that nothing declares is not among them.
    pub fn outputs(&self) -> Vec<Field> {
        let mut outputs = Vec::new();
        self.tree.output.each_name(&mut |name, slot| {
            let output = &self.tree.output;
            let known = output.fields.iter().find(|(known, _)| *known == slot).map(|(_, field)| field.clone());
            let own = || Field::new(name.to_owned(), own_type(output, slot), Origin::Platform);
            let is_own = slot == output.message || output.intake.contains(&slot);
            outputs.extend(known.or_else(|| is_own.then(own)));
        });
        outputs
    }

    /// The field of a name with its type, as it is cast; `None` for one that does not come out because nothing declares
    /// it.
    pub fn field(&self, name: &str) -> Option<Field> {
        field_of(self.taxonomy(), name)
    }

    /// The fields that are declared: the base taxonomy's and the format's own.
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.tree.output.taxonomy
    }
}

/// The type of a field of the run's own: the warnings are a list.
fn own_type(output: &Output, slot: Slot) -> FieldType {
    if slot == output.intake[1] { FieldType::Array } else { FieldType::Keyword }
}

impl Operation {
    /// The fields that it sets.
    pub(super) fn assignments(&self) -> Vec<&Assignment> {
        match self {
            Operation::Set(fields) => fields.iter().map(|(assignment, _)| &**assignment).collect(),
            Operation::Translate(translation) => translation.lookups.iter().map(|lookup| &*lookup.into).collect(),
            Operation::Delete(_) => Vec::new(),
        }
    }
}
