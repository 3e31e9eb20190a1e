//! JSON in and out: one reader, for values in an arena, for parts of them in cells, and for parts as they are written.

mod cursor;
mod error;
mod escape;
mod key_order;
mod key_table;
mod number;
mod parts;
mod projection;
pub mod raw;
mod read;
mod reader;
mod sink;
mod skip;
mod string;
mod structural;
mod write;

pub(crate) use cursor::{Cursor, Read, Stopped};
pub use error::{Error, Problem};
pub use key_order::KeyOrder;
pub use projection::{Projection, scatter};
pub(crate) use raw::walk;
pub use read::{read, read_into};
pub use reader::DEPTH;
pub use sink::{Sink, Words};
pub use write::{SIZE, escaped, key, write, write_start, write_text};
