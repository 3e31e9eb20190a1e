//! What a format does with one event, step by step, or how one field came about.

mod field;
mod origins;
mod steps;
mod words;

use crate::Error;
use crate::json::Json;
use crate::styled::StyledText;
use weir::run::Trace;
use weir::{Format, Record, Scratch};

/// An event that ran, and all that is known of it.
#[derive(Debug)]
pub struct Explained<'f> {
    format: &'f Format,
    /// All that the run did.
    pub trace: Trace,
    /// What came out.
    pub event: Json,
}

/// How a field came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldExplanation {
    /// The answer.
    pub text: StyledText,
    /// Whether the event has the field, or the format can set it. Else the text names what may be meant.
    pub is_known: bool,
}

impl<'f> Explained<'f> {
    /// Runs a format over a record, and keeps what it did.
    ///
    /// # Errors
    /// [`Error::NothingCompiles`] where there is nothing to run.
    pub fn of(format: &'f Format, record: &Record<'_>) -> Result<Self, Error> {
        let plan = format.plan.as_ref().ok_or(Error::NothingCompiles)?;
        let mut event = Vec::new();
        let trace = plan.trace(&mut Scratch::default(), record, &mut event);
        let event = Json::read(&event)?;
        Ok(Explained { format, trace, event })
    }

    /// The whole run, in order: for every entry of the pipeline whether it ran and what its filter saw, what each action
    /// set, deleted or passed over, what was done after the stages, and the status.
    pub fn steps(&self) -> StyledText {
        steps::explain(self)
    }

    /// Where the value of a field comes from, or why there is none. The field is named as in the event: `source.ip`.
    pub fn field(&self, name: &str) -> FieldExplanation {
        field::explain(self, name)
    }
}
