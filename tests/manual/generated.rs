//! The tables of the manual, made from the tables of the engine: what stands between `<!-- table: name -->` and
//! `<!-- end -->`.

use crate::limits;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use weir::diagnostic::{Kind, Severity};
use weir::filters::{self, LibraryEntry};
use weir::taxonomy::{FieldType, Taxonomy};
use weir::{extract, infer, lint, plan, spec};

/// Makes a table.
type Table = fn() -> String;

/// The tables by name.
const TABLES: &[(&str, Table)] = &[
    ("filters", || library(filters::LibraryKind::Filter)),
    ("tests", || library(filters::LibraryKind::Test)),
    ("methods", || library(filters::LibraryKind::Method)),
    ("functions", || library(filters::LibraryKind::Global)),
    ("extractors", extractors),
    ("spec findings", || findings(spec::findings::KINDS)),
    ("extractor findings", || findings(extract::findings::KINDS)),
    ("plan findings", || findings(plan::findings::KINDS)),
    ("lint findings", || findings(lint::findings::KINDS)),
    ("field types", field_types),
    ("inferred fields", inferred_fields),
    ("limits", limits::table),
    ("base taxonomy", || format!("{} fields\n", Taxonomy::base().iter().count())),
];

/// The names of all tables.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|(name, _)| *name)
}

/// The page with its tables made anew; `used` takes their names.
pub fn renew(path: &Path, text: &str, used: &mut Vec<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!-- table: ") {
        let (name, behind) = after.split_once(" -->").expect("a mark of a table is closed");
        let (_, behind) = behind.split_once("<!-- end -->").expect("a table has an end");
        let (_, table) = TABLES.iter().find(|(known, _)| *known == name).unwrap_or_else(|| {
            let known: Vec<&str> = names().collect();
            unreachable!("{}: no table `{name}` among {known:?}", path.display())
        });
        used.push(name.to_owned());
        let _ = write!(out, "{before}<!-- table: {name} -->\n\n{}\n<!-- end -->", table());
        rest = behind;
    }
    out + rest
}

/// The codes of findings outside the tables of the engine: those of its surfaces.
pub fn codes() -> impl Iterator<Item = String> {
    let mut codes = Vec::new();
    let mut folders =
        ["src", "crates/author/src"].map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("a readable folder").path();
            match fs::read_to_string(&path) {
                Ok(text) if path.extension().is_some_and(|extension| extension == "rs") => {
                    for mark in ["Code(\"", "code: \""] {
                        let found = text.match_indices(mark).map(|(place, _)| &text[place + mark.len()..]);
                        codes.extend(found.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
                    }
                }
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    assert!(codes.len() >= 5, "the sources name codes");
    codes.into_iter()
}

fn library(kind: filters::LibraryKind) -> String {
    let mut entries: Vec<&LibraryEntry> = filters::all().filter(|entry| entry.kind == kind).collect();
    entries.sort_by_key(|entry| entry.name());
    let mut out = String::new();
    for entry in entries {
        let _ = write!(out, "### `{}`\n\n{}{}\n\n", signature(entry), entry.summary, aliases(entry));
        out += "```jinja\n";
        for (expression, result) in entry.examples {
            let _ = writeln!(out, "{expression} → {result}");
        }
        out += "```\n\n";
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn signature(entry: &LibraryEntry) -> String {
    let rest = if entry.variadic { "…".to_owned() } else { String::new() };
    let own = if entry.kind == filters::LibraryKind::Global { 0 } else { 1 };
    let parameters = entry.parameters.iter().skip(own).map(ToString::to_string);
    let list: Vec<String> = parameters.chain(Some(rest).filter(|rest| !rest.is_empty())).collect();
    let call = match (list.is_empty(), entry.kind) {
        (true, filters::LibraryKind::Filter | filters::LibraryKind::Test) => entry.name().to_owned(),
        _ => format!("{}({})", entry.name(), list.join(", ")),
    };
    match entry.kind {
        filters::LibraryKind::Filter => format!("value | {call}"),
        filters::LibraryKind::Test => format!("value is {call}"),
        filters::LibraryKind::Method => format!("value.{call}"),
        filters::LibraryKind::Global => call,
    }
}

fn aliases(entry: &LibraryEntry) -> String {
    let others: Vec<String> = entry.names.iter().skip(1).map(|name| format!("`{name}`")).collect();
    if others.is_empty() { String::new() } else { format!(" Also called {}.", others.join(", ")) }
}

fn extractors() -> String {
    let mut out = String::new();
    for entry in extract::all() {
        let _ = write!(out, "## `{}`\n\n{}\n\n", entry.name, entry.summary);
        for property in entry.properties {
            let required = if property.required { " Required." } else { "" };
            let _ = writeln!(out, "- `{}`: {}{required}", property.name, property.summary);
        }
        if !entry.properties.is_empty() {
            out.push('\n');
        }
        for example in entry.examples {
            let _ = write!(out, "```text\nproperties  {}\n", indented(example.properties));
            let _ = writeln!(out, "input       {}", indented(example.input));
            let _ = write!(out, "result      {}\n```\n\n", indented(example.result));
        }
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// Lines that stand below the first one, after a word of twelve letters.
fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n            ")
}

fn findings(kinds: &[Kind]) -> String {
    let mut out = "| Code | Severity | Title | What follows |\n|---|---|---|---|\n".to_owned();
    for kind in kinds {
        let severity = match kind.severity {
            Severity::Hint => "hint",
            Severity::Warning => "warning",
            Severity::Ignored => "ignored",
            Severity::Error => "error",
        };
        let _ = writeln!(out, "| `{}` | {severity} | {} | {} |", kind.code, kind.title, kind.meaning);
    }
    out
}

fn field_types() -> String {
    let mut out = "| Type | Holds | Values become |\n|---|---|---|\n".to_owned();
    for kind in FieldType::ALL {
        let _ = writeln!(out, "| `{}` | {} | {} |", kind.name(), kind.summary(), reading(*kind));
    }
    out
}

fn reading(kind: FieldType) -> &'static str {
    use weir::taxonomy::Reading;
    match kind.reading() {
        Reading::Text => "text",
        Reading::Number => "a number",
        Reading::Boolean => "`true` or `false`",
        Reading::Ip => "an address in canonical text",
        Reading::Date => "RFC 3339 in UTC",
        Reading::List => "a list",
        Reading::Object => "a dict, or a list of dicts, cast field by field",
        Reading::Any => "what they are",
    }
}

fn inferred_fields() -> String {
    let mut out = String::new();
    for rule in infer::rules() {
        let _ = write!(out, "### {}\n\n{}\n\n", rule.name, rule.summary);
        let _ = writeln!(out, "- Reads {}", fields(rule.reads));
        let _ = writeln!(out, "- Writes {}", fields(rule.writes));
        let _ = write!(out, "- Evidence: {}\n\n", rule.evidence);
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn fields(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    shown.join(", ")
}
