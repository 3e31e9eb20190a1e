//! What the manual keeps of the workbench's tables is what they say: schemas, and the list of findings.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Kind, Severity};
use weir_author::{check, schemas};

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

#[test]
fn the_schemas_are_those_of_the_tables() {
    for schema in schemas::ALL {
        let path = docs(&format!("schemas/{}.schema.json", schema.name));
        if env::var_os("WEIR_BLESS").is_some() {
            fs::write(&path, schema.text()).expect("a new schema");
        }
        let kept = fs::read_to_string(&path).expect("a schema");
        let is_same = kept == schema.text();
        assert!(
            is_same,
            "{}: `WEIR_BLESS=1 cargo test -p weir-author --test documented` writes it again",
            path.display()
        );
        let read: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
        assert_eq!(read["$schema"], "http://json-schema.org/draft-07/schema#");
    }
}

#[test]
fn every_finding_of_a_check_is_in_the_manual_as_it_is() {
    let page = fs::read_to_string(docs("language/findings.md")).expect("the page");
    // Those of contracts have a page of their own.
    let kinds = check::kinds().filter(|kind| !kind.code.starts_with("contract-"));
    let missing: Vec<String> = kinds.map(row).filter(|row| !page.contains(row)).collect();
    assert!(missing.is_empty(), "docs/language/findings.md lacks\n{}", missing.join("\n"));
}

fn row(kind: &Kind) -> String {
    let severity = match kind.severity {
        Severity::Hint => "hint",
        Severity::Warning => "warning",
        Severity::Ignored => "ignored",
        Severity::Error => "error",
    };
    format!("| `{}` | {severity} | {} | {} |", kind.code, kind.title, kind.meaning)
}
