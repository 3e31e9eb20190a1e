//! Findings for people: source lines, carets and help.
//!
//! Why so: `docs/decisions/0012`.

use super::{Diagnostic, Label, Severity, Source, SourceId, Sources};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

/// Renders a finding with its source lines. `ignored_as_error` says whether [`Severity::Ignored`] is shown as an error.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, ignored_as_error: bool, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Ignored if ignored_as_error => Level::ERROR,
        Severity::Ignored | Severity::Warning => Level::WARNING,
        Severity::Hint => Level::NOTE.with_name("hint"),
    };
    let mut group = Group::with_title(level.primary_title(&*diagnostic.title).id(diagnostic.code.0));
    for id in sources_of(diagnostic) {
        if let Some(source) = sources.get(id) {
            group = group.element(snippet(diagnostic, id, source));
        }
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(&**help));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// The sources of a finding's labels, each once, the one of the finding itself first.
fn sources_of(diagnostic: &Diagnostic) -> Vec<SourceId> {
    let mut sources: Vec<SourceId> = Vec::new();
    for label in &diagnostic.labels {
        if !sources.contains(&label.span.source) {
            sources.push(label.span.source);
        }
    }
    sources
}

/// The lines of one source with all labels in it.
fn snippet<'d>(diagnostic: &'d Diagnostic, id: SourceId, source: &'d Source) -> Snippet<'d, Annotation<'d>> {
    let labels = diagnostic.labels.iter().enumerate().filter(|(_, label)| label.span.source == id);
    let annotations = labels.map(|(index, label)| annotation(index, label, &source.text));
    Snippet::source(&*source.text).path(&*source.name).annotations(annotations)
}

fn annotation<'d>(index: usize, label: &'d Label, text: &str) -> Annotation<'d> {
    let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
    let start = boundary(text, label.span.start);
    let annotation = kind.span(start..boundary(text, label.span.end).max(start));
    if label.text.is_empty() { annotation } else { annotation.label(&*label.text) }
}

/// The nearest place at or before a byte where a character begins: a span may come from anywhere.
fn boundary(text: &str, byte: u32) -> usize {
    let mut byte = (byte as usize).min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}
