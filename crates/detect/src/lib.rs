//! Detection that knows the parser: Sigma rules over weir's events.
//!
//! [`rule`] reads rules; a [`RuleSet`] compiles them together and holds them against events; [`event`] is what they are
//! held against. [`indicators`] reads indicators and finds them in events. [`assess`] tells which rules can match at all.
//! Whoever runs events begins with a [`Detection`]. Nothing here reads a file, a clock or the environment.

mod alert;
pub mod assess;
pub mod correlate;
mod detector;
pub mod event;
pub mod findings;
pub mod indicators;
pub mod mapping;
pub mod navigator;
pub mod pipeline;
mod prepare;
pub mod prove;
pub mod recorded;
pub mod rule;
mod set;

pub use alert::Alert;
pub use detector::{Detection, Detector, Matched};
pub use prepare::Prepared;
pub use set::{RuleSet, Scratch, SetRule};

/// Whose meaning the rules have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Sigma's own specification.
    #[default]
    Sigma,
    /// The public platform's: a regular expression is RE2's and must match the whole value; keywords are sought in `message`.
    Platform,
}
