//! A draft out of a list of documented fields and sample records, with a contract.

use crate::decision::Decision;
use crate::draft::{self, Draft, Parts};
use crate::evidence::Evidence;
use crate::leaf::Leaf;
use crate::mapping::{self, Origin};
use crate::moment::Moment;
use crate::step::below;
use crate::text::{self, Parser};
use weir::diagnostic;
use weir_dataset::{Contract, DocumentedField, Shape, ValueType, split};

/// Words of a name that holds a moment.
const MOMENTS: &[&str] = &["timestamp", "datetime", "time", "date", "ts"];

/// The path under which the draft reads the record.
const RECORD: &str = "record.message";

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
/// format; `samples` are raw records, each a JSON object.
///
/// # Errors
/// Where the name cannot be one, or no sample is a JSON object.
pub fn from_list(name: &str, uuid: &str, fields: &FieldList, samples: &[String]) -> Result<Draft, String> {
    draft::expect_name(name)?;
    let mut contract = contract(name, fields);
    let evidence = Evidence::of(samples, &contract);
    if evidence.profile.records == evidence.profile.unreadable {
        return Err("no sample is a JSON object".to_owned());
    }
    let leaves: Vec<Leaf> = contract.fields.iter().map(|field| leaf(field, &evidence)).collect();
    let moments = moments(&contract, &evidence);
    contract.timestamps = moments.iter().map(|moment| moment.name.clone()).collect();
    let (mapping, mut decisions) = mapping::map(name, &leaves, moments, Origin::Documentation);
    decisions.extend(undocumented(&contract, &evidence));
    draft::draft(Parts {
        name,
        uuid,
        parser: Parser {
            steps: &[text::json_step("record", "original.message")],
            ignored: &[],
            origin: Origin::Documentation,
        },
        mapping: &mapping,
        decisions,
        samples,
        more_files: vec![("dataset.yml".to_owned(), text::contract(&contract))],
        shape: vec!["JSON".to_owned()],
    })
}

fn contract(name: &str, fields: &FieldList) -> Contract {
    let mut contract = Contract::named(name);
    for (field, kind) in fields {
        contract.document(DocumentedField { name: field.clone(), kind: *kind, values: Vec::new() });
    }
    contract
}

fn leaf(field: &DocumentedField, evidence: &Evidence) -> Leaf {
    Leaf {
        path: vec![field.name.clone()],
        read: below(RECORD, &field.name),
        kind: Some(field.kind),
        values: evidence.values(&field.name).to_vec(),
        is_named_by_context: false,
    }
}

fn moments(contract: &Contract, evidence: &Evidence) -> Vec<Moment> {
    let is_moment = |field: &&DocumentedField| {
        let named = split(&field.name).iter().any(|word| MOMENTS.contains(&&**word));
        let values = evidence.values(&field.name);
        let seen = !values.is_empty() && values.iter().all(|value| reads_as_moment(value));
        match field.kind {
            ValueType::Time => true,
            ValueType::Int | ValueType::Text | ValueType::Unknown => named && seen,
            _ => false,
        }
    };
    let mut found: Vec<&DocumentedField> = contract.fields.iter().filter(is_moment).collect();
    // A plain name goes before one that says more, what began before what ended.
    found.sort_by_key(|field| (split(&field.name).len(), field.name.to_lowercase().contains("end")));
    let moment = |field: &&DocumentedField| {
        let read = below(RECORD, &field.name);
        Moment {
            name: field.name.clone(),
            reads: vec![read.clone()],
            filter: Some(format!("{read} | string | length >= 10")),
            input: read,
            has_year: true,
            has_zone: true,
        }
    };
    found.iter().map(moment).collect()
}

/// What samples have that the list does not, or has otherwise.
fn undocumented(contract: &Contract, evidence: &Evidence) -> Vec<Decision> {
    let profile = &evidence.profile;
    let mut decisions = Vec::new();
    for (name, field) in profile.fields.iter().filter(|(name, _)| contract.field(name).is_none()).take(100) {
        let field_name = name.chars().filter(|letter| !letter.is_control()).take(80).collect();
        let (count, all) = (field.present, profile.records);
        let question = format!("{count} of {all} samples have it, and the list does not: document it?");
        decisions.push(Decision { field: field_name, question });
    }
    for (name, field) in profile.fields.iter().filter(|(_, field)| field.misfits > 0) {
        let shape = field.odd[1].map_or("another type", Shape::name);
        let question = format!(
            "The list has another type than {} of its values, which are {shape}: which is right?",
            field.misfits
        );
        decisions.push(Decision { field: name.clone(), question });
    }
    decisions
}

/// Ten or more digits, or a date.
fn reads_as_moment(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_count = bytes.len() >= 10 && bytes.len() <= 19 && bytes.iter().all(u8::is_ascii_digit);
    is_count || (bytes.len() >= 19 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[0].is_ascii_digit())
}
