//! Findings about a format, shown where it is used: errors in full, the rest as a number.

use crate::stop::Stop;
use crate::terminal::{self, Paint};
use std::io::{self, Write};
use weir::Format;
use weir::diagnostic::{self, Diagnostic, Severity};
use weir_author::words::plural;

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
    let others = format.findings.iter().filter(is_warning).count() as u64;
    if others > 0 && !quiet {
        let warning = terminal::yellow("warning:", paint.stderr);
        let findings = plural(others, "finding", "findings");
        let parser = format.sources.get(diagnostic::SourceId(0)).map_or("", |source| &source.name);
        writeln!(out, "{warning} {others} {findings} about the format; `weir check {parser}` shows them")?;
    }
    Ok(())
}
