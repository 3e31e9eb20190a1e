//! Findings as SARIF 2.1.0, the form in which code scanning takes them.

use serde_json::{Value, json};
use std::env;
use std::path::{Component, Path};
use weir::diagnostic::{Diagnostic, Kind, Severity, Source, Sources, Span};
use weir_author::check;
use weir_author::finding::{Edit, Finding, Fix, checked};

/// Where the schema of the form is.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A log of one run.
#[derive(Default)]
pub struct Log {
    /// The kinds that were found, in the order in which they were found first.
    rules: Vec<&'static str>,
    results: Vec<Value>,
}

impl Log {
    /// Adds a finding.
    pub fn add(&mut self, finding: &Diagnostic, sources: &Sources) {
        let code = finding.code.0;
        let index = self.rules.iter().position(|known| *known == code).unwrap_or_else(|| {
            self.rules.push(code);
            self.rules.len() - 1
        });
        let told = Finding::of(finding, sources);
        let text = told.help.map_or_else(|| told.title.to_owned(), |help| format!("{}\n{help}", told.title));
        let mut result = json!({
            "ruleId": code,
            "ruleIndex": index,
            "level": level(finding.severity),
            "message": {"text": text},
            "locations": [location(finding.span(), sources)],
        });
        let others: Vec<Value> = finding.labels[1..]
            .iter()
            .map(|label| {
                let mut place = location(label.span, sources);
                place["message"] = json!({"text": label.text});
                place
            })
            .collect();
        if !others.is_empty() {
            result["relatedLocations"] = Value::Array(others);
        }
        if let Some(fix) = &told.fix {
            result["fixes"] = json!([mended(fix, sources)]);
        }
        self.results.push(result);
    }

    /// The whole log.
    pub fn done(self) -> Value {
        let rules: Vec<Value> = self.rules.iter().map(|code| rule(code)).collect();
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {"name": "weir", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": self.results,
            }],
        })
    }
}

fn rule(code: &str) -> Value {
    // A finding that a rule set adds has a code of its own kind, too.
    let Some(Kind { title, meaning, severity, .. }) = check::kinds().find(|kind| kind.code == code) else {
        return json!({"id": code});
    };
    json!({
        "id": code,
        "shortDescription": {"text": title.replace(['{', '}'], "")},
        "fullDescription": {"text": meaning},
        "help": {"text": meaning},
        "defaultConfiguration": {"level": level(*severity)},
    })
}

fn level(severity: Severity) -> &'static str {
    match checked(severity) {
        Severity::Ignored | Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn location(span: Span, sources: &Sources) -> Value {
    let Some(source) = sources.get(span.source) else { return json!({}) };
    json!({"physicalLocation": {"artifactLocation": artifact(&source.name), "region": region(source, span.start, span.end)}})
}

fn region(source: &Source, start: u32, end: u32) -> Value {
    let (first, last) = (source.position(start), source.position(end.max(start)));
    json!({"startLine": first.line, "startColumn": first.column, "endLine": last.line, "endColumn": last.column})
}

fn mended(fix: &Fix, sources: &Sources) -> Value {
    let mut changes: Vec<(&str, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        let replacement = json!({"deletedRegion": deleted(edit, sources), "insertedContent": {"text": edit.text}});
        match changes.iter_mut().find(|(file, _)| *file == edit.file) {
            Some((_, replacements)) => replacements.push(replacement),
            None => changes.push((&edit.file, vec![replacement])),
        }
    }
    let change = |(file, replacements): &(&str, Vec<Value>)| json!({"artifactLocation": artifact(file), "replacements": replacements});
    let changes: Vec<Value> = changes.iter().map(change).collect();
    json!({"description": {"text": fix.title}, "artifactChanges": changes})
}

fn deleted(edit: &Edit, sources: &Sources) -> Value {
    let all = (0..).map_while(|id| sources.get(weir::diagnostic::SourceId(id)));
    let source = all.filter(|source| source.name == edit.file).last();
    source.map_or_else(|| json!({"startLine": 1}), |source| region(source, edit.range.start, edit.range.end))
}

/// A file relative to the directory in which the command runs, which is the repository's root in a workflow.
fn artifact(name: &str) -> Value {
    let path = Path::new(name);
    let here = env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(&here).unwrap_or(path);
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let parts: Vec<String> = parts.map(|part| encoded(&part.as_os_str().to_string_lossy())).collect();
    match path.has_root() {
        true => json!({"uri": format!("file:///{}", parts[1..].join("/"))}),
        false => json!({"uri": parts.join("/"), "uriBaseId": "%SRCROOT%"}),
    }
}

/// A part of a path as a URI has it.
fn encoded(part: &str) -> String {
    let mut out = String::new();
    for byte in part.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
