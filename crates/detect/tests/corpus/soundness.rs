//! No rule matches a recorded event of a format for which it was called never. Formats and rules lie beside the repository;
//! without them the test says so and passes.

use crate::beside::{format, say, shared, sigma_rules, walk};
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::Diagnostics;
use weir::{Input, Plan, Record};
use weir_detect::assess::assess;
use weir_detect::event::Places;
use weir_detect::mapping::FormatFacts;
use weir_detect::rule::{self, Documents, Rule};
use weir_detect::{Dialect, Prepared, RuleSet, Scratch};

/// Rules on ECS fields, beside those of the corpus: what a rule asks of a value decides more where names are the format's.
const ECS: &str = include_str!("../sigma/ecs.yml");

/// How many rules of SigmaHQ are held against each format: every so many of them.
const EVERY: usize = 7;

#[test]
fn what_is_called_never_never_matches() {
    let (Some(sigma), Some(corpus)) = (shared("sigma"), shared("corpus")) else { return };
    let documents = sigma_rules(&sigma, &mut Diagnostics::new());
    let mut rules: Vec<Rule> = documents.rules.into_iter().step_by(EVERY).collect();
    let mut own = Documents::default();
    rule::read(ECS, Default::default(), &mut own, &mut Diagnostics::new());
    assert!(own.passed_over == 0 && own.rules.len() >= 10);
    rules.extend(own.rules);
    let documents = Documents { rules: rules.clone(), ..Documents::default() };
    let mut formats = formats(&corpus);
    formats.extend(self::formats(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")));
    let (mut nevers, mut matched, mut events) = (0, 0, 0);
    for folder in &formats {
        let plan = format(folder);
        let prepared = Prepared::new(&rules, &[], &plan, &[]);
        let assessment = assess(&documents, &prepared, &plan, &FormatFacts::default(), Dialect::Sigma, true);
        let never: Vec<usize> =
            assessment.rules.iter().filter(|rule| rule.verdict.is_never()).map(|rule| rule.number).collect();
        let kept = prepared.rules.iter().zip(&prepared.numbers).filter(|(_, number)| never.contains(number));
        let kept: Vec<Rule> = kept.map(|(rule, _)| rule.clone()).collect();
        nevers += kept.len();
        let set = RuleSet::new(&kept, Dialect::Sigma, &mut Diagnostics::new());
        let found = matches(&set, &plan, folder, &mut events);
        assert!(found.is_empty(), "{}: called never, and match: {found:#?}", folder.display());
        matched += assessment.rules.len() - never.len();
    }
    say(&format!("{} formats, {events} events: {nevers} times never, {matched} times not", formats.len()));
    assert!(formats.len() > 30 && nevers > 1000 && events > 1000);
}

fn formats(folder: &Path) -> Vec<PathBuf> {
    let mut parsers = Vec::new();
    walk(folder, "yml", &mut parsers);
    let parsers = parsers.into_iter().filter(|path| path.ends_with("ingest/parser.yml"));
    parsers.filter_map(|path| path.parent()?.parent().map(Path::to_owned)).collect()
}

/// The rules that match recorded events of a format that came in as messages alone.
fn matches(set: &RuleSet, plan: &Plan, folder: &Path, events: &mut usize) -> Vec<String> {
    let places = Places::new(set.fields().iter().map(String::as_str), plan);
    let (mut scratch, mut detect, mut found) = (weir::Scratch::default(), Scratch::default(), Vec::new());
    for message in messages(folder) {
        *events += 1;
        let record = Record { input: Input::Message(message.as_bytes()), now: 0, event_id: None };
        plan.run_batch_viewed(&mut scratch, &[record], |view, _| {
            let matches = set.matches(&mut detect, &places.event(view));
            found.extend(matches.iter().map(|rule| set.rules()[*rule as usize].about.title.clone()));
        });
    }
    found
}

fn messages(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    if folder.join("tests").is_dir() {
        walk(&folder.join("tests"), "json", &mut files);
    }
    let read = |path: &PathBuf| {
        let pair: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
        Some(pair.get("input")?.get("message")?.as_str()?.to_owned())
    };
    files.iter().filter_map(read).collect()
}
