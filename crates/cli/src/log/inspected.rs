//! A log that is looked at, and how what is found is written.

use crate::report_format::ReportFormat;
use crate::stop::Stop;
use clap::Args;
use serde_json::Value;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weir_log::files::Disk;
use weir_log::{Inspection, OpenError, ReadError, Stat};

/// A log and how a report about it is written.
#[derive(Args)]
pub(super) struct Reported {
    /// The folder of the log
    folder: PathBuf,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, value_name = "FORMAT")]
    format: ReportFormat,
}

impl Reported {
    /// The log, and what it has.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub fn look(&self) -> Result<(Inspection, Stat), Stop> {
        look(&self.folder)
    }

    /// Prints one of two reports.
    ///
    /// # Errors
    /// Where the output is closed.
    pub fn print(&self, text: impl FnOnce() -> String, json: impl FnOnce() -> Value) -> io::Result<()> {
        match self.format {
            ReportFormat::Text => write!(io::stdout(), "{}", text()),
            ReportFormat::Json => writeln!(io::stdout(), "{}", json()),
        }
    }
}

/// The log in a folder, and what it has.
///
/// # Errors
/// Where there is none, or it cannot be read.
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
