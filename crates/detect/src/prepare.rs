//! Rules made ready for a format: pipelines applied, names mapped to the fields of its plan.

use crate::mapping::Mapping;
use crate::pipeline::{Pipeline, shipped};
use crate::rule::{Filter, Rule};
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
        let mut all: Vec<Pipeline> = pipelines.iter().cloned().chain(shipped()).collect();
        all.sort_by_key(|pipeline| pipeline.priority);
        let mapping = Mapping::new(plan);
        let mut prepared = Prepared::default();
        for (number, rule) in rules.iter().enumerate() {
            let mut rule = rule.clone();
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
