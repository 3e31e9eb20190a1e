//! What a run did, step by step: the data behind every explanation. Values are JSON, cut where they are long.

use super::origin::ByteOrigin;
use super::report::Report;
use crate::diagnostic::Span;
use crate::value::Fault;
use std::collections::BTreeMap;

/// All that one record's run did, in order.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// What was done to fields that came in with the event.
    pub begin: Vec<Finish>,
    /// The pipeline's entries, those that did not run too.
    pub entries: Vec<EntryTrace>,
    /// What was done to the event after the stages.
    pub finish: Vec<Finish>,
    /// The message of the event as text, into which origins point; empty where it is no text.
    pub message: String,
    /// Where the fields that came out got their values, by name.
    pub origins: BTreeMap<String, ByteOrigin>,
    /// Status, warnings and failure.
    pub report: Report,
}

impl Trace {
    /// Everything that was done to values beside the statements of the spec, in order.
    pub fn finishes(&self) -> impl Iterator<Item = &Finish> {
        let actions = self.entries.iter().flat_map(|entry| match &entry.work {
            WorkTrace::Stage(actions) => &actions[..],
            _ => &[],
        });
        let then = actions.flat_map(|action| &action.fields).flat_map(|field| &field.then);
        self.begin.iter().chain(then).chain(&self.finish)
    }
}

/// A pipeline entry.
#[derive(Clone, Debug)]
pub struct EntryTrace {
    /// Its name.
    pub name: String,
    /// Its place in the spec.
    pub span: Span,
    /// Its filter, where it has one.
    pub filter: Option<FilterTrace>,
    /// What it did.
    pub work: WorkTrace,
}

impl EntryTrace {
    /// Whether it ran.
    pub fn ran(&self) -> bool {
        !matches!(self.work, WorkTrace::NotRun)
    }
}

/// What an entry did.
#[derive(Clone, Debug)]
pub enum WorkTrace {
    /// Nothing: its filter did not let through.
    NotRun,
    /// It ran an extractor.
    Extractor(ExtractorTrace),
    /// It ran the actions of a stage.
    Stage(Vec<ActionTrace>),
}

/// A filter that was asked.
#[derive(Clone, Debug)]
pub struct FilterTrace {
    /// Its place in the spec.
    pub span: Span,
    /// Whether it let through; a fault does not.
    pub let_through: Result<bool, Fault>,
    /// What it read.
    pub saw: Vec<Seen>,
}

/// A name that was read, with its value as JSON; `None` where there was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The name, such as `original.message` or `parsed.user.id`.
    pub name: String,
    /// Its value.
    pub value: Option<String>,
    /// What of the name is undefined, such as `parsed.user`, where that kept the rest from being read.
    pub undefined: Option<String>,
}

/// An extractor that ran.
#[derive(Clone, Debug)]
pub struct ExtractorTrace {
    /// The extractor.
    pub name: &'static str,
    /// The layer's key under which the result is, such as `parsed.message`.
    pub output: String,
    /// What it read from.
    pub saw: Vec<Seen>,
    /// What it read.
    pub input: Option<String>,
    /// The result; `None` where it passes over such input.
    pub result: Option<Result<String, Fault>>,
    /// What of the input is in no part of the result, and what looks like a mistake.
    pub remarks: Vec<String>,
    /// Whether the result is a date that names no year, got the one of the reference time, and so lies ahead.
    pub is_ahead: bool,
}

/// An action of a stage.
#[derive(Clone, Debug)]
pub struct ActionTrace {
    /// Its place in the stage, from 1.
    pub number: usize,
    /// `set`, `translate` or `delete`.
    pub kind: &'static str,
    /// Its place in the spec.
    pub span: Span,
    /// Its filter, where it has one.
    pub filter: Option<FilterTrace>,
    /// Whether it ran.
    pub ran: bool,
    /// What it did to each field.
    pub fields: Vec<FieldTrace>,
}

/// What an action did to a field.
#[derive(Clone, Debug)]
pub struct FieldTrace {
    /// The field.
    pub field: String,
    /// Its place in the spec.
    pub span: Span,
    /// What its value was made from.
    pub saw: Vec<Seen>,
    /// For a translation: the key that was sought, and whether the dictionary has it.
    pub key: Option<(Option<String>, bool)>,
    /// What was done.
    pub effect: Effect,
    /// What became of the value on its way into the field: its cast, and where a dict was spread to.
    pub then: Vec<Finish>,
}

/// What was done to a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It was set, over the value that it had.
    Set {
        /// The value.
        value: String,
        /// What it had.
        over: Option<String>,
    },
    /// Nothing: the value is empty, or the dictionary has neither key nor fallback.
    Nothing {
        /// The empty value; `None` where there was none at all.
        value: Option<String>,
        /// Whether it is empty since the spec's `ignored_values` have it.
        is_ignored: bool,
    },
    /// It was deleted.
    Deleted {
        /// What it had.
        was: Option<String>,
    },
    /// Its value could not be made.
    Failed(Fault),
}

/// What was done to a value on its way into a field, or to the event after the stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    /// A value of a dict went to the field of its name.
    Spread {
        /// The field that had the dict.
        from: String,
        /// The field that took the value.
        field: String,
        /// The value.
        value: String,
    },
    /// A date that the field was given names no year, got the one of the reference time, and so lies ahead.
    Ahead {
        /// The field.
        field: String,
    },
    /// A field was left out.
    LeftOut {
        /// The field.
        field: String,
        /// Its value.
        value: String,
        /// Why.
        why: &'static str,
    },
    /// A value was made to fit the type of its field.
    Cast {
        /// The field.
        field: String,
        /// Its type.
        kind: &'static str,
        /// What it had.
        before: String,
        /// What it has, or why it has nothing.
        after: Result<String, Fault>,
    },
    /// A rule of inference set a field.
    Inferred {
        /// The rule.
        rule: &'static str,
        /// What the rule does.
        summary: &'static str,
        /// The field.
        field: String,
        /// The value.
        value: String,
    },
}

impl Finish {
    /// The field concerned.
    pub fn field(&self) -> &str {
        match self {
            Finish::Spread { field, .. }
            | Finish::Ahead { field }
            | Finish::LeftOut { field, .. }
            | Finish::Cast { field, .. }
            | Finish::Inferred { field, .. } => field,
        }
    }
}
