//! Where it is made what stands at a place: a stage, a layer, a field, an anchor.

use super::assistant::Assistant;
use super::cursor::{self, At, Cursor};
use super::outline::{self, Line};
use serde::Serialize;
use std::ops::Range;

/// A place in a text of the format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The name of the text.
    pub file: String,
    /// The bytes.
    pub range: Range<usize>,
}

pub(super) fn at(assistant: &Assistant, text: &str, offset: usize) -> Vec<Target> {
    let Cursor { word, at, .. } = cursor::at(text, offset);
    let Some(name) = text.get(word).filter(|name| !name.is_empty()) else { return Vec::new() };
    let lines = outline::lines(text);
    let parser = &assistant.folder.parser.0;
    let target = |range: Range<usize>| Target { file: parser.clone(), range };
    if let Some(anchor) = name.strip_prefix('*') {
        return anchors(text, anchor).into_iter().map(target).collect();
    }
    match at {
        At::Name(above) => {
            let names: Vec<&str> = above.iter().map(String::as_str).chain([name]).collect();
            let (root, rest) = (names[0], names[1..].join("."));
            let set: Vec<Target> = match root {
                "final" => setting(&lines, None, &rest).map(target).collect(),
                stage => setting(&lines, Some(stage), &rest).map(target).collect(),
            };
            if !set.is_empty() && !rest.is_empty() { set } else { layer(text, &lines, root).map(target).collect() }
        }
        At::Key(path) if path == ["stages"] => entries(text, &lines, name).map(target).collect(),
        At::Value(path) if path == ["pipeline", "name"] => stages(&lines, name).map(target).collect(),
        At::Key(path) | At::Value(path) if path.first().is_some_and(|root| root == "stages") => {
            declared(assistant, name).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The statements that set a field, in one stage or in any.
fn setting<'l>(
    lines: &'l [Line<'_>],
    stage: Option<&'l str>,
    field: &'l str,
) -> impl Iterator<Item = Range<usize>> + 'l {
    let is_setting = move |line: &&Line<'_>| {
        line.key == field
            && matches!(line.path[..], ["stages", own, "actions", "set"] if stage.is_none_or(|stage| stage == own))
    };
    lines.iter().filter(is_setting).map(|line| line.place.clone())
}

/// What writes a layer: the stage of its name, else the entries with an extractor.
fn layer<'l>(text: &'l str, lines: &'l [Line<'_>], name: &'l str) -> impl Iterator<Item = Range<usize>> + 'l {
    let stages: Vec<Range<usize>> = stages(lines, name).collect();
    let entries = entries(text, lines, name).filter({
        let is_stage = !stages.is_empty();
        move |_| !is_stage
    });
    stages.into_iter().chain(entries)
}

pub(super) fn stages<'l>(lines: &'l [Line<'_>], name: &'l str) -> impl Iterator<Item = Range<usize>> + 'l {
    lines.iter().filter(move |line| line.path == ["stages"] && line.key == name).map(|line| line.place.clone())
}

/// The entries of the pipeline with a name.
pub(super) fn entries<'l>(
    text: &'l str,
    lines: &'l [Line<'_>],
    name: &'l str,
) -> impl Iterator<Item = Range<usize>> + 'l {
    let named = lines.iter().filter(|line| line.path == ["pipeline"] && line.key == "name");
    named.filter_map(move |line| {
        let written = &text[line.value.clone()];
        let at = written.find(name)?;
        (written.trim_matches(['"', '\'']) == name).then(|| line.value.start + at..line.value.start + at + name.len())
    })
}

/// The declaration of a field of the format's own, or of its module's.
fn declared(assistant: &Assistant, field: &str) -> Option<Target> {
    let texts = assistant.folder.fields.iter().chain(&assistant.folder.module_fields);
    texts.into_iter().find_map(|(file, text)| {
        let lines = outline::lines(text);
        let line = lines.iter().find(|line| line.path.is_empty() && line.key == field)?;
        Some(Target { file: file.clone(), range: line.place.clone() })
    })
}

/// The places where an anchor is set.
fn anchors(text: &str, name: &str) -> Vec<Range<usize>> {
    let mark = format!("&{name}");
    let is_end = |at: usize| {
        text[at + mark.len()..].starts_with(|letter: char| letter.is_whitespace()) || at + mark.len() == text.len()
    };
    text.match_indices(&mark).filter(|(at, _)| is_end(*at)).map(|(at, _)| at..at + mark.len()).collect()
}
