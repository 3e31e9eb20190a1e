//! Files of rules, pipelines and indicators, and what was found in them.

use crate::folders;
use crate::format_error::FormatError;
use crate::watched::state_of_files;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weir::diagnostic::{Diagnostics, Severity, Sources, Span};
use weir_detect::indicators::{Indicators, Refusal};
use weir_detect::{Detection, Dialect, pipeline, rule};

/// Where the rules and indicators are that events are held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulePaths {
    /// Files of Sigma rules, or directories with *.yml.
    pub rules: Vec<PathBuf>,
    /// pySigma's pipelines, which are applied to the rules.
    pub pipelines: Vec<PathBuf>,
    /// Files of indicators.
    pub indicators: Vec<PathBuf>,
    /// Whose meaning the rules have.
    pub dialect: Dialect,
    /// Whether indicators hold whenever an event was, also outside of the time in which they are valid.
    pub at_any_time: bool,
}

impl RulePaths {
    /// Whether events are held against nothing.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.indicators.is_empty()
    }

    /// Reads all of them.
    ///
    /// # Errors
    /// Where one cannot be read, or has nothing to hold events against.
    pub fn read(&self) -> Result<RuleFiles, FormatError> {
        let mut files = RuleFiles::read(&self.rules, &self.pipelines)?;
        files.detection.dialect = self.dialect;
        files.detection.at_any_time = self.at_any_time;
        files.read_indicators(&self.indicators)?;
        Ok(files)
    }

    /// A number that changes with the files: with their names, lengths and times. A directory that cannot be read has none.
    pub fn state(&self) -> u64 {
        let paths = self.rules.iter().chain(&self.pipelines).chain(&self.indicators);
        // What cannot be read may come back, and is a state meanwhile.
        let files: Vec<PathBuf> =
            paths.flat_map(|path| rule_files(path).unwrap_or_else(|_| vec![path.clone()])).collect();
        state_of_files(&files)
    }
}

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
    pub fn read(rules: &[PathBuf], pipelines: &[PathBuf]) -> Result<Self, FormatError> {
        let mut files = RuleFiles::default();
        for path in rules {
            let found = rule_files(path)?;
            if found.is_empty() {
                return Err(FormatError::Because(format!(
                    "there are no rules at {}: no file ends in .yml",
                    path.display()
                )));
            }
            found.iter().try_for_each(|path| files.add(path))?;
        }
        let mut findings = Diagnostics::new();
        files.detection.documents.check(&mut findings);
        files.findings.push(findings);
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
    pub fn read_indicators(&mut self, paths: &[PathBuf]) -> Result<(), FormatError> {
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
            let refused: String = self.refused.iter().map(|line| format!("\n  {line}")).collect();
            return Err(FormatError::Because(format!("there are no indicators to use{refused}")));
        }
        self.detection.indicators = Some(Arc::new(indicators.build()));
        Ok(())
    }

    /// The mistakes among findings, a line for each; what is no rule is one.
    pub fn errors<'r>(&'r self, findings: &'r [Diagnostics]) -> impl Iterator<Item = String> + 'r {
        self.lines(findings, |severity| severity == Severity::Error)
    }

    /// The mistakes and warnings among findings, a line for each.
    pub fn problems<'r>(&'r self, findings: &'r [Diagnostics]) -> impl Iterator<Item = String> + 'r {
        self.lines(findings, |severity| severity != Severity::Hint)
    }

    fn lines<'r>(
        &'r self,
        findings: &'r [Diagnostics],
        is_told: fn(Severity) -> bool,
    ) -> impl Iterator<Item = String> + 'r {
        let told = findings.iter().flat_map(Diagnostics::iter).filter(move |finding| is_told(finding.severity));
        told.map(|finding| format!("{}: {}", self.place(finding.span()), finding.title))
    }

    fn add(&mut self, path: &Path) -> Result<(), FormatError> {
        let text = folders::read(path)?;
        let source = self.sources.add(path.display().to_string(), &*text);
        let mut findings = Diagnostics::new();
        rule::read(&text, source, &mut self.detection.documents, &mut findings);
        self.findings.push(findings);
        Ok(())
    }

    /// What was found in each file.
    pub fn findings(&self) -> &[Diagnostics] {
        &self.findings
    }

    /// Why indicators are not taken: a line for each reason.
    pub fn refused(&self) -> &[String] {
        &self.refused
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
fn rule_files(path: &Path) -> Result<Vec<PathBuf>, FormatError> {
    if !fs::metadata(path).map_err(FormatError::cannot_read(path))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    folders::walk(path, &mut |file| {
        let is_rule = file.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
        found.extend((is_rule && file.is_file()).then(|| file.to_owned()));
    })?;
    match found.len() > MOST_FILES {
        true => {
            Err(FormatError::Because(format!("there are more than {MOST_FILES} files of rules at {}", path.display())))
        }
        false => Ok(found),
    }
}
