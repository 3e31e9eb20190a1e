//! Quick fixes: what findings carry that mends them, as edits of the workspace.

use crate::documents::Documents;
use crate::findings::{is_about, shown};
use crate::place::Encoding;
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CreateFile, CreateFileOptions, DocumentChangeOperation,
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, Range, ResourceOp, TextDocumentEdit, TextEdit,
    Uri, WorkspaceEdit,
};
use std::path::Path;
use weir_author::check::Checked;
use weir_author::finding::{Edit, Finding};

/// The quick fixes for the findings that a range of a text touches.
pub fn fixes(
    found: &Checked,
    uri: &Uri,
    range: Range,
    documents: &Documents,
    encoding: Encoding,
) -> Vec<CodeActionOrCommand> {
    let touches = |own: Range| own.start <= range.end && range.start <= own.end;
    let findings = found.findings.iter().filter(|finding| is_about(finding, found, uri, documents));
    let fixes = findings.filter_map(|finding| {
        let diagnostic = shown(finding, found, documents, encoding).filter(|shown| touches(shown.range))?;
        let fix = Finding::of(finding, &found.sources).fix?;
        Some(CodeActionOrCommand::CodeAction(CodeAction {
            title: fix.title,
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![diagnostic]),
            edit: Some(edit(found, &fix.edits, documents, encoding)?),
            is_preferred: Some(fix.is_certain),
            ..CodeAction::default()
        }))
    });
    fixes.collect()
}

/// Edits of texts, those that are missing made first.
fn edit(found: &Checked, edits: &[Edit], documents: &Documents, encoding: Encoding) -> Option<WorkspaceEdit> {
    let mut operations = Vec::new();
    for edit in edits {
        let path = Path::new(&edit.file);
        let uri = documents.uri(path)?;
        let sources = (0..).map_while(|id| found.sources.get(weir::diagnostic::SourceId(id)));
        let text = sources.into_iter().find(|source| source.name == edit.file).map_or("", |source| &source.text);
        if documents.get(path).is_none() && !path.exists() {
            let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(true) };
            let create = CreateFile { uri: uri.clone(), options: Some(options), annotation_id: None };
            operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        }
        let range = encoding.range(text, edit.range.start as usize..edit.range.end as usize);
        operations.push(DocumentChangeOperation::Edit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version: None },
            edits: vec![OneOf::Left(TextEdit { range, new_text: edit.text.clone() })],
        }));
    }
    Some(WorkspaceEdit { document_changes: Some(DocumentChanges::Operations(operations)), ..WorkspaceEdit::default() })
}
