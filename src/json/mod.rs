//! JSON in and out.

#[cfg(test)]
mod agreement;
mod escape;
mod fast;
mod keys;
mod marks;
mod order;
mod read;
mod relax;
mod sink;
mod wanted;
mod write;

pub use order::Order;
pub use read::{read, read_into};
pub use sink::{Sink, Words};
pub use wanted::{Wanted, scatter};
pub use write::{SIZE, escaped, write, write_start, write_text};

/// How deep a document may nest.
pub const DEPTH: usize = 256;

/// What was read can be wrapped and written.
const _: () = assert!(DEPTH < crate::value::NESTING);
