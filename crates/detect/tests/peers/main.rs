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
use serde_json::{Value, json as value};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::Diagnostics;
use weir::json::{self, Projection};
use weir::possible::PossibleValues;
use weir::value::Arena;
use weir::{Input, Plan, Record};
use weir_detect::assess::assess;
use weir_detect::event::{DictEvent, Places};
use weir_detect::mapping::{FormatFacts, Mapped, Mapping, source_of};
use weir_detect::pipeline::derived;
use weir_detect::rule::{Rule, Test};
use weir_detect::{Dialect, Prepared, RuleSet, Scratch, navigator};

/// The fewest rules and formats that are compared where all is there.
const FEWEST: (usize, usize) = (3000, 15);

/// A format with the rules about its events, and what weir made of them.
struct Asked {
    name: String,
    plan: Plan,
    rules: Vec<Rule>,
    events: Vec<Value>,
    /// Rule and event, by their numbers.
    matches: BTreeSet<(usize, usize)>,
}

#[test]
fn rules_match_what_they_match_in_sqlite() {
    matches_are_those_of_sqlite(8);
}

#[test]
#[ignore = "takes minutes: every format"]
fn rules_match_what_they_match_in_sqlite_over_every_format() {
    matches_are_those_of_sqlite(1);
}

/// Compares over one format in so many, and over the one that reads Windows events.
fn matches_are_those_of_sqlite(step: usize) {
    let (Some(sigma), Some(corpus)) = (shared("sigma"), shared("corpus")) else { return };
    let documents = sigma_rules(&sigma, &mut Diagnostics::new());
    let all_texts = texts(&sigma);
    assert_eq!(all_texts.len(), documents.rules.len(), "each file has a rule");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let windows = fs::read_to_string(root.join("crates/detect/src/pipeline/windows.yml")).expect("the pipeline");
    let (mut questions, mut asked) = (Vec::new(), Vec::new());
    for (number, folder) in formats(&[root.join("specs"), corpus]).into_iter().enumerate() {
        if !number.is_multiple_of(step) && !folder.ends_with("windows/event_log") {
            continue;
        }
        let (plan, facts) = (format(&folder), facts(&folder));
        let is_meant = source_of(&facts, &plan, &PossibleValues::new(&plan));
        let meant = documents.rules.iter().zip(&all_texts).filter(|(rule, _)| is_meant(&rule.log_source));
        let (rules, texts): (Vec<Rule>, Vec<String>) = meant.map(|(rule, text)| (rule.clone(), text.clone())).unzip();
        let mut messages = pairs(&folder);
        if folder.ends_with("windows/event_log") {
            messages.extend(attacks(&sigma.join("regression")));
        }
        if rules.is_empty() || messages.is_empty() {
            continue;
        }
        let (events, matches) = run(&plan, &rules, &messages);
        let names: Vec<&str> = rules.iter().flat_map(Rule::fields).collect::<BTreeSet<_>>().into_iter().collect();
        let pipelines = [&windows, &derived(facts.names.last().expect("a name"), &plan, &facts, &names)];
        questions.push(value!({"rules": texts, "events": events, "pipelines": pipelines}));
        asked.push(Asked { name: facts.names.join("/"), plan, rules, events, matches });
    }
    let Some(answers) = python::ask("sigma", "sigma_matches.py", &questions) else { return };
    let (mut differ, mut total) = (Vec::new(), 0);
    for (asked, answer) in asked.iter().zip(&answers) {
        let compared = compare(asked, answer.as_array().expect("a list"), &mut differ);
        total += compared;
    }
    tally::say(&format!("sigma: {} formats, {total} times a rule", asked.len()));
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ.join("\n"));
    assert!(total > FEWEST.0 / step && asked.len() > FEWEST.1 / step);
}

/// Tells which rules match other events in SQLite, and how many were compared. SQLite has one value a field: where weir finds
/// more in lists, it must find the same where lists are left out.
fn compare(asked: &Asked, answers: &[Value], differ: &mut Vec<String>) -> usize {
    let (mut compared, mut unconverted, mut found, mut lists, mut several) = (0, 0, 0, 0, 0);
    for (number, (rule, theirs)) in asked.rules.iter().zip(answers).enumerate() {
        let Some(theirs) = theirs.as_array() else {
            unconverted += 1;
            continue;
        };
        compared += 1;
        let theirs: BTreeSet<usize> = theirs.iter().filter_map(Value::as_u64).map(|event| event as usize).collect();
        let own: BTreeSet<usize> =
            asked.matches.iter().filter(|(rule, _)| *rule == number).map(|(_, event)| *event).collect();
        found += own.len();
        if own == theirs {
            continue;
        }
        let flat = without_lists(&asked.plan, rule, &asked.events);
        match flat == theirs {
            true => lists += 1,
            false if is_missing_under_several_names(rule, &asked.plan) => several += 1,
            false => differ.push(format!("{}: {}: weir {flat:?}, SQLite {theirs:?}", asked.name, rule.about.title)),
        }
    }
    tally::say(&format!(
        "sigma: {}: {} events, {compared} rules compared ({lists} by single values), {several} differ by null under several names, {unconverted} not converted, {found} matches",
        asked.name,
        asked.events.len()
    ));
    compared
}

/// Whether a rule asks for null where the pipeline gives a field several names: pySigma asks if one of them is missing, weir
/// if all are. `docs/detection/sigma.md` says so.
fn is_missing_under_several_names(rule: &Rule, plan: &Plan) -> bool {
    let mapping = Mapping::new(plan);
    let items = rule.detections.iter().flat_map(|detection| detection.search.items());
    let mut nulls = items.filter(|item| item.values.iter().flatten().any(Test::holds_of_nothing));
    nulls.any(|item| {
        let name = item.field.as_deref().unwrap_or_default();
        matches!(mapping.fields(name, &rule.log_source), Mapped::Fields(names) if names.len() > 1)
    })
}

/// The events that a rule matches where a field has one value or none, as a row of SQLite.
fn without_lists(plan: &Plan, rule: &Rule, events: &[Value]) -> BTreeSet<usize> {
    let prepared = Prepared::new(std::slice::from_ref(rule), &[], plan, &[]);
    let set = RuleSet::new(&prepared.rules, Dialect::Sigma, &mut Diagnostics::new());
    let mut scratch = Scratch::default();
    let mut found = BTreeSet::new();
    for (number, event) in events.iter().enumerate() {
        let text = single(event).map_or_else(|| "{}".to_owned(), |event| event.to_string());
        let arena = Arena::default();
        let value = json::read(&arena, &text, &Projection::WHOLE).expect("JSON");
        if !set.matches(&mut scratch, &DictEvent::new(set.fields(), value)).is_empty() {
            found.insert(number);
        }
    }
    found
}

fn single(value: &Value) -> Option<Value> {
    match value {
        Value::Array(items) => {
            if let [item] = &items[..] {
                single(item)
            } else {
                None
            }
        }
        Value::Object(fields) => {
            let kept = fields.iter().filter_map(|(name, value)| Some((name.clone(), single(value)?)));
            Some(Value::Object(kept.collect()))
        }
        other => Some(other.clone()),
    }
}

fn formats(roots: &[PathBuf]) -> Vec<PathBuf> {
    let mut parsers = Vec::new();
    roots.iter().for_each(|root| walk(root, "yml", &mut parsers));
    let parsers = parsers.into_iter().filter(|path| path.ends_with("ingest/parser.yml"));
    parsers.filter_map(|path| path.parent()?.parent().map(Path::to_owned)).collect()
}

/// What a format and its module are called.
fn facts(folder: &Path) -> FormatFacts {
    let names = folder.iter().rev().take(2).map(|name| name.to_string_lossy().into_owned());
    FormatFacts { names: names.collect::<Vec<_>>().into_iter().rev().collect() }
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
    let assessment = assess(&documents, &prepared, &plan, &facts, Dialect::Sigma, false);
    let layer: Value = serde_json::from_str(&navigator::layer("http_requests", &assessment)).expect("JSON");
    assert!(layer["techniques"].as_array().is_some_and(|techniques| techniques.len() > 5));
    let Some(answers) = python::ask("mitreattack", "navigator_layer.py", std::slice::from_ref(&layer)) else { return };
    assert_eq!(answers[0]["printed"], "", "it has something to say");
    assert_eq!(answers[0]["layer"], layer);
}

#[test]
fn sigma_cli_converts_rules_with_our_pipelines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut asked = Vec::new();
    for (folder, rule, field) in [
        ("windows/event_log", "product: windows, category: process_creation", "CommandLine"),
        ("cloudflare/http_requests", "category: webserver", "cs-user-agent"),
    ] {
        let folder = root.join("specs").join(folder);
        let (plan, facts) = (format(&folder), facts(&folder));
        let pipeline = derived("ours", &plan, &facts, &[field]);
        let rule = format!(
            "title: t\nstatus: test\nlogsource: {{{rule}}}\ndetection: {{s: {{{field}|contains: evil}}, condition: s}}\n"
        );
        asked.push(value!({"pipeline": pipeline, "rule": rule}));
    }
    let Some(answers) = python::ask("sigma-cli", "sigma_cli.py", &asked) else { return };
    for (answer, field) in answers.iter().zip(["process.command_line", "user_agent.original"]) {
        assert_eq!(answer["code"], 0, "{answer}");
        assert!(answer["query"].as_str().is_some_and(|query| query.contains(field)), "{answer}");
    }
}
