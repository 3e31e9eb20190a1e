//! How coverage is told, and where to.

use crate::replaced;
use crate::stop::Stop;
use crate::terminal::{Paint, painted};
use clap::ValueEnum;
use std::io::{self, Write};
use std::path::Path;
use weir_author::coverage::{self, Covered};

/// How a coverage is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A table for people, with every part that no pair takes
    Text,
    /// lcov's tracefile, as geninfo(1) describes it
    Lcov,
    /// Cobertura's XML, coverage-04.dtd
    Cobertura,
}

/// Writes a coverage to a file, or to standard output.
///
/// # Errors
/// Where it cannot be written.
pub fn write(kind: Kind, all: &[Covered], file: Option<&Path>, paint: Paint) -> Result<(), Stop> {
    let text = match kind {
        Kind::Text => painted(&coverage::table(all), paint.stdout && file.is_none()),
        Kind::Lcov => coverage::lcov(all),
        Kind::Cobertura => coverage::cobertura(all),
    };
    match file {
        Some(path) => replaced::write(path, text.as_bytes()),
        None => Ok(io::stdout().write_all(text.as_bytes())?),
    }
}
