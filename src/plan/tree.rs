//! The tree: a spec with its names found and its fields typed. It knows nothing of how it is run; what explains, checks and
//! traces a format reads it.

use super::expression::{Expression, Slot};
use super::fields::Place;
use super::layers::Layers;
use super::output::Output;
use super::template::Source;
use crate::diagnostic::Span;
use crate::extract::CompiledExtractor;
use crate::infer;
use crate::taxonomy::{Field, Reading};
use crate::value::{Constant, ConstantKind, Fault};
use hashbrown::HashMap;
use std::sync::Arc;

/// A spec that was compiled.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The format's name.
    pub name: Option<String>,
    /// The pipeline.
    pub entries: Vec<Entry>,
    /// What the names of the spec mean, and which of them expressions read.
    pub layers: Layers,
    /// The rules of inference that can apply.
    pub rules: Vec<Bound>,
    /// The fields that come out.
    pub output: Output,
    /// Values that set nothing.
    pub ignored: Vec<Constant>,
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
    pub extractor: CompiledExtractor,
    /// What it reads.
    pub input: Source,
    /// Properties whose value the event decides.
    pub templates: Box<[Source]>,
    /// Where its result goes.
    pub output: Slot,
    /// The slots of its layer, which it empties where it succeeds.
    pub clears: Box<[Slot]>,
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
    pub fn of(constant: Option<&Constant>) -> Self {
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
    /// Its place in the spec.
    pub span: Span,
}

/// What an action does.
#[derive(Debug)]
pub(crate) enum Operation {
    /// Sets fields.
    Set(Box<[(Arc<Assignment>, Source)]>),
    /// Sets fields to what a dictionary has.
    Translate(Translation),
    /// Deletes fields.
    Delete(Arc<[Deletion]>),
}

impl Operation {
    /// The field with a number among those that it sets, and what the value is made from.
    pub fn field(&self, number: u32) -> Option<(&Assignment, &Source)> {
        match self {
            Operation::Set(fields) => fields.get(number as usize).map(|(assignment, source)| (&**assignment, source)),
            Operation::Translate(all) => all.lookups.get(number as usize).map(|lookup| (&*lookup.into, lookup.key())),
            Operation::Delete(_) => None,
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
    /// In the stage's layer.
    pub layer_place: Place,
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
    pub dictionary: Arc<HashMap<Box<str>, usize>>,
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
    pub into: Arc<Assignment>,
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
