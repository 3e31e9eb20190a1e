//! How results of recorded pairs are reported to machines, and where to.

use crate::replaced;
use crate::stop::Stop;
use clap::ValueEnum;
use std::io::{self, Write};
use std::path::Path;
use weir_author::pairs::{self, Results};

/// What a report is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// The XML of JUnit
    Junit,
    /// One JSON object
    Json,
}

/// Writes a report to a file or standard output.
///
/// # Errors
/// Where it cannot be written.
pub fn write(kind: Kind, results: &Results, path: Option<&Path>) -> Result<(), Stop> {
    let text = match kind {
        Kind::Junit => pairs::junit(results),
        Kind::Json => pairs::json(results).map_err(|error| Stop::Because(error.to_string()))?,
    };
    match path {
        Some(path) => replaced::write(path, text.as_bytes()),
        None => Ok(io::stdout().write_all(text.as_bytes())?),
    }
}
