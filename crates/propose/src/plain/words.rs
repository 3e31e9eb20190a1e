//! Which words of templates are parts of sentences, which name what is behind them, and which are values.

use super::naming;
use super::template::{Column, Role, Template};
use super::token::{Kind, Token};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of words over all lines.
pub struct Words<'t> {
    counts: BTreeMap<&'t str, usize>,
    /// Words in whose place other lines have others.
    varying: BTreeSet<String>,
    /// How often a word must be there to name another.
    fewest: usize,
}

impl<'t> Words<'t> {
    /// Looks at the words of lines, and at what their templates have in one place.
    pub fn of(lines: &[Vec<Token<'t>>], templates: &[Template]) -> Self {
        /// Words that fewer lines have are no part of a source's sentences.
        const FEWEST: usize = 3;
        let mut counts = BTreeMap::new();
        for token in lines.iter().flatten().filter(|token| token.kind == Kind::Word) {
            *counts.entry(token.text).or_default() += 1;
        }
        let varying = templates.iter().flat_map(|template| &template.columns).filter(|column| column.texts.len() > 1);
        let varying = varying.filter(|column| column.kinds == [Kind::Word]).flat_map(|column| &column.texts);
        Words { counts, varying: varying.cloned().collect(), fewest: FEWEST.min(lines.len()) }
    }

    /// Gives the words of columns their roles: what has digits or marks in it is a value more often than a label.
    pub fn mark(&self, columns: &mut [Column]) {
        for column in columns.iter_mut().filter(|column| column.kinds == [Kind::Word] && column.texts.len() == 1) {
            let text = &*column.texts[0];
            let is_word = text.chars().all(|letter| letter.is_alphabetic() || letter == '_' || letter == '-');
            let is_common = self.counts.get(text).is_some_and(|count| *count >= self.fewest);
            column.role = match self.varying.contains(text) && !naming::is_ordinary(text) {
                true => Role::Value,
                false if is_word && (is_common || naming::is_telling(text)) => Role::Label,
                false => Role::Word,
            };
        }
    }
}
