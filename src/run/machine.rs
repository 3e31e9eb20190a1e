//! The machine: runs any program of a tree, for one record or for a batch.

use super::lane::{Lane, Learned, Reused};
use super::observer::{Observer, Step};
use super::parts::EventTree;
use super::record::Record;
use super::report::{Failure, Omission};
use super::values::{Registers, Values};
use super::view::EventView;
use crate::extract::ResultSink;
use crate::infer::Caches;
use crate::plan::program::op::Op;
use crate::plan::program::{EntryBody, EntryCode, Extract, Inputs, Program};
use crate::plan::template::Source;
use crate::plan::tree::{Entry, Extraction, RaiseErrors, Tree, Work};
use crate::value::{Arena, Fault, FaultCode, Value, ops};

/// A program with the tree that it came from: what is extraction of a run is extraction in terms of the tree.
#[derive(Clone, Copy)]
pub(super) struct Machine<'a> {
    pub(super) tree: &'a Tree,
    pub(super) program: &'a Program,
    /// Where the events are wanted in parts: their keys.
    pub(super) keys: Option<&'a EventTree>,
}

impl<'a> Machine<'a> {
    /// Takes the lanes of a batch through the pipeline and the rules of inference, each step for all of them before the next.
    pub(super) fn run<O: Observer>(self, lanes: &mut [Lane<'a, '_, O>], caches: &mut Caches) {
        for (number, entry) in self.program.entries.iter().enumerate() {
            let tree_entry = &self.tree.entries[number];
            for lane in lanes.iter_mut().filter(|lane| lane.has_begun) {
                lane.observer.step(Step::Entry(number));
                self.entry(lane.values, entry, tree_entry, lane.observer);
            }
        }
        for lane in lanes {
            lane.observer.step(Step::Infer);
            self.drop_owned(lane.values, lane.observer);
            self.infer(lane.values, caches, lane.observer);
        }
    }

    /// Takes one record through the program; `give` is told the event and the observer.
    pub(super) fn run_alone<O: Observer>(
        self,
        arena: &'a mut Arena,
        learned: &'a Learned,
        reused: &mut Reused,
        record: &'a Record<'a>,
        observer: &mut O,
        give: impl FnOnce(&EventView<'_, 'a>, &mut O),
    ) {
        let mut lanes = [self.start(learned, record, arena, observer)];
        self.run(&mut lanes, &mut reused.caches);
        let [lane] = lanes;
        self.finish(lane, &mut reused.line, give);
    }

    /// Runs one entry. A failure is reported and the entries behind it run all the same, as the public pairs show.
    fn entry<O: Observer>(self, values: Values<'a>, entry: &'a EntryCode, tree_entry: &'a Entry, observer: &mut O) {
        let let_through = holds(values, entry.filter.as_ref(), entry.inputs.as_ref());
        observer.entry(values, tree_entry, &let_through);
        match let_through {
            Ok(true) => {}
            Ok(false) => return,
            Err(fault) => return observer.report().omit(Omission::of_entry(tree_entry, fault)),
        }
        if let Some(fault) = &tree_entry.broken {
            observer.report().omit(Omission::of_entry(tree_entry, fault.clone()));
        }
        match (&entry.code, &tree_entry.work) {
            (EntryBody::Stage(actions), Work::Stage(tree_actions)) => {
                self.stage(values, actions, tree_entry, tree_actions, observer);
            }
            (EntryBody::Extract(extract), Work::Extract(extraction)) => {
                if let Err(fault) = run_extractor(values, extract, extraction, observer) {
                    report(tree_entry, extraction, fault, observer);
                }
            }
            _ => {}
        }
    }
}

#[cold]
fn report<O: Observer>(entry: &Entry, extraction: &Extraction, fault: Fault, observer: &mut O) {
    match extraction.raise_errors {
        _ if fault.code() == FaultCode::Limit => observer.report().fail(Failure::of_entry(entry, fault)),
        RaiseErrors::True => observer.report().fail(Failure::of_entry(entry, fault)),
        RaiseErrors::Unsaid => observer.report().omit(Omission::of_entry(entry, fault)),
        RaiseErrors::False => {}
    }
}

/// Runs an extractor. What becomes of the result that an entry of the same name may have written before:
///
/// - the extractor succeeds: the whole layer is replaced;
/// - it passes over its input, or refuses what the event's own values give it: the result stays;
/// - it fails: the result is `None`, or stays where there was nothing to read.
fn run_extractor<'a, O: Observer>(
    values: Values<'a>,
    extract: &'a Extract,
    extraction: &'a Extraction,
    observer: &mut O,
) -> Result<(), Fault> {
    let input = values.input(&extract.input);
    let read = *input.as_ref().unwrap_or(&Value::Undefined);
    if input.is_ok() && extract.extractor.passes_over(read) {
        observer.extracted(values, extraction, read, &[], None);
        return Ok(());
    }
    let properties = input.and_then(|input| properties(values, extract, input));
    let rendered = properties.as_ref().map_or(&[][..], |properties| properties);
    if let Some(fault) = properties.as_ref().ok().and_then(|properties| extract.extractor.refuses(properties)) {
        observer.extracted(values, extraction, read, rendered, Some(&Err(fault.clone())));
        return Err(fault);
    }
    let result = match &properties {
        Ok(properties) => result(values, extract, read, properties),
        Err(fault) => Err(fault.clone()),
    };
    observer.extracted(values, extraction, read, rendered, Some(&result));
    if result.is_ok() {
        extract.clears.iter().for_each(|registers| values.clear(registers));
    }
    if !read.is_missing() || result.is_ok() || values.get(extract.output).is_undefined() {
        if result.is_err() {
            extract.cells.iter().for_each(|cells| values.clear(cells));
        }
        values.set(extract.output, *result.as_ref().unwrap_or(&Value::None));
    }
    result.map(drop)
}

type Rendered<'a> = bumpalo::collections::Vec<'a, Value<'a>>;

/// The properties that the event decides.
fn properties<'a>(values: Values<'a>, extract: &'a Extract, input: Value<'a>) -> Result<Rendered<'a>, Fault> {
    if input.is_missing() {
        return Err(Fault::known(&(FaultCode::Undefined, "the input is undefined")));
    }
    let mut properties = bumpalo::collections::Vec::with_capacity_in(extract.templates.len(), values.arena.bump());
    for template in &extract.templates {
        properties.push(values.input(template)?);
    }
    Ok(properties)
}

fn result<'a>(
    values: Values<'a>,
    extract: &'a Extract,
    input: Value<'a>,
    properties: &[Value<'a>],
) -> Result<Value<'a>, Fault> {
    let Registers { arena, now, order, .. } = *values;
    let sink = ResultSink { wanted: &extract.projection, now, properties, ..ResultSink::new(arena, order) };
    let Some(cells) = &extract.cells else { return extract.extractor.extract(input, &sink) };
    values.clear(cells);
    extract.extractor.extract(input, &ResultSink { cells: Some(values.registers(cells)), ..sink })
}

/// Whether a filter lets through. Text does where it reads `true`, in any case: so the recorded pairs have it.
#[inline(always)]
pub(super) fn holds<'a>(
    values: Values<'a>,
    filter: Option<&'a Source<Op>>,
    inputs: Option<&Inputs>,
) -> Result<bool, Fault> {
    match filter {
        None => Ok(true),
        Some(_) if values.lacks(inputs) => Ok(false),
        Some(filter) => lets_through(values, filter),
    }
}

fn lets_through<'a>(values: Values<'a>, filter: &'a Source<Op>) -> Result<bool, Fault> {
    if let Source::Expression(expression @ (Op::Compare(..) | Op::Not(_))) = filter {
        return values.condition(expression);
    }
    Ok(match values.source(filter)? {
        Value::Text(text) => text.trim().eq_ignore_ascii_case("true"),
        other => ops::truth(other),
    })
}
