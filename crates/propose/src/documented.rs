//! The first draft of a format: from a list of fields and sample records to a directory that checks and passes its tests.

mod decision;
mod evidence;
mod mapping;
mod pairs;
mod proposal;
mod text;

pub use decision::Decision;

use crate::{Contract, DocumentedField, ValueType};
use evidence::Evidence;
use weir::diagnostic::{self, Severity};
use weir::{Format, FormatText};

/// A first draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The files of the format: path below its directory, and text.
    pub files: Vec<(String, String)>,
    /// What a human must decide.
    pub decisions: Vec<Decision>,
}

/// The documented fields of a dataset with their types.
pub type FieldList = Vec<(String, ValueType)>;

/// Reads a list of fields: a line each, name and type with a tab between them, below the header `field<TAB>type`.
///
/// # Errors
/// Where a line is something else, with its number.
pub fn read_field_list(text: &str) -> Result<FieldList, String> {
    let mut fields = FieldList::new();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    if lines.next().is_none_or(|(_, header)| header.trim_end() != "field\ttype") {
        return Err("line 1: a list of fields must begin with the header `field<TAB>type`".to_owned());
    }
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let number = number + 1;
        let (name, kind) = line.split_once('\t').ok_or_else(|| format!("line {number}: there is no tab"))?;
        let (name, kind) = (name.trim(), kind.trim());
        if !is_field_name(name) {
            return Err(format!(
                "line {number}: a name can have letters, digits and `_ - . @ :`, but this is `{}`",
                name.escape_debug()
            ));
        }
        if fields.iter().any(|(known, _)| known == name) {
            return Err(format!("line {number}: `{name}` is listed twice"));
        }
        let names = ValueType::ALL.iter().map(|kind| kind.name());
        let meant = diagnostic::nearest(kind, names.clone()).map(|meant| format!(", did you mean `{meant}`?"));
        let known = ValueType::parse(kind).ok_or_else(|| match meant {
            Some(meant) => format!("line {number}: there is no type `{kind}`{meant}"),
            None => format!(
                "line {number}: there is no type `{kind}`; the types are {}",
                names.collect::<Vec<_>>().join(", ")
            ),
        })?;
        fields.push((name.to_owned(), known));
    }
    if fields.is_empty() {
        return Err("there are no fields".to_owned());
    }
    Ok(fields)
}

fn is_field_name(name: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "_-.@:".contains(letter);
    !name.is_empty() && name.len() <= 128 && name.chars().all(is_letter)
}

/// Writes the first draft of a format. `name` is the dataset's, in small letters, digits and `_`; `uuid` becomes that of the
/// format; `samples` are raw records.
///
/// # Errors
/// Where the name cannot be one, or no sample is a JSON object.
pub fn draft(name: &str, uuid: &str, fields: &FieldList, samples: &[String]) -> Result<Draft, String> {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if !name.starts_with(|letter: char| letter.is_ascii_lowercase()) || !name.chars().all(is_letter) || name.len() > 64
    {
        return Err(format!(
            "the name of a dataset begins with a lower-case letter and has lower-case letters, digits and `_`; `{name}` does not"
        ));
    }
    let mut contract = contract(name, fields);
    let evidence = Evidence::of(samples, &contract);
    if evidence.profile.records == evidence.profile.unreadable {
        return Err("no sample is a JSON object".to_owned());
    }
    let (mapping, mut decisions) = mapping::map(&contract, &evidence);
    contract.timestamps.clone_from(&mapping.timestamps);
    let parser = text::parser(name, &mapping);
    let own_fields = text::fields(&mapping);
    let format = compiled(&parser, &own_fields)?;
    let pairs = pairs::pairs(&format, samples);
    decisions.extend(pairs.decisions);
    let mut files = vec![
        ("dataset.yml".to_owned(), text::contract(&contract)),
        ("ingest/parser.yml".to_owned(), parser),
        ("_meta/fields.yml".to_owned(), own_fields),
        ("_meta/manifest.yml".to_owned(), text::manifest(name, uuid)),
    ];
    files.extend(pairs.files);
    files.push(("DECISIONS.md".to_owned(), text::decisions(name, &decisions)));
    Ok(Draft { files, decisions })
}

fn contract(name: &str, fields: &FieldList) -> Contract {
    let mut contract = Contract::named(name);
    for (field, kind) in fields {
        contract.document(DocumentedField { name: field.clone(), kind: *kind, values: Vec::new() });
    }
    contract
}

fn compiled(parser: &str, fields: &str) -> Result<Format, String> {
    let format = weir::compile(&FormatText {
        parser: ("ingest/parser.yml".to_owned(), parser.to_owned()),
        fields: vec![("_meta/fields.yml".to_owned(), fields.to_owned())],
    });
    // A draft that does not compile is a defect of this crate; whoever meets it should see what it is.
    match format.findings.iter().find(|finding| finding.severity == Severity::Error) {
        Some(finding) => Err(format!("the draft does not compile: {}", finding.title)),
        None => Ok(format),
    }
}
