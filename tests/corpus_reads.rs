//! A repository of formats beside this one, if there is one: every file of it is read, and nothing is called an error.

#![allow(clippy::print_stderr, reason = "a test that read nothing must say so")]

mod repository;

use std::error::Error;
use std::fs;
use std::path::Path;
use weir::diagnostic::{Diagnostics, Severity, SourceId};
use weir::spec;

#[test]
fn no_file_of_a_public_format_is_called_an_error() -> Result<(), Box<dyn Error>> {
    let Some(folder) = repository::public() else { return Ok(()) };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut specs = 0;
    let mut wrong = Vec::new();
    for path in repository::files(&corpus) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let mut findings = Diagnostics::new();
        let text = fs::read_to_string(&path)?;
        let (source, is_test) = (SourceId(0), path.parent().is_some_and(|folder| folder.ends_with("tests")));
        match name {
            "parser.yml" => specs += usize::from(spec::read(&text, source, &mut findings).is_some()),
            "manifest.yml" => drop(spec::read_manifest(&text, source, &mut findings)),
            "fields.yml" => drop(spec::read_fields(&text, source, &mut findings)),
            "smart-descriptions.json" => _ = spec::check_descriptions(&text, source, &mut findings),
            _ if is_test => _ = spec::read_test(&text, source, &mut findings),
            _ => {}
        }
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        wrong.extend(errors.map(|finding| format!("{}: {}", path.display(), finding.title)));
    }
    assert!(specs > 100, "only {specs} specs were read");
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
