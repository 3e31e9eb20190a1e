//! Contracts on disk: a format's `dataset.yml`.

use crate::load::{self, Place};
use crate::stop::Stop;
use crate::terminal::Paint;
use std::io::{self, Write};
use std::path::Path;
use weir::diagnostic::{self, Diagnostics, SourceId, Sources};
use weir_dataset::{Contract, read_contract, read_routing};

/// The contract of a format; nothing where it has none. What is wrong with it is told on standard error.
///
/// # Errors
/// Where it cannot be read, or something is wrong with it.
pub fn read(place: &Place, paint: Paint) -> Result<Option<Contract>, Stop> {
    let path = place.contract();
    if !path.is_file() {
        return Ok(None);
    }
    match told(&path, paint, read_contract)?.flatten() {
        Some(contract) => Ok(Some(contract)),
        None => Err(Stop::Because(format!("{} is not a valid contract of a dataset", path.display()))),
    }
}

/// The datasets of a module that win where a record fits several, the first one first; none where nothing is said.
///
/// # Errors
/// Where it cannot be read, or something is wrong with it.
pub fn routing(module: &Path, known: &[&str], paint: Paint) -> Result<Vec<String>, Stop> {
    let path = load::routing(module);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let names = told(&path, paint, |text, source, findings| read_routing(text, source, known, findings))?;
    names.ok_or_else(|| Stop::Because(format!("{} is not a valid routing file", path.display())))
}

/// What is read of a file; nothing, after telling why, where something is wrong with it.
fn told<T>(
    path: &Path,
    paint: Paint,
    read: impl FnOnce(&str, SourceId, &mut Diagnostics) -> T,
) -> Result<Option<T>, Stop> {
    let text = load::read(path)?;
    let (mut sources, mut findings) = (Sources::new(), Diagnostics::new());
    let source = sources.add(path.display().to_string(), &*text);
    let found = read(&text, source, &mut findings);
    findings.sort();
    for finding in &findings {
        writeln!(io::stderr(), "{}\n", diagnostic::render(finding, &sources, true, paint.stderr))?;
    }
    Ok(Some(found).filter(|_| !findings.has_errors()))
}
