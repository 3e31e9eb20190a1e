//! The program: what the machine runs. Its registers are the tree's slots and, behind them, the cells of projected results.

pub(crate) mod expression;
mod lower;

pub(in crate::plan) use lower::lower;

use super::expression::Slot;
use super::passes::output_template::OutputTemplate;
use super::tree::{Assignment, Deletion};
use crate::extract::Extractor;
use crate::value::json::Wanted;
use expression::{Expression, Source};
use hashbrown::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// What the machine runs: an entry for each entry of the tree, an action for each of its actions, in the same order.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// How many registers it has.
    pub registers: u32,
    /// What runs, in order.
    pub entries: Box<[Entry]>,
    /// Fields that all events have alike, by their slots in order: the value as JSON. No step sets them.
    pub constants: Vec<(Slot, Box<[u8]>)>,
    /// The event as one line; without it the fields' tree is written.
    pub template: Option<OutputTemplate>,
}

/// An entry of the pipeline.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The condition under which it runs.
    pub filter: Option<Source>,
    /// What it runs.
    pub work: Work,
}

/// What an entry runs.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// The actions of a stage.
    Stage(Box<[Action]>),
    /// An extractor.
    Extract(Box<Extract>),
}

/// One use of an extractor.
#[derive(Clone, Debug)]
pub(crate) struct Extract {
    /// The extractor.
    pub extractor: Arc<dyn Extractor>,
    /// What it reads.
    pub input: Source,
    /// Properties whose value the event decides.
    pub templates: Box<[Source]>,
    /// Where its result goes.
    pub output: Slot,
    /// The registers of its layer, which it writes anew.
    pub clears: Box<[Range<u32>]>,
    /// Which parts of the result are read.
    pub projection: Wanted,
    /// Where the parts that are read by name go.
    pub cells: Option<Range<u32>>,
}

/// An action of a stage.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    /// The condition under which it runs.
    pub filter: Option<Source>,
    /// What it does.
    pub steps: Box<[Step]>,
}

/// A step of an action.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sets a field to what a source gives.
    Set(Store, Source),
    /// Sets a field to what a register has, where that needs no evaluation; else as [`Step::Set`].
    Copy(Copy, Store, Source),
    /// Sets fields to what a dictionary has.
    Translate(Box<Translate>),
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
}

/// A value that goes from one register to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copy {
    /// What an extractor's result has at the path that is read.
    pub from: Slot,
    /// The result itself; a dict without that path gives nothing, and no dict is a fault.
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
pub(crate) struct Translate {
    /// By the text of a key, the number of its value.
    pub dictionary: Arc<HashMap<Box<str>, usize>>,
    /// The values.
    pub choices: Box<[Source]>,
    /// What is looked up.
    pub lookups: Box<[TranslateInto]>,
    /// What is set where nothing is found.
    pub fallback: Option<Source>,
}

/// One look-up of a translation.
#[derive(Clone, Debug)]
pub(crate) struct TranslateInto {
    /// The key.
    pub from: Source,
    /// Where the key is sought if `from` has none.
    pub field: Option<Source>,
    /// The field that is set to what is found.
    pub into: Store,
}

impl Program {
    /// The value of a field that all events have alike, as JSON.
    pub fn constant(&self, slot: Slot) -> Option<&[u8]> {
        let place = self.constants.binary_search_by_key(&slot, |(constant, _)| *constant).ok()?;
        Some(&self.constants[place].1)
    }

    /// The extractors that it uses.
    pub fn extracts_mut(&mut self) -> impl Iterator<Item = &mut Extract> {
        self.entries.iter_mut().filter_map(|entry| match &mut entry.work {
            Work::Extract(extract) => Some(&mut **extract),
            Work::Stage(_) => None,
        })
    }

    /// The actions of its stages.
    pub fn actions_mut(&mut self) -> impl Iterator<Item = &mut Action> {
        let stages = self.entries.iter_mut().filter_map(|entry| match &mut entry.work {
            Work::Stage(actions) => Some(actions),
            Work::Extract(_) => None,
        });
        stages.flatten()
    }

    /// The same with each expression changed, those that others are made of before them.
    pub fn rewritten(mut self, change: &dyn Fn(Expression) -> Expression) -> Program {
        let rewrite = |source: &mut Source| *source = source.map(&|expression| rewritten(expression, change));
        for entry in &mut self.entries {
            entry.filter.iter_mut().for_each(rewrite);
            match &mut entry.work {
                Work::Stage(actions) => actions.iter_mut().for_each(|action| action.sources_mut(&rewrite)),
                Work::Extract(extract) => {
                    rewrite(&mut extract.input);
                    extract.templates.iter_mut().for_each(rewrite);
                }
            }
        }
        self
    }
}

fn rewritten(expression: &Expression, change: &dyn Fn(Expression) -> Expression) -> Expression {
    change(expression.map(&|part| rewritten(part, change)))
}

impl Action {
    fn sources_mut(&mut self, visit: &dyn Fn(&mut Source)) {
        self.filter.iter_mut().for_each(visit);
        for step in &mut self.steps {
            match step {
                Step::Set(_, source) | Step::Copy(_, _, source) => visit(source),
                Step::Translate(translate) => {
                    translate.choices.iter_mut().chain(&mut translate.fallback).for_each(visit);
                    translate.lookups.iter_mut().for_each(|lookup| {
                        visit(&mut lookup.from);
                        lookup.field.iter_mut().for_each(visit);
                    });
                }
                Step::Delete(_) => {}
            }
        }
    }
}

impl Store {
    /// The register of its field, where a value goes there and nowhere else: no field is above or below it.
    pub fn alone(&self) -> Option<Slot> {
        let place = &self.assignment.place;
        let is_alone = place.above.is_empty() && place.below.is_empty();
        let is_only = !self.sets_layer || self.assignment.mirror.exact.is_none();
        place.exact.filter(|_| is_alone && is_only)
    }
}
