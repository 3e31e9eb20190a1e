//! What recorded pairs expect: fields that a taxonomy knows, else they can never come out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use weir::diagnostic::{Diagnostics, Kind, Severity, SourceId, Span};
use weir::json::raw;
use weir::spec::RecordedTest;
use weir::taxonomy::Taxonomy;

/// A field that the engine drops is expected.
pub const UNKNOWN_EXPECTATION: Kind = Kind {
    code: "unknown-expectation",
    severity: Severity::Warning,
    title: "the expected field `{name}` is not in the taxonomy",
    meaning: "An event has only fields of the taxonomy, so the pair cannot pass.",
};

/// Fields which every event may have without declaration.
const OF_THE_ENGINE: &[&str] = &["message", "sekoiaio"];

/// How deep expected objects are looked into.
const DEEPEST: usize = 64;

/// Finds expected fields that cannot come out, each in the pair's text.
pub fn check(text: &str, test: &RecordedTest<'_>, taxonomy: &Taxonomy, findings: &mut Diagnostics) {
    let source = test.expected_span.source;
    Expectations { text, source, taxonomy, findings }.members("", test.expected, DEEPEST);
}

/// Whether JSON is an object without members: it comes out where all in it was left out.
fn is_empty(value: &str) -> bool {
    value.bytes().filter(|byte| !byte.is_ascii_whitespace()).eq(*b"{}")
}

struct Expectations<'c> {
    text: &'c str,
    source: SourceId,
    taxonomy: &'c Taxonomy,
    findings: &'c mut Diagnostics,
}

impl Expectations<'_> {
    fn members(&mut self, above: &str, object: &str, depth: usize) {
        // Of equal keys, the last.
        let members: BTreeMap<Cow<'_, str>, &str> = raw::members(object).unwrap_or_default().into_iter().collect();
        for (key, value) in members {
            let name = if above.is_empty() { key.into_owned() } else { format!("{above}.{key}") };
            if OF_THE_ENGINE.contains(&&*name) || self.taxonomy.get(&name).is_some() || is_empty(value) {
                continue;
            }
            match self.taxonomy.is_container(&name) && depth > 0 {
                true => self.value(&name, value, depth - 1),
                false => self.unknown(&name, value),
            }
        }
    }

    /// What stands where fields lie below: an object of them or a list of such objects.
    fn value(&mut self, name: &str, value: &str, depth: usize) {
        match value.as_bytes().first() {
            Some(b'{') => self.members(name, value, depth),
            Some(b'[') => {
                for item in raw::items(value).unwrap_or_default() {
                    self.value(name, item, depth.saturating_sub(1));
                }
            }
            _ => self.unknown(name, value),
        }
    }

    fn unknown(&mut self, name: &str, value: &str) {
        let start = raw::offset(self.text, value) as u32;
        let end = start + value.lines().next().map_or(0, str::len) as u32;
        let names = self.taxonomy.iter().map(|field| &*field.name);
        let finding = UNKNOWN_EXPECTATION.at(Span::new(self.source, start, end), &[name]);
        self.findings.push(finding.suggest(name, names));
    }
}
