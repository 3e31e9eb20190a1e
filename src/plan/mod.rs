//! The plan: spec, expressions, fields and types lowered into one immutable value that runs.

mod calls;
pub(crate) mod chain;
mod compile;
pub(crate) mod empty;
mod explain;
pub(crate) mod expression;
pub(crate) mod fields;
pub mod findings;
pub(crate) mod flat;
mod layers;
mod lower;
pub(crate) mod output;
pub(crate) mod parsed;
pub(crate) mod place;
mod readings;
mod settings;
mod settled;
mod single;
pub(crate) mod skeleton;
pub(crate) mod words;
mod writes;

pub use compile::compile;
pub(crate) use lower::Outputs;
pub use parsed::Compiled;
pub(crate) use settings::{Copied, Setting};
pub(crate) use single::single;

use crate::diagnostic::Span;
use crate::extract::Extractor;
use crate::infer;
use crate::taxonomy::{Field, Reading};
use crate::value::json::Wanted;
use crate::value::{Constant, ConstantKind, Fault};
use expression::{Expression, Slot, Source};
use fields::Place;
use flat::{Flat, FlatPath};
use hashbrown::HashMap;
use layers::Layers;
use std::ops::Range;
use std::sync::Arc;

/// A compiled format. Immutable and shared between threads; all that changes while it runs is a
/// [`Scratch`](crate::run::Scratch).
#[derive(Debug)]
pub struct Plan {
    pub(crate) name: Option<String>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) layers: Layers,
    pub(crate) rules: Vec<Bound>,
    pub(crate) output: output::Output,
    pub(crate) ignored: Vec<Constant>,
    /// Where each path is read, by number.
    pub(crate) paths: Box<[Option<FlatPath>]>,
}

/// An entry of the pipeline.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its name.
    pub name: Arc<str>,
    /// The condition under which it runs.
    pub filter: Option<Filter>,
    /// What it runs.
    pub work: Work,
    /// Why all of it, or a part, cannot be run; where it would have, the event lacks what that part does.
    pub broken: Option<Fault>,
    /// Its place in the spec.
    pub span: Span,
}

/// A condition.
#[derive(Debug)]
pub(crate) struct Filter {
    /// What is evaluated.
    pub source: Source,
    /// Its place in the spec.
    pub span: Span,
}

/// What an entry runs.
#[derive(Debug)]
pub(crate) enum Work {
    /// The actions of a stage.
    Stage(Box<[Action]>),
    /// An extractor.
    Extract(Box<Extraction>),
}

/// One use of an extractor.
#[derive(Debug)]
pub(crate) struct Extraction {
    /// The extractor's name.
    pub name: &'static str,
    /// The extractor.
    pub extractor: Box<dyn Extractor>,
    /// What it reads.
    pub input: Source,
    /// Properties whose value the event decides.
    pub templates: Box<[Source]>,
    /// Where its result goes.
    pub output: Slot,
    /// The slots of its layer, which it writes anew.
    pub clears: Box<[Slot]>,
    /// The flat tables of the others among those.
    pub stale: Box<[Range<u32>]>,
    /// Where what is read of the result goes beside.
    pub flat: Option<Box<Flat>>,
    /// Which parts of the result are read.
    pub wanted: Wanted,
    /// What a failure means.
    pub raise_errors: RaiseErrors,
}

/// What the property `raise_errors` of an extractor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RaiseErrors {
    /// Nothing: the record is a success, and what was not read is reported. Of the recorded pairs in which such an extractor
    /// fails, 261 are successes and none is a failure.
    Unsaid,
    /// `false`: that the extractor fails is foreseen; 230 pairs.
    False,
    /// `true`: the record fails. No public format says so.
    True,
}

impl RaiseErrors {
    /// What the constant behind the property says.
    fn of(constant: Option<&Constant>) -> Self {
        match constant.map(|constant| &constant.kind) {
            Some(ConstantKind::Bool(true)) => RaiseErrors::True,
            Some(ConstantKind::Bool(false)) => RaiseErrors::False,
            _ => RaiseErrors::Unsaid,
        }
    }
}

/// An action of a stage.
#[derive(Debug)]
pub(crate) struct Action {
    /// The condition under which it runs.
    pub filter: Option<Filter>,
    /// What it does.
    pub operation: Operation,
    /// How it sets fields, on the way with shortcuts.
    pub settings: Box<[Setting]>,
    /// Its place in the spec.
    pub span: Span,
}

/// What an action does.
#[derive(Debug)]
pub(crate) enum Operation {
    /// Sets fields.
    Set(Box<[(Assignment, Source)]>),
    /// Sets fields to what a dictionary has.
    Translate(Translation),
    /// Deletes fields.
    Delete(Box<[Deletion]>),
}

impl Operation {
    /// The fields that it sets.
    fn assignments_mut(&mut self) -> Box<dyn Iterator<Item = &mut Assignment> + '_> {
        match self {
            Operation::Set(fields) => Box::new(fields.iter_mut().map(|(assignment, _)| assignment)),
            Operation::Translate(translation) => {
                Box::new(translation.lookups.iter_mut().map(|lookup| &mut lookup.into))
            }
            Operation::Delete(_) => Box::new(std::iter::empty()),
        }
    }

    /// The word for it in a spec.
    pub fn name(&self) -> &'static str {
        match self {
            Operation::Set(_) => "set",
            Operation::Translate(_) => "translate",
            Operation::Delete(_) => "delete",
        }
    }
}

/// A field that is set, in the event and in the stage's layer.
#[derive(Debug)]
pub(crate) struct Assignment {
    /// Its name.
    pub field: Arc<str>,
    /// What it is declared as: values are cast to its type when they are set. `None` for a field that does not come out.
    pub declared: Option<Field>,
    /// In the event being built.
    pub place: Place,
    /// In the stage's layer; nowhere, if no expression reads it there.
    pub mirror: Place,
    /// Whether the field has the same value in every event and is written without being set.
    pub is_settled: bool,
    /// Its place in the spec.
    pub span: Span,
}

impl Assignment {
    /// How its values are cast.
    pub fn reading(&self) -> Reading {
        self.declared.as_ref().map_or(Reading::Any, Field::reading)
    }
}

/// A field that is deleted.
#[derive(Debug)]
pub(crate) struct Deletion {
    /// Its name.
    pub field: String,
    /// What is deleted with it.
    pub places: Box<[Place]>,
    /// Its place in the spec.
    pub span: Span,
}

/// A dictionary and what is looked up in it.
#[derive(Debug)]
pub(crate) struct Translation {
    /// By the text of a key, where in `choices` its value is.
    pub dictionary: HashMap<Box<str>, usize>,
    /// The keys as written, in order.
    pub choices: Box<[Choice]>,
    /// What is looked up.
    pub lookups: Box<[Lookup]>,
    /// What is set where nothing is found.
    pub fallback: Option<Source>,
}

/// An entry of a dictionary.
#[derive(Debug)]
pub(crate) struct Choice {
    /// The text of the key.
    pub key: Box<str>,
    /// What it stands for.
    pub value: Source,
    /// The key's place in the spec.
    pub span: Span,
}

/// One look-up of a translation.
#[derive(Debug)]
pub(crate) struct Lookup {
    /// The key.
    pub from: Source,
    /// Where the key is sought if `from` has none: the field of that name in the event being built.
    pub field: Option<Source>,
    /// The field that is set to what is found.
    pub into: Assignment,
}

impl Lookup {
    /// What the key is read from, as its author would say.
    pub fn key(&self) -> &Source {
        match (&self.from, &self.field) {
            (Source::Expression(Expression::Undefined), Some(field)) => field,
            (from, _) => from,
        }
    }
}

/// A rule of inference with the slots of its fields.
#[derive(Debug)]
pub(crate) struct Bound {
    /// The rule.
    pub rule: &'static infer::Rule,
    /// The slots of its fields.
    pub places: infer::Places,
}

impl Plan {
    /// The format's name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The names of the pipeline's entries, in the order in which they run, each with its extractor's; a stage has none.
    pub fn entry_names(&self) -> impl Iterator<Item = (&str, Option<&'static str>)> {
        self.entries.iter().map(|entry| match &entry.work {
            Work::Extract(extraction) => (&*entry.name, Some(extraction.name)),
            Work::Stage(_) => (&*entry.name, None),
        })
    }
}
