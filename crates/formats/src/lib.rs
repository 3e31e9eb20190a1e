//! Formats on disk: found, read, compiled, and records sent to the right one.
//!
//! ```no_run
//! use weir_formats::{Formats, Loading};
//!
//! # fn main() -> Result<(), weir_formats::FormatError> {
//! let tell = &mut |note: weir_formats::Note<'_>| eprintln!("{}", note.text());
//! if let Some(formats) = Formats::load("specs/cloudflare".as_ref(), &Loading::default(), tell)? {
//!     let place = formats.of(weir::Input::Message(br#"{"RayID":"1"}"#));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Why a crate of its own: `docs/decisions/0135`.

pub mod contracts;
pub mod folders;
mod format_error;
mod formats;
mod loaded;
mod message;
mod note;
mod rule_files;
mod unread;
mod verdict;
mod watched;

pub use folders::Place;
pub use format_error::FormatError;
pub use formats::{Formats, Loading, Unrouted, route};
pub use loaded::Loaded;
pub use message::message;
pub use note::{Note, Tell};
pub use rule_files::{RuleFiles, RulePaths};
pub use unread::{HINT, Unread};
pub use verdict::{Trouble, Verdict};
pub use watched::{state_of, state_of_files};
