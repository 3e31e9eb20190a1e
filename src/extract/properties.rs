//! The properties of one use of an extractor, with a finding where a type is wrong.

use super::findings::{MISSING_PROPERTY, WRONG_PROPERTY};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::value::{Constant, ConstantKind};

/// The properties of one use of an extractor.
#[derive(Clone, Copy, Debug)]
pub struct Properties<'s> {
    /// The place of the whole use.
    pub span: Span,
    /// The properties as written, in order; unknown ones were reported already.
    pub entries: &'s [(Constant, Constant)],
}

impl<'s> Properties<'s> {
    /// A property's value.
    pub fn get(&self, name: &str) -> Option<&'s Constant> {
        self.entries.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
    }

    /// A text property, or `default` where it is absent; `None` after a finding.
    pub(super) fn text_or(&self, name: &str, default: &'s str, findings: &mut Diagnostics) -> Option<&'s str> {
        let Some(value) = self.present(name) else { return Some(default) };
        let text = value.as_text().filter(|text| !text.is_empty());
        if text.is_none() {
            findings.push(wrong(name, "text", value));
        }
        text
    }

    /// A property that is true or false, false where it is absent; `None` after a finding.
    pub(super) fn flag(&self, name: &str, findings: &mut Diagnostics) -> Option<bool> {
        let Some(value) = self.present(name) else { return Some(false) };
        let ConstantKind::Bool(flag) = value.kind else {
            findings.push(wrong(name, "true or false", value));
            return None;
        };
        Some(flag)
    }

    /// A required list of names, or one text with `delimiter` between them; what YAML reads as a number, as `yes` or as nothing is written out as Python has it.
    /// `None` after a finding.
    pub(super) fn names(&self, name: &str, delimiter: &str, findings: &mut Diagnostics) -> Option<Vec<Box<str>>> {
        let Some(value) = self.present(name) else {
            findings.push(MISSING_PROPERTY.at(self.span, &["the extractor", name]));
            return None;
        };
        if let Some(text) = value.as_text().filter(|text| !text.is_empty()) {
            return Some(text.split(delimiter).map(|name| name.trim().into()).collect());
        }
        let ConstantKind::List(items) = &value.kind else {
            findings.push(wrong(name, "a list of names", value));
            return None;
        };
        let names: Vec<_> = items.iter().filter_map(|item| column_name(name, item, findings)).collect();
        (names.len() == items.len()).then_some(names)
    }

    /// A property's value, where one is written.
    fn present(&self, name: &str) -> Option<&'s Constant> {
        self.get(name).filter(|value| value.kind != ConstantKind::Null)
    }
}

fn column_name(property: &str, item: &Constant, findings: &mut Diagnostics) -> Option<Box<str>> {
    match &item.kind {
        ConstantKind::Text(text) => Some(text.clone()),
        ConstantKind::Int(number) => Some(number.to_string().into()),
        ConstantKind::Bool(true) => Some("True".into()),
        ConstantKind::Bool(false) => Some("False".into()),
        ConstantKind::Null => Some("None".into()),
        _ => {
            findings.push(wrong(property, "a list of names", item));
            None
        }
    }
}

/// A property that is not `expected`.
pub(super) fn wrong(name: &str, expected: &str, value: &Constant) -> Diagnostic {
    let found = match &value.kind {
        ConstantKind::Text(text) if text.is_empty() => "empty",
        _ => value.type_name(),
    };
    WRONG_PROPERTY.at(value.span, &[name, expected]).label(format!("this is {found}"))
}
