//! Which of many regexes may match a text: those whose literals it has. Only these are compiled and tried.

use super::catalogue::Definition;
use super::expression::UserAgentRegex;
use super::folded::Folded;
use regex::Captures;
use std::sync::OnceLock;

/// Regexes of which the first that matches decides.
pub(super) struct Ordered(Vec<Candidate>);

struct Candidate {
    definition: Definition,
    compiled: OnceLock<Option<UserAgentRegex>>,
}

impl Ordered {
    pub(super) fn new(definitions: Vec<Definition>) -> Self {
        Ordered(definitions.into_iter().map(|definition| Candidate { definition, compiled: OnceLock::new() }).collect())
    }

    /// The first regex that matches, with its groups.
    pub(super) fn first<'t>(&self, text: &'t str, folded: &Folded) -> Option<(&Definition, Captures<'t>)> {
        let mut candidates = self.0.iter().filter(|entry| folded.may_match(&entry.definition.needed));
        candidates.find_map(|Candidate { definition, compiled }| {
            let expression = compiled.get_or_init(|| UserAgentRegex::new(definition)).as_ref()?;
            Some((definition, expression.captures(definition, text)?))
        })
    }
}
