//! Warning lists of MISP: values that many use without harm, which are no indicators.

use super::kind::Compare;
use super::value::{below, host, small};
use crate::rule::{Network, Prefix};
use std::collections::{BTreeSet, HashSet};
use weir::pattern::Pattern;
use weir::value::Arena;

/// What is harmless.
#[derive(Debug, Default)]
pub struct WarningLists {
    texts: HashSet<String>,
    domains: HashSet<String>,
    parts: Vec<String>,
    patterns: Vec<Pattern>,
    networks: HashSet<Network>,
    /// The kinds and lengths of the networks.
    prefixes: BTreeSet<Prefix>,
}

impl WarningLists {
    /// Adds a list of a type, and gives the reasons why values of it cannot be used: the others are.
    pub fn add(&mut self, kind: &str, list: Vec<String>) -> Vec<String> {
        let mut refused = Vec::new();
        for text in list {
            match kind {
                "string" => drop(self.texts.insert(small(text.trim()).into_owned())),
                "hostname" => drop(self.domains.insert(small(text.trim().trim_matches('.')).into_owned())),
                "substring" => self.parts.push(small(text.trim()).into_owned()),
                "cidr" => match Network::read(text.trim()) {
                    Some(network) => {
                        self.prefixes.insert(network.prefix());
                        self.networks.insert(network);
                    }
                    None => refused.push(format!("`{text}` of a warning list is no network")),
                },
                "regex" => match Pattern::new(&expression(&text)) {
                    Ok(pattern) => self.patterns.push(pattern),
                    Err(fault) => {
                        refused.push(format!("`{text}` of a warning list cannot be read: {}", fault.reason()));
                    }
                },
                _ => return vec![format!("there are no warning lists of type `{kind}`")],
            }
        }
        refused
    }

    /// Whether nothing is called harmless.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
            && self.domains.is_empty()
            && self.parts.is_empty()
            && self.patterns.is_empty()
            && self.networks.is_empty()
    }

    /// Whether a value is harmless. `arena` is what patterns need, with their budget for a value.
    pub fn has(&self, compare: Compare, value: &str, arena: &mut Arena) -> bool {
        arena.reset();
        let value = small(value);
        let host = match compare {
            Compare::Domain => Some(&*value),
            Compare::Url => host(&value),
            Compare::Email => value.split_once('@').map(|(_, host)| host),
            Compare::Address | Compare::Text => None,
        };
        self.texts.contains(&*value)
            || host.is_some_and(|host| below(host).any(|domain| self.domains.contains(domain)))
            || compare == Compare::Address && self.has_address(&value)
            || self.parts.iter().any(|part| value.contains(&**part))
            || self.patterns.iter().any(|pattern| pattern.is_match(arena, &value, 0, false).unwrap_or(false))
    }

    /// Whether an address is harmless; a network is where its first address is.
    fn has_address(&self, value: &str) -> bool {
        let Ok(address) = value.split('/').next().unwrap_or_default().parse() else { return false };
        let mut around = self.prefixes.iter().filter_map(|prefix| Network::around(address, *prefix));
        around.any(|network| self.networks.contains(&network))
    }
}

/// An expression as lists write it: `/a/i` is `(?i)a`. Values are in small letters, so that case cannot count.
fn expression(text: &str) -> String {
    let text = text.trim();
    let between = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    let (pattern, flags) = between.unwrap_or((text, ""));
    // `u`, `D` and others of PHP change nothing here.
    let flags: String = flags.chars().filter(|flag| "msx".contains(*flag)).collect();
    format!("(?i{flags}){pattern}")
}
