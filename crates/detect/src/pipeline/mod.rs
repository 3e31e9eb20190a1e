//! Pipelines as pySigma has them: what turns the names of rules into those of events. Read from YAML, applied to rules.
//!
//! What is supported is what maps fields and log sources; a step of another kind is passed over, with a finding.

mod apply;
mod derive;
mod reader;
mod shipped;

pub use derive::derived;
pub use reader::read;
pub use shipped::shipped;

use crate::rule::{LogSource, Search};
use std::collections::BTreeMap;

/// A pipeline.
#[derive(Clone, Debug, Default)]
pub struct Pipeline {
    /// What it is called.
    pub name: String,
    /// Pipelines of small numbers come first.
    pub priority: i64,
    /// Values of placeholders.
    pub vars: BTreeMap<String, Vec<String>>,
    /// What it does, in order.
    pub steps: Vec<Step>,
}

/// A step of a pipeline.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name, which conditions of later steps may ask for.
    pub id: Option<String>,
    /// What it does.
    pub change: Change,
    /// The rules that it is about.
    pub conditions: Vec<StepCondition>,
    /// Whether one of the conditions is enough.
    pub is_any: bool,
    /// Whether none of them may hold.
    pub is_negated: bool,
    /// The fields that it is about: those that all of these choose.
    pub fields: Vec<FieldChoice>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Change {
    /// Fields get other names; where there are several, one of them has the value.
    Rename(BTreeMap<String, Vec<String>>),
    /// Fields get a text before their names.
    Prefix(String),
    /// Fields get a text behind their names.
    Suffix(String),
    /// Starts of fields are replaced.
    RenamePrefix(BTreeMap<String, Vec<String>>),
    /// Something else must hold, or must not.
    AddCondition(Search, bool),
    /// The rule is about other events.
    ChangeLogSource(LogSource),
    /// Placeholders are replaced by the pipeline's values.
    Placeholders,
    /// Placeholders become `*`.
    WildcardPlaceholders,
    /// The items of a field are left out.
    DropItem,
    /// The rule is passed over, with a reason.
    Fail(String),
    /// Nothing that matters here.
    Nothing,
}

/// Which rules a step is about.
#[derive(Clone, Debug)]
pub enum StepCondition {
    /// Those whose log source this names.
    LogSource(LogSource),
    /// Those that read a field.
    HasField(String),
    /// Those to which a step was applied.
    Applied(String),
}

/// Which fields a step is about.
#[derive(Clone, Debug)]
pub struct FieldChoice {
    /// Their names.
    pub names: Vec<String>,
    /// Whether these, or all others.
    pub is_included: bool,
}
