//! Whom correlations mean by a name: rules, other correlations, and what their fields are called there.

use super::{About, Correlation};
use std::collections::{HashMap, HashSet};

/// Rules and correlations by their ids and names: where two have one, the first is meant, and a rule before a correlation.
#[derive(Debug)]
pub(crate) struct Naming<'n> {
    rules: HashMap<&'n str, usize>,
    correlations: HashMap<&'n str, usize>,
    all: &'n [Correlation],
}

/// How deep correlations over correlations nest at most.
pub(crate) const DEEPEST: usize = 20;

impl<'n> Naming<'n> {
    pub fn new(rules: impl Iterator<Item = &'n About>, correlations: &'n [Correlation]) -> Self {
        let about = correlations.iter().map(|correlation| &*correlation.about);
        Naming { rules: by_name(rules), correlations: by_name(about), all: correlations }
    }

    /// The number of the rule of a name.
    pub fn rule(&self, name: &str) -> Option<usize> {
        self.rules.get(name).copied()
    }

    /// The number of the correlation of a name that no rule has.
    pub fn correlation(&self, name: &str) -> Option<usize> {
        if self.rules.contains_key(name) { None } else { self.correlations.get(name).copied() }
    }

    /// Whether a rule or a correlation has the name.
    pub fn is_known(&self, name: &str) -> bool {
        self.rules.contains_key(name) || self.correlations.contains_key(name)
    }

    /// The rules whose events a member of a correlation stands for, each with what it calls a field of the correlation.
    pub fn fields<'f>(
        &'f self,
        correlation: &'f Correlation,
        member: &'f str,
        field: &'f str,
    ) -> Vec<(usize, &'f str)> {
        let mut found = Vec::new();
        let (mut seen_rules, mut seen) = (HashSet::new(), HashSet::new());
        let mut open = vec![(correlation, member, field)];
        while let Some((correlation, member, field)) = open.pop() {
            let own = correlation.aliased(member, field);
            if let Some(rule) = self.rule(member) {
                found.extend(seen_rules.insert((rule, own)).then_some((rule, own)));
            } else if let Some(other) = self.correlation(member).filter(|other| seen.insert((*other, own))) {
                let other = &self.all[other];
                open.extend(other.rules.iter().rev().map(|member| (other, &**member, own)));
            }
        }
        found
    }

    /// The numbers of the correlations, each behind those that it is about; and of those of a circle or too long a chain.
    pub fn in_order(&self) -> (Vec<usize>, Vec<usize>) {
        let mut is_placed = vec![false; self.all.len()];
        let (mut ordered, mut rest) = (Vec::new(), (0..self.all.len()).collect::<Vec<_>>());
        for _ in 0..DEEPEST {
            let waits = |number: &usize| {
                let others = self.all[*number].rules.iter().filter_map(|name| self.correlation(name));
                others.into_iter().any(|other| !is_placed[other])
            };
            let (later, now): (Vec<usize>, Vec<usize>) = rest.into_iter().partition(waits);
            now.iter().for_each(|number| is_placed[*number] = true);
            ordered.extend(now);
            rest = later;
        }
        (ordered, rest)
    }
}

fn by_name<'n>(all: impl Iterator<Item = &'n About>) -> HashMap<&'n str, usize> {
    let mut found = HashMap::new();
    for (number, about) in all.enumerate() {
        for name in about.names() {
            found.entry(name).or_insert(number);
        }
    }
    found
}
