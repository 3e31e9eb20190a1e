//! Typed access to an extractor's properties, with a finding where a type is wrong.

use super::Properties;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::value::{Constant, ConstantKind};

const WRONG_PROPERTY: Code = Code("wrong-property");
const MISSING_PROPERTY: Code = Code("missing-property");

impl<'s> Properties<'s> {
    /// A text property, or `default` where it is absent; `None` after a finding.
    pub(super) fn text_or(&self, name: &str, default: &'s str, findings: &mut Diagnostics) -> Option<&'s str> {
        let Some(value) = self.present(name) else { return Some(default) };
        let text = value.as_text().filter(|text| !text.is_empty());
        if text.is_none() {
            findings.push(wrong(name, "text", value));
        }
        text
    }

    /// A required list of names; what YAML reads as a number, as `yes` or as nothing is written out as Python has it.
    /// `None` after a finding.
    pub(super) fn names(&self, name: &str, findings: &mut Diagnostics) -> Option<Vec<Box<str>>> {
        let Some(value) = self.present(name) else {
            let title = format!("the property `{name}` is missing");
            findings.push(Diagnostic::new(Severity::Error, MISSING_PROPERTY, title, self.span));
            return None;
        };
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

fn wrong(name: &str, expected: &str, value: &Constant) -> Diagnostic {
    let found = match &value.kind {
        ConstantKind::Text(text) if text.is_empty() => "empty",
        _ => value.type_name(),
    };
    let title = format!("the property `{name}` must be {expected}");
    Diagnostic::new(Severity::Error, WRONG_PROPERTY, title, value.span).label(format!("this is {found}"))
}
