//! Rules, correlations and pipelines over streams, by their table: which alerts come, and what is said.

use serde::Deserialize;
use weir::diagnostic::{Diagnostics, Sources};
use weir::{FormatText, Input, Plan, Record};
use weir_detect::correlate::CorrelationState;
use weir_detect::mapping::FormatFacts;
use weir_detect::{Detection, Scratch, pipeline, rule};

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    claim: String,
    rules: String,
    pipeline: Option<String>,
    events: Vec<String>,
    alerts: Vec<String>,
    carried: Option<Vec<String>>,
    #[serde(default)]
    findings: Vec<String>,
}

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
          user.name: '{{read.json.TargetUserName}}'
          user.domain: '{{read.json.TargetDomainName}}'
          event.action: '{{read.json.a}}'
          source.ip: '{{read.json.ip}}'
";

fn plan() -> Plan {
    let text = FormatText { parser: ("parser.yml".to_owned(), PARSER.to_owned()), fields: Vec::new() };
    weir::compile(&text).plan.expect("a plan")
}

/// What comes of a case: the titles of the alerts, those that the last event carries, and the codes of findings.
fn outcome(case: &Case, plan: &Plan) -> (Vec<String>, Vec<String>, Vec<String>) {
    let (mut detection, mut findings) = (Detection::default(), Diagnostics::new());
    rule::read(&case.rules, Sources::new().add("rules.yml", &*case.rules), &mut detection.documents, &mut findings);
    detection.documents.check(&mut findings);
    let pipeline = case.pipeline.iter();
    detection.pipelines.extend(pipeline.filter_map(|text| pipeline::read(text, Default::default(), &mut findings)));
    let detector = detection.of_format(plan, &FormatFacts::default(), &mut findings);
    let (mut alerts, mut carried, mut state) = (Vec::new(), Vec::new(), CorrelationState::default());
    for (second, event) in case.events.iter().enumerate() {
        let record =
            Record { input: Input::Message(event.as_bytes()), now: 1_700_000_000 + second as i64, event_id: None };
        plan.run_batch_viewed(&mut weir::Scratch::default(), &[record], |view, _| {
            carried.clear();
            let Some(matched) = detector.look(&mut Scratch::default(), view, record.now) else { return };
            let line = detector.with_matches(&matched, view.line());
            let line: serde_json::Value = serde_json::from_slice(&line).expect("an event is JSON");
            let names = line["rule"]["name"].as_array().into_iter().flatten();
            carried.extend(names.filter_map(|name| name.as_str()).map(str::to_owned));
            alerts.extend(detector.alerts(&mut state, &matched).iter().map(|alert| alert.title().to_owned()));
        });
    }
    (alerts, carried, findings.iter().map(|finding| finding.code.0.to_owned()).collect())
}

#[test]
fn streams_give_the_alerts_that_their_table_says() {
    let (cases, plan) = (toml::from_str::<Table>(include_str!("sigma/streams.toml")).expect("a table").case, plan());
    let mut wrong = Vec::new();
    for case in &cases {
        let (alerts, carried, findings) = outcome(case, &plan);
        let is_carried = case.carried.as_ref().is_none_or(|expected| *expected == carried);
        if alerts != case.alerts || !is_carried || findings != case.findings {
            wrong.push(format!("{}: alerts {alerts:?}, carried {carried:?}, findings {findings:?}", case.claim));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
