//! Where files are stored for good: a folder, or a store of objects.

mod folder;
#[cfg(feature = "object-store")]
mod object;

pub(crate) use folder::Folder;
#[cfg(feature = "object-store")]
pub use object::ObjectSettings;
#[cfg(feature = "object-store")]
pub(crate) use object::Objects;

use crate::sink::SinkError;
use std::io;
use std::sync::Arc;
use weir_log::files::Files;

/// A place for whole files. Parts are made in files of its own, and come under their names when they are complete.
pub(crate) trait Store: Send {
    /// Where parts are made.
    fn parts(&self) -> &Arc<dyn Files>;

    /// Puts a complete part under a name, in place of what may be there. Doing so twice is the same as doing it once.
    ///
    /// # Errors
    /// Where it cannot be done now.
    fn publish(&mut self, part: &str, name: &str) -> Result<(), PublishError>;

    /// Removes what is under a name, if anything is.
    ///
    /// # Errors
    /// Where it cannot be done now.
    fn remove(&mut self, name: &str) -> Result<(), SinkError>;

    /// Returns when all that was published is there for good.
    ///
    /// # Errors
    /// Where that is not known now.
    fn settle(&mut self) -> Result<(), SinkError>;
}

/// Why a part is not published.
#[derive(Debug)]
pub(crate) enum PublishError {
    /// It cannot be done now.
    Later(SinkError),
    /// Nothing is known any more of what the part has: it must be made again.
    Damaged(SinkError),
}

/// A failure of the system with files of a sink.
pub(crate) fn cannot(what: &str, error: &io::Error) -> SinkError {
    SinkError::new(format!("{what}: {error}"))
}
