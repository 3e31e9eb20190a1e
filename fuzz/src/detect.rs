//! What must hold of rules, pipelines and indicators whatever their texts are: the bodies of the fuzz targets `rules` and
//! `indicators`, which the tests of detection run over seeds, too.
//!
//! An input is a file, a line `===`, and an event as JSON; one without that line is a file alone.

use std::collections::BTreeSet;
use std::sync::Arc;
use weir::diagnostic::{Diagnostics, Sources};
use weir::json::{Projection, read};
use weir::value::Arena;
use weir::{FormatText, Input, Plan, Record};
use weir_detect::correlate::CorrelationState;
use weir_detect::event::DictEvent;
use weir_detect::indicators::Indicators;
use weir_detect::mapping::FormatFacts;
use weir_detect::rule::{self, Documents};
use weir_detect::{Detection, Dialect, RuleSet, Scratch, pipeline};

/// The line between file and event.
const BETWEEN: &str = "\n===\n";

/// A format with fields of several types, some of them below an object of which nothing is declared.
const PARSER: &str = "
name: gate
pipeline:
  - name: read
    external: {name: json.parse-json, properties: {input_field: original.message, output_field: json}}
  - name: set
stages:
  set:
    actions:
      - set:
          '@timestamp': '{{read.json.time}}'
          source.ip: '{{read.json.ip}}'
          url.domain: '{{read.json.domain}}'
          url.full: '{{read.json.url}}'
          event.action: '{{read.json.a}}'
          process.command_line: '{{read.json.f}}'
          user.name: '{{read.json.g}}'
";

/// Documents are rules or have findings; a set matches alike each time; what is called never matches nothing; what is
/// proved matches.
pub fn rules(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (file, event) = text.split_once(BETWEEN).unwrap_or((&text, "{}"));
    for dialect in [Dialect::Sigma, Dialect::Platform] {
        let (mut documents, mut findings) = (Documents::default(), Diagnostics::new());
        rule::read(file, Sources::new().add("rules.yml", file), &mut documents, &mut findings);
        assert!(documents.passed_over == 0 || findings.has_errors(), "a document is passed over, and no reason");
        let mut pipelines = Vec::new();
        pipelines.extend(pipeline::read(file, Default::default(), &mut Diagnostics::new()));
        matches(&documents, dialect, event);
        detects(&Detection { documents, pipelines, dialect, ..Detection::default() }, event);
    }
}

/// Files are indicators or are refused by name, and events are held against them.
pub fn indicators(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (file, event) = text.split_once(BETWEEN).unwrap_or((&text, "{}"));
    let mut indicators = Indicators::default();
    indicators.read("feed", file);
    for (_, refusal) in indicators.refused() {
        assert!(refusal.count > 0 && !refusal.named.is_empty(), "a refusal names what it is about");
    }
    detects(&Detection { indicators: Some(Arc::new(indicators.build())), ..Detection::default() }, event);
}

fn matches(documents: &Documents, dialect: Dialect, event: &str) {
    let arena = Arena::default();
    let Ok(value) = read(&arena, event, &Projection::WHOLE) else { return };
    let set = RuleSet::new(&documents.rules, dialect, &mut Diagnostics::new());
    let mut scratch = Scratch::default();
    let first = set.matches(&mut scratch, &DictEvent::new(set.fields(), value)).to_vec();
    let second = set.matches(&mut scratch, &DictEvent::new(set.fields(), value));
    assert_eq!(first, second, "the scratch remembers");
}

fn detects(detection: &Detection, event: &str) {
    let plan = plan();
    let facts = FormatFacts::default();
    let assessment = detection.assess(&plan, &facts, true);
    let never: BTreeSet<usize> =
        assessment.rules.iter().filter(|rule| rule.verdict.is_never()).map(|rule| rule.number).collect();
    let proofs = detection.prove(&plan, &assessment, &[event.to_owned()]);
    assert!(proofs.keys().all(|number| !never.contains(number)), "called never, and proved");
    let detector = detection.of_format(&plan, &facts, &mut Diagnostics::new());
    let (mut scratch, mut state) = (Scratch::default(), CorrelationState::new(100));
    for _ in 0..3 {
        let record = Record { input: Input::Message(event.as_bytes()), now: 0, event_id: None };
        plan.run_batch_viewed(&mut weir::Scratch::default(), &[record], |view, _| {
            let Some(matched) = detector.look(&mut scratch, view, 0) else { return };
            let mut line = view.line().to_vec();
            line = detector.with_matches(&matched, &line);
            is_object(&line);
            detector.alerts(&mut state, &matched).iter().for_each(|alert| is_object(&alert.line(view.line())));
        });
    }
}

fn is_object(line: &[u8]) {
    let text = std::str::from_utf8(line).expect("a line is text");
    let arena = Arena::default();
    assert!(text.starts_with('{') && read(&arena, text, &Projection::WHOLE).is_ok(), "no JSON: {text}");
}

fn plan() -> Plan {
    let text = FormatText { parser: ("parser.yml".to_owned(), PARSER.to_owned()), fields: Vec::new() };
    weir::compile(&text).plan.expect("the format compiles")
}
