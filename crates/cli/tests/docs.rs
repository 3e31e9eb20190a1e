//! `weir docs`, by the built binary: the project's own pages are fresh, and what the command says where pages are not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const SPEC: &str = "name: door\npipeline:\n  - name: s\nstages:\n  s:\n    actions:\n      - set: {event.kind: event, event.type: [start, end]}\n";

#[test]
fn the_pages_of_the_project_are_fresh() {
    let output = weir(&root(), &["docs", "specs", "--output", "docs/formats", "--rules", "specs/rules", "--check"]);
    let refresh = "cargo run -- docs specs --output docs/formats --rules specs/rules";
    assert!(output.status.success(), "docs/formats is stale; refresh it with\n\n  {refresh}\n\n{}", said(&output));
}

#[test]
fn one_format_goes_to_standard_output() {
    let folder = folder();
    let output = weir(folder.path(), &["docs", "doors/door"]);
    let text = said(&output);
    assert!(text.starts_with("# door\n") && text.contains("| Type | `end`, `start` |"), "{text}");
    let html = said(&weir(folder.path(), &["docs", "doors/door", "--html"]));
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("<h1>door</h1>"), "{html}");
}

#[test]
fn several_formats_need_a_directory() {
    let folder = folder();
    add(folder.path(), "gate", SPEC);
    let output = weir(folder.path(), &["docs"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("2 formats found"), "{}", said(&output));
    assert_eq!(weir(folder.path(), &["docs", "--check"]).status.code(), Some(2), "--check needs --output");
}

#[test]
fn pages_are_written_and_then_fresh() {
    let folder = folder();
    add(folder.path(), "gate", SPEC);
    let write = ["docs", "doors", "--output", "pages"];
    let check = ["docs", "doors", "--output", "pages", "--check"];
    assert_eq!(said(&weir(folder.path(), &write)), "2 pages in pages\n");
    assert!(weir(folder.path(), &check).status.success());
    let index = fs::read_to_string(folder.path().join("pages/README.md")).expect("an index");
    assert!(index.contains("[door](doors/door.md)") && index.contains("## doors"), "{index}");
    // What is fresh is not written again.
    let page = folder.path().join("pages/doors/door.md");
    let written = || fs::metadata(&page).and_then(|metadata| metadata.modified()).expect("a page");
    let before = written();
    assert!(weir(folder.path(), &write).status.success());
    assert_eq!(written(), before);
}

#[test]
fn formats_are_named_from_wherever_one_stands() {
    let folder = folder();
    let full = folder.path().join("doors/door");
    let full = full.to_str().expect("a path");
    for (place, path) in
        [("doors", "door"), ("doors", "."), ("doors", "./door/"), ("doors/door", "."), ("doors/door", ".."), ("", full)]
    {
        let pages = folder.path().join("pages");
        let output = weir(&folder.path().join(place), &["docs", path, "-o", pages.to_str().expect("a path")]);
        assert!(output.status.success(), "{path} in {place}: {}", said(&output));
        assert!(pages.join("doors/door.md").is_file(), "{path} in {place}");
        fs::remove_dir_all(pages).expect("pages");
    }
}

#[test]
fn what_is_not_fresh_is_named() {
    let folder = folder();
    add(folder.path(), "gate", SPEC);
    assert!(weir(folder.path(), &["docs", "doors", "--output", "pages"]).status.success());
    fs::write(folder.path().join("pages/doors/door.md"), "# changed by hand\n").expect("a page");
    fs::remove_file(folder.path().join("pages/README.md")).expect("an index");
    fs::remove_dir_all(folder.path().join("doors/gate")).expect("a format");
    let output = weir(folder.path(), &["docs", "doors", "--output", "pages", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "stale pages/doors/door.md\nmissing pages/README.md\nno format pages/doors/gate.md\n\
                    refresh with: weir docs doors --output pages\n";
    assert_eq!(said(&output), expected);
    assert!(!folder.path().join("pages/README.md").exists(), "--check writes nothing");
}

#[test]
fn a_format_that_cannot_be_used_has_no_page() {
    let folder = folder();
    add(folder.path(), "gate", "name: gate\npipeline: 7\n");
    let output = weir(folder.path(), &["docs", "doors/gate"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    fs::write(folder.path().join("doors/door/dataset.yml"), "name: [door]\n").expect("a contract");
    let output = weir(folder.path(), &["docs", "doors/door"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("dataset.yml"), "{}", said(&output));
    assert_eq!(weir(folder.path(), &["docs", "pages"]).status.code(), Some(2), "there is no such path");
}

/// A folder with the module `doors` and in it the format `door`.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    add(folder.path(), "door", SPEC);
    folder
}

fn add(folder: &Path, name: &str, spec: &str) {
    let ingest = folder.join("doors").join(name).join("ingest");
    fs::create_dir_all(&ingest).expect("a new folder");
    fs::write(ingest.join("parser.yml"), spec).expect("a new file");
}

fn weir(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir"));
    command.args(arguments).current_dir(folder).output().expect("the binary runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()).into_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
