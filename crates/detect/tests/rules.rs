//! The rules of this repository fire on the streams that their tests say, and on no others.

use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostics, Sources};
use weir::{FormatText, Input, Plan, Record};
use weir_detect::correlate::CorrelationState;
use weir_detect::mapping::FormatFacts;
use weir_detect::rule::{self, Documents};
use weir_detect::{Detector, Dialect, Scratch};

#[derive(Deserialize)]
struct Tests {
    format: String,
    fires: Vec<Stream>,
    silent: Vec<Stream>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stream {
    Records(Vec<serde_json::Value>),
    Record(serde_json::Value),
}

impl Stream {
    fn records(&self) -> &[serde_json::Value] {
        match self {
            Stream::Records(records) => records,
            Stream::Record(record) => std::slice::from_ref(record),
        }
    }
}

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")
}

fn plan(format: &str) -> Plan {
    let read = |path: PathBuf| Some((path.display().to_string(), fs::read_to_string(path).ok()?));
    let folder = specs().join(format);
    let parser = read(folder.join("ingest/parser.yml")).expect("a parser");
    let fields = [folder.join("../_meta/fields.yml"), folder.join("_meta/fields.yml")];
    let text = FormatText { parser, fields: fields.into_iter().filter_map(read).collect() };
    weir::compile(&text).plan.expect("a plan")
}

fn detector(path: &Path, plan: &Plan, format: &str) -> Detector {
    let text = fs::read_to_string(path).expect("a rule is text");
    let (mut documents, mut findings) = (Documents::default(), Diagnostics::new());
    let source = Sources::new().add(path.display().to_string(), &*text);
    rule::read(&text, source, &mut documents, &mut findings);
    let facts = FormatFacts { names: vec![format.to_owned()] };
    let detector = Detector::new(&documents, &[], plan, &facts, Dialect::Sigma, &mut findings);
    assert!(findings.is_empty(), "{}: {findings:?}", path.display());
    assert_eq!(detector.pruned(), 0, "{}: all rules can match", path.display());
    detector
}

/// How many alerts a stream of records gives.
fn alerts(detector: &Detector, plan: &Plan, stream: &Stream) -> usize {
    let (mut scratch, mut detect) = (weir::Scratch::default(), Scratch::default());
    let (mut state, mut count) = (CorrelationState::default(), 0);
    for record in stream.records() {
        let message = record.to_string();
        let record = Record { input: Input::Message(message.as_bytes()), now: 0, event_id: None };
        plan.run_batch_viewed(&mut scratch, &[record], |view, report| {
            assert_eq!(report.status().name(), "success", "{message}");
            if let Some(matched) = detector.look(&mut detect, view, 0) {
                count += detector.alerts(&mut state, &matched).len();
            }
        });
    }
    count
}

#[test]
fn rules_fire_on_what_their_tests_say() {
    let mut rules: Vec<PathBuf> = fs::read_dir(specs().join("rules"))
        .expect("the rules")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .collect();
    rules.sort();
    assert!(rules.len() >= 10);
    for path in rules {
        let tests = fs::read_to_string(path.with_extension("tests.json")).expect("a rule has tests");
        let tests: Tests = serde_json::from_str(&tests).expect("tests of a rule");
        let plan = plan(&tests.format);
        let detector = detector(&path, &plan, &tests.format);
        assert!(!tests.fires.is_empty() && !tests.silent.is_empty());
        for stream in &tests.fires {
            assert!(alerts(&detector, &plan, stream) > 0, "{} does not fire on {:?}", path.display(), stream.records());
        }
        for stream in &tests.silent {
            assert_eq!(alerts(&detector, &plan, stream), 0, "{} fires on {:?}", path.display(), stream.records());
        }
    }
}
