//! weir's matches beside those of others: pySigma's SQLite backend over recorded events, and MITRE's reader of layers. They
//! come from PyPI; where they cannot be had, or rules and events are not beside the repository, the test says so.

#![allow(clippy::panic, reason = "a test fails by it")]

#[path = "../beside/mod.rs"]
mod beside;
#[path = "../../../../tests/peers/python.rs"]
mod python;
#[allow(dead_code, reason = "the tables of differences are not needed here")]
#[path = "../../../../tests/peers/tally.rs"]
mod tally;

use beside::{format, shared, sigma_rules, walk};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::Diagnostics;
use weir::possible::PossibleValues;
use weir::{Input, Plan, Record};
use weir_detect::assess::assess;
use weir_detect::event::Places;
use weir_detect::mapping::{FormatFacts, source_of};
use weir_detect::pipeline::derived;
use weir_detect::rule::Rule;
use weir_detect::{Dialect, Prepared, RuleSet, Scratch, navigator};

/// A format with its name, its folder from the repository's root, and where its records are.
const FORMATS: &[(&str, &str, &str)] = &[
    ("windows event log", "specs/windows/event_log", "../shared/sigma/regression"),
    ("aws cloudtrail", "../shared/corpus/AWS/aws-cloudtrail", ""),
    ("github audit", "../shared/corpus/Github/github-audit-logs", ""),
    ("kubernetes audit", "../shared/corpus/Kubernetes/audit-log", ""),
];

#[test]
fn rules_match_what_they_match_in_sqlite() {
    let Some(sigma) = shared("sigma") else { return };
    let documents = sigma_rules(&sigma, &mut Diagnostics::new());
    let all_texts = texts(&sigma);
    assert_eq!(all_texts.len(), documents.rules.len(), "each file has a rule");
    let mut asked = Vec::new();
    let mut ours = Vec::new();
    for (name, folder, records) in FORMATS {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        if !root.join(folder).is_dir() {
            continue;
        }
        let plan = format(&root.join(folder));
        let facts = FormatFacts { names: vec![(*name).to_owned()] };
        let values = PossibleValues::new(&plan);
        let is_meant = source_of(&facts, &plan, &values);
        let meant = documents.rules.iter().zip(&all_texts).filter(|(rule, _)| is_meant(&rule.log_source));
        let (meant, texts): (Vec<Rule>, Vec<String>) = meant.map(|(rule, text)| (rule.clone(), text.clone())).unzip();
        let messages = if records.is_empty() { pairs(&root.join(folder)) } else { attacks(&root.join(records)) };
        let (events, matches) = run(&plan, &meant, &messages);
        let names: Vec<&str> = meant.iter().flat_map(Rule::fields).collect::<BTreeSet<_>>().into_iter().collect();
        let windows = fs::read_to_string(root.join("crates/detect/src/pipeline/windows.yml")).expect("the pipeline");
        let pipelines = [windows, derived(name, &plan, &facts, &names)];
        asked.push(json!({"rules": texts, "events": events, "pipelines": pipelines}));
        ours.push((name, meant, matches));
    }
    let Some(answers) = python::ask("sigma", "sigma_matches.py", &asked) else { return };
    let mut differ = Vec::new();
    for ((name, rules, matches), answer) in ours.iter().zip(&answers) {
        let (mut compared, mut unconverted, mut found) = (0, 0, 0);
        for (number, (rule, theirs)) in rules.iter().zip(answer.as_array().expect("a list")).enumerate() {
            let Some(theirs) = theirs.as_array() else {
                unconverted += 1;
                continue;
            };
            compared += 1;
            let theirs: BTreeSet<usize> =
                theirs.iter().filter_map(|event| event.as_u64()).map(|event| event as usize).collect();
            let own: BTreeSet<usize> =
                matches.iter().filter(|(rule, _)| *rule == number).map(|(_, event)| *event).collect();
            found += own.len();
            if own != theirs {
                differ.push(format!("{name}: {}: weir {own:?}, SQLite {theirs:?}", rule.about.title));
            }
        }
        tally::say(&format!("sigma: {name}: {compared} rules compared, {unconverted} not converted, {found} matches"));
        assert!(compared > 10);
    }
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ.join("\n"));
}

/// The events of messages, and which of the rules match which, by number.
fn run(plan: &Plan, rules: &[Rule], messages: &[String]) -> (Vec<Value>, BTreeSet<(usize, usize)>) {
    let prepared = Prepared::new(rules, &[], plan, &[]);
    // Each rule is a set of its own: its number is known, also where others do not compile.
    let set = RuleSet::new(&prepared.rules, Dialect::Sigma, &mut Diagnostics::new());
    let places = Places::new(set.fields().iter().map(String::as_str), plan);
    let number = |id: &Option<String>| rules.iter().position(|rule| rule.about.id == *id);
    let (mut scratch, mut detect) = (weir::Scratch::default(), Scratch::default());
    let (mut events, mut found) = (Vec::new(), BTreeSet::new());
    for message in messages {
        let record = Record { input: Input::Message(message.as_bytes()), now: 0, event_id: None };
        plan.run_batch_viewed(&mut scratch, &[record], |view, _| {
            for rule in set.matches(&mut detect, &places.event(view)) {
                let rule = number(&set.rules()[*rule as usize].about.id).expect("a rule");
                found.insert((rule, events.len()));
            }
            events.push(serde_json::from_slice::<Value>(view.line()).expect("an event is JSON"));
        });
    }
    (events, found)
}

fn attacks(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    walk(folder, "json", &mut files);
    let read = |path: &PathBuf| fs::read_to_string(path).expect("an attack is text");
    let texts: Vec<String> = files.iter().map(read).collect();
    let events = |text: &String| -> Vec<String> {
        let events = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        events.map(|event| event.expect("an event is JSON").to_string()).collect()
    };
    texts.iter().flat_map(events).collect()
}

fn pairs(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    walk(&folder.join("tests"), "json", &mut files);
    let read = |path: &PathBuf| {
        let pair: Value = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
        Some(pair.get("input")?.get("message")?.as_str()?.to_owned())
    };
    files.iter().filter_map(read).collect()
}

/// The texts of all rules, in their order.
fn texts(sigma: &Path) -> Vec<String> {
    let mut files = Vec::new();
    walk(sigma, "yml", &mut files);
    files.retain(|path| !path.starts_with(sigma.join("regression")));
    files.iter().map(|path| fs::read_to_string(path).expect("text")).collect()
}

#[test]
fn mitres_reader_keeps_a_layer_as_it_is() {
    let Some(sigma) = shared("sigma") else { return };
    let documents = sigma_rules(&sigma, &mut Diagnostics::new());
    let plan = format(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/cloudflare/http_requests"));
    let prepared = Prepared::new(&documents.rules, &[], &plan, &[]);
    let facts = FormatFacts { names: vec!["cloudflare http requests".to_owned()] };
    let assessment = assess(&documents.rules, &prepared, &plan, &facts, Dialect::Sigma, false);
    let layer: Value = serde_json::from_str(&navigator::layer("http_requests", &assessment)).expect("JSON");
    assert!(layer["techniques"].as_array().is_some_and(|techniques| techniques.len() > 5));
    let Some(answers) = python::ask("mitreattack", "navigator_layer.py", std::slice::from_ref(&layer)) else { return };
    assert_eq!(answers[0]["printed"], "", "it has something to say");
    assert_eq!(answers[0]["layer"], layer);
}
