//! Regular expressions in Python's notation, in linear time wherever the pattern allows it.
//!
//! `syntax` reads the notation, `engine` runs patterns, `study` tells what a pattern's text says of it without a text to match.

mod engine;
mod pattern;
mod replacement;
mod study;
mod syntax;

pub use engine::Groups;
pub use pattern::{Matches, Pattern};
pub use replacement::Replacement;
pub use study::Outline;
pub use syntax::{Dialect, Extent};

#[cfg(test)]
mod tests;
