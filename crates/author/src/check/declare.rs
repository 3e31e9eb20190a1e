//! Fields that a spec sets and nothing declares: each can be declared in the format's own file.

use super::checked::Checked;
use crate::folder::FormatFolder;
use weir::diagnostic::{Diagnostic, Edit, Fix, SourceId, Span};
use weir::spec::{ActionKind, Spec};
use weir::value::ConstantKind;

/// The code of a field that nothing declares.
const UNKNOWN_FIELD: &str = "unknown-field";

/// Lets each field be declared that is not like a known one.
pub fn offer(part: &mut Checked, folder: &FormatFolder, spec: &Spec) {
    let is_asked = |finding: &Diagnostic| finding.code.0 == UNKNOWN_FIELD && finding.fix.is_none();
    if !part.findings.iter().any(is_asked) {
        return;
    }
    let Some((file, text)) = file(part, folder) else { return };
    let end = text.len() as u32;
    // An empty mapping is what is written where there was nothing to declare.
    let start = if text.trim() == "{}" { 0 } else { end };
    let line = if start == 0 || text.ends_with('\n') { "" } else { "\n" };
    let names: Vec<String> = part
        .findings
        .iter()
        .filter(|finding| is_asked(finding))
        .filter_map(|finding| written(part, finding.span()).map(str::to_owned))
        .collect();
    let layers: Vec<&str> = spec.pipeline.iter().map(|entry| entry.name.text.as_str()).collect();
    let offers: Vec<Option<Fix>> = part
        .findings
        .iter()
        .map(|finding| {
            let name = written(part, finding.span()).filter(|_| is_asked(finding))?;
            let is_above = |one: &str, other: &str| other.strip_prefix(one).is_some_and(|rest| rest.starts_with('.'));
            let first = name.split('.').next().unwrap_or_default();
            let is_read = layers.contains(&first) || ["original", "final"].contains(&first);
            // A value that is read, and what others are below of, are no fields.
            if is_read || names.iter().any(|other| is_above(name, other) || is_above(other, name)) {
                return None;
            }
            let kind = kind(spec, finding.span());
            // The name is all that is known of it.
            let declaration = format!("{line}{name}:\n  description: {name}\n  name: {name}\n  type: {kind}\n");
            let declaration = if text.contains("\r\n") { declaration.replace('\n', "\r\n") } else { declaration };
            let edit = Edit::all(Span::new(file, start, end), declaration);
            let fix = Fix::certain(format!("declare `{name}` as {kind} in _meta/fields.yml"), edit);
            // An own field has its vendor or product in front; a word alone is more often something else.
            Some(Fix { is_certain: name.contains('.'), ..fix })
        })
        .collect();
    for (finding, offer) in part.findings.iter_mut().zip(offers) {
        finding.fix = finding.fix.take().or(offer.map(Box::new));
    }
}

/// The format's own file of fields, and its text: empty where there is none yet.
fn file(part: &mut Checked, folder: &FormatFolder) -> Option<(SourceId, String)> {
    match &folder.fields {
        // What is written in braces, or has an end, is not added to by lines.
        Some((_, text)) if text.trim_start().starts_with('{') && text.trim() != "{}" => None,
        Some((_, text)) if text.lines().any(|line| line.trim_end() == "...") => None,
        Some((name, text)) => Some((part.sources.add(name.as_str(), text.as_str()), text.clone())),
        None => Some((part.sources.add(folder.fields_name()?, ""), String::new())),
    }
}

/// The name at a place, where it can stand in YAML as it is.
fn written(part: &Checked, span: Span) -> Option<&str> {
    let text = part.sources.get(span.source)?.text.get(span.start as usize..span.end as usize)?;
    let name = text.trim_matches(['"', '\'']);
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    (name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(is_plain)).then_some(name)
}

/// The type that suits what is set: a number or a truth value, else text.
fn kind(spec: &Spec, span: Span) -> &'static str {
    let actions = spec.stages.iter().flat_map(|stage| &stage.actions);
    let sets = actions.filter_map(|action| match &action.operation {
        ActionKind::Set(fields) => fields.iter().find(|(field, _)| field.span == span),
        _ => None,
    });
    match sets.map(|(_, value)| &value.kind).next() {
        Some(ConstantKind::Int(_)) => "long",
        Some(ConstantKind::Float(_)) => "float",
        Some(ConstantKind::Bool(_)) => "boolean",
        Some(ConstantKind::List(_)) => "array",
        Some(ConstantKind::Text(text)) if text.replace(' ', "").ends_with("|int}}") => "long",
        Some(ConstantKind::Text(text)) if text.replace(' ', "").ends_with("|float}}") => "float",
        _ => "keyword",
    }
}
