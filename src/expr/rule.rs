//! Reads a part of a template by one rule of the grammar.

use super::error::SyntaxError;
use super::grammar::{Grammar, Rule};
use super::reason;
use pest::Parser;
use pest::iterators::Pair;

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
