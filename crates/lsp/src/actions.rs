//! Quick fixes: what findings carry that mends them, as edits of the workspace.

use crate::begin::Abilities;
use crate::documents::Documents;
use crate::findings::{is_about, shown};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CreateFile, CreateFileOptions, DocumentChangeOperation,
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, Range, ResourceOp, TextDocumentEdit, TextEdit,
    Uri, WorkspaceEdit,
};
use std::collections::HashMap;
use std::path::Path;
use weir_author::check::Checked;
use weir_author::finding::{Edit, Finding};

/// The quick fixes for the findings that a range of a text touches.
pub fn fixes(
    found: &Checked,
    uri: &Uri,
    range: Range,
    documents: &Documents,
    abilities: Abilities,
) -> Vec<CodeActionOrCommand> {
    let touches = |own: Range| own.start <= range.end && range.start <= own.end;
    let findings = found.findings.iter().filter(|finding| is_about(finding, found, uri, documents));
    let fixes = findings.filter_map(|finding| {
        let diagnostic = shown(finding, found, documents, abilities.encoding).filter(|shown| touches(shown.range))?;
        let fix = Finding::of(finding, &found.sources).fix?;
        Some(CodeActionOrCommand::CodeAction(CodeAction {
            title: fix.title,
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![diagnostic]),
            edit: Some(edit(found, &fix.edits, documents, abilities)?),
            is_preferred: Some(fix.is_certain),
            ..CodeAction::default()
        }))
    });
    fixes.collect()
}

/// Edits of texts, those that are missing made first. Nothing where a text has changed since it was looked at, for its places are
/// elsewhere now, and where the editor cannot make what is missing.
fn edit(found: &Checked, edits: &[Edit], documents: &Documents, abilities: Abilities) -> Option<WorkspaceEdit> {
    let mut operations = Vec::new();
    #[allow(clippy::mutable_key_type, reason = "the protocol's type; a URI does not change")]
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for edit in edits {
        let path = Path::new(&edit.file);
        let uri = documents.uri(path)?;
        let sources = (0..).map_while(|id| found.sources.get(weir::diagnostic::SourceId(id)));
        let text = sources.into_iter().find(|source| source.name == edit.file).map_or("", |source| &source.text);
        let open = documents.get(path);
        if open.is_some_and(|open| open.text != text) {
            return None;
        }
        if open.is_none() && !path.exists() {
            if !abilities.orders_edits || !abilities.creates {
                return None;
            }
            let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(true) };
            let create = CreateFile { uri: uri.clone(), options: Some(options), annotation_id: None };
            operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        }
        let range = abilities.encoding.range(text, edit.range.start as usize..edit.range.end as usize);
        let change = TextEdit { range, new_text: edit.text.clone() };
        match abilities.orders_edits {
            true => operations.push(DocumentChangeOperation::Edit(TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier { uri, version: None },
                edits: vec![OneOf::Left(change)],
            })),
            false => changes.entry(uri).or_default().push(change),
        }
    }
    Some(match abilities.orders_edits {
        true => WorkspaceEdit {
            document_changes: Some(DocumentChanges::Operations(operations)),
            ..WorkspaceEdit::default()
        },
        false => WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() },
    })
}
