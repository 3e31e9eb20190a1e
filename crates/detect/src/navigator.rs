//! A layer of the ATT&CK Navigator (layer format 4.5): which techniques rules can find in a format's events.

use crate::assess::{Assessed, Assessment, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// The layer's format, and the Navigator that has it.
const LAYER: &str = "4.5";
const NAVIGATOR: &str = "5.1.0";

/// Colours: from few rules to many; and where no rule can match yet.
const FEW: &str = "#cfe8d5ff";
const MANY: &str = "#1b7837ff";
const WAITING: &str = "#f4a582";

#[derive(Serialize)]
struct Layer<'l> {
    name: &'l str,
    versions: Versions,
    domain: &'static str,
    description: String,
    sorting: u8,
    #[serde(rename = "hideDisabled")]
    hide_disabled: bool,
    techniques: Vec<Technique>,
    gradient: Gradient,
    #[serde(rename = "legendItems")]
    legend: Vec<LegendItem>,
}

#[derive(Serialize)]
struct Versions {
    navigator: &'static str,
    layer: &'static str,
}

#[derive(Serialize)]
struct Technique {
    #[serde(rename = "techniqueID")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'static str>,
    comment: String,
    enabled: bool,
    #[serde(rename = "showSubtechniques")]
    show_subtechniques: bool,
}

#[derive(Serialize)]
struct Gradient {
    colors: [&'static str; 2],
    #[serde(rename = "minValue")]
    least: u64,
    #[serde(rename = "maxValue")]
    most: u64,
}

#[derive(Serialize)]
struct LegendItem {
    label: &'static str,
    color: &'static str,
}

/// What rules say of one technique.
#[derive(Default)]
struct Told<'a> {
    can: Vec<&'a Assessed>,
    waiting: Vec<&'a Assessed>,
}

/// The layer, as JSON. A technique's score is the number of rules that can match, those that are not known counted; one that
/// only waiting rules find has a colour and no score.
pub fn layer(name: &str, assessment: &Assessment) -> String {
    let mut techniques: BTreeMap<String, Told<'_>> = BTreeMap::new();
    for rule in assessment.told() {
        for technique in rule.about.techniques() {
            let told = techniques.entry(technique).or_default();
            match rule.verdict {
                Verdict::CanMatch | Verdict::Unknown(_) => told.can.push(rule),
                Verdict::NoField { .. } => told.waiting.push(rule),
                Verdict::NoValue(_) => {}
            }
        }
    }
    let most = techniques.values().map(|told| told.can.len() as u64).max().unwrap_or(0).max(1);
    let techniques = techniques.into_iter().filter(|(_, told)| !told.can.is_empty() || !told.waiting.is_empty());
    let layer = Layer {
        name,
        versions: Versions { navigator: NAVIGATOR, layer: LAYER },
        domain: "enterprise-attack",
        description: format!(
            "What {} {} can find in events of {name}",
            assessment.told().count(),
            if assessment.told().count() == 1 { "rule" } else { "rules" }
        ),
        sorting: 3,
        hide_disabled: false,
        techniques: techniques.map(|(id, told)| technique(id, &told)).collect(),
        gradient: Gradient { colors: [FEW, MANY], least: 1, most: most.max(2) },
        legend: vec![
            LegendItem { label: "rules can match", color: "#1b7837" },
            LegendItem { label: "rules wait for a field", color: WAITING },
        ],
    };
    // A layer is texts and numbers, which are always JSON.
    serde_json::to_string_pretty(&layer).unwrap_or_default() + "\n"
}

fn technique(id: String, told: &Told<'_>) -> Technique {
    let titles = |rules: &[&Assessed]| rules.iter().map(|rule| rule.about.title.clone()).collect::<Vec<_>>().join("\n");
    let waits = |rule: &&Assessed| match &rule.verdict {
        Verdict::NoField { fields, together } => {
            format!("{} (waits for {})", rule.about.title, fields.join(if *together { " and " } else { " or " }))
        }
        _ => rule.about.title.clone(),
    };
    let waiting = told.waiting.iter().map(waits).collect::<Vec<_>>().join("\n");
    let is_found = !told.can.is_empty();
    Technique {
        id,
        score: is_found.then_some(told.can.len() as u64),
        color: (!is_found).then_some(WAITING),
        comment: [titles(&told.can), waiting]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n"),
        enabled: true,
        show_subtechniques: false,
    }
}
