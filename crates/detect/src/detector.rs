//! Everything a format's events are held against: its rules, pruned to those that can match, their correlations, and
//! indicators.

use crate::Dialect;
use crate::alert::{Alert, Threat, append};
use crate::assess::{Assessment, assess};
use crate::correlate::{CorrelatedEvent, CorrelatedRule, CorrelationState, Correlations};
use crate::event::{Event, Places, as_text, each_of_field};
use crate::findings::{NO_INDICATORS, RULE_FAILURE, beginning};
use crate::indicators::{Found, Hit, IndicatorMatcher, IndicatorSet};
use crate::mapping::FormatFacts;
use crate::pipeline::Pipeline;
use crate::prepare::Prepared;
use crate::prove::prove;
use crate::rule::{About, Correlation, Documents, indicator_rule};
use crate::set::{RuleSet, Scratch};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use weir::diagnostic::Diagnostics;
use weir::json::raw;
use weir::value::Value;
use weir::{EventView, FieldPlace, Plan};

/// What events of any format are held against, as it was read: the way in for whoever runs events.
///
/// [`Detection::of_format`] makes it ready for one format. Then, for each event, [`Detector::look`] on the thread that runs it, and
/// [`Detector::with_matches`] and [`Detector::alerts`] where it found something; alerts on one thread, in the order of the events.
#[derive(Debug, Default)]
pub struct Detection {
    /// Rules, correlations and filters.
    pub documents: Documents,
    /// The user's pipelines.
    pub pipelines: Vec<Pipeline>,
    /// Whose meaning the rules have.
    pub dialect: Dialect,
    /// Indicators.
    pub indicators: Option<Arc<IndicatorSet>>,
    /// Whether indicators hold whenever an event was, also outside of the time in which they are valid.
    pub at_any_time: bool,
}

/// What the events of a format are held against. Immutable and shared; a worker has a [`Scratch`], the stream a
/// [`CorrelationState`].
#[derive(Debug)]
pub struct Detector {
    set: RuleSet,
    places: Places,
    correlations: Correlations,
    /// Where the fields of correlations are.
    correlated: Places,
    timestamp: Option<FieldPlace>,
    indicators: Option<IndicatorRule>,
    pruned: usize,
}

/// Indicators, and the rule as which they are told.
#[derive(Debug)]
struct IndicatorRule {
    about: Arc<About>,
    matcher: IndicatorMatcher,
    at_any_time: bool,
}

/// An event that something matches.
#[derive(Clone, Debug)]
pub struct Matched {
    /// The numbers of the rules.
    rules: Vec<u32>,
    hits: Vec<Hit>,
    /// Its time, in milliseconds since 1970-01-01T00:00:00Z.
    time: i64,
    texts: Vec<Option<String>>,
}

/// How long behind its end an indicator holds, in milliseconds: five days, as the public platform has it.
const GRACE: i64 = 5 * 24 * 3600 * 1000;

impl Detection {
    /// Makes it ready for a format. Rules that cannot match its events are left out; those that cannot be used have a finding.
    pub fn of_format(&self, plan: &Plan, facts: &FormatFacts, findings: &mut Diagnostics) -> Detector {
        let Detection { documents, dialect, .. } = self;
        let mut prepared = self.prepared(plan);
        let assessment = assess(documents, &prepared, plan, facts, *dialect, false);
        let mut is_kept = vec![false; documents.rules.len()];
        for rule in assessment.rules.iter().filter(|rule| !rule.verdict.is_never()) {
            is_kept[rule.number] = !documents.rules[rule.number].is_about_indicators();
        }
        prepared.retain(|number| is_kept[number]);
        let set = RuleSet::new(&prepared.rules, *dialect, findings);
        for (about, reason) in &assessment.passed_over {
            findings.push(RULE_FAILURE.at(about.span, &[reason]));
        }
        let correlations = own_correlations(documents, &assessment, &set);
        let places = Places::new(set.fields().iter().map(String::as_str), plan);
        let correlated = Places::new(correlations.fields().iter().map(String::as_str), plan);
        let indicators = self.indicators.as_ref().map(|indicators| IndicatorRule {
            about: self.indicator_rule(),
            matcher: IndicatorMatcher::new(Arc::clone(indicators), plan, findings),
            at_any_time: self.at_any_time,
        });
        let pruned = documents.rules.iter().filter(|rule| !rule.is_about_indicators()).count() - prepared.rules.len();
        let timestamp = plan.place_of("@timestamp");
        Detector { set, places, correlations, correlated, timestamp, indicators, pruned }
    }

    /// What is to be said of rules about indicators where there are none: nothing else would name them.
    pub fn without_indicators(&self) -> Diagnostics {
        let mut findings = Diagnostics::new();
        let rules = self
            .documents
            .rules
            .iter()
            .filter(|rule| self.indicators.is_none() && rule.is_about_indicators() && rule.is_indicator_rule());
        rules.for_each(|rule| findings.push(NO_INDICATORS.at(rule.about.span, &[]).help("give them with --iocs")));
        findings
    }

    /// Tells which rules can match the events of a format; `all_sources` takes each, whatever events it is about.
    pub fn assess(&self, plan: &Plan, facts: &FormatFacts, all_sources: bool) -> Assessment {
        assess(&self.documents, &self.prepared(plan), plan, facts, self.dialect, all_sources)
    }

    /// Records that prove of rules that they can match, by the rules' numbers; `messages` are recorded ones.
    pub fn prove(&self, plan: &Plan, assessment: &Assessment, messages: &[String]) -> BTreeMap<usize, String> {
        let mut prepared = self.prepared(plan);
        let can: BTreeSet<usize> =
            assessment.rules.iter().filter(|rule| !rule.verdict.is_never()).map(|rule| rule.number).collect();
        prepared.retain(|number| can.contains(&number));
        prove(&prepared, plan, self.dialect, messages)
    }

    fn prepared(&self, plan: &Plan) -> Prepared {
        Prepared::of(&self.documents, plan, &self.pipelines)
    }

    /// As which rule indicators are told: the first of the rules that is about them alone, else weir's own.
    fn indicator_rule(&self) -> Arc<About> {
        let mut rules = self.documents.rules.iter();
        let own = rules.find(|rule| rule.is_about_indicators() && rule.is_indicator_rule());
        own.map_or_else(indicator_rule, |rule| Arc::clone(&rule.about))
    }
}

/// The correlations that can hold over the rules of the set.
fn own_correlations(documents: &Documents, assessment: &Assessment, set: &RuleSet) -> Correlations {
    let rules = set.rules().iter().map(|rule| CorrelatedRule { about: &rule.about, fields: &rule.correlated });
    let own = assessment.correlations.iter().filter(|correlation| !correlation.verdict.is_never());
    let own: Vec<Correlation> = own.map(|correlation| documents.correlations[correlation.number].clone()).collect();
    Correlations::new(&own, &rules.collect::<Vec<_>>())
}

impl Detector {
    /// How many rules events are held against.
    pub fn len(&self) -> usize {
        self.set.rules().len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing can match any event: neither a rule nor an indicator.
    pub fn is_idle(&self) -> bool {
        self.is_empty() && self.indicators.is_none()
    }

    /// How many rules were left out, because they are about other events or cannot match.
    pub fn pruned(&self) -> usize {
        self.pruned
    }

    /// The indicators and the fields that they are looked for in.
    pub fn indicators(&self) -> Option<&IndicatorMatcher> {
        self.indicators.as_ref().map(|rule| &rule.matcher)
    }

    /// Holds rules and indicators against an event; `now` is its time where it has none, in seconds since 1970-01-01T00:00:00Z.
    pub fn look(&self, scratch: &mut Scratch, view: &EventView<'_, '_>, now: i64) -> Option<Matched> {
        let rules = self.set.matches(scratch, &self.places.event(view)).to_vec();
        let mut hits = self.indicators.as_ref().map_or_else(Vec::new, |rule| rule.matcher.hits(scratch, view));
        if rules.is_empty() && hits.is_empty() {
            return None;
        }
        let time =
            self.timestamp.as_ref().and_then(|place| text(|give| view.each(place, give))?.parse::<Timestamp>().ok());
        let time = time.map_or(now.saturating_mul(1000), Timestamp::as_millisecond);
        if let Some(rule) = self.indicators.as_ref().filter(|rule| !rule.at_any_time) {
            hits.retain(|hit| rule.matcher.set().get(hit.indicator).validity.holds(time, GRACE));
        }
        let event = self.correlated.event(view);
        let fields = 0..self.correlations.fields().len();
        let texts = fields.map(|field| text(|give| event.each(field, give))).collect();
        (!rules.is_empty() || !hits.is_empty()).then_some(Matched { rules, hits, time, texts })
    }

    /// A matched event, a JSON object, with what matched: as `rule.*` and `threat.*`, each only where the event says nothing
    /// itself there. Rules that only correlations are about are among them: whoever reads events alone sees no correlation.
    pub fn with_matches(&self, matched: &Matched, event: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(event);
        let members = raw::members(&text).unwrap_or_default();
        let has = |key: &str| members.iter().any(|(name, _)| *name == *key);
        let has = (has("rule"), has("threat"));
        let hits = self.found(matched);
        let indicators = self.indicators.as_ref().filter(|_| !hits.is_empty()).map(|rule| &*rule.about);
        let rules: Vec<&About> = self.matched(matched).map(|about| &**about).chain(indicators).collect();
        let threat = Threat::of(rules.iter().flat_map(|about| about.techniques()), &hits);
        let mut line = event.to_vec();
        append(&rules, threat.as_ref(), has, &mut line);
        line
    }

    /// What is to be told of a matched event, in the order of the stream: each rule, each correlation that holds with it, and
    /// its indicators.
    pub fn alerts<'d>(&'d self, state: &mut CorrelationState, matched: &'d Matched) -> Vec<Alert<'d>> {
        let correlated = self.correlations.take(state, &matched.rules, matched);
        let rules = self.told(matched).map(|about| Alert::new(about, None, &[]));
        let told = correlated.iter().filter(|held| self.correlations.tells_correlation(held.number));
        let held = told.map(|held| Alert::new(self.correlations.about(held.number), Some(held), &[]));
        let hits = self.found(matched);
        let indicators = self.indicators.iter().filter(|_| !hits.is_empty());
        rules.chain(held).chain(indicators.map(|rule| Alert::new(&rule.about, None, &hits))).collect()
    }

    fn found<'d>(&'d self, matched: &'d Matched) -> Vec<(Found<'d>, &'d Hit)> {
        let Some(rule) = &self.indicators else { return Vec::new() };
        matched.hits.iter().map(|hit| (rule.matcher.set().get(hit.indicator), hit)).collect()
    }

    fn matched<'m>(&'m self, matched: &'m Matched) -> impl Iterator<Item = &'m Arc<About>> {
        matched.rules.iter().map(|rule| &self.set.rules()[*rule as usize].about)
    }

    /// Those of the matched rules that have an alert of their own.
    fn told<'m>(&'m self, matched: &'m Matched) -> impl Iterator<Item = &'m Arc<About>> {
        let told = matched.rules.iter().filter(|rule| self.correlations.tells(**rule));
        told.map(|rule| &self.set.rules()[*rule as usize].about)
    }
}

impl CorrelatedEvent for Matched {
    fn time(&self) -> i64 {
        self.time
    }

    fn text(&self, field: usize) -> Option<String> {
        self.texts.get(field)?.clone()
    }
}

/// The first text of a field whose values are given, as correlations remember it: of a long one its start and a hash.
fn text(values: impl Fn(&mut dyn FnMut(Value<'_>))) -> Option<String> {
    let (mut found, mut buffer) = (None, String::new());
    values(&mut |value| {
        each_of_field(value, &mut |single| {
            if found.is_none() {
                found = as_text(single, &mut buffer).map(short);
            }
        });
    });
    found
}

/// The longest text that is remembered as it is, in bytes.
const LONGEST_TEXT: usize = 256;

fn short(text: &str) -> String {
    if text.len() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{}…{:016x}", beginning(text, LONGEST_TEXT), hasher.finish())
}
