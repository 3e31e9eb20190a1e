//! An event that ran, with all that the run did.

use crate::Error;
use crate::json::Json;
use crate::styled::StyledText;
use weir::run::Trace;
use weir::{Format, Record, Scratch};

/// An event that ran, and all that is known of it.
#[derive(Debug)]
pub struct Explained<'f> {
    pub(super) format: &'f Format,
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
}
