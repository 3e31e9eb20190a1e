//! Expressions, extractors and formats, run as a user would run them: compiled as a format.

use crate::blocks::json;
use serde_json::Value;
use weir::diagnostic::render;
use weir::{Format, FormatText, Input, Record, Scratch, compile};

/// The time against which the manual's dates are read: 2026-01-02T00:00:00Z.
const NOW: i64 = 1_767_312_000;

/// What an event gave: the event, and what the report says.
pub struct Outcome {
    /// The event.
    pub event: Value,
    /// What was passed over, and why the run failed.
    pub report: Vec<String>,
    /// The name of the first fault.
    pub fault: Option<&'static str>,
}

/// The value of an expression as Python's `repr` shows it, or `fails: ` with the kind of the fault. `given` are layers
/// with the JSON that stands in them.
pub fn evaluate(given: &[(String, String)], expression: &str) -> String {
    // Text that begins with `=` is no list or dict, so that the field has what `%r` wrote.
    let value = quoted(&format!("{{{{ '=%r' | format(({expression})) }}}}"));
    let mut parser = "name: manual\npipeline:\n".to_owned();
    for (layer, _) in given {
        parser += &format!(
            "- {{name: {layer}, external: {{name: json.parse-json, properties: {{input_field: original.{layer}}}}}}}\n"
        );
    }
    parser += &format!("- name: evaluate\nstages:\n  evaluate:\n    actions:\n    - set:\n        result: {value}\n");
    let format = read(&parser, "result: {name: result, type: keyword}");
    let layers = given.iter().map(|(layer, json)| (layer.clone(), Value::String(json.clone())));
    let event = Value::Object(layers.collect());
    let outcome = match run(&format, Input::Event(event.to_string().as_bytes())) {
        Ok(outcome) => outcome,
        Err(findings) => return findings,
    };
    match (outcome.event["result"].as_str(), outcome.fault) {
        (Some(result), _) => result.trim_start_matches('=').replace("Undefined", "undefined"),
        (None, Some(fault)) => format!("fails: {fault}"),
        // The one fault that no report has: an event may lack what a spec reads.
        (None, None) => "fails: undefined".to_owned(),
    }
}

/// The result of an extractor on a message, as JSON.
pub fn extract(name: &str, properties: &str, message: &str) -> Result<Value, String> {
    let own: String = properties.lines().map(|line| format!("      {line}\n")).collect();
    let flow = properties.trim_start().starts_with('{');
    let properties = if flow { format!("      {properties}") } else { own };
    let parser = format!(
        "name: manual\npipeline:\n- name: read\n  external:\n    name: {name}\n    properties:\n{properties}\n\
         - name: show\nstages:\n  show:\n    actions:\n    - set: {{result: \"{{{{ [read.message] }}}}\"}}\n"
    );
    let format = read(&parser, "result: {name: result, type: flattened}");
    // Whichever of the two the extractor reads by itself.
    let event = serde_json::json!({"message": message, "@timestamp": message}).to_string();
    let outcome = run(&format, Input::Event(event.as_bytes()))?;
    match outcome.event["result"].get(0) {
        Some(result) if outcome.report.is_empty() => Ok(result.clone()),
        _ => Err(format!("{:?}", outcome.report)),
    }
}

/// A format compiled from the texts of its spec and of its fields.
pub fn read(parser: &str, fields: &str) -> Format {
    let fields = if fields.is_empty() { vec![] } else { vec![("fields.yml".to_owned(), fields.to_owned())] };
    compile(&FormatText { parser: ("parser.yml".to_owned(), parser.to_owned()), fields })
}

/// The findings as `weir check` shows them.
pub fn findings(format: &Format) -> String {
    let shown: Vec<String> =
        format.findings.iter().map(|finding| render(finding, &format.sources, true, false)).collect();
    shown.join("\n\n")
}

/// Runs one record.
pub fn run(format: &Format, input: Input<'_>) -> Result<Outcome, String> {
    let Some(plan) = &format.plan else { return Err(format!("does not compile:\n{}", findings(format))) };
    let mut out = Vec::new();
    let mut scratch = Scratch::default();
    let report = plan.run(&mut scratch, &Record { input, now: NOW, event_id: None }, &mut out);
    let event = json(&String::from_utf8_lossy(&out))?;
    let warnings = report.omissions().iter().map(ToString::to_string);
    let failure = report.failure().map(ToString::to_string);
    let faults = report.omissions().iter().map(|warning| &warning.fault);
    let first = faults.chain(report.failure().map(|failure| &failure.fault)).next();
    Ok(Outcome { event, report: warnings.chain(failure).collect(), fault: first.map(|fault| fault.code().name()) })
}

/// Text as a YAML scalar: JSON's escapes are YAML's too.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
