//! The notation of patterns: text → tokens.

mod class;
mod cursor;
mod dialect;
mod reader;
mod token;

pub use dialect::{Dialect, Extent};
pub(super) use reader::read;
pub(super) use token::{PatternGroup, PatternToken, wrong};
