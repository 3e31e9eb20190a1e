//! The templates of a spec as they were parsed: what a check reads beside the plan.

use super::Plan;
use crate::diagnostic::Span;
use crate::expr::{Expr, Node, Template};
use std::collections::HashMap;

/// A plan with the templates that it was compiled from.
#[derive(Debug)]
pub struct Compiled {
    /// The plan.
    pub plan: Plan,
    /// The templates as they were parsed.
    pub(crate) templates: Parsed,
}

/// The templates of a spec by the places of their scalars.
pub(crate) type Parsed = HashMap<Span, Written>;

/// A template with the text it was parsed from.
#[derive(Debug)]
pub(crate) struct Written {
    /// The tree.
    pub template: Template,
    /// The whole text of the scalar.
    pub text: Box<str>,
    /// How many bytes of the text stand before what was parsed.
    pub indent: u32,
}

impl Written {
    /// The expression that is all of the template.
    pub fn expression(&self) -> Option<&Expr> {
        match self.template.nodes.as_slice() {
            [Node::Output(expression)] => Some(expression),
            _ => None,
        }
    }
}
