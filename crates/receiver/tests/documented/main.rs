//! What the manual says of the receiver is what the receiver has: settings, numbers, the dashboard.

mod threads;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use weir_receiver::config::{Config, Surroundings};
use weir_receiver::counters::{ConnectionsNow, Counters};

const CONFIGURATION: &str = include_str!("../../../../docs/receiver/configuration.md");
const SINKS: &str = include_str!("../../../../docs/receiver/sinks.md");
const OPERATION: &str = include_str!("../../../../docs/receiver/operation.md");
const DASHBOARD: &str = include_str!("../../../../docs/receiver/deploy/grafana.json");

/// Any file has a key of its own, and so has any variable.
struct Anything;

impl Surroundings for Anything {
    fn file(&self, path: &Path) -> Result<String, String> {
        Ok(format!("key-in-{}", path.display()))
    }

    fn variable(&self, name: &str) -> Option<String> {
        Some(format!("key-in-{name}"))
    }
}

fn read(text: &str) -> Result<Config, String> {
    Config::parse(Path::new("weir.yaml"), text, &Anything).map_err(|mistakes| mistakes.to_string())
}

/// The name of no setting, which is near to none.
const UNKNOWN: &str = "zzzzzzzzzzzz";

/// The settings that a part of a configuration can have, as it says itself where another one stands there.
fn settings(text: &str) -> Vec<String> {
    let told = read(text).expect_err("there is no such setting");
    let (_, names) = told.split_once("there are: ").unwrap_or_else(|| unreachable!("{told}"));
    let names = names.lines().next().expect("a line");
    names.split(", ").map(str::to_owned).collect()
}

/// The part of a page below a heading, up to the next one.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| unreachable!("no {heading}"));
    rest.split("\n## ").next().expect("the part before")
}

#[test]
fn every_setting_is_in_the_manual() {
    for (part, heading) in [
        ("limits: {zzzzzzzzzzzz: 1}", "## `limits`"),
        ("duplicates: {zzzzzzzzzzzz: 1}", "## `duplicates`"),
        ("log: {zzzzzzzzzzzz: 1}", "## `log`"),
        ("delivery: {zzzzzzzzzzzz: 1}", "## `delivery`"),
        ("intakes: {a: {zzzzzzzzzzzz: 1}}", "## `intakes`"),
        ("http: {zzzzzzzzzzzz: 1}", "## `http`, `syslog`"),
    ] {
        let names = settings(part);
        assert!(!names.is_empty());
        let text = section(CONFIGURATION, heading);
        let missing: Vec<_> = names.iter().filter(|name| !text.contains(&format!("`{name}`"))).collect();
        assert!(missing.is_empty(), "{heading} lacks {missing:?}");
    }
    for part in settings(&format!("{UNKNOWN}: 1")) {
        assert!(CONFIGURATION.contains(&format!("`{part}`")), "{part}");
    }
}

#[test]
fn every_setting_of_a_sink_is_in_the_manual() {
    for kind in settings("sinks: {a: {type: zzzzzzzzzzzz}}") {
        assert!(SINKS.contains(&format!("`{kind}`\n")), "{kind} has no heading");
        if kind == "stdout" {
            continue;
        }
        for name in settings(&format!("sinks: {{a: {{type: {kind}, zzzzzzzzzzzz: 1}}}}")) {
            assert!(SINKS.contains(&format!("`{name}`")) || SINKS.contains(&format!("`{name}: ")), "{kind}: {name}");
        }
    }
}

#[test]
fn the_examples_of_configurations_are_without_a_mistake() {
    let blocks = CONFIGURATION.split("```yaml\n").skip(1).map(|block| block.split("```").next().expect("an end"));
    let read: Vec<Config> = blocks.map(|block| read(block).unwrap_or_else(|told| unreachable!("{told}"))).collect();
    assert!(!read.is_empty());
    assert_eq!(read[0].intakes.len(), 2);
}

/// The names of all numbers, as Prometheus has them.
fn numbers() -> BTreeSet<String> {
    let counters = Counters::new();
    counters.answered(200, Duration::ZERO);
    counters.intake("a");
    counters.sink("a");
    counters.mapped("a", "a", "failed", "a", 1);
    counters.matched("a", "a", 1);
    counters.letter("parse");
    counters.reloaded(true);
    counters.outdated("a", false);
    counters.connections("http", &ConnectionsNow::default());
    let text = counters.text();
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let name = |line: &str| {
        let (name, kind) = line.split_once(' ').expect("a name and a type");
        if kind == "counter" { format!("{name}_total") } else { name.to_owned() }
    };
    types.map(name).collect()
}

/// The words of a text that begin as names of numbers do.
fn named(text: &str) -> BTreeSet<String> {
    let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let words = text.split(|letter| !is_name(letter)).filter(|word| word.starts_with("weir_"));
    words.map(str::to_owned).collect()
}

#[test]
fn every_number_is_in_the_manual_and_no_other() {
    let numbers = numbers();
    assert!(numbers.len() > 30, "{numbers:?}");
    assert_eq!(named(OPERATION), numbers);
}

#[test]
fn the_dashboard_shows_numbers_that_there_are() {
    let numbers = numbers();
    let shown = named(DASHBOARD);
    let unknown: Vec<_> = shown.iter().filter(|name| !numbers.contains(name.trim_end_matches("_bucket"))).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(shown.len() > 15, "{shown:?}");
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).expect("JSON");
    assert!(dashboard["panels"].as_array().is_some_and(|panels| panels.len() >= 15));
}
