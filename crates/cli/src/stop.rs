//! How a command ends: well, with failures to show, or stopped by something outside.

use std::io;
use std::path::Path;
use weir_formats::FormatError;

/// How a command that ran to its end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Exit code 0.
    Well,
    /// Findings, failing pairs or failed records: exit code 1.
    Failed,
    /// A format or file that cannot be used, or nothing to do: exit code 2.
    Unusable,
}

impl Outcome {
    /// [`Outcome::Failed`] where something failed.
    pub fn failed_if(failed: bool) -> Self {
        if failed { Outcome::Failed } else { Outcome::Well }
    }
}

/// What stops a command before its end.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The reader of the output went away: it has what it wanted.
    #[error("the pipe was closed")]
    PipeClosed,
    /// Anything else, in words.
    #[error("{0}")]
    Because(String),
}

impl Stop {
    /// Something cannot be done to a file: `cannot read specs: …`.
    pub fn cannot(verb: &str, path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Stop::PipeClosed,
            _ => Stop::Because(format!("cannot {verb} {}: {error}", path.display())),
        }
    }
}

/// A format that cannot be used, in the same words.
impl From<FormatError> for Stop {
    fn from(error: FormatError) -> Self {
        match error {
            FormatError::Io { path, source } => Stop::cannot("read", &path, &source),
            FormatError::Because(why) => Stop::Because(why),
        }
    }
}

/// Errors without a path are those of standard output and standard error.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::cannot("write", Path::new("standard output"), &error)
    }
}
