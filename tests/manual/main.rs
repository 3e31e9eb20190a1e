//! The manual runs: its examples give what they say, and its tables say what the engine has.
//!
//! `WEIR_BLESS=1 cargo test --test manual` writes the tables anew.

mod blocks;
mod engine;
mod examples;
mod generated;
mod limits;

use blocks::Page;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use weir::{extract, filters};

#[test]
fn every_example_of_the_manual_gives_what_it_says() {
    let pages = blocks::pages();
    let (mut ran, mut wrong) = (0, Vec::new());
    for page in &pages {
        ran += examples::check(page, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} examples:\n\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(ran > 60, "only {ran} examples were found");
}

#[test]
fn every_example_of_the_library_gives_its_result() {
    let mut wrong = String::new();
    for entry in filters::all() {
        if entry.examples.is_empty() && !entry.summary.starts_with("Not run") {
            let _ = writeln!(wrong, "the {} `{}` has no example", entry.kind.name(), entry.name());
        }
        for (expression, expected) in entry.examples {
            let found = engine::evaluate(&[], expression);
            if found != *expected {
                let _ = writeln!(wrong, "{expression}\n  expected {expected}\n  got      {found}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_example_of_an_extractor_gives_its_result_in_a_format() {
    let mut wrong = String::new();
    for entry in extract::all() {
        for example in entry.examples {
            let found = engine::extract(entry.name, example.properties, example.input);
            if found.as_ref().ok() != blocks::json(example.result).ok().as_ref() {
                let _ = writeln!(wrong, "{}: {}\n  got {found:?}", entry.name, example.input);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_tables_of_the_manual_are_up_to_date() {
    let bless = std::env::var_os("WEIR_BLESS").is_some();
    let mut used = Vec::new();
    let mut stale = Vec::new();
    for Page { path, text } in blocks::pages() {
        let renewed = generated::renew(&path, &text, &mut used);
        if renewed == text {
            continue;
        }
        match bless {
            true => std::fs::write(&path, renewed).expect("the manual can be written"),
            false => stale.push(path.display().to_string()),
        }
    }
    assert!(stale.is_empty(), "run WEIR_BLESS=1 cargo test --test manual, for\n{}", stale.join("\n"));
    let unused: Vec<_> = generated::names().filter(|name| !used.contains(&(*name).to_owned())).collect();
    assert!(unused.is_empty(), "no page has the tables {unused:?}");
}

/// Codes outside the tables of the engine stand in the sources of its surfaces; the manual must not miss one.
#[test]
fn every_code_of_a_finding_is_in_the_manual() {
    let page = blocks::pages().into_iter().find(|page| page.path.ends_with("docs/language/findings.md"));
    let page = page.expect("the page of findings").text;
    let missing: Vec<String> = generated::codes().filter(|code| !page.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "docs/language/findings.md lacks {missing:?}");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut broken = Vec::new();
    for page in blocks::pages() {
        for target in blocks::links(&page.text) {
            let file = target.split('#').next().unwrap_or_default();
            let folder = page.path.parent().expect("a page lies in a folder");
            if !file.is_empty() && !folder.join(file).exists() {
                broken.push(format!("{}: {target}", page.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_index_leads_to_every_page() {
    let pages: HashMap<PathBuf, String> = blocks::pages().into_iter().map(|page| (page.path, page.text)).collect();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut open = vec![docs.join("README.md")];
    let mut reached = HashSet::new();
    while let Some(path) = open.pop() {
        let Some(text) = pages.get(&path).filter(|_| reached.insert(path.clone())) else { continue };
        let targets = blocks::links(text).into_iter().filter_map(|target| target.split('#').next());
        let folder = path.parent().expect("a page lies in a folder");
        open.extend(targets.filter_map(|target| folder.join(target).canonicalize().ok()));
    }
    let missed: Vec<_> = pages.keys().filter(|path| path.starts_with(&docs) && !reached.contains(*path)).collect();
    assert!(missed.is_empty(), "docs/README.md leads to none of {missed:?}");
}
