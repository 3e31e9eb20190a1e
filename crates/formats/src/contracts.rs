//! Contracts on disk: a format's `dataset.yml`.

use crate::folders::{self, Place};
use crate::format_error::FormatError;
use crate::note::{Note, Tell};
use std::path::Path;
use weir::diagnostic::{Diagnostics, SourceId, Sources};
use weir_dataset::{Contract, read_contract, read_routing};

/// The contract of a format; nothing where it has none. What is wrong with it is told.
///
/// # Errors
/// Where it cannot be read, or something is wrong with it.
pub fn read(place: &Place, tell: Tell<'_>) -> Result<Option<Contract>, FormatError> {
    let path = place.contract();
    if !path.is_file() {
        return Ok(None);
    }
    match told(&path, tell, read_contract)?.flatten() {
        Some(contract) => Ok(Some(contract)),
        None => Err(FormatError::Because(format!("{} is not a valid contract of a dataset", path.display()))),
    }
}

/// The datasets of a module that win where a record fits several, the first one first; none where nothing is said.
///
/// # Errors
/// Where it cannot be read, or something is wrong with it.
pub fn routing(module: &Path, known: &[&str], tell: Tell<'_>) -> Result<Vec<String>, FormatError> {
    let path = folders::routing(module);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let names = told(&path, tell, |text, source, findings| read_routing(text, source, known, findings))?;
    names.ok_or_else(|| FormatError::Because(format!("{} is not a valid routing file", path.display())))
}

/// What is read of a file; nothing, after telling why, where something is wrong with it.
fn told<T>(
    path: &Path,
    tell: Tell<'_>,
    read: impl FnOnce(&str, SourceId, &mut Diagnostics) -> T,
) -> Result<Option<T>, FormatError> {
    let text = folders::read(path)?;
    let (mut sources, mut findings) = (Sources::new(), Diagnostics::new());
    let source = sources.add(path.display().to_string(), &*text);
    let found = read(&text, source, &mut findings);
    findings.sort();
    for finding in &findings {
        tell(Note::Finding(finding, &sources));
    }
    Ok(Some(found).filter(|_| !findings.has_errors()))
}
