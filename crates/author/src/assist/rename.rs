//! Another name for a stage or layer, everywhere in the spec.

use super::assistant::Assistant;
use super::cursor::{self, At, Cursor};
use super::{definition, names, outline};
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

pub(super) fn places(text: &str, offset: usize) -> Option<Renamed> {
    let Cursor { word, at } = cursor::at(text, offset);
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
    let is_name = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        && name.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
    let lines = outline::lines(text);
    let is_taken = || definition::stages(&lines, name).chain(definition::entries(text, &lines, name)).next().is_some();
    if !is_name {
        return Err(format!("`{name}` is no name that an expression can use: letters, digits and `_`, no digit first"));
    }
    if RESERVED.contains(&name) || is_taken() {
        return Err(format!("there is `{name}` already"));
    }
    let (before, after) = (errors(assistant, text), errors(assistant, &written(text, &renamed.places, name)));
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

/// What does not compile.
fn errors(assistant: &Assistant, text: &str) -> BTreeSet<String> {
    let mut folder = assistant.folder.text();
    folder.parser.1 = text.to_owned();
    let format = weir::compile(&folder);
    let errors = format.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.title.clone()).collect()
}
