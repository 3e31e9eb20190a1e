//! The workbench of parser authors as a library: text in, data out.
//!
//! What a format consists of comes in as texts ([`FormatFolder`]), which the caller has read. [`check`] finds mistakes in
//! them; [`pairs`] runs recorded pairs and writes what came out into them, [`anonymise`] takes out of them what identifies somebody; [`coverage`] tells which parts of a spec they exercise;
//! [`explain`] tells what a format does with one event, and where a field comes from; [`diff`] tells what a change of a format
//! changes in events, and why; [`gaps`] compares what a format sets with what it declares; [`answers`] gives findings, pairs and
//! coverage of texts in memory together, for whoever has them open.
//!
//! What people read is a [`StyledText`](styled::StyledText): plain where it is displayed, coloured and linked by who likes.
//! Nothing here reads a file, a clock or the environment, starts a thread, or prints: the command line, the validation
//! server, an editor and a web page stand on it alike.
//!
//! Why so: `docs/decisions/0106`.

pub mod anonymise;
pub mod answers;
pub mod assist;
pub mod check;
pub mod compare;
pub mod coverage;
pub mod diff;
pub mod document;
mod dotted;
pub mod explain;
pub mod finding;
mod folder;
pub mod gaps;
pub mod json;
pub mod pairs;
pub mod styled;
pub mod words;
mod xml;

pub use finding::Finding;
pub use folder::{FormatFolder, ModuleFolder, NamedText};

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A format of which nothing runs; its findings say why.
    #[error("the format does not compile")]
    NothingCompiles,
    /// A text that is no recorded pair, or would be none with what came out.
    #[error("the event cannot be recorded: the file would not be a valid pair")]
    NoPair,
    /// An event that is no JSON.
    #[error(transparent)]
    NotJson(#[from] weir::json::Error),
}
