//! Grok: texts by patterns that are made of named patterns.

mod alternatives;
mod check;
mod expand;
mod library;
mod program;
mod scan;

use super::properties::wrong;
use super::{Branch, Entry, Example, Extractor, Job, Properties, Property};
use crate::diagnostic::Diagnostics;
use crate::json::Projection;
use crate::value::{Constant, ConstantKind, Fault, FaultCode, Value, text};
use expand::{Custom, Written};
use program::Program;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The extractors of this room.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "grok.match",
        properties: &[
            Property { name: "pattern", required: true, summary: "The pattern that the whole input must match." },
            CUSTOM_PATTERNS,
        ],
        summary: "Matches the whole input; the result has what each name stands for, with null for names that took no part. A pattern used without a name goes by its own.",
        examples: &[
            Example {
                properties: r#"pattern: "%{IP:client} (%{WORD:verb}|-) %{INT:status:int}""#,
                input: "192.0.2.7 - 404",
                result: r#"{"client": "192.0.2.7", "verb": null, "status": 404}"#,
            },
            Example {
                properties: "pattern: 'user %{NAME}'\ncustom_patterns:\n  NAME: '%{WORD:user}|-'",
                input: "user ada",
                result: r#"{"NAME": "ada", "user": "ada"}"#,
            },
        ],
        compile: compile_match,
    },
    Entry {
        name: "grok.case_match",
        properties: &[
            Property {
                name: "pattern_key",
                required: true,
                summary: "Which of the patterns runs: a template or a path.",
            },
            Property { name: "patterns", required: true, summary: "The patterns by key." },
            CUSTOM_PATTERNS,
        ],
        summary: "Matches the whole input by the one of several patterns that a key chooses.",
        examples: &[],
        compile: compile_case_match,
    },
];

const CUSTOM_PATTERNS: Property = Property {
    name: "custom_patterns",
    required: false,
    summary: "Patterns by name, which the pattern and they themselves may name; they come before the customary ones.",
};

#[derive(Debug)]
struct Match {
    program: Program,
}

impl Extractor for Match {
    fn gives(&self, keys: &[&str]) -> bool {
        self.program.gives(keys)
    }

    fn keys(&self) -> Vec<String> {
        self.program.keys()
    }

    fn extract<'a>(&self, input: Value<'a>, job: &Job<'_, 'a>) -> Result<Value<'a>, Fault> {
        self.program.run(expect_text(input)?, job)
    }

    fn extract_into<'a>(
        &self,
        input: Value<'a>,
        _: &[Value<'a>],
        job: &Job<'_, 'a>,
        cells: &[Cell<Value<'a>>],
    ) -> Result<Value<'a>, Fault> {
        self.program.run_into(expect_text(input)?, job, cells)
    }

    fn narrowed(&self, wanted: &Projection) -> Option<Box<dyn Extractor>> {
        Some(Box::new(Match { program: self.program.narrowed(wanted)? }))
    }

    fn branches(&self) -> Vec<Branch> {
        self.program.branches().to_vec()
    }

    fn branch(&self, input: Value<'_>, _: &[Value<'_>]) -> Option<usize> {
        self.program.branch(input.as_text()?)
    }
}

#[derive(Debug)]
struct CaseMatch {
    /// The key's template, alone.
    templates: [Constant; 1],
    /// By key, in the order of the keys: so branches have a fixed order.
    programs: BTreeMap<String, Arc<Program>>,
}

const NO_KEY: &(FaultCode, &str) = &(FaultCode::Lookup, "there is no key to choose a pattern");

impl Extractor for CaseMatch {
    fn gives(&self, keys: &[&str]) -> bool {
        self.programs.values().any(|program| program.gives(keys))
    }

    fn keys(&self) -> Vec<String> {
        self.programs.values().flat_map(|program| program.keys()).collect()
    }

    fn templates(&self) -> &[Constant] {
        &self.templates
    }

    fn refuses(&self, rendered: &[Value<'_>]) -> Option<Fault> {
        self.program(rendered).err()
    }

    fn extract<'a>(&self, _: Value<'a>, _: &Job<'_, 'a>) -> Result<Value<'a>, Fault> {
        Err(Fault::known(NO_KEY))
    }

    fn branches(&self) -> Vec<Branch> {
        self.programs.values().flat_map(|program| program.branches().iter().cloned()).collect()
    }

    fn branch(&self, input: Value<'_>, rendered: &[Value<'_>]) -> Option<usize> {
        let key = text::Str(*rendered.first()?).to_string();
        let program = self.programs.get(&key)?;
        let before = self.programs.iter().take_while(|(other, _)| **other < key);
        let before: usize = before.map(|(_, program)| program.branches().len()).sum();
        Some(before + program.branch(input.as_text()?)?)
    }

    fn narrowed(&self, wanted: &Projection) -> Option<Box<dyn Extractor>> {
        let narrowed = |program: &Arc<Program>| program.narrowed(wanted).map_or_else(|| Arc::clone(program), Arc::new);
        let programs = self.programs.iter().map(|(key, program)| (key.clone(), narrowed(program))).collect();
        Some(Box::new(CaseMatch { templates: self.templates.clone(), programs }))
    }

    fn extract_with<'a>(
        &self,
        input: Value<'a>,
        rendered: &[Value<'a>],
        job: &Job<'_, 'a>,
    ) -> Result<Value<'a>, Fault> {
        self.program(rendered)?.run(expect_text(input)?, job)
    }

    fn extract_into<'a>(
        &self,
        input: Value<'a>,
        rendered: &[Value<'a>],
        job: &Job<'_, 'a>,
        cells: &[Cell<Value<'a>>],
    ) -> Result<Value<'a>, Fault> {
        self.program(rendered)?.run_into(expect_text(input)?, job, cells)
    }
}

impl CaseMatch {
    /// The program that a key chooses: text, or a number or truth value as its text.
    fn program(&self, rendered: &[Value<'_>]) -> Result<&Program, Fault> {
        let key: Cow<'_, str> = match rendered.first() {
            Some(Value::Text(key)) => Cow::Borrowed(*key),
            Some(key @ (Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_))) => {
                Cow::Owned(text::Str(*key).to_string())
            }
            _ => return Err(Fault::known(NO_KEY)),
        };
        self.programs
            .get(&*key)
            .map(|program| &**program)
            .ok_or_else(|| Fault::new(FaultCode::Lookup, format!("there is no pattern for the key `{key}`")))
    }
}

fn compile_match(properties: &Properties<'_>, findings: &mut Diagnostics) -> Option<Box<dyn Extractor>> {
    let custom = custom_patterns(properties, findings);
    let pattern = written(properties.get("pattern")?, "pattern", findings)?;
    let custom = custom?;
    let program = Program::new(pattern, &custom, findings)?;
    check::check(&[pattern], &custom, &names(properties), findings);
    Some(Box::new(Match { program }))
}

fn compile_case_match(properties: &Properties<'_>, findings: &mut Diagnostics) -> Option<Box<dyn Extractor>> {
    let custom = custom_patterns(properties, findings)?;
    let patterns = named(properties.get("patterns")?, "patterns", findings)?;
    let mut programs = BTreeMap::new();
    let mut sound = true;
    let all: Vec<Written<'_>> = patterns.iter().map(|(_, pattern)| *pattern).collect();
    for (key, pattern) in patterns {
        if findings.is_spent() {
            return None;
        }
        match Program::new(pattern, &custom, findings) {
            Some(program) => drop(programs.insert(key, Arc::new(program))),
            None => sound = false,
        }
    }
    if sound {
        check::check(&all, &custom, &names(properties), findings);
    }
    let templates = [properties.get("pattern_key")?.clone()];
    sound.then(|| Box::new(CaseMatch { templates, programs }) as Box<dyn Extractor>)
}

fn custom_patterns<'s>(properties: &Properties<'s>, findings: &mut Diagnostics) -> Option<Custom<'s>> {
    let Some(constant) = properties.get("custom_patterns") else { return Some(Custom::new()) };
    match &constant.kind {
        ConstantKind::Null => Some(Custom::new()),
        ConstantKind::Map(entries) => {
            let mut custom = Custom::new();
            for (name, pattern) in entries {
                let pattern = written(pattern, "a pattern", findings)?;
                custom.insert(name.as_text()?, pattern);
            }
            Some(custom)
        }
        _ => wrong_type(constant, "custom_patterns", "a mapping of names to patterns", findings),
    }
}

/// The names that a spec gives to patterns of its own.
fn names<'s>(properties: &Properties<'s>) -> Vec<&'s Constant> {
    match properties.get("custom_patterns").map(|constant| &constant.kind) {
        Some(ConstantKind::Map(entries)) => entries.iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    }
}

fn named<'s>(constant: &'s Constant, what: &str, findings: &mut Diagnostics) -> Option<Vec<(String, Written<'s>)>> {
    let ConstantKind::Map(entries) = &constant.kind else {
        return wrong_type(constant, what, "a mapping of keys to patterns", findings);
    };
    entries.iter().map(|(key, pattern)| Some((key_text(key)?, written(pattern, "a pattern", findings)?))).collect()
}

/// A key as its template would give it: `106001` and `"106001"` are one.
fn key_text(key: &Constant) -> Option<String> {
    match &key.kind {
        ConstantKind::Text(text) => Some(text.to_string()),
        ConstantKind::Int(number) => Some(number.to_string()),
        ConstantKind::BigInt(digits) => Some(digits.to_string()),
        ConstantKind::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        _ => None,
    }
}

fn written<'s>(constant: &'s Constant, what: &str, findings: &mut Diagnostics) -> Option<Written<'s>> {
    match constant.as_text() {
        Some(pattern) => Some(Written::new(pattern, constant.span)),
        None => wrong_type(constant, what, "text", findings),
    }
}

fn wrong_type<T>(constant: &Constant, what: &str, expected: &str, findings: &mut Diagnostics) -> Option<T> {
    findings.push(wrong(what, expected, constant));
    None
}

fn expect_text(input: Value<'_>) -> Result<&str, Fault> {
    input.as_text().ok_or_else(|| Fault::new(FaultCode::Type, format!("expected text, not {}", input.type_name())))
}
