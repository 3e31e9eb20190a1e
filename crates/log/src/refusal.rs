//! Why something was not stored, not opened, or not read.

use std::io;
use std::time::Duration;

/// Why an entry is not stored, or not known to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no room now. It is tried again by itself.
    #[error("the log has no room: {why}")]
    NoRoom {
        /// What is lacking.
        why: String,
        /// When it makes sense to come again.
        retry_after: Duration,
    },
    /// It took too long. **The entry may be stored all the same**, now or a little later.
    #[error("not on the disk after {after:?}; it may be stored all the same")]
    TimedOut {
        /// How long it was waited.
        after: Duration,
    },
    /// A write or a sync failed, so that nothing is known any more of what is on the disk. The process should end, with a failure.
    #[error("the log cannot be trusted any more: {why}")]
    Broken {
        /// What failed.
        why: String,
    },
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
    /// The metadata is longer than [`crate::layout::MAX_METADATA_BYTES`].
    #[error("metadata has {bytes} bytes, more than {}", crate::layout::MAX_METADATA_BYTES)]
    Metadata {
        /// How long it is.
        bytes: usize,
    },
}

/// Why a log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("another process uses this log")]
    Locked,
    /// A bound cannot be.
    #[error("{0}")]
    Options(String),
    /// No copy of any header in any file says whose log this is.
    #[error("no file of this log has an undamaged header; move the folder away, and keep it")]
    Unknown,
    /// The segment belongs to another log.
    #[error("{name} belongs to another log")]
    Foreign {
        /// The file.
        name: String,
    },
    /// The system refused something.
    #[error("cannot {what} {name}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which file.
        name: String,
        /// What the system says.
        source: io::Error,
    },
}

impl OpenError {
    pub(crate) fn io(what: &'static str, name: &str) -> impl FnOnce(io::Error) -> Self {
        move |source| OpenError::Io { what, name: name.to_owned(), source }
    }
}

/// Why a reader cannot go on now.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system refused something. The reader stays where it is, and can be asked again.
    #[error("cannot {what} {name}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which file.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// What was to be read was removed meanwhile, since all readers had saved a position after it.
    #[error("block {block} of the log was removed")]
    Gone {
        /// Where it was.
        block: u64,
    },
    /// The log cannot be trusted any more.
    #[error("the log cannot be trusted any more: {0}")]
    Broken(String),
    /// A reader's name must be 1 to 64 of `a-z`, `0-9`, `-` and `_`.
    #[error("`{0}` cannot be the name of a reader: 1 to 64 of a-z, 0-9, - and _ can")]
    Name(String),
    /// There is a reader of this name already.
    #[error("the reader `{0}` is in use")]
    InUse(String),
}

impl ReadError {
    pub(crate) fn io(what: &'static str, name: &str) -> impl FnOnce(io::Error) -> Self {
        move |source| ReadError::Io { what, name: name.to_owned(), source }
    }
}
