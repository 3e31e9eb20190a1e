//! The section about detection rules: which can match the events, and which field others wait for.

use crate::document::{Block, Line};

/// Detection rules about the events of a format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleTable {
    /// Those that can match.
    pub rules: Vec<RuleEntry>,
    /// Fields that others wait for, each with the names of the rules.
    pub waits: Vec<(String, Vec<String>)>,
    /// Where the layer for the ATT&CK Navigator lies, as seen from the page.
    pub layer: Option<String>,
}

/// A detection rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleEntry {
    /// What it is called.
    pub name: String,
    /// What it finds.
    pub description: String,
    /// How much work it is to put to use, or how severe it is; empty where nobody says.
    pub effort: String,
}

/// The section; nothing where no rule is about the events.
pub fn section(table: &RuleTable, title: &str) -> Vec<Block> {
    if table.rules.is_empty() && table.waits.is_empty() {
        return Vec::new();
    }
    let says = "Rules that can match events of this format: for each, its condition can hold over the fields and values that the \
                spec can set. Rules of which that is not so are not listed.";
    let mut blocks = vec![Block::Heading(2, "Detection rules".into()), Block::Paragraph(Line::prose(says))];
    if let Some(layer) = &table.layer {
        blocks.push(Block::Paragraph(Line::link(format!("{title} on ATT&CK Navigator"), layer)));
    }
    let row = |rule: &RuleEntry| [&rule.name, &rule.description, &rule.effort].map(|cell| Line::text(&**cell)).into();
    if !table.rules.is_empty() {
        let rows = table.rules.iter().map(row).collect();
        blocks.push(Block::Table(vec!["Rule", "Description", "Effort"], rows));
    }
    if !table.waits.is_empty() {
        let says = "Rules that would match if the spec set one field more:";
        blocks.push(Block::Paragraph(Line::text(says)));
        let row = |(field, rules): &(String, Vec<String>)| vec![Line::code(&**field), Line::text(rules.join(", "))];
        blocks.push(Block::Table(vec!["Field", "Rules"], table.waits.iter().map(row).collect()));
    }
    blocks
}
