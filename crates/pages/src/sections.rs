//! The sections that every format's page has: overview, detection rules, event categories, samples, fields, what is left out.

use crate::FormatFiles;
use crate::document::{Block, Document, Inline, Line};
use crate::facts::Facts;
use crate::manifest::Words;
use crate::rules;
use crate::samples::{self, Sample};
use serde_json::Value;
use weir::possible::FieldValues;
use weir_dataset::Contract;

/// The page up to the set-up of its source.
pub fn document(facts: &Facts, files: &FormatFiles<'_>) -> Document {
    let mut blocks = overview(files);
    blocks.extend(files.rules.map(|table| rules::section(table, &facts.title)).unwrap_or_default());
    blocks.extend(categories(facts));
    blocks.extend(samples(&samples::choose(files.pairs)));
    blocks.extend(fields(facts));
    blocks.extend(files.contract.map(left_out).unwrap_or_default());
    Document { title: facts.title.clone(), blocks }
}

fn overview(files: &FormatFiles<'_>) -> Vec<Block> {
    let (module, format) = (Words::of(files.module_manifest), Words::of(files.manifest));
    let mut blocks = vec![Block::Heading(2, "Overview".into())];
    let texts = [module.description, format.description];
    blocks.extend(texts.into_iter().filter(|text| !text.is_empty()).map(|text| Block::Paragraph(Line::text(text))));
    if !format.sources.is_empty() {
        let rows = format.sources.into_iter().map(|(name, says)| vec![Line::text(name), Line::text(says)]);
        blocks.push(Block::Table(vec!["Data source", "Description"], rows.collect()));
    }
    // A heading without anything below it says nothing.
    if blocks.len() == 1 { Vec::new() } else { blocks }
}

fn categories(facts: &Facts) -> Vec<Block> {
    let rows = [("Kind", &facts.kinds), ("Category", &facts.categories), ("Type", &facts.types)];
    let rows = rows.map(|(name, values)| vec![Line::text(name), self::values(values)]);
    let says = "The values that `event.kind`, `event.category` and `event.type` can have, found by following the spec.";
    vec![
        Block::Heading(2, "Event categories".into()),
        Block::Paragraph(Line::prose(says)),
        Block::Table(vec!["Name", "Values"], rows.into()),
    ]
}

/// Values with commas between them; that there are others is said in words.
pub fn values(values: &FieldValues) -> Line {
    let line = Line::codes(values.known.iter().map(String::as_str));
    match (values.known.is_empty(), values.others) {
        (true, true) => Line::text("taken from the event"),
        (false, true) => line.then(Line::text(" and others, taken from the event")),
        (true, false) => Line::text("not set"),
        (false, false) => line,
    }
}

fn samples(samples: &[Sample]) -> Vec<Block> {
    if samples.is_empty() {
        return Vec::new();
    }
    let says = "Recorded tests of the format: a message and its event. The event also has the message.";
    let mut blocks = vec![Block::Heading(2, "Event samples".into()), Block::Paragraph(Line::prose(says))];
    for sample in samples {
        blocks.push(Block::Heading(3, sample.claim.clone()));
        blocks.push(message(&sample.message));
        blocks.push(Block::Paragraph(Line::text("becomes")));
        blocks.push(Block::Code("json", laid_out(&sample.event)));
    }
    blocks
}

/// What of the records gets no field, and which fields of events stay unset that other integrations set.
fn left_out(contract: &Contract) -> Vec<Block> {
    let rows = |reasons: &[(String, String)]| -> Vec<Vec<Line>> {
        reasons.iter().map(|(name, why)| vec![Line::code(&**name), Line::prose(why)]).collect()
    };
    let mut blocks = Vec::new();
    if !contract.left_out.is_empty() {
        blocks.push(Block::Paragraph(Line::text("Fields of the records that get no field of their own:")));
        blocks.push(Block::Table(vec!["Field of the record", "Why"], rows(&contract.left_out)));
    }
    if !contract.not_set.is_empty() {
        let says =
            "Fields of events that other public integrations set from the same records, and this format does not:";
        blocks.push(Block::Paragraph(Line::text(says)));
        blocks.push(Block::Table(vec!["Field of the event", "Why"], rows(&contract.not_set)));
    }
    if !blocks.is_empty() {
        blocks.insert(0, Block::Heading(2, "What is left out".into()));
    }
    blocks
}

/// The message; laid out where it is a JSON object.
fn message(message: &str) -> Block {
    match serde_json::from_str::<Value>(message) {
        Ok(value) if value.is_object() => Block::Code("json", laid_out(&value)),
        _ => Block::Code("text", message.to_owned()),
    }
}

fn laid_out(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

fn fields(facts: &Facts) -> Vec<Block> {
    let rows = facts
        .fields
        .iter()
        .map(|field| vec![Line::code(&*field.name), Line::code(field.kind), Line::text(&*field.description)]);
    let mut blocks = vec![
        Block::Heading(2, "Extracted fields".into()),
        Block::Paragraph(Line::prose("The fields that the format sets, with the types that their values are cast to.")),
        Block::Table(vec!["Name", "Type", "Description"], rows.collect()),
    ];
    if !facts.inferred.is_empty() {
        let mut line = Line::text("Other fields follow from these: ");
        line = line.then(Line::codes(facts.inferred.iter().copied()));
        line.0.push(Inline::Text(".".into()));
        blocks.push(Block::Paragraph(line));
    }
    blocks
}
