//! Findings as an editor shows them.

use crate::documents::Documents;
use crate::place::Encoding;
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, PublishDiagnosticsParams,
    Uri,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use weir::diagnostic::{self, Severity, Span};
use weir_author::check::Checked;
use weir_author::finding::checked;

/// What to publish of a format: of each of its texts with findings, and of those that had some before.
pub fn published(
    found: &Checked,
    before: &[PathBuf],
    documents: &Documents,
    encoding: Encoding,
) -> BTreeMap<PathBuf, PublishDiagnosticsParams> {
    let empty = |path: &PathBuf| {
        let uri = documents.uri(path)?;
        Some((path.clone(), PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None }))
    };
    let mut all: BTreeMap<PathBuf, PublishDiagnosticsParams> = before.iter().filter_map(empty).collect();
    for finding in &found.findings {
        let Some(source) = found.sources.get(finding.span().source) else { continue };
        let path = PathBuf::from(&source.name);
        let Some(uri) = documents.uri(&path) else { continue };
        let shown = shown(finding, found, documents, encoding);
        let told =
            all.entry(path).or_insert_with(|| PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None });
        told.diagnostics.extend(shown);
    }
    all
}

/// One finding.
pub fn shown(
    finding: &diagnostic::Diagnostic,
    found: &Checked,
    documents: &Documents,
    encoding: Encoding,
) -> Option<Diagnostic> {
    let location = |span: Span| -> Option<Location> {
        let source = found.sources.get(span.source)?;
        let range = encoding.range(&source.text, span.start as usize..span.end as usize);
        Some(Location { uri: documents.uri(Path::new(&source.name))?, range })
    };
    let others = finding.labels.iter().skip(1).filter_map(|label| {
        let message = if label.text.is_empty() { finding.title.clone() } else { label.text.clone() };
        Some(DiagnosticRelatedInformation { location: location(label.span)?, message })
    });
    let others: Vec<DiagnosticRelatedInformation> = others.collect();
    let said =
        [Some(&finding.title), Some(&finding.labels[0].text).filter(|text| !text.is_empty()), finding.help.as_ref()];
    let message: Vec<&str> = said.into_iter().flatten().map(String::as_str).collect();
    Some(Diagnostic {
        range: location(finding.span())?.range,
        severity: Some(match checked(finding.severity) {
            Severity::Hint => DiagnosticSeverity::HINT,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Ignored | Severity::Error => DiagnosticSeverity::ERROR,
        }),
        code: Some(NumberOrString::String(finding.code.0.to_owned())),
        source: Some("weir".to_owned()),
        message: message.join("\n"),
        related_information: (!others.is_empty()).then_some(others),
        ..Diagnostic::default()
    })
}

/// Whether a finding is about a text.
pub fn is_about(finding: &diagnostic::Diagnostic, found: &Checked, uri: &Uri, documents: &Documents) -> bool {
    let source = found.sources.get(finding.span().source);
    source.and_then(|source| documents.uri(Path::new(&source.name))).is_some_and(|known| known == *uri)
}
