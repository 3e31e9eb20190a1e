//! weir studio as a library: the page, and what it asks the engine. JSON in, JSON out, on [`weir_author`].
//!
//! A [`Studio`] holds the texts of one format, which questions change, and answers: what is wrong with the format and what
//! becomes of its recorded pairs (`check`), of a record (`look`, `steps`), of a field (`explain`), of many lines (`lines`), and of
//! detection rules (`rules`). The command line has it behind HTTP on loopback, `crates/wasm` in a browser's worker: the page and the
//! answers are the same.
//!
//! Why so: `docs/decisions/0180`.

mod check;
mod folder;
mod lines;
mod offsets;
mod page;
mod question;
mod record;
mod rules;
mod studio;
mod styled;
mod words;

pub use page::{PAGE, PageFile};
pub use studio::Studio;
