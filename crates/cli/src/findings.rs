//! Findings about a format, shown where it is used: errors in full, the rest as a number.

use crate::stop::Stop;
use crate::terminal::{self, Paint};
use std::io::{self, Write};
use weir::Format;
use weir::diagnostic::{self, Diagnostic, Severity};
use weir_author::check::allow;
use weir_author::words::plural;
use weir_dataset::Contract;
use weir_formats::{FormatError, Note, Place, Tell, contracts};

/// Tells on standard error what keeps a format from running; else, unless quiet, how many warnings there are; hints are left to `weir check`.
///
/// # Errors
/// Where standard error is closed.
pub fn tell(format: &Format, quiet: bool, paint: Paint) -> Result<(), Stop> {
    let mut out = io::stderr().lock();
    let is_error = |finding: &&Diagnostic| finding.severity == Severity::Error;
    for finding in format.findings.iter().filter(is_error) {
        writeln!(out, "{}\n", diagnostic::render(finding, &format.sources, false, paint.stderr))?;
    }
    let is_warning = |finding: &&Diagnostic| !is_error(finding) && finding.severity != Severity::Hint;
    let others = allow::left(&format.findings, &format.sources).iter().filter(is_warning).count() as u64;
    if others > 0 && !quiet {
        let warning = terminal::yellow("warning:", paint.stderr);
        let findings = plural(others, "finding", "findings");
        let parser = format.sources.get(diagnostic::SourceId(0)).map_or("", |source| &source.name);
        writeln!(out, "{warning} {others} {findings} about the format; `weir check {parser}` shows them")?;
    }
    Ok(())
}

/// Reads formats, and tells on standard error what is noted meanwhile; warnings unless quiet.
///
/// # Errors
/// Those of `read`, and where standard error is closed.
pub fn telling<T>(quiet: bool, paint: Paint, read: impl FnOnce(Tell<'_>) -> Result<T, FormatError>) -> Result<T, Stop> {
    let mut told = Ok(());
    let read = read(&mut |note| {
        if told.is_ok() {
            told = tell_note(&note, quiet, paint);
        }
    });
    told?;
    Ok(read?)
}

/// The contract of a format; nothing where it has none. What is wrong with it is told on standard error.
///
/// # Errors
/// Where it cannot be read, or something is wrong with it.
pub fn contract(place: &Place, paint: Paint) -> Result<Option<Contract>, Stop> {
    telling(false, paint, |tell| contracts::read(place, tell))
}

fn tell_note(note: &Note<'_>, quiet: bool, paint: Paint) -> Result<(), Stop> {
    match note {
        Note::Compiled(format) => tell(format, quiet, paint),
        Note::Finding(finding, sources) => {
            Ok(writeln!(io::stderr(), "{}\n", diagnostic::render(finding, sources, true, paint.stderr))?)
        }
        Note::Warning(_) if quiet => Ok(()),
        Note::Warning(text) => Ok(writeln!(io::stderr(), "{} {text}", terminal::yellow("warning:", paint.stderr))?),
    }
}
