//! One template by itself, without a format around it.

use super::calls::Regexes;
use super::layers::Layers;
use super::lower::{Lowering, Outputs};
use super::program::lower;
use super::program::op::Op;
use super::template::Template;
use crate::diagnostic::Diagnostics;
use crate::expr::{self, SyntaxError};
use crate::value::text;

/// A template that runs by itself.
#[derive(Debug)]
pub(crate) struct Single {
    /// The template.
    pub template: Template<Op>,
    /// Whether text that reads as a list or a dict becomes one.
    pub reads_text: bool,
}

/// Lowers a template that reads `names` as its variables `0..`; text without `{{`, `{%` and `{#` is an expression.
///
/// # Errors
/// Where the text does not parse. What is found beyond that, such as a filter that nobody knows, fails as it runs.
pub(crate) fn single(text: &str, names: &[&str]) -> Result<Single, SyntaxError> {
    let is_template = text::is_template(text);
    let template = match is_template {
        true => expr::parse_template(text)?,
        false => expr::Template { nodes: vec![expr::Node::Output(expr::parse_expression(text)?)] },
    };
    let mut lowering =
        Lowering { layers: &mut Layers::new(), findings: &mut Diagnostics::new(), regexes: &mut Regexes::default() };
    let reads_text = is_template && !Outputs::of(&template).are_verbatim();
    Ok(Single { template: lowering.template_over(names, &template).map(&lower), reads_text })
}
