//! Files of rules, pipelines and indicators, and what was found in them.

use crate::stop::Stop;
use crate::terminal::{self, Paint};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weir::diagnostic::{self, Diagnostic, Diagnostics, Severity, Sources, Span};
use weir_author::words::plural;
use weir_detect::indicators::{Indicators, Refusal};
use weir_detect::{Detection, pipeline, rule};
use weir_formats::folders;

/// Rules, pipelines and indicators, with where they stand and what is wrong with them.
#[derive(Debug, Default)]
pub struct RuleFiles {
    /// The texts.
    pub sources: Sources,
    /// What they have.
    pub detection: Detection,
    /// What was found in each.
    findings: Vec<Diagnostics>,
    /// What of the indicators was not taken, in words.
    refused: Vec<String>,
}

/// The largest file of indicators, in bytes.
const LARGEST: u64 = 2 << 30;

/// How many rule files are read.
const MOST_FILES: usize = 100_000;

impl RuleFiles {
    /// Reads all rules at and below paths, and pipelines.
    ///
    /// # Errors
    /// Where a path cannot be read, or there is nothing at it.
    pub fn read(rules: &[PathBuf], pipelines: &[PathBuf]) -> Result<Self, Stop> {
        let mut files = RuleFiles::default();
        for path in rules {
            let found = rule_files(path)?;
            if found.is_empty() {
                return Err(Stop::Because(format!("there are no rules at {}: no file ends in .yml", path.display())));
            }
            found.iter().try_for_each(|path| files.add(path))?;
        }
        for path in pipelines {
            let text = folders::read(path)?;
            let source = files.sources.add(path.display().to_string(), &*text);
            let mut findings = Diagnostics::new();
            files.detection.pipelines.extend(pipeline::read(&text, source, &mut findings));
            files.findings.push(findings);
        }
        Ok(files)
    }

    /// Reads files of indicators. Without any, a rule that is about them finds nothing, and is named.
    ///
    /// # Errors
    /// Where a file cannot be read, or there is no indicator in all of them.
    pub fn read_indicators(&mut self, paths: &[PathBuf]) -> Result<(), Stop> {
        if paths.is_empty() {
            self.findings.push(self.detection.without_indicators());
            return Ok(());
        }
        let mut indicators = Indicators::default();
        for path in paths {
            indicators.read(&path.display().to_string(), &folders::read_up_to(path, LARGEST)?);
        }
        self.refused.extend(indicators.refused().map(|(reason, refusal)| refused(reason, refusal)));
        if indicators.is_empty() {
            return Err(Stop::Because(format!("there are no indicators to use{}", self.refused_text())));
        }
        self.detection.indicators = Some(Arc::new(indicators.build()));
        Ok(())
    }

    /// The first mistake, in a line; what is no rule is one.
    pub fn first_error(&self) -> Option<String> {
        let errors = self.findings.iter().flat_map(|found| found.iter());
        let first = errors.into_iter().find(|finding| finding.severity == Severity::Error)?;
        Some(format!("{}: {}", self.place(first.span()), first.title))
    }

    fn refused_text(&self) -> String {
        self.refused.iter().map(|line| format!("\n  {line}")).collect()
    }

    fn add(&mut self, path: &Path) -> Result<(), Stop> {
        let text = folders::read(path)?;
        let source = self.sources.add(path.display().to_string(), &*text);
        let mut findings = Diagnostics::new();
        rule::read(&text, source, &mut self.detection.documents, &mut findings);
        self.findings.push(findings);
        Ok(())
    }

    /// Tells on standard error which rules and indicators are passed over, and why.
    ///
    /// # Errors
    /// Where standard error is closed.
    pub fn tell(&self, paint: Paint) -> Result<(), Stop> {
        tell(&self.findings, &self.sources, paint)?;
        if !self.refused.is_empty() {
            let warning = terminal::yellow("warning:", paint.stderr);
            writeln!(io::stderr(), "{warning} indicators that are not used:{}", self.refused_text())?;
        }
        Ok(())
    }

    /// Where something stands: the file and the line.
    pub fn place(&self, span: Span) -> String {
        match self.sources.locate(span) {
            Some((name, position)) => format!("{name}:{}", position.line),
            None => String::new(),
        }
    }

    /// The fields that the rules name, each once.
    pub fn field_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.detection.documents.rules.iter().flat_map(|rule| rule.fields()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Tells errors on standard error, each once, and how many rules they are about.
///
/// # Errors
/// Where standard error is closed.
pub fn tell(findings: &[Diagnostics], sources: &Sources, paint: Paint) -> Result<(), Stop> {
    let mut out = io::stderr().lock();
    let mut told: Vec<&Diagnostic> = Vec::new();
    let mut errors = 0;
    for found in findings {
        let own = found.iter().filter(|finding| finding.severity == Severity::Error);
        let own: Vec<&Diagnostic> = own.filter(|finding| !told.contains(finding)).collect();
        // What is more than a file may have is counted.
        errors += (own.len() + found.errors().saturating_sub(Diagnostics::MOST)) as u64;
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

/// Why indicators were not taken, and which.
fn refused(reason: &str, refusal: &Refusal) -> String {
    let others = refusal.count - refusal.named.len() as u64;
    let others = if others > 0 { format!(" and {others} others") } else { String::new() };
    format!("{}: {reason}: {}{others}", refusal.count, refusal.named.join(", "))
}

/// The files of rules at and below a path, by name.
///
/// # Errors
/// Where one cannot be read, or there are too many.
pub fn rule_files(path: &Path) -> Result<Vec<PathBuf>, Stop> {
    if !fs::metadata(path).map_err(|error| Stop::cannot("read", path, &error))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    folders::walk(path, &mut |file| {
        let is_rule = file.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
        found.extend((is_rule && file.is_file()).then(|| file.to_owned()));
    })?;
    match found.len() > MOST_FILES {
        true => Err(Stop::Because(format!("there are more than {MOST_FILES} files of rules at {}", path.display()))),
        false => Ok(found),
    }
}
