//! The formats whose texts are open: where they are, and what they consist of.

use crate::documents::Documents;
use std::path::{Path, PathBuf};
use weir_author::{FormatFolder, NamedText};
use weir_formats::Place;

/// The format that a file belongs to.
pub fn place_of(path: &Path, documents: &Documents) -> Option<Place> {
    let is_parser = path.file_name().is_some_and(|name| name == "parser.yml");
    if is_parser && let Some(folder) = path.parent() {
        // It may not be on the disk yet. Outside of `ingest` the name alone says too little.
        let ingest = folder.parent().filter(|_| folder.ends_with("ingest"));
        let root = ingest.or_else(|| is_spec(path, documents).then_some(folder))?;
        return Some(Place { root: root.to_owned(), parser: path.to_owned(), only: None });
    }
    let root = path.ancestors().skip(1).take(4).find(|above| above.join("ingest/parser.yml").is_file())?;
    Some(Place { root: root.to_owned(), parser: root.join("ingest/parser.yml"), only: None })
}

/// Whether a text has a key that specs have.
fn is_spec(path: &Path, documents: &Documents) -> bool {
    let has_key = |text: &str| text.lines().any(|line| line.starts_with("pipeline:") || line.starts_with("stages:"));
    match documents.get(path) {
        Some(open) => has_key(&open.text),
        None => weir_formats::folders::optional(path).ok().flatten().is_some_and(|(_, text)| has_key(&text)),
    }
}

/// The texts of a format: those that are open, and the others as they are on the disk. What cannot be read is left out: it is
/// not there, or no text.
pub fn folder(place: &Place, documents: &Documents) -> FormatFolder {
    let text = |path: PathBuf| -> Option<NamedText> {
        let name = path.display().to_string();
        match documents.get(&path) {
            Some(open) => Some((name, open.text.clone())),
            None => weir_formats::folders::optional(&path).ok().flatten(),
        }
    };
    let module = place.root.parent();
    FormatFolder {
        parser: text(place.parser.clone()).unwrap_or_else(|| (place.parser.display().to_string(), String::new())),
        module_fields: module.and_then(|module| text(module.join("_meta/fields.yml"))),
        fields: text(place.root.join("_meta/fields.yml")),
        manifest: text(place.root.join("_meta/manifest.yml")),
        descriptions: text(place.root.join("_meta/smart-descriptions.json")),
        contract: text(place.contract()),
        pairs: pairs(place, documents).into_iter().filter_map(text).collect(),
    }
}

/// The recorded pairs, on the disk and those that are only open.
fn pairs(place: &Place, documents: &Documents) -> Vec<PathBuf> {
    let folder = place.root.join("tests");
    let mut pairs = place.pairs().unwrap_or_default();
    let is_pair = |path: &Path| path.parent() == Some(&folder) && path.extension().is_some_and(|end| end == "json");
    pairs.extend(documents.below(&folder).map(|(path, _)| path).filter(|path| is_pair(path)).map(Path::to_owned));
    pairs.sort();
    pairs.dedup();
    pairs
}
