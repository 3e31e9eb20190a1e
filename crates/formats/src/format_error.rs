//! Why a format or a module cannot be used.

use std::io;
use std::path::{Path, PathBuf};

/// Why a format or a module cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Anything else, in words.
    #[error("{0}")]
    Because(String),
}

impl FormatError {
    pub(crate) fn cannot_read(path: &Path) -> impl Fn(io::Error) -> Self + use<'_> {
        move |source| FormatError::Io { path: path.to_owned(), source }
    }
}
