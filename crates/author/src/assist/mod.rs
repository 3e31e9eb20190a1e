//! What an editor asks of a spec at a place: what stands there, what can stand there, and where it is made.
//!
//! An [`Assistant`] knows a format as it was when it last compiled. It answers about a text that may have gone on since then, be
//! half typed, and be no YAML at the moment: places come from the text, knowledge from the format.
//!
//! Why so: `docs/decisions/0176`.

mod assistant;
mod complete;
mod cursor;
mod definition;
mod docs;
mod hover;
mod lenses;
mod names;
mod outline;
mod records;
mod rename;
mod template;

pub use assistant::Assistant;
pub use complete::{Completion, CompletionKind};
pub use definition::Target;
pub use hover::Hover;
pub use lenses::Lens;
pub use rename::Renamed;

impl Assistant {
    /// What stands at a byte of the spec's text, with the value that it has in a recorded pair.
    pub fn hover(&self, text: &str, offset: usize) -> Option<Hover> {
        hover::at(self, text, offset)
    }

    /// What can stand at a byte of the spec's text.
    pub fn complete(&self, text: &str, offset: usize) -> Vec<Completion> {
        complete::at(self, text, offset)
    }

    /// Where it is made what stands at a byte of the spec's text.
    pub fn definition(&self, text: &str, offset: usize) -> Vec<Target> {
        definition::at(self, text, offset)
    }

    /// The places of the stage or layer at a byte of the spec's text, if one stands there.
    pub fn can_rename(&self, text: &str, offset: usize) -> Option<Renamed> {
        rename::places(text, offset)
    }

    /// The spec's text with another name for the stage or layer at a byte.
    ///
    /// # Errors
    /// Why it cannot have this name.
    pub fn rename(&self, text: &str, offset: usize, name: &str) -> Result<Renamed, String> {
        rename::to(self, text, offset, name)
    }

    /// What the recorded pairs exercise, at the stages and entries of the spec's text.
    pub fn lenses(&self, text: &str) -> Vec<Lens> {
        lenses::of(self, text)
    }
}
