//! Which fields a plan can write, by name.

use super::Plan;
use super::output::field_of;
use super::tree::{Assignment, Operation, Work};
use crate::taxonomy::{Field, Taxonomy};
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
