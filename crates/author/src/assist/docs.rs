//! What is said of a field, a function, an extractor or a key: as Markdown.

use super::assistant::Assistant;
use crate::words::cut;
use std::fmt::Write;
use weir::extract::{self, Description};
use weir::filters::{self, LibraryEntry, LibraryKind};
use weir::taxonomy::{Field, Origin, categorization};

/// How many values are listed.
const VALUES: usize = 20;

/// How many characters of a value are shown.
const SHOWN: usize = 200;

/// The keys of a spec, by the key above them, with what they mean.
pub(super) const KEYS: &[(&str, &[(&str, &str)])] = &[
    (
        "",
        &[
            ("name", "The name of the format."),
            ("ignored_values", "Values that set no field."),
            ("pipeline", "What runs, in order: stages and extractors."),
            ("stages", "The stages that the pipeline names."),
        ],
    ),
    (
        "pipeline",
        &[
            (
                "name",
                "The name of the entry, and of the layer that it writes. Without `external` it runs the stage of this name.",
            ),
            ("filter", "The condition under which the entry runs."),
            ("external", "The extractor that the entry runs."),
            ("description", "What it is for."),
        ],
    ),
    ("external", &[("name", "The extractor."), ("properties", "What the extractor reads, and how.")]),
    (
        "actions",
        &[
            ("name", "What the action is called in messages."),
            ("filter", "The condition under which the action runs."),
            ("set", "Fields with their values."),
            ("translate", "Sets fields to what a dictionary has for other values."),
            ("dictionary", "Keys with the values they stand for."),
            ("mapping", "Where a key comes from, and the field that is set."),
            ("fallback", "The value where the dictionary has no key."),
            ("delete", "Fields that are deleted."),
            ("description", "What it is for."),
        ],
    ),
    ("stage", &[("actions", "What the stage does, in order."), ("description", "What it is for.")]),
    (
        "properties",
        &[
            ("input_field", "What the extractor reads: a path or a template."),
            ("output_field", "The key of the layer under which the result is."),
            ("raise_errors", "Whether an input that cannot be read ends the run of the event."),
        ],
    ),
];

/// The keys that can stand below these.
pub(super) fn keys_below(path: &[String]) -> &'static [(&'static str, &'static str)] {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let above = match path[..] {
        [] => "",
        ["pipeline"] => "pipeline",
        ["pipeline", "external"] => "external",
        ["pipeline", "external", "properties"] => "properties",
        ["stages", _] => "stage",
        ["stages", _, "actions"] | ["stages", _, "actions", "translate"] => "actions",
        _ => return &[],
    };
    KEYS.iter().find(|(known, _)| *known == above).map_or(&[], |(_, keys)| keys)
}

/// A field: its type, what it holds, and the values that it can have.
pub(super) fn field(assistant: &Assistant, name: &str) -> Option<String> {
    let taxonomy = &assistant.answers.format.taxonomy;
    let Some(field) = taxonomy.get(name) else {
        let below: Vec<String> = taxonomy.below(name).take(VALUES).map(|field| format!("`{}`", field.name)).collect();
        return (!below.is_empty()).then(|| format!("**{name}** holds {}", below.join(", ")));
    };
    let mut out = format!("**{name}** · {}{}", field.kind, if field.many { ", a list" } else { "" });
    // Writing to a text cannot fail.
    let _ = write!(out, " · {}\n\n{}", origin(field), field.description.as_deref().unwrap_or(field.kind.summary()));
    let allowed: Vec<String> = categorization::allowed(name).map(|value| format!("`{value}`")).collect();
    if !allowed.is_empty() {
        let _ = write!(out, "\n\nmay be {}", allowed.join(", "));
    }
    if let Some(values) = assistant.possible.get(name).filter(|values| !values.known.is_empty()) {
        let known = values.known.iter().take(VALUES).map(|value| format!("`{}`", cut(value, SHOWN)));
        let more = if values.known.len() > VALUES { ", …" } else { "" };
        let others = if values.others { ", or what the record has" } else { "" };
        let _ = write!(out, "\n\nthis format sets {}{more}{others}", known.collect::<Vec<_>>().join(", "));
    }
    Some(out)
}

fn origin(field: &Field) -> &'static str {
    match field.origin {
        Origin::Ecs => "Elastic Common Schema",
        Origin::Platform => "base taxonomy",
        Origin::Module => "declared by the module",
        Origin::Format => "declared by the format",
    }
}

/// A function: how it is called, what it does, and examples.
pub(super) fn function(entry: &LibraryEntry) -> String {
    let mut out = format!("```jinja\n{}\n```\n{}", entry.signature(), entry.summary);
    for (expression, result) in entry.examples.iter().take(3) {
        let _ = write!(out, "\n\n`{expression}` → `{result}`");
    }
    out
}

/// The function of a name, of the first of some kinds that has one.
pub(super) fn find(kinds: &[LibraryKind], name: &str) -> Option<&'static LibraryEntry> {
    kinds.iter().find_map(|kind| filters::find(*kind, name))
}

/// An extractor: what it reads, its properties, and an example.
pub(super) fn extractor(description: &Description) -> String {
    let mut out = format!("**{}** · extractor\n\n{}", description.name, description.summary);
    for property in description.properties {
        let required = if property.required { ", required" } else { "" };
        let _ = write!(out, "\n- `{}`{required}: {}", property.name, property.summary);
    }
    if let Some(example) = description.examples.first() {
        let _ = write!(out, "\n\n`{}` → `{}`", cut(example.input, SHOWN), cut(example.result, SHOWN));
    }
    out
}

/// The extractor of the entry that a place is in.
pub(super) fn extractor_at(text: &str, offset: usize) -> Option<&'static Description> {
    let path = super::outline::at(text, offset).path;
    let is_within = path.starts_with(&["pipeline", "external"]) || path == ["pipeline"];
    let lines = super::outline::lines(text);
    let names = lines.iter().filter(|line| line.path == ["pipeline", "external"] && line.key == "name");
    let before = names.take_while(|line| line.place.start < offset).last().filter(|_| is_within)?;
    extract::find(text[before.value.clone()].trim_matches(['"', '\'']))
}
