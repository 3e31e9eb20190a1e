//! A format as an editor knows it.

use super::records::{self, Recorded};
use crate::answers::{Answers, answers};
use crate::folder::FormatFolder;
use std::collections::BTreeMap;
use weir::Scratch;
use weir::possible::{FieldValues, PossibleValues};

/// What is known of a format.
pub struct Assistant {
    /// What is found about it, and what its pairs give.
    pub answers: Answers,
    /// The texts that this is known of.
    pub(super) folder: FormatFolder,
    pub(super) recorded: Vec<Recorded>,
    /// The values that fields can have, of those that the spec sets.
    pub(super) possible: BTreeMap<String, FieldValues>,
}

impl Assistant {
    /// Gets to know a format: checks it, runs its recorded pairs, and follows its templates.
    pub fn new(folder: FormatFolder) -> Self {
        let answers = answers(&folder, &mut Scratch::default());
        let recorded = records::recorded(&folder, &answers);
        let plan = answers.format.plan.as_ref();
        let possible = plan.map(|plan| {
            let possible = PossibleValues::new(plan);
            plan.sets().into_iter().map(|field| (field.to_owned(), possible.of(field))).collect()
        });
        Assistant { recorded, possible: possible.unwrap_or_default(), answers, folder }
    }

    /// Whether the format compiles, in whole or in part: one that does not says nothing about its names.
    pub fn is_useful(&self) -> bool {
        self.answers.format.plan.is_some()
    }
}
