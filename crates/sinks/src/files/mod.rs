//! Files of sinks: the log's small set of calls, with folders below, so that the log's simulated disk serves the sinks' tests too.

mod appending;
mod tree;

pub(crate) use appending::{Appending, read_full};
pub use tree::Tree;
