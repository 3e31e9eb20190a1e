//! What extractors make of samples, as the engine runs them: a proposal is tried before it is written.

use crate::step::{Step, line};
use serde_json::Value;
use weir::{Format, FormatText, Input, Record, Scratch};

/// The reference time of probes: 2026-01-01T00:00:00Z, as `weir test` has it.
pub const NOW: i64 = weir_author::pairs::NOW;

/// The results of entries, in the order of samples and then of entries; none where an entry has none.
pub fn results(steps: &[Step], samples: &[String]) -> Vec<Vec<Option<Value>>> {
    let mut parser = String::from("name: probe\npipeline:");
    steps.iter().for_each(|step| step.write(&mut parser));
    parser.push_str("  - name: keep\nstages:\n  keep:\n    actions:\n      - set:\n");
    let mut fields = String::new();
    for (number, step) in steps.iter().enumerate() {
        line(&mut parser, format_args!("          probe.s{number}: '{{{{{} | to_json | safe}}}}'", step.result()));
        line(&mut fields, format_args!("probe.s{number}: {{name: probe.s{number}, type: keyword}}"));
    }
    let format = compiled(parser, fields);
    let none = vec![None; steps.len()];
    let Some(plan) = &format.plan else { return vec![none; samples.len()] };
    let (mut scratch, mut event) = (Scratch::default(), Vec::new());
    let mut of_sample = |sample: &String| {
        event.clear();
        let record = Record { input: Input::Message(sample.as_bytes()), now: NOW, event_id: None };
        plan.run(&mut scratch, &record, &mut event);
        let event: Value = serde_json::from_slice(&event).unwrap_or_default();
        let result = |number: usize| serde_json::from_str(event["probe"][format!("s{number}")].as_str()?).ok();
        (0..steps.len()).map(|number| result(number).filter(|value: &Value| !value.is_null())).collect()
    };
    samples.iter().map(&mut of_sample).collect()
}

/// What one entry makes of texts.
pub fn result(step: &Step, texts: &[String]) -> Vec<Option<Value>> {
    results(std::slice::from_ref(step), texts).into_iter().filter_map(|mut results| results.pop()).collect()
}

/// The patterns of an entry that take nothing which those before them do not take.
pub fn covered(step: &Step) -> Vec<String> {
    let mut parser = String::from("name: probe\npipeline:");
    step.write(&mut parser);
    let format = compiled(parser, String::new());
    let findings = format.findings.iter().filter(|finding| finding.code.0 == "covered-alternative");
    let last = findings.filter_map(|finding| finding.title.rsplit("%{").next()?.split('}').next().map(str::to_owned));
    last.filter(|name| name.starts_with("LINE_")).collect()
}

/// Whether an entry has a result for every text.
pub fn takes_all(step: &Step, texts: &[String]) -> bool {
    // The first texts tell most often that it does not.
    let (first, rest) = texts.split_at(texts.len().min(5));
    let takes = |texts: &[String]| result(step, texts).iter().all(Option::is_some);
    takes(first) && takes(rest)
}

/// A format out of its two texts.
pub fn compiled(parser: String, fields: String) -> Format {
    let text = FormatText {
        parser: ("ingest/parser.yml".to_owned(), parser),
        fields: vec![("_meta/fields.yml".to_owned(), fields)],
    };
    weir::compile(&text)
}
