//! What stands at a place: what it means, and the value that it has in a recorded pair.

use super::assistant::Assistant;
use super::cursor::{self, At, Cursor};
use super::docs;
use super::records::Recorded;
use crate::json::Json;
use crate::words::cut;
use serde::Serialize;
use std::ops::Range;
use weir::extract;
use weir::filters::LibraryKind;

/// How many characters of a value are shown.
const SHOWN: usize = 400;

/// What is said of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hover {
    /// The bytes that it is about.
    pub range: Range<usize>,
    /// What is said, as Markdown.
    pub markdown: String,
}

pub(super) fn at(assistant: &Assistant, text: &str, offset: usize) -> Option<Hover> {
    let Cursor { word, at, .. } = cursor::at(text, offset);
    let name = text.get(word.clone()).filter(|name| !name.is_empty())?;
    let markdown = match at {
        At::Name(above) => of_name(assistant, &above, name),
        At::Item(above) => here(assistant, &above.iter().map(String::as_str).chain([name]).collect::<Vec<_>>()),
        At::Method => docs::find(&[LibraryKind::Method], name).map(docs::function),
        At::Filter => docs::find(&[LibraryKind::Filter], name).map(docs::function),
        At::Test => docs::find(&[LibraryKind::Test], name).map(docs::function),
        At::Key(path) => of_key(assistant, text, offset, &path, name),
        At::Value(path) => of_value(assistant, &path, name),
        At::Nothing => None,
    };
    Some(Hover { range: word, markdown: markdown? })
}

fn of_name(assistant: &Assistant, above: &[String], name: &str) -> Option<String> {
    let names: Vec<&str> = above.iter().map(String::as_str).chain([name]).collect();
    let value = here(assistant, &names);
    let what = match names[..] {
        ["final"] => Some("**final** · the event that is being built".to_owned()),
        ["original"] => Some("**original** · the incoming event".to_owned()),
        ["final", ..] => docs::field(assistant, &names[1..].join(".")),
        [name] => layer(assistant, name).or_else(|| docs::find(&[LibraryKind::Global], name).map(docs::function)),
        [stage, ..] if is_stage(assistant, stage) => docs::field(assistant, &names[1..].join(".")),
        _ if value.is_none() => docs::find(&[LibraryKind::Method], name).map(docs::function),
        _ => Some(format!("**{}**", names.join("."))),
    };
    match (what, value) {
        (Some(what), Some(value)) => Some(format!("{what}\n\n{value}")),
        (what, value) => what.or(value),
    }
}

/// What writes a layer.
fn layer(assistant: &Assistant, name: &str) -> Option<String> {
    let spec = assistant.answers.format.spec.as_ref()?;
    let entry = spec.pipeline.iter().find(|entry| entry.name.text == name)?;
    Some(match &entry.work {
        weir::spec::EntryKind::Extractor(used) => {
            let description = extract::find(&used.name.text)?;
            format!("**{name}** · what `{}` gives, under `{name}.{}`", description.name, used.output_key())
        }
        _ => format!("**{name}** · the fields that the stage has set"),
    })
}

fn is_stage(assistant: &Assistant, name: &str) -> bool {
    assistant.answers.format.spec.iter().flat_map(|spec| &spec.stages).any(|stage| stage.name.text == name)
}

/// The value in the first recorded pair that has one.
fn here(assistant: &Assistant, names: &[&str]) -> Option<String> {
    let found = assistant.recorded.iter().find_map(|recorded| Some((recorded, recorded.value(names)?)));
    found.map(|(Recorded { pair, .. }, value)| in_pair(pair, value))
}

fn in_pair(pair: &str, value: &Json) -> String {
    format!("```json\n{}\n```\nin the recorded pair `{pair}`", cut(&value.to_string(), SHOWN))
}

fn of_key(assistant: &Assistant, text: &str, offset: usize, path: &[String], name: &str) -> Option<String> {
    let path_names: Vec<&str> = path.iter().map(String::as_str).collect();
    match path_names[..] {
        ["stages", _, "actions", "set"] => of_field(assistant, name),
        ["stages"] => lens(assistant, name),
        ["pipeline", "external", "properties"] => {
            let description = docs::extractor_at(text, offset)?;
            let own = description.properties.iter().find(|property| property.name == name);
            own.map(|property| format!("**{name}** · {}\n\n{}", description.name, property.summary))
                .or_else(|| key(path, name))
        }
        _ => key(path, name),
    }
}

fn key(path: &[String], name: &str) -> Option<String> {
    let known = docs::keys_below(path).iter().find(|(key, _)| *key == name)?;
    Some(format!("**{name}**\n\n{}", known.1))
}

fn of_value(assistant: &Assistant, path: &[String], name: &str) -> Option<String> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path[..] {
        ["pipeline", "external", "name"] => extract::find(name).map(docs::extractor),
        ["pipeline", "name"] => lens(assistant, name).or_else(|| layer(assistant, name)),
        ["stages", _, "actions", "delete" | "mapping"]
        | ["stages", _, "actions", "mapping", _]
        | ["stages", _, "actions", "translate", "mapping", _] => of_field(assistant, name),
        _ => None,
    }
}

fn of_field(assistant: &Assistant, name: &str) -> Option<String> {
    let names: Vec<&str> = std::iter::once("final").chain(name.split('.')).collect();
    match (docs::field(assistant, name), here(assistant, &names)) {
        (Some(what), Some(value)) => Some(format!("{what}\n\n{value}")),
        (what, value) => what.or(value),
    }
}

/// What the recorded pairs exercise of a stage.
fn lens(assistant: &Assistant, name: &str) -> Option<String> {
    let told = super::lenses::of_entry(assistant, name)?;
    Some(format!("**{name}** · {told}"))
}
