//! Rules of a run as a whole: a format and an event in, the event that comes out. Each case runs on every path.

use serde_json::Value;
use std::collections::BTreeMap;
use weir::{FormatText, Input, Record, Scratch, compile};

/// One file of cases.
#[derive(serde::Deserialize)]
struct Table {
    case: Vec<Case>,
}

/// A claim, and the format that shows it.
#[derive(serde::Deserialize)]
struct Case {
    /// What is claimed.
    name: String,
    /// `ingest/parser.yml`, without its name.
    parser: String,
    /// The types of the format's own fields.
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// The raw message.
    message: Option<String>,
    /// An event as JSON, in the place of a message.
    event: Option<String>,
    /// What comes out beside the message, as JSON.
    expected: String,
    /// The codes of what the report says, where it says anything.
    #[serde(default)]
    report: Vec<String>,
}

#[test]
fn casts() {
    check(include_str!("casts.toml"));
}

#[test]
fn parts_that_do_not_compile() {
    check(include_str!("broken.toml"));
}

#[test]
fn layers_and_deletions() {
    check(include_str!("layers.toml"));
}

#[test]
fn logons() {
    check(include_str!("logons.toml"));
}

fn check(table: &str) {
    let table: Table = toml::from_str(table).expect("a table");
    let wrong: Vec<String> = table.case.iter().filter_map(|case| case.check().err()).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.case.len(), wrong.join("\n"));
}

impl Case {
    fn check(&self) -> Result<(), String> {
        let fields =
            self.fields.iter().map(|(name, kind)| format!("{name}: {{name: {name}, type: {kind}}}\n")).collect();
        let text = FormatText {
            parser: ("parser.yml".to_owned(), format!("name: case\n{}", self.parser)),
            fields: vec![("fields.yml".to_owned(), fields)],
        };
        let format = compile(&text);
        let plan = format.plan.ok_or_else(|| format!("{}: no plan: {:?}", self.name, format.findings))?;
        let expected: Value =
            serde_json::from_str(&self.expected).map_err(|error| format!("{}: {error}", self.name))?;
        for (program, plan) in [("without passes", plan.with_passes(&|_| false)), ("with all passes", plan)] {
            let input = match (&self.message, &self.event) {
                (Some(message), None) => Input::Message(message.as_bytes()),
                (None, Some(event)) => Input::Event(event.as_bytes()),
                _ => return Err(format!("{}: either a message or an event", self.name)),
            };
            let record = Record { input, now: 1_767_225_600, event_id: None };
            let (mut scratch, mut out) = (Scratch::default(), Vec::new());
            let report = plan.run(&mut scratch, &record, &mut out);
            let failed = report.failure().map(|failure| failure.fault.code().name());
            let codes = report.omissions().iter().map(|warning| warning.fault.code().name());
            let codes: Vec<&str> = failed.into_iter().chain(codes).collect();
            let mut found: Value = serde_json::from_slice(&out).map_err(|error| format!("{}: {error}", self.name))?;
            found.as_object_mut().map(|event| event.remove("message"));
            if found != expected || codes != self.report {
                return Err(format!("{} ({program})\n  expected {expected}\n       got {found} {codes:?}", self.name));
            }
        }
        Ok(())
    }
}
