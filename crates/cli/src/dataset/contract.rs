//! Contracts on disk: a format's `dataset.yml`.

use crate::load::{self, Place};
use crate::stop::Stop;
use crate::terminal::Paint;
use std::io::{self, Write};
use std::path::PathBuf;
use weir::diagnostic::{self, Diagnostics, Sources};
use weir_dataset::{Contract, read_contract};

/// Where the contract of a format is.
pub fn path(place: &Place) -> PathBuf {
    place.root.join("dataset.yml")
}

/// The contract of a format; nothing where it has none. What is wrong with it is told on standard error.
///
/// # Errors
/// Where it cannot be read, or something is wrong with it.
pub fn read(place: &Place, paint: Paint) -> Result<Option<Contract>, Stop> {
    let path = path(place);
    if !path.is_file() {
        return Ok(None);
    }
    let text = load::read(&path)?;
    let (mut sources, mut findings) = (Sources::new(), Diagnostics::new());
    let source = sources.add(path.display().to_string(), &*text);
    let contract = read_contract(&text, source, &mut findings);
    findings.sort();
    for finding in &findings {
        writeln!(io::stderr(), "{}\n", diagnostic::render(finding, &sources, true, paint.stderr))?;
    }
    match contract.filter(|_| !findings.has_errors()) {
        Some(contract) => Ok(Some(contract)),
        None => Err(Stop::Because(format!("{} is no contract of a dataset", path.display()))),
    }
}
