//! What the recorded pairs of a format bring in, what its extractors make of it, and what comes out.

use crate::answers::{Answers, pair_name};
use crate::folder::FormatFolder;
use crate::json::Json;
use crate::pairs::{self, NOW};
use std::fmt::Write;
use weir::spec::{EntryKind, Spec};
use weir::{FormatText, Input, Record, Scratch};

/// How many pairs are looked at.
const MOST: usize = 200;

/// The name of the stage that keeps results, and of the field that has them.
const KEPT: &str = "weir_kept";

/// One recorded pair.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    /// Its name.
    pub pair: String,
    /// The incoming event.
    pub input: Json,
    /// What came out.
    pub event: Json,
    /// What extractors gave, by layer and output: all of it, not only what the spec reads.
    pub results: Vec<(String, String, Json)>,
}

impl Recorded {
    /// What has a name, such as `parsed.message.user`: a key of the incoming event, of an extractor's result, or of the event.
    pub fn value<'r>(&'r self, names: &[&str]) -> Option<&'r Json> {
        let (root, rest) = names.split_first()?;
        let below = |value: &'r Json, keys: &[&str]| keys.iter().try_fold(value, |value, key| value.get(key));
        match *root {
            "original" => below(&self.input, rest),
            "final" => below(&self.event, rest),
            layer => {
                let mut results = self.results.iter().filter(|(known, ..)| known == layer).peekable();
                if results.peek().is_none() {
                    return below(&self.event, rest).filter(|_| !rest.is_empty());
                }
                let (output, keys) = rest.split_first()?;
                results.filter(|(_, known, _)| known == output).find_map(|(_, _, result)| below(result, keys))
            }
        }
    }
}

/// The recorded pairs of a format.
pub(super) fn recorded(folder: &FormatFolder, answers: &Answers) -> Vec<Recorded> {
    let outputs = answers.format.spec.as_ref().map(outputs).unwrap_or_default();
    let keeping = answers.format.spec.as_ref().and_then(|spec| keeping(folder, spec, &outputs));
    let mut scratch = Scratch::default();
    let each = folder.pairs.iter().zip(&answers.events).take(MOST);
    let read = each.filter_map(|((name, text), event)| {
        let input = pairs::input(text)?;
        let results = keeping.as_ref().map(|format| results(format, input, &outputs, &mut scratch));
        Some(Recorded {
            pair: pair_name(name).to_owned(),
            input: Json::read(input.as_bytes()).ok()?,
            event: Json::read(event).unwrap_or(Json::Object(Vec::new())),
            results: results.unwrap_or_default(),
        })
    });
    read.collect()
}

/// The layers and outputs of extractors.
fn outputs(spec: &Spec) -> Vec<(String, String)> {
    let mut outputs: Vec<(String, String)> = Vec::new();
    for entry in &spec.pipeline {
        if let EntryKind::Extractor(used) = &entry.work {
            let output = (entry.name.text.clone(), used.output_key().to_owned());
            if !outputs.contains(&output) {
                outputs.push(output);
            }
        }
    }
    outputs
}

/// The format with a last stage that keeps the whole results of all extractors: a plan reads no more of them than a spec asks
/// for. Nothing for a spec that is written in another way than line by line.
fn keeping(folder: &FormatFolder, spec: &Spec, outputs: &[(String, String)]) -> Option<weir::Format> {
    let (name, text) = &folder.parser;
    let last = spec.pipeline.last().filter(|_| !outputs.is_empty())?;
    let (entry, stage) = (last.name.span.start as usize, spec.stages.first()?.name.span.start as usize);
    // The new entry stands where the last one begins, so that it is indented alike; the order does not matter before.
    let line = text[..entry].rfind('\n')? + 1;
    let dash = line + text[line..entry].find('-')?;
    let stage_line = text[..stage].rfind('\n')? + 1;
    let end = line
        + text[line..].match_indices('\n').map(|(at, _)| at + 1).find(|at| {
            let rest = &text[line + at..];
            let indent = rest.len() - rest.trim_start_matches(' ').len();
            !rest.starts_with(['\n', '#'])
                && !rest.trim_start().starts_with('#')
                && indent <= dash - line
                && !rest.trim().is_empty()
        })?;
    if end > stage_line {
        return None;
    }
    let (dashes, stages) = (&text[line..dash], &text[stage_line..stage].trim_end_matches(['"', '\'']));
    let mut kept = format!("{stages}{KEPT}:\n{stages}  actions:\n{stages}    - set:\n");
    let mut fields = String::new();
    for (number, (layer, output)) in outputs.iter().enumerate() {
        // Writing to a text cannot fail.
        let _ = writeln!(kept, "{stages}        {KEPT}.r{number}: '{{{{{layer}.{output} | to_json | safe}}}}'");
        let _ = writeln!(fields, "{KEPT}.r{number}: {{name: {KEPT}.r{number}, type: keyword}}");
    }
    let entry = format!("{dashes}- name: {KEPT}\n");
    let parser = [&text[..end], &entry, &text[end..stage_line], &kept, &text[stage_line..]].concat();
    let mut texts = FormatText { parser: (name.clone(), parser), ..folder.text() };
    texts.fields.push(("kept.yml".to_owned(), fields));
    Some(weir::compile(&texts)).filter(|format| format.plan.is_some())
}

fn results(
    format: &weir::Format,
    input: &str,
    outputs: &[(String, String)],
    scratch: &mut Scratch,
) -> Vec<(String, String, Json)> {
    let Some(plan) = &format.plan else { return Vec::new() };
    let mut event = Vec::new();
    plan.run(scratch, &Record { input: Input::Event(input.as_bytes()), now: NOW, event_id: None }, &mut event);
    let Ok(event) = Json::read(&event) else { return Vec::new() };
    let kept = |number: usize| {
        let text = event.get(KEPT)?.get(&format!("r{number}"))?.text();
        Json::read(text.as_bytes()).ok()
    };
    let each = outputs.iter().enumerate();
    each.filter_map(|(number, (layer, output))| Some((layer.clone(), output.clone(), kept(number)?))).collect()
}
