//! Answers of the workbench as the protocol has them.

use crate::place::Encoding;
use lsp_types::{
    CodeLens, Command, CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, Hover, HoverContents,
    MarkupContent, MarkupKind, TextEdit,
};
use weir_author::assist::{self, Completion, CompletionKind, Lens};

fn markdown(text: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value: text }
}

/// What is said of a place.
pub fn hover(hover: assist::Hover, text: &str, encoding: Encoding) -> Hover {
    let range = Some(encoding.range(text, hover.range));
    Hover { contents: HoverContents::Markup(markdown(hover.markdown)), range }
}

/// A proposal, with its number among all.
pub fn completion((number, proposal): (usize, Completion), text: &str, encoding: Encoding) -> CompletionItem {
    let Completion { label, kind, detail, documentation, replaces, text: new_text } = proposal;
    let range = encoding.range(text, replaces);
    CompletionItem {
        kind: Some(match kind {
            CompletionKind::Field => CompletionItemKind::FIELD,
            CompletionKind::Function => CompletionItemKind::FUNCTION,
            CompletionKind::Variable => CompletionItemKind::VARIABLE,
            CompletionKind::Key | CompletionKind::Property => CompletionItemKind::PROPERTY,
            CompletionKind::Entry => CompletionItemKind::MODULE,
            CompletionKind::Value => CompletionItemKind::VALUE,
        }),
        detail: Some(detail).filter(|detail| !detail.is_empty()),
        documentation: Some(documentation)
            .filter(|said| !said.is_empty())
            .map(|said| Documentation::MarkupContent(markdown(said))),
        sort_text: Some(format!("{number:04}")),
        filter_text: Some(label.clone()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text })),
        label,
        ..CompletionItem::default()
    }
}

/// Words above a line.
pub fn lens(lens: Lens, text: &str, encoding: Encoding) -> CodeLens {
    let command = Some(Command { title: lens.title, command: String::new(), arguments: None });
    CodeLens { range: encoding.range(text, lens.range), command, data: None }
}
