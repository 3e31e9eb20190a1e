//! Rules made ready for a format: pipelines applied, names mapped to the fields of its plan.

use crate::mapping::Mapping;
use crate::pipeline::{Pipeline, shipped};
use crate::rule::{Documents, Filter, Naming, Rule};
use std::collections::{BTreeMap, HashMap};
use weir::Plan;

/// Rules with the names of a plan's fields.
#[derive(Debug, Default)]
pub struct Prepared {
    /// The rules, in the order given.
    pub rules: Vec<Rule>,
    /// The numbers that the rules had among those given.
    pub numbers: Vec<usize>,
    /// Rules that a pipeline passes over: their numbers, and the reasons.
    pub passed_over: Vec<(usize, String)>,
}

impl Prepared {
    /// Applies filters, the user's pipelines and the shipped ones to rules, and maps names to the fields of a plan.
    pub fn new(rules: &[Rule], filters: &[Filter], plan: &Plan, pipelines: &[Pipeline]) -> Self {
        Prepared::prepare(rules, filters, HashMap::new(), plan, pipelines)
    }

    /// The same with the rules and filters of documents, and with what their correlations read.
    pub fn of(documents: &Documents, plan: &Plan, pipelines: &[Pipeline]) -> Self {
        Prepared::prepare(&documents.rules, &documents.filters, correlated(documents), plan, pipelines)
    }

    fn prepare(
        rules: &[Rule],
        filters: &[Filter],
        mut correlated: HashMap<usize, BTreeMap<String, Vec<String>>>,
        plan: &Plan,
        pipelines: &[Pipeline],
    ) -> Self {
        let mut all: Vec<Pipeline> = pipelines.iter().cloned().chain(shipped()).collect();
        all.sort_by_key(|pipeline| pipeline.priority);
        let mapping = Mapping::new(plan);
        let mut prepared = Prepared::default();
        for (number, rule) in rules.iter().enumerate() {
            let mut rule = rule.clone();
            rule.correlated.extend(correlated.remove(&number).unwrap_or_default());
            let about = filters.iter().enumerate().filter(|(_, filter)| filter.is_about(&rules[number]));
            about.for_each(|(number, filter)| filter.apply(&mut rule, number));
            match all.iter().try_for_each(|pipeline| pipeline.apply(&mut rule)).and_then(|()| mapping.apply(&mut rule))
            {
                Ok(()) => {
                    prepared.rules.push(rule);
                    prepared.numbers.push(number);
                }
                Err(reason) => prepared.passed_over.push((number, reason)),
            }
        }
        prepared
    }

    /// Keeps the rules of which that is wanted, by their numbers.
    pub fn retain(&mut self, is_wanted: impl Fn(usize) -> bool) {
        let mut numbers = self.numbers.iter();
        self.rules.retain(|_| numbers.next().is_some_and(|number| is_wanted(*number)));
        self.numbers.retain(|number| is_wanted(*number));
    }
}

/// By the numbers of rules, the fields that correlations read of their events, under the names that the rules have for them.
fn correlated(documents: &Documents) -> HashMap<usize, BTreeMap<String, Vec<String>>> {
    let Documents { rules, correlations, .. } = documents;
    let naming = Naming::new(rules.iter().map(|rule| &*rule.about), correlations);
    let mut found: HashMap<usize, BTreeMap<String, Vec<String>>> = HashMap::new();
    for correlation in correlations {
        for (member, field) in
            correlation.rules.iter().flat_map(|name| correlation.fields().map(move |field| (name, field)))
        {
            for (rule, name) in naming.fields(correlation, member, field) {
                found.entry(rule).or_default().insert(name.to_owned(), vec![name.to_owned()]);
            }
        }
    }
    found
}
