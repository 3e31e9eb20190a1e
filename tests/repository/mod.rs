//! Formats of a repository: their files, read and compiled.

#![allow(dead_code, reason = "each test uses a part")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use weir::{Format, FormatText, compile};

/// The folder of public formats beside the project. Where it is not, the test says that it was skipped.
pub fn public() -> Option<&'static str> {
    const FOLDER: &str = "../shared/corpus";
    let is_here = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).is_dir();
    if !is_here {
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        // A test's output is only shown where it fails: this goes past that.
        let _ = writeln!(std::io::stderr(), "skipped: {test}: no public formats at {FOLDER}");
    }
    is_here.then_some(FOLDER)
}

/// All formats below a folder of the project, with their folders; none if it is not there.
pub fn formats(folder: &str) -> impl Iterator<Item = (PathBuf, Format)> {
    let parsers = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).into_iter();
    let roots = parsers.filter(|path| path.ends_with("ingest/parser.yml"));
    roots.filter_map(|path| path.ancestors().nth(2).map(|root| (root.to_owned(), format_at(root))))
}

/// The format in a folder.
pub fn format_at(root: &Path) -> Format {
    let file = |path: PathBuf| Some((path.display().to_string(), fs::read_to_string(path).ok()?));
    let fields = [root.join("../_meta/fields.yml"), root.join("_meta/fields.yml")].into_iter().filter_map(file);
    let parser = file(root.join("ingest/parser.yml")).unwrap_or_default();
    compile(&FormatText { parser, fields: fields.collect() })
}

/// All files below a folder; none if it is not there.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
