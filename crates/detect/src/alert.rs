//! What is told of an event that something matches: the fields that it gets, and alerts as lines of JSON.
//!
//! Both are ECS's: `rule`, `threat.technique`, and for indicators `threat.enrichments`.

use crate::correlate::Correlated;
use crate::indicators::{Found, Hit};
use crate::rule::About;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A match to be told: of a rule, a correlation, or indicators.
#[derive(Debug, Serialize)]
pub struct Alert<'d> {
    rule: AlertRule<'d>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threat: Option<Threat<'d>>,
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

/// What is found, in the terms of ATT&CK and of indicators.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Threat<'d> {
    #[serde(skip_serializing_if = "Option::is_none")]
    framework: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    technique: Option<TechniqueIds>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    enrichments: Vec<Enrichment<'d>>,
}

#[derive(Debug, Serialize)]
struct TechniqueIds {
    id: BTreeSet<String>,
}

#[derive(Debug, Serialize)]
struct Enrichment<'d> {
    indicator: IndicatorFields<'d>,
    matched: MatchedFields<'d>,
}

#[derive(Debug, Serialize)]
struct IndicatorFields<'d> {
    #[serde(rename = "type")]
    kind: &'d str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'d str>,
    provider: &'d str,
}

#[derive(Debug, Serialize)]
struct MatchedFields<'d> {
    #[serde(skip_serializing_if = "str::is_empty")]
    atomic: &'d str,
    #[serde(skip_serializing_if = "str::is_empty")]
    field: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'d str>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Debug, Serialize)]
struct CorrelationAlert {
    count: usize,
    since: String,
    group: BTreeMap<String, String>,
}

/// ECS's name of MITRE's framework.
const FRAMEWORK: &str = "MITRE ATT&CK";

impl<'d> Alert<'d> {
    /// What the rule, the correlation or the indicators are called.
    pub fn title(&self) -> &'d str {
        self.rule.name
    }

    pub(crate) fn new(about: &'d About, held: Option<&Correlated>, hits: &[(Found<'d>, &'d Hit)]) -> Self {
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
        Alert { rule, threat: Threat::of(about.techniques(), hits), correlation }
    }

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

impl<'d> Threat<'d> {
    /// `None` where there is neither a technique nor an indicator.
    pub(crate) fn of(techniques: impl Iterator<Item = String>, hits: &[(Found<'d>, &'d Hit)]) -> Option<Self> {
        let id: BTreeSet<String> = techniques.collect();
        let framework = (!id.is_empty()).then_some(FRAMEWORK);
        let technique = (!id.is_empty()).then_some(TechniqueIds { id });
        let enrichments: Vec<Enrichment<'_>> = hits.iter().map(|(found, hit)| enrichment(found, hit)).collect();
        (technique.is_some() || !enrichments.is_empty()).then_some(Threat { framework, technique, enrichments })
    }
}

fn enrichment<'d>(found: &Found<'d>, hit: &'d Hit) -> Enrichment<'d> {
    Enrichment {
        indicator: IndicatorFields {
            kind: found.object,
            name: found.value,
            description: found.about.name.as_deref(),
            provider: &found.about.provider,
        },
        matched: MatchedFields {
            atomic: &hit.value,
            field: &hit.field,
            id: found.about.id.as_deref(),
            kind: "indicator_match_rule",
        },
    }
}

/// Puts the rules and threats of an event behind its own fields: each only where the event has none of its own.
pub(crate) fn append(
    rules: &[&About],
    threat: Option<&Threat<'_>>,
    (has_rule, has_threat): (bool, bool),
    line: &mut Vec<u8>,
) {
    let Some(b'}') = line.last() else { return };
    line.pop();
    let mut put = |key: &str, value: String| {
        line.extend_from_slice(if line.len() > 1 { b",\"" } else { b"\"" });
        line.extend_from_slice(key.as_bytes());
        line.extend_from_slice(b"\":");
        line.extend_from_slice(value.as_bytes());
    };
    if !has_rule && !rules.is_empty() {
        // Rules with an id come first, so that the first name is that of the first id.
        let (with, without): (Vec<&About>, Vec<&About>) = rules.iter().partition(|about| about.id.is_some());
        let ids: Vec<&str> = with.iter().filter_map(|about| about.id.as_deref()).collect();
        let names: Vec<&str> = with.iter().chain(&without).map(|about| &*about.title).collect();
        let mut rule = BTreeMap::from([("name", names)]);
        rule.extend((!ids.is_empty()).then_some(("id", ids)));
        put("rule", json(&rule));
    }
    if let Some(threat) = threat.filter(|_| !has_threat) {
        put("threat", json(threat));
    }
    line.push(b'}');
}

/// Texts and numbers are always JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
