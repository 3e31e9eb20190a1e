//! What is told while formats are read: findings and warnings, which keep nothing from going on.

use weir::Format;
use weir::diagnostic::{self, Diagnostic, Severity, Sources};

/// What is told while formats are read.
pub enum Note<'n> {
    /// A format was compiled: its findings are to be told, those that keep a part of it from running above all.
    Compiled(&'n Format),
    /// A finding about a contract or a routing file.
    Finding(&'n Diagnostic, &'n Sources),
    /// A warning in words.
    Warning(String),
}

/// Who is told.
pub type Tell<'t> = &'t mut dyn FnMut(Note<'_>);

impl Note<'_> {
    /// What is wrong, in plain text without colours: of a compiled format, what keeps parts of it from running; empty where
    /// nothing does.
    pub fn text(&self) -> String {
        match self {
            Note::Compiled(format) => {
                let errors = format.findings.iter().filter(|finding| finding.severity == Severity::Error);
                let errors = errors.map(|error| diagnostic::render(error, &format.sources, false, false));
                errors.collect::<Vec<_>>().join("\n")
            }
            Note::Finding(finding, sources) => diagnostic::render(finding, sources, true, false),
            Note::Warning(text) => text.clone(),
        }
    }
}
