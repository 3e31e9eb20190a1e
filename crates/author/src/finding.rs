//! Findings of the engine and of a check, as a tool tells them.

use serde::Serialize;
use std::ops::Range;
use weir::Format;
use weir::diagnostic::{self, Diagnostic, Severity, Sources};

/// A finding with its place in a text, as a line of JSON has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding<'f> {
    /// The name of the text; empty where there is no place.
    pub file: &'f str,
    /// The line, from 1.
    pub line: u32,
    /// The character in its line, from 1.
    pub column: u32,
    /// The kind, as in the manual's list of findings.
    pub code: &'static str,
    /// `error`, `warning` or `hint`, where formats are checked.
    pub severity: &'static str,
    /// What is wrong.
    pub title: &'f str,
    /// What would help.
    pub help: Option<&'f str>,
    /// What mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// Edits that together mend one finding: none where a part of them has no place in the texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What they do: ``write `user.name` ``.
    pub title: String,
    /// Whether it is the one right answer, which may be applied unasked. Else a person has to choose.
    pub is_certain: bool,
    /// The edits; none touches another.
    pub edits: Vec<Edit>,
}

/// A text in the place of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The name of the text. A file of that name may be missing: then it is to be made.
    pub file: String,
    /// The bytes that are replaced; an empty range is where the text is inserted.
    pub range: Range<u32>,
    /// The text that is written there.
    pub text: String,
}

impl<'f> Finding<'f> {
    /// A finding about one of these texts.
    pub fn of(finding: &'f Diagnostic, sources: &'f Sources) -> Self {
        let (file, line, column) = match sources.locate(finding.span()) {
            Some((file, place)) => (file, place.line, place.column),
            None => ("", 0, 0),
        };
        let severity = match checked(finding.severity) {
            Severity::Hint => "hint",
            Severity::Warning => "warning",
            Severity::Ignored | Severity::Error => "error",
        };
        Finding {
            file,
            line,
            column,
            code: finding.code.0,
            severity,
            title: &finding.title,
            help: finding.help.as_deref(),
            fix: finding.fix.as_deref().and_then(|fix| Fix::of(fix, sources)),
        }
    }
}

impl Fix {
    /// What mends a finding about these texts.
    fn of(fix: &diagnostic::Fix, sources: &Sources) -> Option<Self> {
        let edit = |edit: &diagnostic::Edit| {
            let place = edit.place(sources)?;
            let file = sources.get(place.source)?.name.clone();
            Some(Edit { file, range: place.start..place.end, text: edit.text.clone() })
        };
        let edits = fix.edits.iter().map(edit).collect::<Option<_>>()?;
        Some(Fix { title: fix.title.clone(), is_certain: fix.is_certain, edits })
    }
}

/// How severe a finding is where formats are checked: what the public engine ignores in silence is an error there.
pub fn checked(severity: Severity) -> Severity {
    if severity == Severity::Ignored { Severity::Error } else { severity }
}

/// A finding in one line: `parser.yml:3:5: title`.
pub fn one_line(finding: &Diagnostic, sources: &Sources) -> String {
    match sources.locate(finding.span()) {
        Some((name, place)) => format!("{name}:{}:{}: {}", place.line, place.column, finding.title),
        None => finding.title.clone(),
    }
}

/// What of a format does not compile, in one line; nothing where all of it does.
pub fn first_error(format: &Format) -> Option<String> {
    let error = format.findings.iter().find(|finding| finding.severity == Severity::Error)?;
    let broken = if format.plan.is_some() { "a part of the format" } else { "the format" };
    Some(format!("{broken} does not compile: {}", one_line(error, &format.sources)))
}
