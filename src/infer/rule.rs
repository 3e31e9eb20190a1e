//! What a rule of inference is.

use super::fields::Fields;
use crate::value::Fault;
use std::fmt;

/// One rule: which fields it reads, which it writes, and how.
pub struct Rule {
    /// The name in explanations and traces.
    pub name: &'static str,
    /// The fields it reads; [`Fields::get`] counts them.
    pub reads: &'static [&'static str],
    /// The fields it may set; [`Fields::current`] and [`Fields::set`] count them.
    pub writes: &'static [&'static str],
    /// Fields of `writes` that need more than one of `reads` to be there, each with those of which one must be.
    pub needs: &'static [(&'static [&'static str], &'static [&'static str])],
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// How often it held over the public pairs. An exception is a pair whose expectation the rule does not give.
    pub evidence: &'static str,
    /// Applies it to one event.
    pub apply: for<'s, 'a> fn(&mut Fields<'s, 'a>) -> Result<(), Fault>,
}

impl Rule {
    /// Whether an event can get a field of `writes` from the rule, if it can have the fields that `is_there` tells.
    pub fn can_set(&self, field: &str, is_there: impl Fn(&str) -> bool) -> bool {
        let mut needs = self.needs.iter().filter(|(fields, _)| fields.contains(&field));
        needs.all(|(_, others)| others.iter().any(|other| is_there(other)))
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("name", &self.name).finish_non_exhaustive()
    }
}
