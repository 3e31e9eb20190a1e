//! Files of rules and pipelines, and what was found in them.

use crate::load;
use crate::stop::Stop;
use crate::terminal::{self, Paint};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use weir::diagnostic::{self, Diagnostics, Severity, Sources, Span};
use weir_author::words::plural;
use weir_detect::pipeline::{self, Pipeline};
use weir_detect::rule::{self, Documents};

/// Rules and pipelines, with where they stand and what is wrong with them.
#[derive(Debug, Default)]
pub struct RuleFiles {
    /// The texts.
    pub sources: Sources,
    /// What the rule files have.
    pub documents: Documents,
    /// The pipelines.
    pub pipelines: Vec<Pipeline>,
    /// What was found.
    pub findings: Diagnostics,
}

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
            let mut found = Vec::new();
            below(path, &mut found)?;
            if found.is_empty() {
                return Err(Stop::Because(format!("there are no rules at {}: no file ends in .yml", path.display())));
            }
            found.iter().try_for_each(|path| files.add(path))?;
        }
        for path in pipelines {
            let text = load::read(path)?;
            let source = files.sources.add(path.display().to_string(), &*text);
            files.pipelines.extend(pipeline::read(&text, source, &mut files.findings));
        }
        Ok(files)
    }

    fn add(&mut self, path: &Path) -> Result<(), Stop> {
        let text = load::read(path)?;
        let source = self.sources.add(path.display().to_string(), &*text);
        rule::read(&text, source, &mut self.documents, &mut self.findings);
        Ok(())
    }

    /// Tells on standard error which rules are passed over, and why.
    ///
    /// # Errors
    /// Where standard error is closed.
    pub fn tell(&self, paint: Paint) -> Result<(), Stop> {
        tell(&self.findings, &self.sources, paint)
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
        let mut names: Vec<&str> = self.documents.rules.iter().flat_map(|rule| rule.fields()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Tells errors on standard error, and how many warnings there are.
///
/// # Errors
/// Where standard error is closed.
pub fn tell(findings: &Diagnostics, sources: &Sources, paint: Paint) -> Result<(), Stop> {
    let mut out = io::stderr().lock();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        writeln!(out, "{}\n", diagnostic::render(finding, sources, true, paint.stderr))?;
    }
    let errors = findings.errors() as u64;
    if errors > 0 {
        let error = terminal::red("error:", paint.stderr);
        writeln!(out, "{error} {errors} {} passed over, as shown above", plural(errors, "rule is", "rules are"))?;
    }
    Ok(())
}

fn below(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), Stop> {
    let cannot = |error| Stop::cannot("read", path, &error);
    if !fs::metadata(path).map_err(cannot)?.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(cannot)?.map(|entry| Ok(entry.map_err(cannot)?.path()));
    let mut entries = entries.collect::<Result<Vec<_>, Stop>>()?;
    entries.sort();
    for path in entries {
        // A link to a directory is not followed: it may lead back up.
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        let is_rule = path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
        if is_folder {
            below(&path, found)?;
        } else if is_rule && path.is_file() {
            found.push(path);
        }
        if found.len() > MOST_FILES {
            return Err(Stop::Because(format!("there are more than {MOST_FILES} files of rules")));
        }
    }
    Ok(())
}
