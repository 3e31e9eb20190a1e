//! The program: what the machine runs. Its registers are the tree's slots and, behind them, the cells of projected results.

mod lower;
pub(crate) mod op;
pub(crate) mod output_template;

pub(in crate::plan) use lower::lower;

use super::expression::Slot;
use super::template::Source;
use super::tree::{Assignment, Deletion, Entry, Tree, Work};
use crate::extract::Extractor;
use crate::json::Projection;
use hashbrown::HashMap;
use op::Op;
use output_template::OutputTemplate;
use std::ops::Range;
use std::sync::Arc;

/// What the machine runs: an entry for each entry of the tree, an action for each of its actions, in the same order.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// How many registers it has.
    pub registers: u32,
    /// What runs, in order.
    pub entries: Box<[EntryCode]>,
    /// Fields that all events have alike, by their slots in order: the value as JSON. No step sets them.
    pub constants: Vec<(Slot, Box<[u8]>)>,
    /// Whether patterns run as machine code.
    pub is_native: bool,
    /// The event as one line; without it the fields' tree is written.
    pub template: Option<OutputTemplate>,
}

/// An entry of the pipeline.
#[derive(Clone, Debug)]
pub(crate) struct EntryCode {
    /// The condition under which it runs.
    pub filter: Option<Source<Op>>,
    /// Without what the filter lets nothing through.
    pub inputs: Option<Inputs>,
    /// What it runs.
    pub code: EntryBody,
}

/// What an entry runs.
#[derive(Clone, Debug)]
pub(crate) enum EntryBody {
    /// The actions of a stage.
    Stage(Box<[ActionCode]>),
    /// An extractor.
    Extract(Box<Extract>),
}

/// One use of an extractor.
#[derive(Clone, Debug)]
pub(crate) struct Extract {
    /// The extractor.
    pub extractor: Arc<dyn Extractor>,
    /// What it reads.
    pub input: Source<Op>,
    /// Properties whose value the event decides.
    pub templates: Box<[Source<Op>]>,
    /// Where its result goes.
    pub output: Slot,
    /// The registers of its layer, which it empties where it succeeds; one slot each, until projection adds ranges.
    pub clears: Box<[Range<u32>]>,
    /// Which parts of the result are read.
    pub projection: Projection,
    /// Where the parts that are read by name go.
    pub cells: Option<Range<u32>>,
}

/// An action of a stage.
#[derive(Clone, Debug)]
pub(crate) struct ActionCode {
    /// The condition under which it runs.
    pub filter: Option<Source<Op>>,
    /// Without what the filter lets nothing through.
    pub inputs: Option<Inputs>,
    /// What it does.
    pub code: Box<[Instruction]>,
}

/// An instruction of an action.
#[derive(Clone, Debug)]
pub(crate) enum Instruction {
    /// Sets a field to what a source gives.
    Set(Store, Source<Op>),
    /// Sets a field to what a register has, where that needs no evaluation; else as [`Instruction::Set`].
    Copy(RegisterCopy, Store, Source<Op>),
    /// Sets fields to what a dictionary has.
    Translate(Box<Lookups>),
    /// Deletes fields.
    Delete(Arc<[Deletion]>),
}

/// Where a value goes.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// Its number among the fields of the tree's action.
    pub field: u32,
    /// The field and its places, in the event and in the stage's layer.
    pub assignment: Arc<Assignment>,
    /// Whether the field of the stage's layer is set, too.
    pub sets_layer: bool,
    /// Without what nothing is set.
    pub inputs: Option<Inputs>,
}

/// Registers of which one at least must have a value for a step to do anything.
#[derive(Clone, Debug)]
pub(crate) struct Inputs {
    /// What is read.
    pub registers: Box<[Slot]>,
    /// Registers of which this holds only where they are dicts, or undefined.
    pub dicts: Box<[Slot]>,
}

/// A value that goes from one register to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegisterCopy {
    /// What an extractor's result has at the path that is read.
    pub from: Slot,
    /// The result itself. Where it is a dict without that path, nothing is set; where it is no dict, evaluation finds the fault.
    pub result: Slot,
    /// The field that is set.
    pub to: Slot,
    /// Whether text is set as it is.
    pub takes_text: bool,
    /// Whether numbers and truth values are set as they are.
    pub takes_scalars: bool,
}

/// A dictionary and what is looked up in it.
#[derive(Clone, Debug)]
pub(crate) struct Lookups {
    /// By the text of a key, the number of its value.
    pub dictionary: Arc<HashMap<Box<str>, usize>>,
    /// The values.
    pub choices: Box<[Source<Op>]>,
    /// What is looked up.
    pub lookups: Box<[SetFrom]>,
    /// What is set where nothing is found.
    pub fallback: Option<Source<Op>>,
}

/// One look-up of a translation.
#[derive(Clone, Debug)]
pub(crate) struct SetFrom {
    /// The key.
    pub from: Source<Op>,
    /// Where the key is sought if `from` has none.
    pub field: Option<Source<Op>>,
    /// The field that is set to what is found.
    pub into: Store,
}

impl Program {
    /// Whether it has an entry for each entry of a tree, and an action for each of its actions.
    pub fn is_parallel_to(&self, tree: &Tree) -> bool {
        let is_parallel = |(own, other): (&EntryCode, &Entry)| match (&own.code, &other.work) {
            (EntryBody::Stage(own), Work::Stage(other)) => own.len() == other.len(),
            (EntryBody::Extract(_), Work::Extract(_)) => true,
            _ => false,
        };
        self.entries.len() == tree.entries.len() && self.entries.iter().zip(&tree.entries).all(is_parallel)
    }

    /// The value of a field that all events have alike, as JSON.
    pub fn constant(&self, slot: Slot) -> Option<&[u8]> {
        let place = self.constants.binary_search_by_key(&slot, |(constant, _)| *constant).ok()?;
        Some(&self.constants[place].1)
    }

    /// The extractors that it uses.
    pub fn extracts_mut(&mut self) -> impl Iterator<Item = &mut Extract> {
        self.entries.iter_mut().filter_map(|entry| match &mut entry.code {
            EntryBody::Extract(extract) => Some(&mut **extract),
            EntryBody::Stage(_) => None,
        })
    }

    /// The actions of its stages.
    pub fn actions_mut(&mut self) -> impl Iterator<Item = &mut ActionCode> {
        let stages = self.entries.iter_mut().filter_map(|entry| match &mut entry.code {
            EntryBody::Stage(actions) => Some(actions),
            EntryBody::Extract(_) => None,
        });
        stages.flatten()
    }

    /// The same with each expression changed, those that others are made of before them.
    pub fn rewritten(mut self, change: &dyn Fn(Op) -> Op) -> Program {
        let rewrite = |source: &mut Source<Op>| *source = source.map(&|expression| rewritten(expression, change));
        for entry in &mut self.entries {
            entry.filter.iter_mut().for_each(rewrite);
            match &mut entry.code {
                EntryBody::Stage(actions) => actions.iter_mut().for_each(|action| action.sources_mut(&rewrite)),
                EntryBody::Extract(extract) => {
                    rewrite(&mut extract.input);
                    extract.templates.iter_mut().for_each(rewrite);
                }
            }
        }
        self
    }
}

fn rewritten(expression: &Op, change: &dyn Fn(Op) -> Op) -> Op {
    change(expression.map(&|part| rewritten(part, change)))
}

impl ActionCode {
    fn sources_mut(&mut self, visit: &dyn Fn(&mut Source<Op>)) {
        self.filter.iter_mut().for_each(visit);
        for step in &mut self.code {
            match step {
                Instruction::Set(_, source) | Instruction::Copy(_, _, source) => visit(source),
                Instruction::Translate(translate) => {
                    translate.choices.iter_mut().chain(&mut translate.fallback).for_each(visit);
                    translate.lookups.iter_mut().for_each(|lookup| {
                        visit(&mut lookup.from);
                        lookup.field.iter_mut().for_each(visit);
                    });
                }
                Instruction::Delete(_) => {}
            }
        }
    }
}

impl Store {
    /// The register of its field, where a value goes there and nowhere else: no field is above or below it.
    pub fn sole_register(&self) -> Option<Slot> {
        let place = &self.assignment.place;
        let is_alone = place.above.is_empty() && place.below.is_empty();
        let is_only = !self.sets_layer || self.assignment.layer_place.exact.is_none();
        place.exact.filter(|_| is_alone && is_only)
    }
}
