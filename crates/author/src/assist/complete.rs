//! What can stand at a place.

use super::assistant::Assistant;
use super::cursor::{self, At, Cursor};
use super::outline::Line;
use super::{docs, outline, template};
use crate::json::Json;
use crate::words::cut;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use weir::extract;
use weir::filters::{self, LibraryKind};
use weir::taxonomy::categorization;

/// How many proposals are made at most.
const MOST: usize = 500;

/// How many characters of a value are shown.
const SHOWN: usize = 60;

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Completion {
    /// What is written.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// A word about it: its type, or a value that it has.
    pub detail: String,
    /// What is said of it, as Markdown.
    pub documentation: String,
    /// The bytes that it replaces.
    pub replaces: Range<usize>,
    /// The text that it writes.
    pub text: String,
}

/// What a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CompletionKind {
    /// A field of the event.
    Field,
    /// A filter, a test, a method or a function.
    Function,
    /// A layer, or a variable of the template.
    Variable,
    /// A key of what an extractor gave.
    Key,
    /// A key of the spec, or a property of an extractor.
    Property,
    /// An extractor or a stage.
    Entry,
    /// A value.
    Value,
}

pub(super) fn at(assistant: &Assistant, text: &str, offset: usize) -> Vec<Completion> {
    let Cursor { word, at, is_in_single } = cursor::at(text, offset);
    let typed = text.get(word.start..offset.max(word.start)).unwrap_or("");
    let mut all = Proposals { assistant, word, all: Vec::new() };
    match at {
        At::Name(above) if above.is_empty() => all.roots(text, offset),
        // In a value with single quotes, those of the expression are double ones.
        At::Name(above) => all.below(&above, if is_in_single { '"' } else { '\'' }),
        At::Item(above) => all.items(&above),
        At::Method => all.functions(LibraryKind::Method),
        At::Filter => all.functions(LibraryKind::Filter),
        At::Test => all.functions(LibraryKind::Test),
        At::Key(path) => all.keys(text, offset, &path),
        At::Value(path) => all.values(text, &path),
        At::Nothing => {}
    }
    let typed = typed.to_lowercase();
    let mut found = all.all;
    found.retain(|proposal| proposal.label.to_lowercase().contains(&typed));
    // What begins with what is typed comes first.
    found.sort_by_key(|proposal| !proposal.label.to_lowercase().starts_with(&typed));
    found.truncate(MOST);
    found
}

struct Proposals<'a> {
    assistant: &'a Assistant,
    word: Range<usize>,
    all: Vec<Completion>,
}

impl Proposals<'_> {
    fn add(&mut self, label: &str, kind: CompletionKind, detail: impl Into<String>, documentation: impl Into<String>) {
        self.add_as(label, kind, detail, documentation, label.to_owned());
    }

    fn add_as(
        &mut self,
        label: &str,
        kind: CompletionKind,
        detail: impl Into<String>,
        documentation: impl Into<String>,
        text: String,
    ) {
        let (detail, documentation) = (detail.into(), documentation.into());
        self.all.push(Completion {
            label: label.to_owned(),
            kind,
            detail,
            documentation,
            replaces: self.word.clone(),
            text,
        });
    }

    /// What an expression can begin with.
    fn roots(&mut self, text: &str, offset: usize) {
        for variable in variables(text, offset) {
            self.add(&variable, CompletionKind::Variable, "variable", "");
        }
        let lines = outline::lines(text);
        let entries = lines.iter().filter(|line| line.path == ["pipeline"] && line.key == "name");
        let mut layers: Vec<&str> = entries.map(|line| unquoted(&text[line.value.clone()])).collect();
        layers.dedup();
        for layer in layers {
            if template::is_name(layer) {
                self.add(layer, CompletionKind::Variable, "layer", "");
            }
        }
        self.add("original", CompletionKind::Variable, "the incoming event", "");
        self.add("final", CompletionKind::Variable, "the event that is being built", "");
        self.functions(LibraryKind::Global);
    }

    /// The keys that a name has in recorded pairs, with what is said of each, and one of its values.
    fn recorded(&self, names: &[&str]) -> Vec<(String, String, String)> {
        let mut keys: BTreeMap<String, (usize, String)> = BTreeMap::new();
        for recorded in &self.assistant.recorded {
            if let [layer] = names[..]
                && !matches!(layer, "original" | "final")
            {
                for (_, output, result) in recorded.results.iter().filter(|(known, ..)| known == layer) {
                    count(&mut keys, output, result);
                }
            }
            for (key, value) in recorded.value(names).map(Json::members).unwrap_or_default() {
                count(&mut keys, key, value);
            }
        }
        let pairs = self.assistant.recorded.len();
        let told = |(key, (number, value))| (key, format!("in {number} of {pairs} recorded pairs"), value);
        keys.into_iter().map(told).collect()
    }

    /// What can stand in the quotes of `x['']` and `x.get('')`: keys that need no escape there.
    fn items(&mut self, above: &[String]) {
        let names: Vec<&str> = above.iter().map(String::as_str).collect();
        for (key, said, value) in self.recorded(&names) {
            if !key.contains(['\'', '"', '\\']) {
                self.add(&key, CompletionKind::Key, value, said);
            }
        }
    }

    /// What can follow a name and a dot.
    fn below(&mut self, above: &[String], quote: char) {
        let names: Vec<&str> = above.iter().map(String::as_str).collect();
        let keys = self.recorded(&names);
        for (key, said, value) in &keys {
            // A key that is no name is read by its text: `layer['@key']`, or `.get('@key')`.
            let is_name = key.chars().all(template::is_of_name) && !key.is_empty();
            if is_name {
                self.add(key, CompletionKind::Key, value, said);
            } else if !key.contains(['\'', '"', '\\']) {
                self.add_as(key, CompletionKind::Key, value, said, format!("get({quote}{key}{quote})"));
            }
        }
        let is_layer = |name: &str| {
            self.assistant.answers.format.spec.iter().flat_map(|spec| &spec.stages).any(|stage| stage.name.text == name)
        };
        match names.split_first() {
            Some((&"final", rest)) => self.fields(&rest.join("."), true),
            Some((stage, rest)) if is_layer(stage) => self.fields(&rest.join("."), true),
            _ => {}
        }
        if keys.is_empty() {
            self.functions(LibraryKind::Method);
        }
    }

    fn functions(&mut self, kind: LibraryKind) {
        for entry in filters::all().filter(|entry| entry.kind == kind) {
            for name in entry.names {
                self.add(name, CompletionKind::Function, entry.signature(), docs::function(entry));
            }
        }
    }

    /// Fields of the taxonomy; below a name, one key after the other.
    fn fields(&mut self, above: &str, by_key: bool) {
        let taxonomy = &self.assistant.answers.format.taxonomy;
        let mut told = BTreeSet::new();
        for field in taxonomy.iter() {
            let rest = match above {
                "" => Some(&*field.name),
                above => field.name.strip_prefix(above).and_then(|rest| rest.strip_prefix('.')),
            };
            let Some(rest) = rest else { continue };
            let (key, is_whole) = match rest.split_once('.').filter(|_| by_key) {
                Some((key, _)) => (key, false),
                None => (rest, true),
            };
            if told.insert(key.to_owned()) {
                let (detail, said) = match is_whole {
                    true => (field.kind.name(), field.description.as_deref().unwrap_or(field.kind.summary())),
                    false => ("", ""),
                };
                self.add(key, CompletionKind::Field, detail, said);
            }
        }
    }

    fn keys(&mut self, text: &str, offset: usize, path: &[String]) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let is_new = !text[self.word.end..].trim_start_matches(['"', '\'']).starts_with(':');
        let is_quoted = text[..self.word.start].ends_with(['"', '\'']);
        match names[..] {
            ["stages", _, "actions", "set"] => self.fields("", false),
            ["stages"] => self.stages(text),
            ["pipeline", "external", "properties"] => {
                for property in docs::extractor_at(text, offset).map(|known| known.properties).unwrap_or_default() {
                    let detail = if property.required { "required" } else { "" };
                    self.add(property.name, CompletionKind::Property, detail, property.summary);
                }
                self.known_keys(path);
            }
            _ => self.known_keys(path),
        }
        if matches!(names[..], ["pipeline", "external", "properties"] | ["stages", _, "actions", "set"]) {
            let others = self.beside(text, &names);
            self.all.retain(|proposal| !others.contains(&&*proposal.label));
        }
        // Where quotes are open already, who types closes them.
        for proposal in self.all.iter_mut().filter(|_| is_new && !is_quoted) {
            // In YAML a name that begins with a sign has quotes.
            let is_plain = proposal.text.starts_with(template::is_of_name);
            proposal.text = if is_plain { format!("{}: ", proposal.text) } else { format!("\"{}\": ", proposal.text) };
        }
    }

    /// The other keys of the mapping that the word is in.
    fn beside<'t>(&self, text: &'t str, path: &[&str]) -> Vec<&'t str> {
        let lines = outline::lines(text);
        let here = lines.partition_point(|line| line.place.start < self.word.start);
        let is_within = |line: &&Line<'_>| line.path.starts_with(path);
        let above = lines[..here].iter().rev().take_while(is_within);
        let below = lines[here..].iter().take_while(is_within);
        let others = above.chain(below).filter(|line| line.path == path && line.place != self.word);
        others.map(|line| line.key).collect()
    }

    fn known_keys(&mut self, path: &[String]) {
        for (key, meaning) in docs::keys_below(path) {
            self.add(key, CompletionKind::Property, "", *meaning);
        }
    }

    fn values(&mut self, text: &str, path: &[String]) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match names[..] {
            ["pipeline", "external", "name"] => {
                for known in extract::all() {
                    self.add(known.name, CompletionKind::Entry, known.summary, docs::extractor(known));
                }
            }
            ["pipeline", "external", "properties", "raise_errors"] => {
                ["true", "false"].iter().for_each(|value| self.add(value, CompletionKind::Value, "", ""));
            }
            ["pipeline", "name"] => {
                let lines = outline::lines(text);
                lines.iter().filter(|line| line.path == ["stages"]).for_each(|line| {
                    self.add(line.key, CompletionKind::Entry, "stage", "");
                });
            }
            ["stages", _, "actions", "set", field] => {
                for value in categorization::allowed(field) {
                    self.add(value, CompletionKind::Value, "allowed", "");
                }
            }
            ["stages", _, "actions", "delete" | "mapping"]
            | ["stages", _, "actions", "mapping", _]
            | ["stages", _, "actions", "translate", "mapping", _] => self.fields("", false),
            _ => {}
        }
    }

    /// Names of the pipeline that no stage has yet.
    fn stages(&mut self, text: &str) {
        let lines = outline::lines(text);
        for line in lines.iter().filter(|line| line.path == ["pipeline"] && line.key == "name") {
            let name = unquoted(&text[line.value.clone()]);
            if !lines.iter().any(|other| other.path == ["stages"] && other.key == name) {
                self.add(name, CompletionKind::Entry, "stage", "the pipeline names it, and it is not written yet");
            }
        }
    }
}

fn count(keys: &mut BTreeMap<String, (usize, String)>, key: &str, value: &Json) {
    let known = keys.entry(key.to_owned()).or_insert_with(|| (0, cut(&value.to_string(), SHOWN)));
    known.0 += 1;
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

/// The variables that the template sets before a place.
fn variables(text: &str, offset: usize) -> Vec<String> {
    let scalar = outline::at(text, cursor::floor(text, offset)).scalar;
    let expressions = scalar.map(|scalar| template::expressions(text, &scalar)).unwrap_or_default();
    let before = expressions.iter().filter(|expression| expression.place.end < offset);
    let mut found: Vec<String> = Vec::new();
    for name in before.flat_map(|expression| expression.bound(text)) {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    found
}
