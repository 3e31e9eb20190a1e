//! Grok: texts by patterns that are made of named patterns.

mod alternatives;
mod check;
mod expand;
mod library;
mod program;
mod scan;

use super::description::{Description, Example, MESSAGE, Property};
use super::extractor::{CompiledExtractor, Extractor};
use super::properties::{Properties, wrong};
use super::sink::ResultSink;
use crate::diagnostic::{Diagnostics, Span};
use crate::json::Projection;
use crate::value::{Constant, ConstantKind, Fault, FaultCode, Value, text};
use expand::{Custom, WrittenPattern};
pub use library::{KnownGrok, grok_library};
use program::GrokProgram;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The extractors of this room.
pub(super) const EXTRACTORS: &[Description] = &[
    Description {
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
        default_input: MESSAGE,
        compile: compile_match,
    },
    Description {
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
        default_input: MESSAGE,
        compile: compile_case_match,
    },
];

const CUSTOM_PATTERNS: Property = Property {
    name: "custom_patterns",
    required: false,
    summary: "Patterns by name, which the pattern and they themselves may name; they come before the customary ones.",
};

/// A pattern written out as one regular expression, as Python and PCRE read it: what the patterns that it names stand for, with their
/// guards as look-around, and for each of its groups, from the first on, the name that it goes by. `None` where it does not compile.
///
/// Runs do not need it: it is there for people who look into a pattern, and to hold other engines beside this one.
pub fn expanded_grok(pattern: &str, custom: &[(&str, &str)]) -> Option<(String, Vec<Option<String>>)> {
    let written = |pattern| WrittenPattern::new(pattern, Span::default());
    let custom = custom.iter().map(|(name, pattern)| (*name, written(*pattern))).collect();
    let expansion = expand::expand(written(pattern), &custom, &mut Diagnostics::new())?;
    Some((expansion.exact().to_owned(), expansion.groups.iter().map(|group| group.key.clone()).collect()))
}

#[derive(Debug)]
struct Match(GrokProgram);

impl Extractor for Match {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        self.0.extract(expect_text(input)?, sink)
    }

    fn narrowed(&self, wanted: &Projection) -> Option<Arc<dyn Extractor>> {
        Some(Arc::new(Match(self.0.narrowed(wanted)?)))
    }
}

/// Programs by key, in the order of the keys: so their alternatives have a fixed order.
#[derive(Debug)]
struct CaseMatch(BTreeMap<String, Arc<GrokProgram>>);

const NO_KEY: &(FaultCode, &str) = &(FaultCode::Lookup, "there is no key to choose a pattern");

impl Extractor for CaseMatch {
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        self.program(sink.properties)?.extract(expect_text(input)?, sink)
    }

    fn refuses(&self, properties: &[Value<'_>]) -> Option<Fault> {
        self.program(properties).err()
    }

    fn narrowed(&self, wanted: &Projection) -> Option<Arc<dyn Extractor>> {
        let narrowed =
            |program: &Arc<GrokProgram>| program.narrowed(wanted).map_or_else(|| Arc::clone(program), Arc::new);
        Some(Arc::new(CaseMatch(self.0.iter().map(|(key, program)| (key.clone(), narrowed(program))).collect())))
    }
}

impl CaseMatch {
    /// The program that a key chooses: text, or a number or truth value as its text.
    fn program(&self, properties: &[Value<'_>]) -> Result<&GrokProgram, Fault> {
        let key: Cow<'_, str> = match properties.first() {
            Some(Value::Text(key)) => Cow::Borrowed(*key),
            Some(key @ (Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_))) => {
                Cow::Owned(text::Str(*key).to_string())
            }
            _ => return Err(Fault::known(NO_KEY)),
        };
        self.0
            .get(&*key)
            .map(|program| &**program)
            .ok_or_else(|| Fault::new(FaultCode::Lookup, format!("there is no pattern for the key `{key}`")))
    }
}

fn compile_match(properties: &Properties<'_>, findings: &mut Diagnostics) -> Option<CompiledExtractor> {
    let custom = custom_patterns(properties, findings);
    let pattern = written(properties.get("pattern")?, "pattern", findings)?;
    let custom = custom?;
    let mut program = GrokProgram::new(pattern, &custom, findings)?;
    check::check(&[pattern], &custom, &names(properties), findings);
    let alternatives = program.place_at(0).collect();
    let keys = GrokProgram::keys([&program]);
    Some(CompiledExtractor { keys, alternatives, ..CompiledExtractor::new(Match(program)) })
}

fn compile_case_match(properties: &Properties<'_>, findings: &mut Diagnostics) -> Option<CompiledExtractor> {
    let custom = custom_patterns(properties, findings)?;
    let patterns = named(properties.get("patterns")?, "patterns", findings)?;
    let mut programs = BTreeMap::new();
    let mut sound = true;
    let all: Vec<WrittenPattern<'_>> = patterns.iter().map(|(_, pattern)| *pattern).collect();
    for (key, pattern) in patterns {
        if findings.is_spent() {
            return None;
        }
        match GrokProgram::new(pattern, &custom, findings) {
            Some(program) => drop(programs.insert(key, program)),
            None => sound = false,
        }
    }
    if sound {
        check::check(&all, &custom, &names(properties), findings);
    }
    let templates = vec![properties.get("pattern_key")?.clone()];
    let mut alternatives = Vec::new();
    for program in programs.values_mut() {
        alternatives.extend(program.place_at(alternatives.len()));
    }
    let keys = GrokProgram::keys(programs.values());
    let programs = programs.into_iter().map(|(key, program)| (key, Arc::new(program))).collect();
    sound.then(|| CompiledExtractor { templates, keys, alternatives, ..CompiledExtractor::new(CaseMatch(programs)) })
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

fn named<'s>(
    constant: &'s Constant,
    what: &str,
    findings: &mut Diagnostics,
) -> Option<Vec<(String, WrittenPattern<'s>)>> {
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

fn written<'s>(constant: &'s Constant, what: &str, findings: &mut Diagnostics) -> Option<WrittenPattern<'s>> {
    match constant.as_text() {
        Some(pattern) => Some(WrittenPattern::new(pattern, constant.span)),
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
