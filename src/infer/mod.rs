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
mod rule;
mod url;
mod user_agent;

pub use caches::Caches;
pub use fields::{Fields, Places};
pub use rule::Rule;

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
