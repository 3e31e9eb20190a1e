//! Text → template, in three steps: `scan` cuts it into tags, `grammar` reads what stands in each, `blocks` nests them.

use super::blocks::Blocks;
use super::expression::Builder;
use super::grammar::{Grammar, Rule};
use super::scan::{self, Piece, Scan};
use super::{Expr, Node, Template, reason};
use pest::Parser;
use pest::iterators::Pair;

/// The longest template, in bytes.
pub const LONGEST_TEMPLATE: usize = 1 << 20;

/// How many brackets may stand in one another, and how many statements.
pub const MOST_BRACKETS: usize = 64;

/// How many levels the tree of one expression may have: an operator, filter, attribute or bracket adds one at most.
pub const MOST_LEVELS: usize = 512;

/// Why a template does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The bytes at fault, in the template's text.
    pub start: u32,
    /// The byte after them.
    pub end: u32,
    /// What is wrong, without a full stop.
    pub reason: String,
    /// What would help.
    pub help: Option<String>,
}

impl SyntaxError {
    /// An error at the bytes `start..end`.
    pub(super) fn new(start: usize, end: usize, reason: impl Into<String>) -> Self {
        Self { start: place(start), end: place(end), reason: reason.into(), help: None }
    }

    /// The same error with a help.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// A byte's place; texts longer than [`LONGEST_TEMPLATE`] are refused before any is made.
pub(super) fn place(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

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
            Piece::Text(literal) => blocks.text(&literal),
            Piece::Output(inside) => {
                let value =
                    Builder::new(inside.start).tuple(inner(parse(Rule::output, text, inside.start, inside.end)?))?;
                blocks.push(Node::Output(value));
            }
            Piece::Statement { tag, inside } => blocks.statement(tag, inside)?,
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
    Builder::new(0).expression(inner(parse(Rule::bare, text, 0, text.len())?))
}

/// Reads the bytes `start..end` of `text`, which lie on characters' borders, by one rule of the grammar.
pub(super) fn parse(rule: Rule, text: &str, start: usize, end: usize) -> Result<Pair<'_, Rule>, SyntaxError> {
    let part = text.get(..end).and_then(|head| head.get(start..)).unwrap_or_default();
    match Grammar::parse(rule, part) {
        Ok(mut pairs) => pairs.next().ok_or_else(|| SyntaxError::new(start, end, "expected an expression")),
        Err(error) => Err(reason::explain(rule, &error, text, start, end)),
    }
}

/// The one part of a pair that always has one.
pub(super) fn inner(pair: Pair<'_, Rule>) -> Pair<'_, Rule> {
    pair.into_inner().next().expect("the grammar puts a part into this rule")
}

fn check_length(text: &str) -> Result<(), SyntaxError> {
    if text.len() > LONGEST_TEMPLATE {
        let reason = format!("longer than {LONGEST_TEMPLATE} bytes");
        return Err(SyntaxError::new(0, 0, reason));
    }
    Ok(())
}
