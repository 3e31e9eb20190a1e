//! A compiled grok pattern: matches a text and builds the result.

use super::alternatives::alternatives;
use super::expand::{Conversion, Custom, Expansion, Group, Origin, Written, expand};
use super::library::Guard;
use crate::diagnostic::Diagnostics;
use crate::extract::findings::INVALID_PATTERN;
use crate::extract::{Branch, Job};
use crate::json::{Projection, scatter};
use crate::pattern::{Groups, Pattern};
use crate::value::{Arena, Fault, FaultCode, Map, Value, text};
use std::cell::Cell;
use std::sync::{Arc, OnceLock};

/// A pattern that a whole text must match.
#[derive(Debug)]
pub(super) struct Program {
    alternatives: Vec<Alternative>,
    keys: Vec<Key>,
    /// The dicts on the way to names, as far as anyone asks whether they are there.
    dicts: Vec<Key>,
    /// Where the result goes, if not to a dict.
    cells: Option<Cells>,
    /// What the alternatives are compiled from.
    sources: Arc<[Source]>,
    /// The alternatives as written.
    branches: Arc<[Branch]>,
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

/// The numbers of the cells that have the result: see [`crate::extract::Extractor::extract_into`].
#[derive(Debug)]
struct Cells {
    /// Of [`Program::keys`], in their order.
    keys: Vec<usize>,
    /// Of [`Program::dicts`].
    dicts: Vec<usize>,
}

impl Cells {
    /// The cells of all keys; `None` where a dict is wanted whole, and so must be made.
    fn new(keys: &[Key], dicts: &[Key], wanted: &Projection) -> Option<Self> {
        let numbers = |keys: &[Key]| keys.iter().map(|key| wanted.index_of(key.parts())).collect::<Option<_>>();
        Some(Cells { keys: numbers(keys)?, dicts: numbers(dicts)? })
    }
}

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
        match Program::compile(&sources, &Projection::WHOLE) {
            Ok((alternatives, keys)) => {
                let sizes = alternatives.iter().map(|alternative| alternative.pattern.size() as u64);
                findings.spend(sizes.sum());
                let (sources, branches) = (sources.into(), branches.into());
                Some(Program { alternatives, keys, dicts: Vec::new(), cells: None, sources, branches })
            }
            Err(fault) => {
                findings.push(INVALID_PATTERN.at(written.span, &[fault.reason()]));
                None
            }
        }
    }

    /// Whether a group's text, or a dict of them, can be under these keys.
    pub(super) fn gives(&self, keys: &[&str]) -> bool {
        let is_on_the_way = |key: &Key| key.0.iter().zip(keys).all(|(own, asked)| **own == **asked);
        self.names().any(|key| keys.len() <= key.0.len() && is_on_the_way(&key))
    }

    /// The keys that authors gave.
    pub(super) fn keys(&self) -> Vec<String> {
        let groups = self.sources.iter().flat_map(|source| &source.expansion.groups);
        groups.filter(|group| group.origin == Origin::Given).filter_map(|group| group.key.clone()).collect()
    }

    fn names(&self) -> impl Iterator<Item = Key> {
        let groups = self.sources.iter().flat_map(|source| &source.expansion.groups);
        let of_groups = groups.filter_map(|group| {
            let name = group.key.as_ref()?;
            Some(if group.origin == Origin::Given { Key::new(name) } else { Key(vec![name.as_str().into()]) })
        });
        let whole = self.sources.iter().flat_map(|source| &source.whole);
        of_groups.chain(whole.map(|name| Key(vec![name.as_str().into()])))
    }

    /// The same without the groups that nobody reads. Where a name is both a text and a dict of others, there is none: the
    /// last of them counts.
    pub(super) fn narrowed(&self, wanted: &Projection) -> Option<Program> {
        let table = wanted.pruned();
        let names: Vec<Key> = self.names().collect();
        let mut dicts = Vec::new();
        for dict in names.iter().flat_map(Key::dicts) {
            place_of(dict, &mut dicts);
        }
        if *wanted == Projection::WHOLE || names.iter().any(|name| dicts.contains(name)) {
            return None;
        }
        let (alternatives, keys) = Program::compile(&self.sources, wanted).ok()?;
        dicts.retain(|dict| table.index_of(dict.parts()).is_some());
        let cells = Cells::new(&keys, &dicts, &table);
        let (sources, branches) = (Arc::clone(&self.sources), Arc::clone(&self.branches));
        Some(Program { alternatives, keys, dicts, cells, sources, branches })
    }

    fn compile(sources: &[Source], wanted: &Projection) -> Result<(Vec<Alternative>, Vec<Key>), Fault> {
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
        self.alternatives
            .iter()
            .position(|alternative| matches!(alternative.find(&Arena::default(), input), Ok(Some(_))))
    }

    /// Matches a whole text: a dict of what the names stand for, `None` for those that took no part.
    pub(super) fn run<'a>(&self, input: &'a str, job: &Job<'_, 'a>) -> Result<Value<'a>, Fault> {
        let matched = self.find(job.arena, input)?;
        let values = job.arena.bump().alloc_slice_fill_copy(self.keys.len(), Value::None);
        matched.each(job, |key, value| values[key] = value)?;
        let map = job.arena.map();
        for dict in &self.dicts {
            dict_at(map, &dict.0, job)?;
        }
        for (key, value) in self.keys.iter().zip(values.iter()) {
            if let Some((last, above)) = key.0.split_last() {
                dict_at(map, above, job)?.insert(job.arena, Value::Text(job.arena.text(last)?), *value)?;
            }
        }
        Ok(Value::Map(map))
    }

    /// As [`Program::run`], into the cells of what is wanted.
    pub(super) fn run_into<'a>(
        &self,
        input: &'a str,
        job: &Job<'_, 'a>,
        cells: &[Cell<Value<'a>>],
    ) -> Result<Value<'a>, Fault> {
        let Some(numbers) = &self.cells else {
            let result = self.run(input, job)?;
            scatter(result, job.wanted, cells);
            return Ok(result);
        };
        let matched = self.find(job.arena, input)?;
        let dict = Value::Map(job.arena.map());
        numbers.dicts.iter().for_each(|number| cells[*number].set(dict));
        numbers.keys.iter().for_each(|number| cells[*number].set(Value::None));
        matched.each(job, |key, value| cells[numbers.keys[key]].set(value))?;
        Ok(dict)
    }

    /// The first alternative that matches a whole text.
    fn find<'p, 'a>(&'p self, arena: &Arena, input: &'a str) -> Result<Matched<'p, 'a>, Fault> {
        for alternative in &self.alternatives {
            if let Some(groups) = alternative.find(arena, input)? {
                return Ok(Matched { input, captures: &alternative.captures, groups });
            }
        }
        Err(Fault::new(FaultCode::Parse, "the text does not match the pattern"))
    }
}

/// A text that an alternative matched.
struct Matched<'p, 'a> {
    input: &'a str,
    captures: &'p [Capture],
    groups: Groups,
}

impl<'a> Matched<'_, 'a> {
    /// Sets each key whose group took part. Where a name occurs more than once, the last of its groups counts.
    fn each(&self, job: &Job<'_, 'a>, mut set: impl FnMut(usize, Value<'a>)) -> Result<(), Fault> {
        for capture in self.captures {
            if let Some(range) = group(&self.groups, capture.group) {
                set(capture.key, convert(&self.input[range], capture.conversion, job)?);
            }
        }
        Ok(())
    }
}

impl Alternative {
    fn new(source: &Source, wanted: &Projection, keys: &mut Vec<Key>) -> Result<Self, Fault> {
        let (linear, exact, groups) =
            source.expansion.with_groups(|group| group.guard.is_some() || is_wanted(group, wanted));
        let mut alternative =
            Alternative { pattern: Pattern::of_spec(&linear)?, captures: Vec::new(), guarded: Vec::new(), exact: None };
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

    fn find(&self, arena: &Arena, input: &str) -> Result<Option<Groups>, Fault> {
        let Some(groups) = find(&self.pattern, arena, input)? else { return Ok(None) };
        for guarded in &self.guarded {
            if !guarded.admits(&groups, input) {
                return self.find_exactly(arena, input);
            }
        }
        Ok(Some(groups))
    }

    #[cold]
    fn find_exactly(&self, arena: &Arena, input: &str) -> Result<Option<Groups>, Fault> {
        let Some(exact) = &self.exact else { return Ok(None) };
        match exact.pattern.get_or_init(|| Pattern::of_spec(&exact.source)) {
            Ok(pattern) => find(pattern, arena, input),
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

fn find(pattern: &Pattern, arena: &Arena, input: &str) -> Result<Option<Groups>, Fault> {
    let mut groups = Groups::new();
    Ok(pattern.search(arena, input, 0, true, &mut groups)?.then_some(groups))
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

    fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|part| &**part)
    }

    /// The dicts on the way, from the outermost.
    fn dicts(&self) -> impl Iterator<Item = Key> {
        (1..self.0.len()).map(|parts| Key(self.0[..parts].to_vec()))
    }

    fn is_wanted(&self, wanted: &Projection) -> bool {
        self.parts().try_fold(wanted, Projection::below).is_some()
    }
}

/// Whether anyone reads a group.
fn is_wanted(group: &Group, wanted: &Projection) -> bool {
    let Some(name) = &group.key else { return false };
    match group.origin {
        Origin::Given | Origin::Pattern => Key::new(name).is_wanted(wanted),
        Origin::Inside => wanted.names(name),
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

/// The dict below another one by keys; what is missing on the way is made, and what is no dict makes way.
fn dict_at<'a>(map: &'a Map<'a>, keys: &[Box<str>], job: &Job<'_, 'a>) -> Result<&'a Map<'a>, Fault> {
    keys.iter().try_fold(map, |map, key| {
        let key = Value::Text(job.arena.text(key)?);
        if let Some(Value::Map(inner)) = map.get(key) {
            return Ok(inner);
        }
        let inner = job.arena.map();
        map.insert(job.arena, key, Value::Map(inner))?;
        Ok(inner)
    })
}
