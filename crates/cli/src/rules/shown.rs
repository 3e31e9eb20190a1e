//! What was found out about rules, for people and for machines.

use crate::stop::Stop;
use crate::terminal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use weir::diagnostic::{Diagnostics, Sources};
use weir::spec;
use weir_author::FormatFolder;
use weir_author::words::plural;
use weir_detect::assess::{Assessed, Assessment, Verdict, Wait};
use weir_formats::RuleFiles;

/// How many fields are shown that rules wait for.
const MOST_WAITS: usize = 20;

/// By the numbers of rules, the records that prove that they match.
pub type Proofs = BTreeMap<usize, String>;

/// The result for people.
pub fn text(
    assessment: &Assessment,
    proofs: Option<&Proofs>,
    files: &RuleFiles,
    folder: &FormatFolder,
    color: bool,
) -> String {
    let mut out = String::new();
    let all = || assessment.rules.iter().chain(&assessment.correlations);
    let count = |is: &dyn Fn(&Verdict) -> bool| all().filter(|rule| is(&rule.verdict)).count() as u64;
    let rows = [
        ("can match", count(&|verdict| *verdict == Verdict::CanMatch)),
        ("unknown: the record decides", count(&|verdict| matches!(verdict, Verdict::Unknown(_)))),
        ("never: a field is not set", count(&|verdict| matches!(verdict, Verdict::NoField { .. }))),
        ("never: a value is not possible", count(&|verdict| matches!(verdict, Verdict::NoValue(_)))),
        ("passed over by a pipeline", assessment.passed_over.len() as u64),
        ("about other events", assessment.others as u64),
    ];
    // Writing to a String cannot fail.
    for (name, number) in rows {
        let _ = writeln!(out, "{number:>6}  {name}");
        if let (Some(proofs), "can match") = (proofs, name) {
            let proved = all().filter(|rule| is_proved(rule, proofs, assessment)).count() as u64;
            let _ = writeln!(out, "{proved:>6}    proved by a record, {} not", number - proved);
        }
    }
    if !assessment.waits.is_empty() {
        let _ = writeln!(out, "\nfields that rules wait for");
        for wait in assessment.waits.iter().take(MOST_WAITS) {
            let rules = wait.rules.len() as u64;
            let field = terminal::yellow(&wait.field, color);
            let _ = writeln!(
                out,
                "{rules:>6} {} for {field}{}",
                plural(rules, "rule waits", "rules wait"),
                help(wait, folder)
            );
        }
        if assessment.waits.len() > MOST_WAITS {
            let _ = writeln!(out, "        and {} other fields", assessment.waits.len() - MOST_WAITS);
        }
    }
    for (title, is) in [("can match", true), ("cannot match, or the record decides", false)] {
        let mut rules: Vec<&Assessed> = all().filter(|rule| (rule.verdict == Verdict::CanMatch) == is).collect();
        rules.sort_by(|left, right| left.about.title.cmp(&right.about.title));
        if !rules.is_empty() {
            let _ = writeln!(out, "\n{title}");
        }
        for rule in rules {
            let place = files.place(rule.about.span);
            let is_open = proofs.is_some_and(|proofs| is && !is_proved(rule, proofs, assessment));
            let unproved = if is_open { " (not proved)" } else { "" };
            let _ = writeln!(out, "  {:<8} {}{unproved}{}  {place}", level(rule), rule.about.title, reason(rule));
        }
    }
    out
}

/// Whether a record proves of a rule that can match that it does; a correlation has none of its own.
fn is_proved(rule: &Assessed, proofs: &Proofs, assessment: &Assessment) -> bool {
    let is_rule = assessment.rules.iter().any(|other| std::ptr::eq(rule, other));
    is_rule && rule.verdict == Verdict::CanMatch && proofs.contains_key(&rule.number)
}

fn level(rule: &Assessed) -> &str {
    rule.about.level.as_deref().unwrap_or("-")
}

fn reason(rule: &Assessed) -> String {
    match &rule.verdict {
        Verdict::CanMatch => String::new(),
        Verdict::Unknown(fields) => format!(": the record decides whether it has {}", fields.join(", ")),
        Verdict::NoField { fields, together: true } => format!(": waits for {}", fields.join(" and ")),
        Verdict::NoField { fields, together: false } => format!(": waits for {}", fields.join(" or ")),
        Verdict::NoValue(fields) => format!(": {} never has such a value", fields.join(", ")),
    }
}

/// What would help: the line of `fields.yml` behind which a field is to be declared.
fn help(wait: &Wait, folder: &FormatFolder) -> String {
    let Some(declare) = &wait.declare else { return String::new() };
    let above = declare.rsplit_once('.').map_or("", |(above, _)| above);
    let declared = folder.fields.iter().chain(&folder.module_fields).find_map(|(name, text)| {
        let mut sources = Sources::new();
        let source = sources.add(&**name, &**text);
        let fields = spec::read_fields(text, source, &mut Diagnostics::new());
        let below = |field: &&spec::FieldDeclaration| {
            field.name.text.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
        };
        let last = fields.iter().filter(below).max_by_key(|field| field.name.span.start)?;
        sources.locate(last.name.span).map(|(name, position)| format!("{name}, behind line {}", position.line))
    });
    match declared {
        Some(place) => format!(": declare {declare} in {place}"),
        None => format!(": declare {declare} in _meta/fields.yml"),
    }
}

#[derive(Serialize)]
struct Report<'r> {
    rules: Vec<RuleReport<'r>>,
    waits: Vec<WaitReport<'r>>,
    passed_over: Vec<PassedOver<'r>>,
    about_other_events: usize,
}

#[derive(Serialize)]
struct RuleReport<'r> {
    id: Option<&'r str>,
    title: &'r str,
    level: Option<&'r str>,
    place: String,
    verdict: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    fields: &'r [String],
    /// Whether a record proves that it matches, where someone asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proved: Option<bool>,
    /// The record.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'r str>,
    /// Whether all of the fields are needed, or one.
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<bool>,
}

#[derive(Serialize)]
struct WaitReport<'r> {
    field: &'r str,
    rules: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    declare: Option<&'r str>,
}

#[derive(Serialize)]
struct PassedOver<'r> {
    id: Option<&'r str>,
    title: &'r str,
    reason: &'r str,
}

/// The result as one JSON object.
///
/// # Errors
/// Never: it is texts and numbers.
pub fn json(assessment: &Assessment, proofs: Option<&Proofs>, files: &RuleFiles) -> Result<String, Stop> {
    let of_rule = |rule: &Assessed| proofs.map(|proofs| proofs.get(&rule.number));
    let rules = assessment.rules.iter().map(|rule| (rule, of_rule(rule)));
    let rules = rules.chain(assessment.correlations.iter().map(|correlation| (correlation, None)));
    let rules = rules.map(|(rule, proof)| {
        let (fields, together): (&[String], _) = match &rule.verdict {
            Verdict::CanMatch => (&[], None),
            Verdict::Unknown(fields) | Verdict::NoValue(fields) => (fields, None),
            Verdict::NoField { fields, together } => (fields, Some(*together)),
        };
        RuleReport {
            id: rule.about.id.as_deref(),
            title: &rule.about.title,
            level: rule.about.level.as_deref(),
            place: files.place(rule.about.span),
            verdict: rule.verdict.word(),
            fields,
            proved: proof.filter(|_| !rule.verdict.is_never()).map(|proof| proof.is_some()),
            record: proof.flatten().map(String::as_str),
            together,
        }
    });
    let waits = assessment.waits.iter();
    let waits =
        waits.map(|wait| WaitReport { field: &wait.field, rules: wait.rules.len(), declare: wait.declare.as_deref() });
    let passed_over = assessment.passed_over.iter();
    let passed_over =
        passed_over.map(|(about, reason)| PassedOver { id: about.id.as_deref(), title: &about.title, reason });
    let report = Report {
        rules: rules.collect(),
        waits: waits.collect(),
        passed_over: passed_over.collect(),
        about_other_events: assessment.others,
    };
    let text = serde_json::to_string_pretty(&report).map_err(|error| Stop::Because(error.to_string()))?;
    Ok(text + "\n")
}
