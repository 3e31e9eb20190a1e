//! What lies beside the repository: third-party rules, attacks and formats, where they are there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostics, Sources};
use weir::{FormatText, Plan};
use weir_detect::rule::{self, Documents};

/// Prints a line that is seen although the test passes.
pub fn say(line: &str) {
    // `println!` is captured by the harness; a line to the stream itself is not.
    let _ = writeln!(std::io::stderr(), "detect: {line}");
}

/// A folder beside the repository; says that the test is passed over where it is not there.
pub fn shared(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if !folder.is_dir() {
        say(&format!("passed over: ../shared/{name} is not there"));
        return None;
    }
    Some(folder)
}

/// All files below a folder with an extension, by name.
pub fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a readable folder").map(|entry| entry.expect("an entry").path());
    let mut entries: Vec<PathBuf> = entries.collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

/// All rules of SigmaHQ.
pub fn sigma_rules(sigma: &Path, findings: &mut Diagnostics) -> Documents {
    let mut files = Vec::new();
    walk(sigma, "yml", &mut files);
    files.retain(|path| !path.starts_with(sigma.join("regression")));
    let (mut sources, mut documents) = (Sources::new(), Documents::default());
    for path in files {
        let text = fs::read_to_string(&path).expect("a rule is text");
        let source = sources.add(path.display().to_string(), &*text);
        rule::read(&text, source, &mut documents, findings);
    }
    documents
}

/// The plan of a format.
pub fn format(folder: &Path) -> Plan {
    let read = |path: PathBuf| fs::read_to_string(&path).ok().map(|text| (path.display().to_string(), text));
    let fields = [folder.join("../_meta/fields.yml"), folder.join("_meta/fields.yml")];
    let parser = read(folder.join("ingest/parser.yml")).expect("a parser");
    let text = FormatText { parser, fields: fields.into_iter().filter_map(read).collect() };
    weir::compile(&text).plan.expect("a plan")
}
