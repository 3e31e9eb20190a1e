//! Which detection rules can match the events of a format, and which match the event of a record.

use serde::Serialize;
use std::collections::BTreeSet;
use weir::diagnostic::{Diagnostics, Severity, SourceId, Sources};
use weir::{Format, Record, spec};
use weir_author::FormatFolder;
use weir_author::finding::one_line;
use weir_detect::assess::{Assessed, Verdict};
use weir_detect::correlate::CorrelationState;
use weir_detect::mapping::FormatFacts;
use weir_detect::{Detection, rule};

/// The name under which what is wrong with the rules is told.
const NAME: &str = "rules.yml";

/// The answer.
#[derive(Debug, Serialize)]
pub struct Rules {
    rules: Vec<Rule>,
    /// How many are about events of other sources.
    others: usize,
    /// What of the text is no rule.
    problems: Vec<String>,
}

/// A rule.
#[derive(Debug, Serialize)]
struct Rule {
    title: String,
    level: Option<String>,
    /// Whether it can match an event of the format.
    can: bool,
    /// Whether it matches this one.
    fires: bool,
    /// What it waits for.
    why: Option<String>,
}

/// Holds rules against a format and the event of a record; nothing where the format does not compile.
pub fn rules(folder: &FormatFolder, format: &Format, text: &str, record: &Record<'_>) -> Option<Rules> {
    let plan = format.plan.as_ref()?;
    let mut sources = Sources::new();
    let source = sources.add(NAME, text);
    let (mut detection, mut findings) = (Detection::default(), Diagnostics::new());
    rule::read(text, source, &mut detection.documents, &mut findings);
    detection.documents.check(&mut findings);
    let facts = facts(folder, plan.name());
    let assessment = detection.assess(plan, &facts, false);
    let detector = detection.of_format(plan, &facts, &mut findings);
    let (mut fires, mut state) = (BTreeSet::new(), CorrelationState::default());
    let (mut scratch, mut looking) = (weir::Scratch::default(), weir_detect::Scratch::default());
    plan.run_batch_viewed(&mut scratch, std::slice::from_ref(record), |event, _| {
        if let Some(matched) = detector.look(&mut looking, event, record.now) {
            fires.extend(detector.alerts(&mut state, &matched).into_iter().map(|alert| alert.title().to_owned()));
        }
    });
    let problems = findings.iter().filter(|finding| finding.severity == Severity::Error && !text.trim().is_empty());
    Some(Rules {
        rules: assessment.told().map(|rule| told(rule, &fires)).collect(),
        others: assessment.others,
        problems: problems.map(|finding| one_line(finding, &sources)).collect(),
    })
}

fn told(rule: &Assessed, fires: &BTreeSet<String>) -> Rule {
    let why = match &rule.verdict {
        Verdict::CanMatch => None,
        Verdict::Unknown(fields) => Some(format!("the record decides whether it has {}", fields.join(", "))),
        Verdict::NoField { fields, together } => {
            let word = if *together { " and " } else { " or " };
            Some(format!("it waits for {}, which the format never sets", fields.join(word)))
        }
        Verdict::NoValue(fields) => Some(format!("{} never has such a value", fields.join(", "))),
    };
    let title = rule.about.title.clone();
    let fires = fires.contains(&title);
    Rule { title, level: rule.about.level.clone(), can: !rule.verdict.is_never(), fires, why }
}

/// What the format is called.
fn facts(folder: &FormatFolder, name: Option<&str>) -> FormatFacts {
    let mut names: Vec<String> = name.map(str::to_owned).into_iter().collect();
    if let Some((_, text)) = &folder.manifest {
        let manifest = spec::read_manifest(text, SourceId(0), &mut Diagnostics::new());
        let own = manifest.into_iter().flat_map(|manifest| [manifest.name, manifest.slug]).flatten();
        names.extend(own.map(|name| name.text));
    }
    FormatFacts { names }
}
