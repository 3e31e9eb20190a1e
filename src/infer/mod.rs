//! Fields that follow from other fields: addresses, domain parts, URL parts, user agents, `related.*`.
//!
//! Each rule was found by counting over recorded pairs and says so in its `evidence`. They run in the order of
//! [`rules`], after the casts: `related.hosts` takes a `url.domain` that the spec set and not one that was inferred from
//! `url.original`, so `related.*` comes first.

mod address;
mod caches;
mod copy;
mod domain;
mod fields;
mod file;
mod logon;
mod punycode;
mod related;
mod url;
mod user_agent;

pub use caches::Caches;
pub use fields::{Fields, Places};

use crate::value::Fault;

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

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Fields that belong to the rules: what a spec sets there is dropped, over the recorded pairs without exception.
pub const OWNED: &[&str] = &["related.ip", "related.hosts", "related.user", "related.hash"];

/// The rules, in the order of their application.
pub fn rules() -> &'static [Rule] {
    RULES
}

static RULES: &[Rule] = &[
    related::IP,
    related::HOSTS,
    related::USER,
    related::HASH,
    address::SOURCE,
    address::DESTINATION,
    address::CLIENT,
    address::QUESTION,
    url::RULE,
    user_agent::RULE,
    file::RULE,
    copy::HOST_NAME,
    logon::RULE,
    copy::OUTCOME,
];
