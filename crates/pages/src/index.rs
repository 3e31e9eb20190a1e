//! The index of pages: what there is, and what its events are like.

use crate::document::{Block, Document, Line};
use crate::{Notation, Page, sections, write};
use std::collections::BTreeMap;

/// The index of pages, each with the path that leads to it and the directory of its module, whose name is the heading
/// where its manifest has no other.
pub fn index(pages: &[(String, String, &Page)], notation: Notation) -> String {
    let mut modules: BTreeMap<&str, (&str, Vec<Vec<Line>>)> = BTreeMap::new();
    for (path, module, page) in pages {
        let facts = page.facts();
        let fields = facts.fields.len().to_string();
        let row = vec![
            Line::link(&*facts.title, &**path),
            sections::values(&facts.kinds),
            sections::values(&facts.categories),
            sections::values(&facts.types),
            Line::text(fields),
        ];
        let name = if page.module.is_empty() { module } else { &*page.module };
        modules.entry(module).or_insert((name, Vec::new())).1.push(row);
    }
    let says = "What the events of each format are like, what it sets, and how its records get here. `weir docs` derives \
                these pages from the formats; a change by hand would be lost.";
    let mut blocks = vec![Block::Paragraph(Line::prose(says))];
    for (name, rows) in modules.into_values() {
        blocks.push(Block::Heading(2, name.to_owned()));
        blocks.push(Block::Table(vec!["Format", "Kind", "Category", "Type", "Fields"], rows));
    }
    write(&Document { title: "Formats".into(), blocks }, notation)
}
