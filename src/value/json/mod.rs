//! JSON in and out.

#[cfg(test)]
mod agreement;
mod fast;
mod marks;
mod read;
mod relax;
mod wanted;
mod write;

pub use read::{read, read_into};
pub use wanted::{Wanted, scatter};
pub use write::{SIZE, write, write_start, write_text};

/// How deep a document may nest.
pub const DEPTH: usize = 256;
