//! A compiled grok pattern: matches a text and builds the result.

use super::alternatives::alternatives;
use super::expand::{Conversion, Custom, Expansion, Group, Origin, Written, expand};
use super::library::Guard;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::extract::{Branch, Job};
use crate::pattern::{Groups, Pattern};
use crate::value::json::Wanted;
use crate::value::{Fault, FaultCode, Map, Value, text};
use std::sync::OnceLock;

/// A pattern that a whole text must match.
#[derive(Debug)]
pub(super) struct Program {
    alternatives: Vec<Alternative>,
    keys: Vec<Key>,
    /// What the alternatives are compiled from, until it is known what of their result is read.
    sources: Vec<Source>,
    /// The alternatives as written.
    branches: Vec<Branch>,
}

/// An alternative, written out.
#[derive(Debug)]
struct Source {
    expansion: Expansion,
    /// The names under which the whole match is in the result.
    whole: Vec<String>,
}

/// A name of the result: the path to it.
#[derive(Debug, PartialEq, Eq)]
struct Key(Vec<Box<str>>);

#[derive(Debug)]
struct Alternative {
    pattern: Pattern,
    captures: Vec<Capture>,
    guarded: Vec<Guarded>,
    /// The pattern with its guards' look-around, for the rare text where a guard refuses the match of the other.
    exact: Option<Box<Exact>>,
}

/// A group with the place of its name in [`Program::keys`].
#[derive(Debug)]
struct Capture {
    group: usize,
    key: usize,
    conversion: Option<Conversion>,
}

#[derive(Debug)]
struct Guarded {
    group: usize,
    guard: Guard,
}

#[derive(Debug)]
struct Exact {
    source: String,
    pattern: OnceLock<Result<Pattern, Fault>>,
}

impl Program {
    /// Compiles a pattern; on `None` the findings say why.
    pub(super) fn new(written: Written<'_>, custom: &Custom<'_>, findings: &mut Diagnostics) -> Option<Self> {
        let mut sources = Vec::new();
        let mut branches = Vec::new();
        for alternative in alternatives(written, custom) {
            branches.push(alternative.written.branch());
            let whole = alternative.names.into_iter().map(str::to_owned).collect();
            sources.push(Source { expansion: expand(alternative.written, custom, findings)?, whole });
        }
        match Program::compile(&sources, &Wanted::WHOLE) {
            Ok((alternatives, keys)) => Some(Program { alternatives, keys, sources, branches }),
            Err(fault) => {
                let title = format!("the pattern is no regular expression: {}", fault.reason());
                findings.push(Diagnostic::new(Severity::Error, Code("invalid-pattern"), title, written.span));
                None
            }
        }
    }

    /// Leaves out the groups that nobody reads; has no effect the second time.
    pub(super) fn narrow(&mut self, wanted: &Wanted) {
        let sources = std::mem::take(&mut self.sources);
        if !wanted.is_whole()
            && let Ok((alternatives, keys)) = Program::compile(&sources, wanted)
        {
            self.alternatives = alternatives;
            self.keys = keys;
        }
    }

    fn compile(sources: &[Source], wanted: &Wanted) -> Result<(Vec<Alternative>, Vec<Key>), Fault> {
        let mut keys = Vec::new();
        let alternatives: Result<_, Fault> =
            sources.iter().map(|source| Alternative::new(source, wanted, &mut keys)).collect();
        Ok((alternatives?, keys))
    }

    /// The alternatives, as they are tried.
    pub(super) fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The place of the alternative that matches a whole text.
    pub(super) fn branch(&self, input: &str) -> Option<usize> {
        self.alternatives.iter().position(|alternative| matches!(alternative.find(input), Ok(Some(_))))
    }

    /// Matches a whole text: a dict of what the names stand for, `None` for those that took no part.
    pub(super) fn run<'a>(&self, input: &'a str, job: &Job<'_, 'a>) -> Result<Value<'a>, Fault> {
        for alternative in &self.alternatives {
            if let Some(groups) = alternative.find(input)? {
                return self.result(alternative, &groups, input, job);
            }
        }
        Err(Fault::new(FaultCode::Parse, "the text does not match the pattern"))
    }

    fn result<'a>(
        &self,
        alternative: &Alternative,
        groups: &Groups,
        input: &'a str,
        job: &Job<'_, 'a>,
    ) -> Result<Value<'a>, Fault> {
        let values = job.arena.bump().alloc_slice_fill_copy(self.keys.len(), Value::None);
        for capture in &alternative.captures {
            if let (Some(range), Some(value)) = (group(groups, capture.group), values.get_mut(capture.key)) {
                // Where a name occurs more than once, the last of its groups that took part counts.
                *value = convert(&input[range], capture.conversion, job)?;
            }
        }
        let map = job.arena.map();
        for (key, value) in self.keys.iter().zip(values.iter()) {
            insert(map, &key.0, *value, job.wanted, job)?;
        }
        Ok(Value::Map(map))
    }
}

impl Alternative {
    fn new(source: &Source, wanted: &Wanted, keys: &mut Vec<Key>) -> Result<Self, Fault> {
        let (linear, exact, groups) =
            source.expansion.with_groups(|group| group.guard.is_some() || is_wanted(group, wanted));
        let mut alternative =
            Alternative { pattern: Pattern::whole(&linear)?, captures: Vec::new(), guarded: Vec::new(), exact: None };
        for name in source.whole.iter().filter(|name| wanted.below(name).is_some()) {
            let key = place_of(Key(vec![name.as_str().into()]), keys);
            alternative.captures.push(Capture { group: 0, key, conversion: None });
        }
        for (index, group) in groups.into_iter().enumerate() {
            if let Some(name) = group.key.as_ref().filter(|_| is_wanted(group, wanted)) {
                let (key, conversion) = (place_of(Key::new(name), keys), group.conversion);
                alternative.captures.push(Capture { group: index + 1, key, conversion });
            }
            if let Some(guard) = group.guard {
                alternative.guarded.push(Guarded { group: index + 1, guard });
            }
        }
        if !alternative.guarded.is_empty() {
            alternative.exact = Some(Box::new(Exact { source: exact, pattern: OnceLock::new() }));
        }
        Ok(alternative)
    }

    fn find(&self, input: &str) -> Result<Option<Groups>, Fault> {
        let Some(groups) = self.pattern.find_just_at(input, 0)? else { return Ok(None) };
        for guarded in &self.guarded {
            if !guarded.admits(&groups, input) {
                return self.find_exactly(input);
            }
        }
        Ok(Some(groups))
    }

    #[cold]
    fn find_exactly(&self, input: &str) -> Result<Option<Groups>, Fault> {
        let Some(exact) = &self.exact else { return Ok(None) };
        match exact.pattern.get_or_init(|| Pattern::whole(&exact.source)) {
            Ok(pattern) => pattern.find_just_at(input, 0),
            Err(fault) => Err(fault.clone()),
        }
    }
}

impl Guarded {
    /// Whether the group may stand where it stands.
    fn admits(&self, groups: &Groups, input: &str) -> bool {
        let Some(range) = group(groups, self.group) else { return true };
        let bytes = input.as_bytes();
        let before = range.start.checked_sub(1).and_then(|place| bytes.get(place));
        let after = bytes.get(range.end);
        !before.is_some_and(|byte| self.guard.not_after.has(*byte))
            && !after.is_some_and(|byte| self.guard.not_before.has(*byte))
    }
}

fn group(groups: &Groups, number: usize) -> Option<std::ops::Range<usize>> {
    groups.get(number).cloned().flatten()
}

impl Key {
    /// `a.b` and `[a][b]` name `b` in the dict `a`.
    fn new(name: &str) -> Self {
        let path = |separator: &[char]| name.split(separator).filter(|part| !part.is_empty()).map(Box::from).collect();
        let mut key = Key(if name.starts_with('[') { path(&['[', ']']) } else { path(&['.']) });
        if key.0.is_empty() {
            key.0.push(name.into());
        }
        key
    }

    fn is_wanted(&self, wanted: &Wanted) -> bool {
        self.0.iter().try_fold(wanted, |wanted, part| wanted.below(part)).is_some()
    }
}

/// Whether anyone reads a group.
fn is_wanted(group: &Group, wanted: &Wanted) -> bool {
    let Some(name) = &group.key else { return false };
    match group.origin {
        Origin::Given | Origin::Pattern => Key::new(name).is_wanted(wanted),
        Origin::Inside => !wanted.is_whole() && wanted.below(name).is_some(),
    }
}

/// The place of a name among the keys, where it is entered if it is new.
fn place_of(key: Key, keys: &mut Vec<Key>) -> usize {
    keys.iter().position(|known| *known == key).unwrap_or_else(|| {
        keys.push(key);
        keys.len() - 1
    })
}

fn convert<'a>(part: &'a str, conversion: Option<Conversion>, job: &Job<'_, 'a>) -> Result<Value<'a>, Fault> {
    let converted = match conversion {
        None => None,
        Some(Conversion::Integer) => match part.parse() {
            Ok(number) => Some(Value::Int(number)),
            Err(_) => text::integer(job.arena, part)?,
        },
        Some(Conversion::Float) => part.parse().ok().map(Value::Float),
        Some(Conversion::Boolean) if part.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
        Some(Conversion::Boolean) if part.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
        Some(Conversion::Boolean) => None,
    };
    Ok(converted.unwrap_or(Value::Text(part)))
}

fn insert<'a>(
    map: &'a Map<'a>,
    path: &[Box<str>],
    value: Value<'a>,
    wanted: &Wanted,
    job: &Job<'_, 'a>,
) -> Result<(), Fault> {
    let Some((first, rest)) = path.split_first() else { return Ok(()) };
    let Some(wanted) = wanted.below(first) else { return Ok(()) };
    let key = Value::Text(job.arena.text(first)?);
    if rest.is_empty() {
        return map.insert(job.arena, key, value);
    }
    let inner = match map.get(key) {
        Some(Value::Map(inner)) => inner,
        _ => {
            let inner = job.arena.map();
            map.insert(job.arena, key, Value::Map(inner))?;
            inner
        }
    };
    insert(inner, rest, value, wanted, job)
}
