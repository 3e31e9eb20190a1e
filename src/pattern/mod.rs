//! Regular expressions in Python's notation, in linear time wherever the pattern allows it.
//!
//! `syntax` reads the notation, `engine` runs patterns, `study` tells what a pattern's text says of it without a text to match.

mod compiled;
mod engine;
mod replacement;
mod study;
mod syntax;

pub use compiled::{Matches, Pattern};
pub use engine::Groups;
pub use replacement::Replacement;
pub use study::Outline;
pub use syntax::{Dialect, Extent};

#[cfg(test)]
mod tests;
