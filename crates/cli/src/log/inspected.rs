//! A log that is looked at, and how what is found is written.

use crate::stop::Stop;
use clap::ValueEnum;
use std::path::Path;
use std::sync::Arc;
use weir_log::files::Disk;
use weir_log::{Inspection, OpenError, ReadError, Stat};

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// The log in a folder, and what it has.
pub(super) fn look(folder: &Path) -> Result<(Inspection, Stat), Stop> {
    let disk = Disk::read_only(folder).map_err(|error| Stop::cannot("read", folder, &error))?;
    let inspection = Inspection::of(Arc::new(disk)).map_err(|error| within(folder, &error))?;
    let stat = inspection.stat();
    match stat.id {
        Some(_) => Ok((inspection, stat)),
        None => Err(Stop::Because(format!("{} has no log: it needs a file *.segment", folder.display()))),
    }
}

fn within(folder: &Path, error: &OpenError) -> Stop {
    Stop::Because(format!("{}: {error}", folder.display()))
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Stop::Because(error.to_string())
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
