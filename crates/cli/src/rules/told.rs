//! What is said on standard error of files of rules and indicators.

use crate::stop::Stop;
use crate::terminal::{self, Paint};
use std::io::{self, Write};
use weir::diagnostic::{self, Diagnostic, Diagnostics, Severity, Sources};
use weir_author::words::plural;
use weir_formats::RuleFiles;

/// Tells which rules and indicators are passed over, and why.
///
/// # Errors
/// Where standard error is closed.
pub fn tell_passed_over(files: &RuleFiles, paint: Paint) -> Result<(), Stop> {
    tell(files.findings(), &files.sources, paint)?;
    if !files.refused().is_empty() {
        let warning = terminal::yellow("warning:", paint.stderr);
        writeln!(io::stderr(), "{warning} indicators that are not used:\n  {}", files.refused().join("\n  "))?;
    }
    Ok(())
}

/// Tells errors and warnings, each once, and how many rules are passed over.
///
/// # Errors
/// Where standard error is closed.
pub fn tell(findings: &[Diagnostics], sources: &Sources, paint: Paint) -> Result<(), Stop> {
    let mut out = io::stderr().lock();
    let mut told: Vec<&Diagnostic> = Vec::new();
    let mut errors = 0;
    for found in findings {
        let own = found.iter().filter(|finding| finding.severity != Severity::Hint);
        let own: Vec<&Diagnostic> = own.filter(|finding| !told.contains(finding)).collect();
        let own_errors = own.iter().filter(|finding| finding.severity == Severity::Error).count();
        // What is more than a file may have is counted.
        errors += (own_errors + found.errors().saturating_sub(Diagnostics::MOST)) as u64;
        told.extend(own);
    }
    for finding in told {
        writeln!(out, "{}\n", diagnostic::render(finding, sources, true, paint.stderr))?;
    }
    if errors > 0 {
        let error = terminal::red("error:", paint.stderr);
        writeln!(out, "{error} {errors} {} passed over, as shown above", plural(errors, "rule is", "rules are"))?;
    }
    Ok(())
}
