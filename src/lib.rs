//! weir: an open engine for declarative intake formats.
//!
//! A format's spec is compiled once into an immutable [`Plan`](plan::Plan); a plan turns raw records into ECS events.
//! The engine reads no file, clock, network or environment and starts no thread: the caller hands it text and a
//! reference time, and owns the one [`Scratch`](run::Scratch) that changes.
//!
//! The rooms stand on floors; imports run down only and siblings do not know each other (`tests/tidy.rs` checks it):
//! `value`, `json`, `diagnostic`, `pattern`, `time` below; `spec`, `expr`, `taxonomy`, `extract`, `filters`, `infer` on them; then
//! `plan`; then `run`, `lint` and `possible`.

pub mod diagnostic;
pub mod expr;
pub mod extract;
pub mod filters;
mod format;
pub mod infer;
pub mod json;
pub mod lint;
pub mod pattern;
pub mod plan;
pub mod possible;
pub mod run;
pub mod spec;
pub mod taxonomy;
pub mod time;
pub mod value;

pub use format::{Format, FormatText, compile, compile_while};
pub use plan::Plan;
pub use run::{EventView, FieldPlace, Input, Record, Report, Scratch, Status, evaluate};
