//! What the text of a pattern tells of it without a text to match: for findings.

mod ambiguity;
mod cover;
mod outline;
mod set;
mod shape;

pub use outline::Outline;
