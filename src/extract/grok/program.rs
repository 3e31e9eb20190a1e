//! A compiled grok pattern: matches a text and builds the result.

use super::alternatives::alternatives;
use super::expand::{Conversion, Custom, Expansion, GrokGroup, GroupOrigin, WrittenPattern, expand};
use super::library::Guard;
use crate::diagnostic::Diagnostics;
use crate::extract::extractor::{InputAlternative, ResultKeys};
use crate::extract::findings::INVALID_PATTERN;
use crate::extract::sink::ResultSink;
use crate::json::Projection;
use crate::pattern::{Groups, Pattern};
use crate::value::{Arena, Fault, FaultCode, Map, Value, text};
use std::cell::Cell;
use std::sync::{Arc, OnceLock};

/// A pattern that a whole text must match.
#[derive(Debug)]
pub(super) struct GrokProgram {
    alternatives: Vec<Alternative>,
    keys: Vec<ResultPath>,
    /// The dicts on the way to names, as far as anyone asks whether they are there.
    dicts: Vec<ResultPath>,
    /// Where the result goes, if not to a dict.
    cells: Option<Cells>,
    /// What the alternatives are compiled from.
    sources: Arc<[AlternativeSource]>,
    /// The place of the first alternative among those of the extractor.
    first: usize,
}

/// An alternative, written out.
#[derive(Debug)]
struct AlternativeSource {
    expansion: Expansion,
    /// The names under which the whole match is in the result.
    whole: Vec<String>,
    /// As the spec has it.
    written: InputAlternative,
}

/// A name of the result: the path to it.
#[derive(Debug, PartialEq, Eq)]
struct ResultPath(Vec<Box<str>>);

/// The numbers of the cells that have the result: see [`ResultSink::cells`].
#[derive(Debug)]
struct Cells {
    /// Of [`GrokProgram::keys`], in their order.
    keys: Vec<usize>,
    /// Of [`GrokProgram::dicts`].
    dicts: Vec<usize>,
}

impl Cells {
    /// The cells of all keys; `None` where a dict is wanted whole, and so must be made.
    fn new(keys: &[ResultPath], dicts: &[ResultPath], wanted: &Projection) -> Option<Self> {
        let numbers = |keys: &[ResultPath]| keys.iter().map(|key| wanted.index_of(key.parts())).collect::<Option<_>>();
        Some(Cells { keys: numbers(keys)?, dicts: numbers(dicts)? })
    }
}

#[derive(Debug)]
struct Alternative {
    pattern: PatternOnDemand,
    captures: Vec<Capture>,
    guarded: Vec<GuardedGroup>,
    /// The pattern with its guards' look-around, for the rare text where a guard refuses the match of the other.
    exact: Option<PatternOnDemand>,
}

/// A group with the place of its name in [`GrokProgram::keys`].
#[derive(Debug)]
struct Capture {
    group: usize,
    key: usize,
    conversion: Option<Conversion>,
}

#[derive(Debug)]
struct GuardedGroup {
    group: usize,
    guard: Guard,
}

/// A pattern that is compiled when it is first asked for.
#[derive(Debug)]
struct PatternOnDemand {
    source: String,
    compiled: OnceLock<Result<Pattern, Fault>>,
}

impl PatternOnDemand {
    fn new(source: String) -> Self {
        PatternOnDemand { source, compiled: OnceLock::new() }
    }

    fn get(&self) -> Result<&Pattern, Fault> {
        self.compiled.get_or_init(|| Pattern::of_spec(&self.source)).as_ref().map_err(Clone::clone)
    }
}

impl GrokProgram {
    /// Compiles a pattern; on `None` the findings say why.
    pub(super) fn new(written: WrittenPattern<'_>, custom: &Custom<'_>, findings: &mut Diagnostics) -> Option<Self> {
        let mut sources = Vec::new();
        for alternative in alternatives(written, custom) {
            let whole = alternative.names.into_iter().map(str::to_owned).collect();
            let written = alternative.written.alternative();
            sources.push(AlternativeSource {
                expansion: expand(alternative.written, custom, findings)?,
                whole,
                written,
            });
        }
        let (alternatives, keys) = GrokProgram::compile(&sources, &Projection::WHOLE);
        let size = |alternative: &Alternative| alternative.pattern.get().map(|pattern| pattern.size() as u64);
        match alternatives.iter().map(size).sum::<Result<u64, Fault>>() {
            Ok(size) => {
                findings.spend(size);
                Some(GrokProgram {
                    alternatives,
                    keys,
                    dicts: Vec::new(),
                    cells: None,
                    sources: sources.into(),
                    first: 0,
                })
            }
            Err(fault) => {
                findings.push(INVALID_PATTERN.at(written.span, &[fault.reason()]));
                None
            }
        }
    }

    /// What the results of some programs can have: groups' texts, and dicts of them.
    pub(super) fn keys<'p>(programs: impl IntoIterator<Item = &'p GrokProgram>) -> ResultKeys {
        let (mut paths, mut named) = (Vec::new(), Vec::new());
        for program in programs {
            paths.extend(program.names().map(|key| key.0));
            let groups = program.sources.iter().flat_map(|source| &source.expansion.groups);
            named.extend(
                groups.filter(|group| group.origin == GroupOrigin::Given).filter_map(|group| group.key.clone()),
            );
        }
        ResultKeys::These { paths, named }
    }

    fn names(&self) -> impl Iterator<Item = ResultPath> {
        let groups = self.sources.iter().flat_map(|source| &source.expansion.groups);
        let of_groups = groups.filter_map(|group| {
            let name = group.key.as_ref()?;
            Some(if group.origin == GroupOrigin::Given {
                ResultPath::new(name)
            } else {
                ResultPath(vec![name.as_str().into()])
            })
        });
        let whole = self.sources.iter().flat_map(|source| &source.whole);
        of_groups.chain(whole.map(|name| ResultPath(vec![name.as_str().into()])))
    }

    /// The same without the groups that nobody reads. Where a name is both a text and a dict of others, there is none: the
    /// last of them counts.
    pub(super) fn narrowed(&self, wanted: &Projection) -> Option<GrokProgram> {
        let table = wanted.pruned();
        let names: Vec<ResultPath> = self.names().collect();
        let mut dicts = Vec::new();
        for dict in names.iter().flat_map(ResultPath::dicts) {
            place_of(dict, &mut dicts);
        }
        if *wanted == Projection::WHOLE || names.iter().any(|name| dicts.contains(name)) {
            return None;
        }
        let (alternatives, keys) = GrokProgram::compile(&self.sources, wanted);
        dicts.retain(|dict| table.index_of(dict.parts()).is_some());
        let cells = Cells::new(&keys, &dicts, &table);
        Some(GrokProgram { alternatives, keys, dicts, cells, sources: Arc::clone(&self.sources), first: self.first })
    }

    fn compile(sources: &[AlternativeSource], wanted: &Projection) -> (Vec<Alternative>, Vec<ResultPath>) {
        let mut keys = Vec::new();
        let alternatives = sources.iter().map(|source| Alternative::new(source, wanted, &mut keys)).collect();
        (alternatives, keys)
    }

    /// The alternatives as written, in the order in which they are tried; the first one is at a place among others.
    pub(super) fn place_at(&mut self, first: usize) -> impl Iterator<Item = InputAlternative> {
        self.first = first;
        self.sources.iter().map(|source| source.written.clone())
    }

    /// Matches a whole text.
    pub(super) fn extract<'a>(&self, input: &'a str, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        match (&self.cells, sink.cells) {
            (Some(numbers), Some(cells)) => self.fill(input, sink, numbers, cells),
            _ => Ok(sink.whole(self.dict(input, sink)?)),
        }
    }

    /// A dict of what the names stand for, `None` for those that took no part.
    fn dict<'a>(&self, input: &'a str, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
        let matched = self.find(input, sink)?;
        let values = sink.arena.bump().alloc_slice_fill_copy(self.keys.len(), Value::None);
        matched.each(sink, |key, value| values[key] = value)?;
        let map = sink.arena.map();
        for dict in &self.dicts {
            dict_at(map, &dict.0, sink)?;
        }
        for (key, value) in self.keys.iter().zip(values.iter()) {
            if let Some((last, above)) = key.0.split_last() {
                dict_at(map, above, sink)?.insert(sink.arena, Value::Text(sink.arena.text(last)?), *value)?;
            }
        }
        Ok(Value::Map(map))
    }

    /// Sets the cells of what is wanted; the dict that stands for the result is empty.
    fn fill<'a>(
        &self,
        input: &'a str,
        sink: &ResultSink<'_, 'a>,
        numbers: &Cells,
        cells: &[Cell<Value<'a>>],
    ) -> Result<Value<'a>, Fault> {
        let matched = self.find(input, sink)?;
        let dict = Value::Map(sink.arena.map());
        numbers.dicts.iter().for_each(|number| cells[*number].set(dict));
        numbers.keys.iter().for_each(|number| cells[*number].set(Value::None));
        matched.each(sink, |key, value| cells[numbers.keys[key]].set(value))?;
        Ok(dict)
    }

    /// The first alternative that matches a whole text.
    fn find<'p, 'a>(&'p self, input: &'a str, sink: &ResultSink<'_, 'a>) -> Result<Matched<'p, 'a>, Fault> {
        // Of several alternatives most do not match.
        let is_one_of_many = self.alternatives.len() > 1;
        for (place, alternative) in self.alternatives.iter().enumerate() {
            if is_one_of_many && alternative.pattern.get()?.rules_out(input) {
                continue;
            }
            if let Some(groups) = alternative.find(sink.arena, input)? {
                sink.took(self.first + place);
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
    groups: Groups<'a>,
}

impl<'a> Matched<'_, 'a> {
    /// Sets each key whose group took part. Where a name occurs more than once, the last of its groups counts.
    fn each(&self, sink: &ResultSink<'_, 'a>, mut set: impl FnMut(usize, Value<'a>)) -> Result<(), Fault> {
        for capture in self.captures {
            if let Some(range) = self.groups.get(capture.group) {
                set(capture.key, convert(&self.input[range], capture.conversion, sink)?);
            }
        }
        Ok(())
    }
}

impl Alternative {
    fn new(source: &AlternativeSource, wanted: &Projection, keys: &mut Vec<ResultPath>) -> Self {
        let (linear, exact, groups) =
            source.expansion.with_groups(|group| group.guard.is_some() || is_wanted(group, wanted));
        let mut alternative = Alternative {
            pattern: PatternOnDemand::new(linear),
            captures: Vec::new(),
            guarded: Vec::new(),
            exact: None,
        };
        for name in source.whole.iter().filter(|name| wanted.below(name).is_some()) {
            let key = place_of(ResultPath(vec![name.as_str().into()]), keys);
            alternative.captures.push(Capture { group: 0, key, conversion: None });
        }
        for (index, group) in groups.into_iter().enumerate() {
            if let Some(name) = group.key.as_ref().filter(|_| is_wanted(group, wanted)) {
                let (key, conversion) = (place_of(ResultPath::new(name), keys), group.conversion);
                alternative.captures.push(Capture { group: index + 1, key, conversion });
            }
            if let Some(guard) = group.guard {
                alternative.guarded.push(GuardedGroup { group: index + 1, guard });
            }
        }
        if !alternative.guarded.is_empty() {
            alternative.exact = Some(PatternOnDemand::new(exact));
        }
        alternative
    }

    fn find<'a>(&self, arena: &'a Arena, input: &str) -> Result<Option<Groups<'a>>, Fault> {
        let Some(groups) = self.pattern.get()?.search(arena, input, 0, true)? else { return Ok(None) };
        match &self.exact {
            Some(exact) if !self.guarded.iter().all(|guarded| guarded.admits(&groups, input)) => {
                exact.get()?.search(arena, input, 0, true)
            }
            _ => Ok(Some(groups)),
        }
    }
}

impl GuardedGroup {
    /// Whether the group may stand where it stands.
    fn admits(&self, groups: &Groups<'_>, input: &str) -> bool {
        let Some(range) = groups.get(self.group) else { return true };
        let bytes = input.as_bytes();
        let before = range.start.checked_sub(1).and_then(|place| bytes.get(place));
        let after = bytes.get(range.end);
        !before.is_some_and(|byte| self.guard.not_after.has(*byte))
            && !after.is_some_and(|byte| self.guard.not_before.has(*byte))
    }
}

impl ResultPath {
    /// `a.b` and `[a][b]` name `b` in the dict `a`.
    fn new(name: &str) -> Self {
        let path = |separator: &[char]| name.split(separator).filter(|part| !part.is_empty()).map(Box::from).collect();
        let mut key = ResultPath(if name.starts_with('[') { path(&['[', ']']) } else { path(&['.']) });
        if key.0.is_empty() {
            key.0.push(name.into());
        }
        key
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|part| &**part)
    }

    /// The dicts on the way, from the outermost.
    fn dicts(&self) -> impl Iterator<Item = ResultPath> {
        (1..self.0.len()).map(|parts| ResultPath(self.0[..parts].to_vec()))
    }

    fn is_wanted(&self, wanted: &Projection) -> bool {
        self.parts().try_fold(wanted, Projection::below).is_some()
    }
}

/// Whether anyone reads a group.
fn is_wanted(group: &GrokGroup, wanted: &Projection) -> bool {
    let Some(name) = &group.key else { return false };
    match group.origin {
        GroupOrigin::Given | GroupOrigin::Pattern => ResultPath::new(name).is_wanted(wanted),
        GroupOrigin::Inside => wanted.names(name),
    }
}

/// The place of a name among the keys, where it is entered if it is new.
fn place_of(key: ResultPath, keys: &mut Vec<ResultPath>) -> usize {
    keys.iter().position(|known| *known == key).unwrap_or_else(|| {
        keys.push(key);
        keys.len() - 1
    })
}

fn convert<'a>(part: &'a str, conversion: Option<Conversion>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault> {
    let converted = match conversion {
        None => None,
        Some(Conversion::Integer) => match part.parse() {
            Ok(number) => Some(Value::Int(number)),
            Err(_) => text::integer(sink.arena, part)?,
        },
        Some(Conversion::Float) => part.parse().ok().map(Value::Float),
        Some(Conversion::Boolean) if part.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
        Some(Conversion::Boolean) if part.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
        Some(Conversion::Boolean) => None,
    };
    Ok(converted.unwrap_or(Value::Text(part)))
}

/// The dict below another one by keys; what is missing on the way is made, and what is no dict makes way.
fn dict_at<'a>(map: &'a Map<'a>, keys: &[Box<str>], sink: &ResultSink<'_, 'a>) -> Result<&'a Map<'a>, Fault> {
    keys.iter().try_fold(map, |map, key| {
        let key = Value::Text(sink.arena.text(key)?);
        if let Some(Value::Map(inner)) = map.get(key) {
            return Ok(inner);
        }
        let inner = sink.arena.map();
        map.insert(sink.arena, key, Value::Map(inner))?;
        Ok(inner)
    })
}
