//! Indicators held against the events of one plan, in the fields that they are about.

use super::kind::{self, KindId};
use super::set::{IndicatorId, IndicatorSet, shown};
use crate::Dialect;
use crate::event::{Places, as_text, each_single};
use crate::rule::{About, Condition, Detection, LogSource, Rule};
use crate::set::{RuleSet, Scratch};
use std::collections::BTreeMap;
use std::sync::Arc;
use weir::diagnostic::{Diagnostics, Span};
use weir::plan::FieldReach;
use weir::{EventView, FieldPlace, Plan};

/// Indicators and the fields of a plan that they are held against.
#[derive(Debug)]
pub struct IndicatorMatcher {
    set: Arc<IndicatorSet>,
    /// The fields, each with the kinds that it can have.
    fields: Vec<(FieldPlace, Vec<KindId>)>,
    /// Patterns as rules, in their order.
    patterns: RuleSet,
    /// By the number of the rule, that of the pattern.
    numbers: Vec<usize>,
    places: Places,
}

/// An indicator that an event has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its number in the set.
    pub indicator: IndicatorId,
    /// The field; empty for a pattern.
    pub field: String,
    /// The value of the field.
    pub value: String,
}

/// How many hits one event has at most.
const MOST_HITS: usize = 100;

impl IndicatorMatcher {
    /// Finds the fields of a plan that indicators are about. A pattern that cannot be used has a finding.
    pub fn new(set: Arc<IndicatorSet>, plan: &Plan, findings: &mut Diagnostics) -> Self {
        let places: Vec<FieldPlace> =
            plan.places().into_iter().filter(|place| plan.reach(place.name()) == FieldReach::Set).collect();
        let about = |kind: KindId, name: &str| kind::all()[usize::from(kind)].is_about(name, plan);
        let of_kind = |kind: KindId| {
            let names = places.iter().map(FieldPlace::name).filter(|name| about(kind, name));
            names.map(str::to_owned).collect::<Vec<String>>()
        };
        let rules = set.patterns().enumerate().map(|(number, pattern)| rule(number, pattern.search(&of_kind)));
        let patterns = RuleSet::new(&rules.collect::<Vec<_>>(), Dialect::Sigma, findings);
        let number = |name: &str| name.parse().unwrap_or_default();
        let numbers = patterns.rules().iter().map(|rule| number(&rule.about.title)).collect();
        let pattern_places = Places::new(patterns.fields().iter().map(String::as_str), plan);
        let mut fields = Vec::new();
        for place in places.iter().filter(|place| !is_covered(place.name(), &places)) {
            let kinds: Vec<KindId> = set.kinds().filter(|kind| about(*kind, place.name())).collect();
            if !kinds.is_empty() {
                fields.push((place.clone(), kinds));
            }
        }
        IndicatorMatcher { set, fields, patterns, numbers, places: pattern_places }
    }

    /// The indicators.
    pub fn set(&self) -> &Arc<IndicatorSet> {
        &self.set
    }

    /// The names of the fields that values are looked for in.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(place, _)| place.name())
    }

    /// The indicators that an event has, whenever they hold.
    pub fn hits(&self, scratch: &mut Scratch, view: &EventView<'_, '_>) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut number = String::new();
        for (place, kinds) in &self.fields {
            view.each(place, &mut |value| {
                each_single(value, &mut |single| {
                    let Some(text) = as_text(single, &mut number) else { return };
                    for kind in kinds {
                        self.set.find(*kind, text, &mut |indicator| {
                            if hits.len() < MOST_HITS {
                                let (field, value) = (place.name().to_owned(), shown(text).into_owned());
                                hits.push(Hit { indicator, field, value });
                            }
                        });
                    }
                });
            });
        }
        if !self.patterns.rules().is_empty() {
            let found = self.patterns.matches(scratch, &self.places.event(view));
            let found = found.iter().map(|rule| self.set.of_pattern(self.numbers[*rule as usize]));
            hits.extend(found.map(|indicator| Hit { indicator, field: String::new(), value: String::new() }));
        }
        hits
    }
}

/// Whether the values of a field are looked for in another one already: a registered domain is one above the whole domain.
fn is_covered(name: &str, places: &[FieldPlace]) -> bool {
    let whole = name.strip_suffix(".registered_domain").map(|above| format!("{above}.domain"));
    whole.is_some_and(|whole| places.iter().any(|place| place.name() == whole))
}

fn rule(number: usize, search: crate::rule::Search) -> Rule {
    let name = "pattern".to_owned();
    Rule {
        about: Arc::new(About { title: number.to_string(), ..About::default() }),
        log_source: LogSource::default(),
        detections: vec![Detection { name: name.clone(), search, span: Span::default() }],
        conditions: vec![Condition::Name(name)],
        correlated: BTreeMap::new(),
    }
}
