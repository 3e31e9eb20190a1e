//! Which documented fields a spec reads.

use crate::Contract;
use std::collections::HashSet;
use weir::spec::{Operation, Spec, Work};
use weir::value::{Constant, ConstantKind};

/// The fields of a contract that a spec's templates and paths name, behind a dot or in quotes. What is read at run time by
/// a name that no template writes is not among them.
pub fn mapped_fields(spec: &Spec, contract: &Contract) -> HashSet<String> {
    let mut found = HashSet::new();
    visit(spec, &mut |text| names(text, contract, &mut found));
    found
}

fn names(text: &str, contract: &Contract, found: &mut HashSet<String>) {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut before = ' ';
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let end = rest.find(|letter| !is_letter(letter)).unwrap_or(rest.len());
        let word = &rest[..end];
        if matches!(before, '.' | '\'' | '"') && contract.field(word).is_some() {
            found.insert(word.to_owned());
        }
        before = word.chars().next_back().unwrap_or(letter);
        rest = &rest[if end > 0 { end } else { letter.len_utf8() }..];
    }
}

/// Every text of a spec that may be a template or a path.
fn visit(spec: &Spec, see: &mut dyn FnMut(&str)) {
    for entry in &spec.pipeline {
        entry.filter.iter().for_each(|filter| constant(filter, see));
        if let Work::Extractor(extractor) = &entry.work {
            extractor.input_field.iter().for_each(|input| constant(input, see));
            extractor.properties.iter().for_each(|(_, value)| constant(value, see));
        }
    }
    for action in spec.stages.iter().flat_map(|stage| &stage.actions) {
        action.filter.iter().for_each(|filter| constant(filter, see));
        match &action.operation {
            Operation::Set(fields) => fields.iter().for_each(|(_, value)| constant(value, see)),
            Operation::Translate { dictionary, mapping, fallback } => {
                dictionary.iter().for_each(|(_, value)| constant(value, see));
                mapping.iter().for_each(|(from, _)| see(&from.text));
                fallback.iter().for_each(|value| constant(value, see));
            }
            Operation::Delete(_) => {}
        }
    }
}

fn constant(value: &Constant, see: &mut dyn FnMut(&str)) {
    match &value.kind {
        ConstantKind::Text(text) => see(text),
        ConstantKind::List(items) => items.iter().for_each(|item| constant(item, see)),
        ConstantKind::Map(pairs) => pairs.iter().for_each(|(_, value)| constant(value, see)),
        _ => {}
    }
}
