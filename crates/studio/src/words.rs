//! What an author can write at a place of the spec, and what is said of what stands there.

use crate::offsets::Offsets;
use serde::Serialize;
use weir::taxonomy::Taxonomy;
use weir_author::assist::{Assistant, CompletionKind};

/// What the page needs to know of weir.
#[derive(Debug, Serialize)]
pub struct Words<'t> {
    version: &'static str,
    /// The names of fields that an event can have.
    fields: Vec<&'t str>,
}

/// A proposal.
#[derive(Debug, Serialize)]
pub struct Proposal {
    label: String,
    kind: CompletionKind,
    detail: String,
    /// As Markdown.
    about: String,
    /// What is written in the place of `from..to`.
    text: String,
    from: usize,
    to: usize,
}

/// What is said of a place.
#[derive(Debug, Serialize)]
pub struct Said {
    /// As Markdown.
    about: String,
    from: usize,
    to: usize,
}

/// The words of a format with these fields.
pub fn words(taxonomy: &Taxonomy) -> Words<'_> {
    let fields = taxonomy.iter().map(|field| &*field.name).collect();
    Words { version: concat!("weir ", env!("CARGO_PKG_VERSION")), fields }
}

/// What can stand at a place of the spec's text.
pub fn proposals(assistant: &Assistant, text: &str, offset: usize) -> Vec<Proposal> {
    let offsets = Offsets::of(text);
    let all = assistant.complete(text, offsets.byte(offset)).into_iter();
    let proposal = all.map(|one| {
        let (from, to) = offsets.range(one.replaces.start, one.replaces.end);
        Proposal {
            label: one.label,
            kind: one.kind,
            detail: one.detail,
            about: one.documentation,
            text: one.text,
            from,
            to,
        }
    });
    proposal.collect()
}

/// What is said of what stands at a place of the spec's text.
pub fn said(assistant: &Assistant, text: &str, offset: usize) -> Option<Said> {
    let offsets = Offsets::of(text);
    let hover = assistant.hover(text, offsets.byte(offset))?;
    let (from, to) = offsets.range(hover.range.start, hover.range.end);
    Some(Said { about: hover.markdown, from, to })
}
