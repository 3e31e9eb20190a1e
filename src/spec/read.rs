//! YAML → spec.

use super::findings::{DUPLICATE_STAGE, EMPTY_PIPELINE, MISPLACED_KEY, MISSING_NAME, UNKNOWN_STAGE, UNUSED_STAGE};
use super::reader::{Pairs, SpecReader, filter, find, head, key_span, present};
use super::{EntryKind, ExtractorUse, Named, PipelineEntry, Spec, Stage, action, document, keys, yaml};
use crate::diagnostic::{Diagnostics, SourceId, Span, nearest};
use crate::value::{Constant, ConstantKind};
use std::collections::{HashMap, HashSet};

/// Reads a spec from YAML text. What can be read is returned beside the findings; `None` if nothing can.
pub fn read(text: &str, source: SourceId, findings: &mut Diagnostics) -> Option<Spec> {
    let document = yaml::read(text, source, findings)?;
    whole(&document, findings)
}

/// Reads a spec from JSON text; else as [`read`].
pub fn read_json(text: &str, source: SourceId, findings: &mut Diagnostics) -> Option<Spec> {
    let document = document::read(text, source, findings)?;
    whole(&document, findings)
}

fn whole(document: &Constant, findings: &mut Diagnostics) -> Option<Spec> {
    let mut reader = SpecReader::new(findings);
    let spec = spec(&mut reader, document)?;
    check_links(&mut reader, &spec, misspells_stages(document));
    Some(spec)
}

fn spec(reader: &mut SpecReader<'_>, document: &Constant) -> Option<Spec> {
    let pairs = reader.mapping(document, "a spec")?;
    let start = head(pairs, document.span);
    reader.check_keys(pairs, "a spec", keys::SPEC);
    let name = reader.optional_name(pairs, "name", "the name of a spec");
    if present(pairs, "name").is_none() {
        reader.report(MISSING_NAME.at(start, &[]));
    }
    reader.optional_name(pairs, "description", "a description");
    Some(Spec {
        name,
        ignored_values: ignored_values(reader, pairs),
        pipeline: pipeline(reader, pairs, start)?,
        stages: stages(reader, pairs),
    })
}

fn ignored_values(reader: &mut SpecReader<'_>, pairs: &Pairs) -> Vec<Constant> {
    let values = present(pairs, "ignored_values").and_then(|values| reader.list(values, "`ignored_values`"));
    values.unwrap_or_default().to_vec()
}

/// Without a pipeline there is no spec.
fn pipeline(reader: &mut SpecReader<'_>, pairs: &Pairs, start: Span) -> Option<Vec<PipelineEntry>> {
    let pipeline = reader.required(pairs, "pipeline", "a spec", start)?;
    let items = reader.list(pipeline, "`pipeline`")?;
    if items.is_empty() {
        reader.report(EMPTY_PIPELINE.at(pipeline.span, &[]));
    }
    Some((1..).zip(items).map(|(number, item)| entry(reader, number, item)).collect())
}

/// An entry that cannot be read stays, and runs nothing.
fn entry(reader: &mut SpecReader<'_>, number: usize, item: &Constant) -> PipelineEntry {
    let unnamed = || Named { text: format!("entry {number}"), span: item.span };
    let Some(pairs) = reader.mapping(item, "a pipeline entry") else {
        return PipelineEntry { name: unnamed(), filter: None, work: EntryKind::Unreadable, span: item.span };
    };
    reader.check_keys(pairs, "a pipeline entry", keys::ENTRY);
    reader.optional_name(pairs, "description", "a description");
    let name = reader.required(pairs, "name", "a pipeline entry", head(pairs, item.span));
    let name = name.and_then(|name| reader.name(name, "the name of a pipeline entry"));
    let filter = filter(reader, pairs);
    let is_readable = name.is_some() && filter.is_some();
    let mut filter = filter.flatten();
    let work = match present(pairs, "external") {
        None => Some(EntryKind::Stage),
        Some(external) => extractor(reader, external, &mut filter).map(EntryKind::Extractor),
    };
    let work = work.filter(|_| is_readable).unwrap_or(EntryKind::Unreadable);
    PipelineEntry { name: name.unwrap_or_else(unnamed), filter, work, span: item.span }
}

fn extractor(reader: &mut SpecReader<'_>, external: &Constant, filter: &mut Option<Constant>) -> Option<ExtractorUse> {
    let pairs = reader.mapping(external, "`external`")?;
    check_external(reader, pairs, filter);
    let name = reader.required(pairs, "name", "`external`", head(pairs, external.span));
    let name = name.and_then(|name| reader.name(name, "the name of an extractor"));
    let properties = present(pairs, "properties").and_then(|properties| reader.mapping(properties, "`properties`"));
    let properties = properties.unwrap_or_default();
    Some(ExtractorUse {
        input_field: present(properties, "input_field").and_then(|input| reader.scalar(input, "`input_field`")),
        output_field: reader.optional_name(properties, "output_field", "`output_field`"),
        raise_errors: present(properties, "raise_errors").and_then(|raise| reader.scalar(raise, "`raise_errors`")),
        properties: properties.iter().filter(|(key, _)| !is_general(key)).cloned().collect(),
        name: name?,
        span: external.span,
    })
}

/// A property that all extractors have.
fn is_general(key: &Constant) -> bool {
    key.as_text().is_some_and(|key| keys::names(keys::GENERAL_PROPERTIES).any(|general| general == key))
}

/// A filter below `external` is taken for the entry's, where that has none: some authors put it there, and no known
/// event tells apart whether it is obeyed.
fn check_external(reader: &mut SpecReader<'_>, pairs: &Pairs, filter: &mut Option<Constant>) {
    reader.optional_name(pairs, "description", "a description");
    if let (Some(inner), Some(place)) = (present(pairs, "filter"), key_span(pairs, "filter")) {
        reader.report(MISPLACED_KEY.at(place, &["filter", "beside `external`, not below it"]));
        if filter.is_none() {
            *filter = reader.scalar(inner, "a filter");
        }
    }
    reader.check_keys(pairs, "`external`", keys::EXTERNAL);
}

fn stages(reader: &mut SpecReader<'_>, pairs: &Pairs) -> Vec<Stage> {
    let Some(stages) = find(pairs, "stages").filter(|stages| stages.kind != ConstantKind::Null) else {
        return Vec::new();
    };
    let Some(stages) = reader.mapping(stages, "`stages`") else { return Vec::new() };
    stages.iter().filter_map(|(name, stage)| action::stage(reader, name, stage)).collect()
}

/// Whether a key is almost `stages`, which is missing: that was told, and no stage is there.
fn misspells_stages(document: &Constant) -> bool {
    let ConstantKind::Map(pairs) = &document.kind else { return false };
    let is_slip = |key: &Constant| key.as_text().is_some_and(|key| nearest(key, ["stages"]).is_some());
    find(pairs, "stages").is_none() && pairs.iter().any(|(key, _)| is_slip(key))
}

/// An entry without an extractor needs a stage of its name; a stage is there to be run.
fn check_links(reader: &mut SpecReader<'_>, spec: &Spec, is_told: bool) {
    let mut stages: HashMap<&str, &Named> = HashMap::new();
    for stage in &spec.stages {
        if let Some(first) = stages.insert(&stage.name.text, &stage.name) {
            let finding = DUPLICATE_STAGE.at(stage.name.span, &[&stage.name.text]);
            reader.report(finding.also(first.span, "the first one"));
            stages.insert(&first.text, first);
        }
    }
    let runs = |entry: &&PipelineEntry| matches!(entry.work, EntryKind::Stage);
    let used: HashSet<&str> = spec.pipeline.iter().filter(runs).map(|entry| &*entry.name.text).collect();
    let unused = spec.stages.iter().filter(|stage| !used.contains(&*stage.name.text));
    let mut meant = HashSet::new();
    for entry in spec.pipeline.iter().filter(runs).filter(|entry| !stages.contains_key(&*entry.name.text)) {
        if is_told {
            break;
        }
        let finding = UNKNOWN_STAGE.at(entry.name.span, &[&entry.name.text]);
        // A stage that nothing runs is the likelier one to be meant. The cut keeps a page of mistakes linear.
        let names = unused.clone().map(|stage| &*stage.name.text).take(100);
        meant.extend(nearest(&entry.name.text, names.clone()));
        reader.report(finding.suggest(&entry.name.text, names));
    }
    // One mistake is told once: a stage that a misspelt entry means is not also called unused.
    for stage in unused.filter(|stage| !meant.contains(&*stage.name.text)) {
        reader.report(UNUSED_STAGE.at(stage.name.span, &[&stage.name.text]));
    }
}
