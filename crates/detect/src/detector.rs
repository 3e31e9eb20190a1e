//! Everything a format's events are held against: its rules, pruned to those that can match, and their correlations.

use crate::Dialect;
use crate::assess::assess;
use crate::correlate::{Correlated, CorrelatedEvent, CorrelationState, Correlations};
use crate::event::{Places, as_text, each_single};
use crate::mapping::FormatFacts;
use crate::pipeline::Pipeline;
use crate::prepare::Prepared;
use crate::rule::{About, Documents, Rule};
use crate::set::{RuleSet, Scratch};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use weir::diagnostic::Diagnostics;
use weir::{EventView, FieldPlace, Plan};

/// The rules of a format, ready for its events. Immutable and shared; a worker has a [`Scratch`], the stream a
/// [`CorrelationState`].
#[derive(Debug)]
pub struct Detector {
    set: RuleSet,
    places: Places,
    correlations: Correlations,
    /// Where the fields of correlations are.
    correlated: Vec<Option<FieldPlace>>,
    timestamp: Option<FieldPlace>,
    pruned: usize,
}

/// An event that rules match.
#[derive(Clone, Debug)]
pub struct Matched {
    /// The numbers of the rules.
    rules: Vec<u32>,
    /// Its time, in milliseconds since 1970-01-01T00:00:00Z.
    time: i64,
    texts: Vec<Option<String>>,
}

/// A match to be told: of a rule, or of a correlation.
#[derive(Debug, Serialize)]
pub struct Alert<'d> {
    rule: AlertRule<'d>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threat: Option<Threat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<CorrelationAlert>,
}

#[derive(Debug, Serialize)]
struct AlertRule<'d> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'d str>,
    name: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'d str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'d [String],
}

#[derive(Debug, Serialize)]
struct Threat {
    framework: &'static str,
    technique: TechniqueIds,
}

#[derive(Debug, Serialize)]
struct TechniqueIds {
    id: Vec<String>,
}

#[derive(Debug, Serialize)]
struct CorrelationAlert {
    count: usize,
    since: String,
    group: BTreeMap<String, String>,
}

/// ECS's name of MITRE's framework.
const FRAMEWORK: &str = "MITRE ATT&CK";

impl Detector {
    /// Makes rules ready for a format. Those that cannot match its events are left out; those that cannot be used have a
    /// finding.
    pub fn new(
        documents: &Documents,
        pipelines: &[Pipeline],
        plan: &Plan,
        facts: &FormatFacts,
        dialect: Dialect,
        findings: &mut Diagnostics,
    ) -> Self {
        let prepared = Prepared::new(&documents.rules, &documents.filters, plan, pipelines);
        let assessment = assess(&documents.rules, &prepared, plan, facts, dialect, false);
        let mut is_kept = vec![false; documents.rules.len()];
        for rule in assessment.rules.iter().filter(|rule| !rule.verdict.is_never()) {
            is_kept[rule.number] = true;
        }
        let kept = prepared.rules.iter().zip(&prepared.numbers).filter(|(_, number)| is_kept[**number]);
        let kept: Vec<Rule> = kept.map(|(rule, _)| rule.clone()).collect();
        let set = RuleSet::new(&kept, dialect, findings);
        let abouts: Vec<&About> = set.rules().iter().map(|rule| -> &About { &rule.about }).collect();
        // A correlation about rules of another format is none of this one.
        let is_own = |name: &String| {
            abouts.iter().any(|about| about.is_called(name))
                || documents.correlations.iter().any(|other| other.about.is_called(name))
        };
        let own = documents.correlations.iter().filter(|correlation| correlation.rules.iter().all(is_own));
        let own: Vec<_> = own.cloned().collect();
        let correlations = Correlations::new(&own, &abouts, &mut Diagnostics::new());
        let places = Places::new(set.fields().iter().map(String::as_str), plan);
        let correlated = correlations.fields().iter().map(|name| plan.place_of(name)).collect();
        let pruned = documents.rules.len() - kept.len();
        Detector { set, places, correlations, correlated, timestamp: plan.place_of("@timestamp"), pruned }
    }

    /// How many rules events are held against.
    pub fn len(&self) -> usize {
        self.set.rules().len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rules were left out, because they are about other events or cannot match.
    pub fn pruned(&self) -> usize {
        self.pruned
    }

    /// Holds the rules against an event; `now` is its time where it has none, in seconds since 1970-01-01T00:00:00Z.
    pub fn look(&self, scratch: &mut Scratch, view: &EventView<'_, '_>, now: i64) -> Option<Matched> {
        let rules = self.set.matches(scratch, &self.places.event(view));
        if rules.is_empty() {
            return None;
        }
        let rules = rules.to_vec();
        let time = self.timestamp.as_ref().and_then(|place| text(view, place)?.parse::<Timestamp>().ok());
        let time = time.map_or(now.saturating_mul(1000), Timestamp::as_millisecond);
        let texts = self.correlated.iter().map(|place| text(view, place.as_ref()?)).collect();
        Some(Matched { rules, time, texts })
    }

    /// Appends what matched to an event, a JSON object: as `rule.*` and `threat.*`, each only where the event has none of its
    /// own. Rules that are told through correlations alone are left out.
    pub fn append(&self, matched: &Matched, has_rule: bool, has_threat: bool, line: &mut Vec<u8>) {
        let rules: Vec<&Arc<About>> = self.told(matched).collect();
        let Some(b'}') = line.last().filter(|_| !rules.is_empty()) else { return };
        line.pop();
        let mut put = |key: &str, value: String| {
            line.extend_from_slice(if line.len() > 1 { b",\"" } else { b"\"" });
            line.extend_from_slice(key.as_bytes());
            line.extend_from_slice(b"\":");
            line.extend_from_slice(value.as_bytes());
        };
        if !has_rule {
            let ids: Vec<&str> = rules.iter().filter_map(|about| about.id.as_deref()).collect();
            let names: Vec<&str> = rules.iter().map(|about| &*about.title).collect();
            put("rule", json(&BTreeMap::from([("id", ids), ("name", names)])));
        }
        let threat = threat(rules.iter().flat_map(|about| about.techniques()));
        if let Some(threat) = threat.filter(|_| !has_threat) {
            put("threat", json(&threat));
        }
        line.push(b'}');
    }

    /// What is to be told of a matched event, in the order of the stream: each rule, and each correlation that holds with it.
    pub fn alerts<'d>(&'d self, state: &mut CorrelationState, matched: &'d Matched) -> Vec<Alert<'d>> {
        let correlated = self.correlations.take(state, &matched.rules, matched);
        let rules = self.told(matched).map(|about| alert(about, None));
        let correlations = correlated.iter().map(|held| alert(self.correlations.about(held.number), Some(held)));
        rules.chain(correlations).collect()
    }

    fn told<'m>(&'m self, matched: &'m Matched) -> impl Iterator<Item = &'m Arc<About>> {
        let told = matched.rules.iter().filter(|rule| self.correlations.tells(**rule));
        told.map(|rule| &self.set.rules()[*rule as usize].about)
    }
}

impl Alert<'_> {
    /// The alert with the event that it is about, as one line of JSON without the newline.
    pub fn line(&self, event: &[u8]) -> Vec<u8> {
        let mut line = json(self).into_bytes();
        line.pop();
        line.extend_from_slice(b",\"event\":");
        line.extend_from_slice(event);
        line.push(b'}');
        line
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

fn alert<'d>(about: &'d About, held: Option<&Correlated>) -> Alert<'d> {
    let correlation = held.map(|held| CorrelationAlert {
        count: held.count,
        since: Timestamp::from_millisecond(held.since).map_or_else(|_| String::new(), |time| time.to_string()),
        group: held.group.iter().cloned().collect(),
    });
    let rule = AlertRule {
        id: about.id.as_deref(),
        name: &about.title,
        description: about.description.as_deref(),
        level: about.level.as_deref(),
        author: about.author.as_deref(),
        tags: &about.tags,
    };
    Alert { rule, threat: threat(about.techniques()), correlation }
}

fn threat(techniques: impl Iterator<Item = String>) -> Option<Threat> {
    let mut id: Vec<String> = techniques.collect();
    id.sort_unstable();
    id.dedup();
    (!id.is_empty()).then_some(Threat { framework: FRAMEWORK, technique: TechniqueIds { id } })
}

/// Texts and numbers are always JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn text(view: &EventView<'_, '_>, place: &FieldPlace) -> Option<String> {
    let (mut found, mut buffer) = (None, String::new());
    view.each(place, &mut |value| {
        each_single(value, &mut |single| {
            if found.is_none() {
                found = as_text(single, &mut buffer).map(str::to_owned);
            }
        });
    });
    found
}
