//! Values of settings: sizes, times and secrets.

mod secret;
mod words;

pub use secret::{Hidden, Secret};
pub use words::{Bytes, Span};
