//! Another name for a stage or layer, everywhere in the spec.

use super::assistant::Assistant;
use super::cursor::{self, At, Cursor};
use super::{definition, names, outline, template};
use crate::finding::checked;
use serde::Serialize;
use std::collections::BTreeSet;
use std::ops::Range;
use weir::diagnostic::Severity;

/// The places of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Renamed {
    /// The name at the place that was asked for.
    pub word: Range<usize>,
    /// All places, ascending, that one among them.
    pub places: Vec<Range<usize>>,
}

/// Names that no layer can have.
const RESERVED: [&str; 2] = ["original", "final"];

/// Words that an expression or YAML reads as something else, in any case.
const WORDS: [&str; 19] = [
    "if", "else", "elif", "for", "in", "is", "not", "and", "or", "set", "true", "false", "none", "null", "yes", "no",
    "on", "off", "loop",
];

pub(super) fn places(text: &str, offset: usize) -> Option<Renamed> {
    let Cursor { word, at, .. } = cursor::at(text, offset);
    let name = text.get(word.clone()).filter(|name| !name.is_empty() && !RESERVED.contains(name))?;
    let can_be_one = match &at {
        At::Name(above) => above.is_empty(),
        At::Key(path) => path == &["stages"],
        At::Value(path) => path == &["pipeline", "name"],
        _ => false,
    };
    let lines = outline::lines(text);
    let made = || definition::stages(&lines, name).chain(definition::entries(text, &lines, name));
    if !can_be_one || made().next().is_none() {
        return None;
    }
    let mut places: Vec<Range<usize>> = made().chain(names::uses(text, name)).collect();
    places.sort_by_key(|range| range.start);
    places.dedup();
    Some(Renamed { word, places })
}

pub(super) fn to(assistant: &Assistant, text: &str, offset: usize, name: &str) -> Result<Renamed, String> {
    let renamed = places(text, offset).ok_or("here is no name of a stage or layer")?;
    let lines = outline::lines(text);
    let is_taken = || definition::stages(&lines, name).chain(definition::entries(text, &lines, name)).next().is_some();
    if !template::is_name(name) {
        return Err(format!("`{name}` is no name that an expression can use: letters, digits and `_`, no digit first"));
    }
    if WORDS.contains(&&*name.to_lowercase()) {
        return Err(format!("`{name}` is no name: expressions or YAML read the word as something else"));
    }
    let old = &text[renamed.word.clone()];
    if let Some(bound) = [old, name].into_iter().find(|name| names::is_bound(text, name)) {
        return Err(format!("a template sets a variable `{bound}`, which hides the layer: rename that one first"));
    }
    if RESERVED.contains(&name) || is_taken() {
        return Err(format!("there is `{name}` already"));
    }
    // What was wrong before may name the layer.
    let (told, tells) = (format!("`{old}`"), format!("`{name}`"));
    let before: BTreeSet<String> = errors(assistant, text).iter().map(|title| title.replace(&told, &tells)).collect();
    let after = errors(assistant, &written(text, &renamed.places, name));
    match after.iter().find(|error| !before.contains(*error)) {
        Some(error) => Err(format!("`{name}` would break the format: {error}")),
        None => Ok(renamed),
    }
}

fn written(text: &str, places: &[Range<usize>], name: &str) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for place in places {
        out.push_str(&text[at..place.start]);
        out.push_str(name);
        at = place.end;
    }
    out.push_str(&text[at..]);
    out
}

/// What `weir check` calls an error.
fn errors(assistant: &Assistant, text: &str) -> BTreeSet<String> {
    let mut folder = assistant.folder.text();
    folder.parser.1 = text.to_owned();
    let format = weir::compile(&folder);
    let errors = format.findings.iter().filter(|finding| checked(finding.severity) == Severity::Error);
    errors.map(|finding| finding.title.clone()).collect()
}
