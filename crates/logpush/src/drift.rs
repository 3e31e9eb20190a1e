//! How a contract and the API differ about the fields of a dataset.

use crate::answer::Answer;
use crate::failure::Failure;
use serde_json::Value;
use std::collections::BTreeSet;
use weir_dataset::Contract;

/// The fields that only one side knows, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldDrift {
    /// Fields that the API lists and the contract lacks.
    pub only_api: Vec<String>,
    /// Fields that the contract lists and the API lacks.
    pub only_contract: Vec<String>,
}

/// Compares a contract with the answer of [`endpoint::fields`](crate::endpoint::fields): an object whose keys are
/// fields, or a list of names or of objects with `name`.
///
/// # Errors
/// Where the answer has another shape.
pub fn field_drift(contract: &Contract, answer: &Answer) -> Result<FieldDrift, Failure> {
    let listed: Option<Vec<&str>> = match answer.expose() {
        Value::Object(fields) => Some(fields.keys().map(String::as_str).collect()),
        Value::Array(fields) => fields.iter().map(|field| field.as_str().or(field["name"].as_str())).collect(),
        _ => None,
    };
    let listed = listed.filter(|listed| !listed.is_empty()).ok_or(Failure::Lacks("list of fields"))?;
    let there: BTreeSet<&str> = listed.into_iter().collect();
    let here: BTreeSet<&str> = contract.fields.iter().map(|field| &*field.name).collect();
    Ok(FieldDrift {
        only_api: there.difference(&here).map(|name| answer.clean(name)).collect(),
        only_contract: here.difference(&there).map(|&name| name.to_owned()).collect(),
    })
}
