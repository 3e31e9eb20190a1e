//! Text → template, in three steps: `scan` cuts it into tags, `grammar` reads what stands in each, `blocks` nests them.

use super::blocks::Blocks;
use super::error::{LONGEST_TEMPLATE, SyntaxError};
use super::expression::ExpressionBuilder;
use super::grammar::Rule;
use super::rule::{inner, parse};
use super::scan::{self, Scan, TemplatePiece};
use super::{Expr, Node, Template};

/// Parses a template: text with `{{ }}`, `{% %}` and `{# #}`.
///
/// One newline at the very end is no part of the template, and `\r\n` and `\r` are newlines, as in Jinja2.
///
/// # Errors
/// The first place that does not parse.
pub fn parse_template(text: &str) -> Result<Template, SyntaxError> {
    check_length(text)?;
    let mut blocks = Blocks::new(text);
    for piece in Scan::new(text) {
        match piece? {
            TemplatePiece::Text(literal) => blocks.text(&literal),
            TemplatePiece::Output(inside) => {
                let value = ExpressionBuilder::new(inside.start).tuple(inner(parse(
                    Rule::output,
                    text,
                    inside.start,
                    inside.end,
                )?))?;
                blocks.push(Node::Output(value));
            }
            TemplatePiece::Statement { tag, inside } => blocks.statement(tag, inside)?,
        }
    }
    blocks.finish().map(|nodes| Template { nodes })
}

/// Parses one bare expression, as inside `{{ }}`.
///
/// # Errors
/// The first place that does not parse.
pub fn parse_expression(text: &str) -> Result<Expr, SyntaxError> {
    check_length(text)?;
    scan::check_brackets(text)?;
    ExpressionBuilder::new(0).expression(inner(parse(Rule::bare, text, 0, text.len())?))
}

fn check_length(text: &str) -> Result<(), SyntaxError> {
    if text.len() > LONGEST_TEMPLATE {
        let reason = format!("longer than {LONGEST_TEMPLATE} bytes");
        return Err(SyntaxError::new(0, 0, reason));
    }
    Ok(())
}
