//! A format's own fields: `_meta/fields.yml`.

use super::findings::{FIELD_KEY, FIELD_NAME};
use super::reader::{SpecReader, head, present};
use super::{Named, document, keys, yaml};
use crate::diagnostic::{Diagnostics, SourceId, Span};
use crate::value::{Constant, ConstantKind};

/// A field that a format declares.
#[derive(Clone, Debug)]
pub struct FieldDeclaration {
    /// The field: its `name`, else its key. Where the two differ, recorded results have the field under its `name`.
    pub name: Named,
    /// The name of its type, where there is one; not checked here.
    pub type_name: Option<Named>,
    /// What it holds.
    pub description: Option<Named>,
    /// The key of the declaration.
    pub span: Span,
}

/// Reads declarations of fields; an empty file has none.
pub fn read_fields(text: &str, source: SourceId, findings: &mut Diagnostics) -> Vec<FieldDeclaration> {
    let Some(document) = yaml::read(text, source, findings) else { return Vec::new() };
    if document.kind == ConstantKind::Null {
        return Vec::new();
    }
    mapped(&document, findings)
}

/// Reads declarations of fields from JSON text: an object as [`read_fields`] reads it, or a list of its values.
pub fn read_json_fields(text: &str, source: SourceId, findings: &mut Diagnostics) -> Vec<FieldDeclaration> {
    let Some(document) = document::read(text, source, findings) else { return Vec::new() };
    let ConstantKind::List(items) = &document.kind else { return mapped(&document, findings) };
    let mut reader = SpecReader::new(findings);
    items.iter().filter_map(|item| listed(&mut reader, item)).collect()
}

fn mapped(document: &Constant, findings: &mut Diagnostics) -> Vec<FieldDeclaration> {
    let mut reader = SpecReader::new(findings);
    let pairs = reader.mapping(document, "a file of fields").unwrap_or_default();
    pairs.iter().filter_map(|(key, field)| declaration(&mut reader, key, field)).collect()
}

/// A declaration in a list: its `name` stands for the key as well.
fn listed(reader: &mut SpecReader<'_>, field: &Constant) -> Option<FieldDeclaration> {
    let pairs = reader.mapping(field, "a field")?;
    let name = reader.required(pairs, "name", "a field", head(pairs, field.span))?;
    declaration(reader, name, field)
}

fn declaration(reader: &mut SpecReader<'_>, key: &Constant, field: &Constant) -> Option<FieldDeclaration> {
    let key = reader.name(key, "the name of a field")?;
    let Some(pairs) = reader.mapping(field, &format!("the field `{}`", key.text)) else {
        let span = key.span;
        return Some(FieldDeclaration { name: key, type_name: None, description: None, span });
    };
    reader.check_keys(pairs, "a field", keys::FIELD);
    let description = reader.optional_name(pairs, "description", "a description");
    let name = reader.optional_name(pairs, "name", "the name of a field");
    if let Some(name) = name.as_ref().filter(|name| name.text != key.text) {
        reader.report(FIELD_NAME.at(name.span, &[&key.text, &name.text]).also(key.span, "the key"));
    }
    if present(pairs, "type").is_none() {
        reader.report(FIELD_KEY.at(key.span, &[&key.text, "type"]));
    }
    let type_name = reader.optional_name(pairs, "type", "the type of a field");
    let span = key.span;
    Some(FieldDeclaration { name: name.unwrap_or(key), type_name, description, span })
}
