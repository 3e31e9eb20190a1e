//! Fields that a format or module declares and nothing ever sets.

use crate::json::Json;
use std::collections::BTreeSet;
use weir::diagnostic::{Diagnostics, Edit, Fix, Kind, Severity, SourceId, Span};
use weir::infer;
use weir::spec::{self, ActionKind, RecordedTest, Spec};

/// A field that nothing sets.
pub const UNUSED_FIELD: Kind = Kind {
    code: "unused-field",
    severity: Severity::Hint,
    title: "the field `{name}` is never set",
    meaning: "No stage sets the field or a field above it, no rule infers it, and no recorded event has it.",
};

/// How deep recorded events are looked into.
const DEEPEST: usize = 64;

/// The fields that formats can set, as far as their specs and recorded events tell.
#[derive(Clone, Debug, Default)]
pub struct Written {
    names: BTreeSet<String>,
}

impl Written {
    /// Adds what a spec sets.
    pub fn add_spec(&mut self, spec: &Spec) {
        for action in spec.stages.iter().flat_map(|stage| &stage.actions) {
            let names: Vec<&str> = match &action.operation {
                ActionKind::Set(fields) => fields.iter().map(|(field, _)| &*field.text).collect(),
                ActionKind::Translate { mapping, .. } => mapping.iter().map(|(_, field)| &*field.text).collect(),
                ActionKind::Delete(_) => Vec::new(),
            };
            self.names.extend(names.into_iter().map(str::to_owned));
        }
    }

    /// Adds what a recorded event brings in and what comes out of it.
    pub fn add_test(&mut self, test: &RecordedTest<'_>) {
        for text in [test.input, test.expected] {
            // Where the pair was read, it is JSON.
            if let Ok(value) = Json::read(text.as_bytes()) {
                self.add_value("", &value, DEEPEST);
            }
        }
    }

    /// Adds what other formats can set.
    pub fn add(&mut self, other: &Written) {
        self.names.extend(other.names.iter().cloned());
    }

    /// Whether a field, one above it or one below it can be set.
    pub fn has(&self, name: &str) -> bool {
        let above = name.match_indices('.').map(|(dot, _)| &name[..dot]);
        let below = format!("{name}.");
        let is_inferred = || infer::rules().iter().any(|rule| rule.writes.contains(&name));
        above.chain([name]).any(|name| self.names.contains(name))
            || self.names.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below))
            || is_inferred()
    }

    /// Finds declared fields that nothing sets.
    pub fn check_declarations(&self, text: &str, source: SourceId, findings: &mut Diagnostics) {
        // What is wrong with the file itself was told where it was read first.
        for declared in spec::read_fields(text, source, &mut Diagnostics::new()) {
            if !self.has(&declared.name.text) {
                let finding = UNUSED_FIELD.at(declared.span, &[&declared.name.text]);
                findings.push(match lines_of(text, declared.span) {
                    Some(lines) => {
                        let fix = Fix::certain("remove the declaration", Edit::all(lines, ""));
                        // A record that is not recorded yet may have it.
                        finding.fix(fix).unsure()
                    }
                    None => finding,
                });
            }
        }
    }

    fn add_value(&mut self, name: &str, value: &Json, depth: usize) {
        match value {
            Json::Object(members) if depth > 0 => {
                for (key, value) in members {
                    let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                    self.add_value(&name, value, depth - 1);
                }
            }
            Json::List(items) if depth > 0 && items.iter().any(|item| matches!(item, Json::Object(_))) => {
                items.iter().for_each(|item| self.add_value(name, item, depth - 1));
            }
            _ => _ = self.names.insert(name.to_owned()),
        }
    }
}

/// The lines of a declaration, with the blank ones behind it; `None` where its key does not begin a line.
fn lines_of(text: &str, key: Span) -> Option<Span> {
    let start = key.start as usize;
    if start > 0 && !text.get(..start)?.ends_with('\n') {
        return None;
    }
    let mut end = start;
    for (number, line) in text.get(start..)?.split_inclusive('\n').enumerate() {
        let is_inside = line.starts_with([' ', '\t', '\r', '\n']);
        if number > 0 && !is_inside {
            break;
        }
        end += line.len();
    }
    Some(Span::new(key.source, key.start, end as u32))
}
