//! Values of a spec: constants, and templates, which are parsed and lowered.

use super::Compiler;
use crate::diagnostic::{Edit, Fix, Span};
use crate::expr;
use crate::plan::expression::Expression;
use crate::plan::findings::*;
use crate::plan::location::Location;
use crate::plan::lower::{Lowering, Outputs};
use crate::plan::parsed::Written;
use crate::plan::template::Source;
use crate::plan::tree::Filter;
use crate::plan::words::{native, path_with_index};
use crate::value::text::is_template;
use crate::value::{Constant, ConstantKind, FaultCode};
use std::sync::Arc;

impl Compiler<'_> {
    pub(super) fn filter(&mut self, filter: &Constant) -> Filter {
        Filter { source: self.source(filter), span: filter.span }
    }

    /// Text without `{{` is an expression here.
    pub(super) fn path_or_template(&mut self, constant: &Constant) -> Source {
        let Some(text) = constant.as_text() else { return self.source(constant) };
        if is_template(text) {
            return self.source(constant);
        }
        let parsed = expr::parse_expression(text.trim());
        let indent = (text.len() - text.trim_start().len()) as u32;
        match parsed {
            Ok(expression) => {
                let template = expr::Template { nodes: vec![expr::Node::Output(expression)] };
                self.template(constant, text, indent, template)
            }
            Err(error) => self.syntax_error(constant, text, &error),
        }
    }

    /// A value of the spec: a constant, or text with expressions in it.
    pub(super) fn source(&mut self, constant: &Constant) -> Source {
        match &constant.kind {
            ConstantKind::Text(text) if is_template(text) => match expr::parse_template(text) {
                Ok(template) => self.template(constant, text, 0, template),
                Err(error) => self.syntax_error(constant, text, &error),
            },
            ConstantKind::List(items) => {
                let items: Vec<Source> = items.iter().map(|item| self.source(item)).collect();
                constant_or(items, Source::List, constant)
            }
            ConstantKind::Map(entries) => {
                let entries: Vec<_> = entries.iter().map(|(key, value)| (key.clone(), self.source(value))).collect();
                match entries.iter().all(|(_, source)| matches!(source, Source::Constant(_))) {
                    true => Source::Constant(Arc::new(constant.clone())),
                    false => Source::Map(entries.into()),
                }
            }
            _ => Source::Constant(Arc::new(native(constant))),
        }
    }

    fn template(&mut self, constant: &Constant, text: &str, indent: u32, template: expr::Template) -> Source {
        let place = Location::new(self.sources, constant.span, text, indent);
        if let Some(path) = path_with_index(text) {
            self.findings.push(INDEX_IN_PATH.at(constant.span, &[path]));
            return Expression::Undefined.into();
        }
        let Compiler { layers, findings, regexes, .. } = self;
        let mut lowering = Lowering { layers, findings, regexes };
        let source = match template.nodes.as_slice() {
            [expr::Node::Output(expression)] => Source::Expression(lowering.expression(expression, &place)),
            _ => Source::Template(lowering.template(&template, &place)),
        };
        let is_verbatim = Outputs::of(&template).are_verbatim();
        let source = if is_verbatim { Source::Verbatim(Box::new(source)) } else { source };
        self.parsed.insert(constant.span, Written { template, text: text.into(), indent });
        source
    }

    fn syntax_error(&mut self, constant: &Constant, text: &str, error: &expr::SyntaxError) -> Source {
        let span = Location::new(self.sources, constant.span, text, 0).span(error.start, error.end);
        let mut finding = TEMPLATE_SYNTAX.at(span, &[&error.reason]);
        finding.help.clone_from(&error.help);
        finding.fix = meant(error, text, span).map(Box::new);
        self.findings.push(finding);
        Expression::Fails(FaultCode::Unsupported, error.reason.as_str().into()).into()
    }
}

/// Writes the word that was meant, apart from the words beside it.
fn meant(error: &expr::SyntaxError, text: &str, span: Span) -> Option<Fix> {
    let meant = error.meant?;
    let goes_on = |letter: char| letter.is_alphanumeric() || letter == '_';
    let pad = |touches: bool| if meant.starts_with(goes_on) && touches { " " } else { "" };
    let left = pad(text.get(..error.start as usize)?.ends_with(goes_on));
    let right = pad(text.get(error.end as usize..)?.starts_with(goes_on));
    Some(Fix::certain(format!("write `{meant}`"), Edit::line(span, format!("{left}{meant}{right}"))))
}

impl From<Expression> for Source {
    fn from(expression: Expression) -> Self {
        Source::Expression(expression)
    }
}

fn constant_or(items: Vec<Source>, list: fn(Box<[Source]>) -> Source, constant: &Constant) -> Source {
    if items.iter().all(|source| matches!(source, Source::Constant(_))) {
        Source::Constant(Arc::new(constant.clone()))
    } else {
        list(items.into())
    }
}
