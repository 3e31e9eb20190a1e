//! The files of a format by their paths, as the workbench takes them.

use std::collections::BTreeMap;
use weir_author::{FormatFolder, NamedText};

/// The texts of a format by their paths in it.
pub type Files = BTreeMap<String, String>;

/// Where a format's spec may lie.
const PARSERS: [&str; 2] = ["ingest/parser.yml", "parser.yml"];

/// The module's declarations of fields, seen from the format.
const MODULE_FIELDS: &str = "../_meta/fields.yml";

/// Where the recorded pairs are.
const PAIRS: &str = "tests/";

/// The files as a format's folder.
pub fn folder(files: &Files) -> FormatFolder {
    let named = |path: &str| -> Option<NamedText> { Some((path.to_owned(), files.get(path)?.clone())) };
    let pairs = files.iter().filter(|(path, _)| is_pair(path));
    FormatFolder {
        parser: PARSERS.into_iter().find_map(named).unwrap_or_else(|| (PARSERS[0].to_owned(), String::new())),
        module_fields: named(MODULE_FIELDS),
        fields: named("_meta/fields.yml"),
        manifest: named("_meta/manifest.yml"),
        descriptions: named("_meta/smart-descriptions.json"),
        contract: named("dataset.yml"),
        pairs: pairs.map(|(path, text)| (path.clone(), text.clone())).collect(),
    }
}

/// Whether a path is that of a recorded pair.
pub fn is_pair(path: &str) -> bool {
    path.strip_prefix(PAIRS).is_some_and(|name| name.ends_with(".json") && !name.contains('/'))
}
