//! What a format does with one event, step by step, or how one field came about.

mod bytes;
mod explained;
mod field;
mod origins;
mod reach;
mod steps;
mod words;

pub use bytes::{FieldOrigin, Place};
pub use explained::{Explained, FieldExplanation};

use crate::styled::StyledText;

impl Explained<'_> {
    /// The whole run, in order: for every entry of the pipeline whether it ran and what its filter saw, what each action
    /// set, deleted or passed over, what was done after the stages, and the status.
    pub fn steps(&self) -> StyledText {
        steps::explain(self)
    }

    /// Where the value of a field comes from, or why there is none. The field is named as in the event: `source.ip`.
    pub fn field(&self, name: &str) -> FieldExplanation {
        field::explain(self, name)
    }

    /// Where a field and those below it got their values: which bytes of the message, and which statement of the spec. Without a
    /// name, of all fields that came out.
    pub fn origins(&self, name: Option<&str>) -> Vec<FieldOrigin> {
        bytes::origins(self, name)
    }
}
