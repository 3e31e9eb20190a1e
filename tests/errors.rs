//! Files with planted mistakes and all that is found in them: `tests/errors/` → `snapshots/error/`.
//!
//! A new file is a new test. Specs lie at the top, the other files of a format in folders by their kind; specs that are
//! compiled as well lie in `formats`.
//!
//! Why so: `docs/decisions/0018`.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostics, SourceId, Sources, render};
use weir::{extract, lint, plan, spec};

type Read = fn(&str, SourceId, &mut Diagnostics);

/// Each folder with the reader of its files.
const FOLDERS: [(&str, Read); 6] = [
    ("", |text, source, findings| drop(spec::read(text, source, findings))),
    ("manifests", |text, source, findings| drop(spec::read_manifest(text, source, findings))),
    ("fields", |text, source, findings| drop(spec::read_fields(text, source, findings))),
    ("recorded", |text, source, findings| _ = spec::read_test(text, source, findings)),
    ("descriptions", |text, source, findings| _ = spec::check_descriptions(text, source, findings)),
    ("formats", |text, _, findings| {
        let parser = ("parser.yml".to_owned(), text.to_owned());
        findings.extend(weir::compile(&weir::FormatText { parser, fields: Vec::new() }).findings);
    }),
];

/// What cannot be shown in one small file: it has its own test in the room, or stands in `tests/planted`.
const NOT_PLANTED: [&str; 3] = ["yaml-too-large", "unknown-type", "spec-too-large"];

#[test]
fn every_planted_mistake_is_found_and_explained() -> Result<(), Box<dyn Error>> {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/error");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _guard = settings.bind_to_scope();
    let mut failures = Vec::new();
    for (folder, read) in FOLDERS {
        for path in files(folder)? {
            let (name, report) = report(folder, &path, read)?;
            if std::panic::catch_unwind(|| insta::assert_snapshot!(name.clone(), report)).is_err() {
                failures.push(name);
            }
        }
    }
    assert!(failures.is_empty(), "other findings than recorded: {failures:?}");
    Ok(())
}

#[test]
fn every_kind_of_finding_is_planted_somewhere() -> Result<(), Box<dyn Error>> {
    let mut found = BTreeSet::new();
    for (folder, read) in FOLDERS {
        for path in files(folder)? {
            let mut findings = Diagnostics::new();
            read(&fs::read_to_string(path)?, SourceId(0), &mut findings);
            found.extend(findings.iter().map(|finding| finding.code.0));
        }
    }
    found.extend(NOT_PLANTED);
    let rooms = [spec::findings::KINDS, extract::findings::KINDS, plan::findings::KINDS, lint::findings::KINDS];
    let declared: BTreeSet<&str> = rooms.into_iter().flatten().map(|kind| kind.code).collect();
    assert_eq!(found, declared);
    Ok(())
}

/// The findings as a check shows them; a file without one says so.
fn report(folder: &str, path: &Path, read: Read) -> Result<(String, String), Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let file = path.file_name().and_then(|name| name.to_str()).ok_or("a file's name is text")?;
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut sources = Sources::new();
    let source = sources.add(file, &*text);
    let mut findings = Diagnostics::new();
    read(&text, source, &mut findings);
    findings.sort();
    let rendered: Vec<String> = findings.iter().map(|finding| render(finding, &sources, true, false)).collect();
    let name = if folder.is_empty() { stem.to_owned() } else { format!("{folder}-{stem}") };
    Ok((name, if rendered.is_empty() { "nothing found".to_owned() } else { rendered.join("\n\n") }))
}

fn files(folder: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors").join(folder);
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}
