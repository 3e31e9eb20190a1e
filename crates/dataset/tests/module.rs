//! The module of the repository: its contracts, what its formats read of them, and where its recorded events go.
//!
//! `WEIR_BLESS=1 cargo test -p weir-dataset` writes the table of the manual anew.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use weir::FormatText;
use weir::diagnostic::{self, Diagnostics, Sources};
use weir_dataset::{Contract, Profile, Route, Router, ValueType, mapped_fields, read_contract, validate};

/// Events that no field of their own gives away: a test of the mixed stream names each, and why it cannot be routed.
const UNROUTABLE: &[(&str, &str)] = &[
    ("*/no_known_key", "has no documented field: that is its claim"),
    ("biso_user_actions/type_alone", "its one field is also in nel_reports"),
    ("gateway_dns/minimal_record", "its one field is in all datasets about DNS"),
    ("gateway_http/destination_only", "its two fields are also in gateway_network and magic_ids_detections"),
    ("gateway_network/source_alone", "its one field is in many datasets"),
    ("http_requests/minimal_record", "its two fields are also in websocket_analytics"),
    ("mcp_portal_logs/method_alone", "its one field is also in sinkhole_http_logs"),
    ("nel_reports/minimal_record", "its two fields are also in biso_user_actions"),
    ("websocket_analytics/minimal_record", "its one field is also in http_requests"),
    ("zero_trust_network_sessions/source_alone", "its one field is in many datasets"),
];

struct Dataset {
    root: PathBuf,
    contract: Contract,
}

fn datasets() -> Vec<Dataset> {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/cloudflare");
    let folders = fs::read_dir(module).expect("the module").map(|entry| entry.expect("a folder").path());
    let mut roots: Vec<PathBuf> = folders.filter(|path| path.join("ingest/parser.yml").is_file()).collect();
    roots.sort();
    roots.into_iter().map(|root| Dataset { contract: contract(&root.join("dataset.yml")), root }).collect()
}

fn contract(path: &Path) -> Contract {
    let text = fs::read_to_string(path).expect("each format of the module has a contract");
    let (mut sources, mut findings) = (Sources::new(), Diagnostics::new());
    let source = sources.add(path.display().to_string(), &*text);
    let contract = read_contract(&text, source, &mut findings);
    let shown: Vec<String> =
        findings.iter().map(|finding| diagnostic::render(finding, &sources, true, false)).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    contract.expect("a contract")
}

fn name(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// The messages of the recorded pairs, by the pair's name.
fn messages(root: &Path) -> Vec<(String, String)> {
    let files = fs::read_dir(root.join("tests")).expect("recorded pairs").map(|entry| entry.expect("a file").path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    let message = |path: &PathBuf| {
        let pair: Value = serde_json::from_str(&fs::read_to_string(path).expect("text")).expect("a recorded pair");
        (name(path), pair["input"]["message"].as_str().expect("a message").to_owned())
    };
    files.iter().map(message).collect()
}

#[test]
fn every_contract_reads_and_is_called_as_its_folder() {
    let datasets = datasets();
    assert!(datasets.len() >= 37, "only {} datasets", datasets.len());
    for Dataset { root, contract } in &datasets {
        assert_eq!(contract.name, name(root));
        assert!(!contract.fields.is_empty() && !contract.timestamps.is_empty(), "{}", contract.name);
        assert!(!contract.permissions.is_empty() && ["account", "zone"].contains(&&*contract.scope));
        for timestamp in &contract.timestamps {
            let kind = contract.field(timestamp).expect("a documented field").kind;
            assert!(matches!(kind, ValueType::Time | ValueType::Int | ValueType::Text), "{timestamp}: {kind}");
        }
    }
}

#[test]
fn every_documented_field_is_read_by_its_format_or_left_out_for_a_reason() {
    let mut lost = Vec::new();
    for Dataset { root, contract } in datasets() {
        let parser = root.join("ingest/parser.yml");
        let text = fs::read_to_string(&parser).expect("a spec");
        let format = weir::compile(&FormatText { parser: (parser.display().to_string(), text), fields: Vec::new() });
        let mapped = mapped_fields(&format.spec.expect("a spec"), &contract);
        let missed = contract
            .fields
            .iter()
            .filter(|field| !mapped.contains(&field.name) && contract.left_out(&field.name).is_none());
        lost.extend(missed.map(|field| format!("{}: {}", contract.name, field.name)));
    }
    assert!(lost.is_empty(), "neither read nor left out:\n{}", lost.join("\n"));
}

#[test]
fn all_recorded_events_of_all_datasets_in_one_stream_go_home_or_nowhere() {
    let datasets = datasets();
    let router = Router::new(datasets.iter().map(|dataset| &dataset.contract));
    // The stream goes from dataset to dataset with every record.
    let mut stream = Vec::new();
    for (home, Dataset { root, contract }) in datasets.iter().enumerate() {
        let messages = messages(root).into_iter().enumerate();
        stream.extend(messages.map(|(turn, (pair, text))| (turn, home, format!("{}/{pair}", contract.name), text)));
    }
    stream.sort();
    let (mut right, mut unrouted, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for (_, home, pair, text) in &stream {
        match router.route(text) {
            Route::Dataset(place) if place == *home => right += 1,
            Route::Dataset(place) => wrong.push(format!("{pair} went to {}", router.name(place))),
            _ => drop(unrouted.insert(pair.clone())),
        }
    }
    assert!(wrong.is_empty(), "mapped by another dataset's format:\n{}", wrong.join("\n"));
    let is_known = |pair: &String| {
        let bare = pair.split('/').next_back().unwrap_or_default();
        UNROUTABLE.iter().any(|(known, _)| known == pair || known.strip_prefix("*/") == Some(bare))
    };
    let new: Vec<&String> = unrouted.iter().filter(|pair| !is_known(pair)).collect();
    assert!(new.is_empty(), "went nowhere, and no reason is given: {new:?}");
    for (known, _) in UNROUTABLE.iter().filter(|(known, _)| !known.starts_with('*')) {
        assert!(unrouted.contains(*known), "{known} is routed: it needs no reason");
    }
    assert_eq!(right + unrouted.len(), stream.len(), "nothing is lost");
    assert!(stream.len() > 1000 && unrouted.len() * 25 < stream.len(), "{} of {}", unrouted.len(), stream.len());
}

#[test]
fn every_sample_goes_home_and_is_as_documented_but_for_its_notation() {
    let datasets = datasets();
    let router = Router::new(datasets.iter().map(|dataset| &dataset.contract));
    for (home, Dataset { root, contract }) in datasets.iter().enumerate() {
        let mut profile = Profile::default();
        for file in fs::read_dir(root.join("samples")).expect("samples").map(|entry| entry.expect("a file").path()) {
            for line in fs::read_to_string(file).expect("text").lines() {
                assert_eq!(router.route(line), Route::Dataset(home), "{}: {line}", contract.name);
                profile.add(line, Some(contract));
            }
        }
        let found =
            validate(contract, &profile, &contract.fields.iter().map(|field| field.name.clone()).collect(), None);
        let odd = found
            .findings
            .iter()
            .filter(|finding| !["notation", "value", "never-filled"].contains(&finding.kind.name()));
        let odd: Vec<String> =
            odd.map(|finding| format!("{} {}: {}", finding.kind.name(), finding.field, finding.detail)).collect();
        // A credential is left out of the one sample set on purpose.
        let odd: Vec<&String> = odd.iter().filter(|line| !line.starts_with("missing Password")).collect();
        assert!(odd.is_empty(), "{}: {odd:?}", contract.name);
    }
}

#[test]
fn every_two_contracts_can_be_told_apart_and_the_manual_lists_what_they_share() {
    let datasets = datasets();
    let router = Router::new(datasets.iter().map(|dataset| &dataset.contract));
    // A whole record of each goes home, whatever the values: no two contracts are alike.
    for (home, Dataset { contract, .. }) in datasets.iter().enumerate() {
        let members: Vec<String> = contract.fields.iter().map(|field| format!("{:?}:null", field.name)).collect();
        assert_eq!(router.route(&format!("{{{}}}", members.join(","))), Route::Dataset(home), "{}", contract.name);
    }
    let overlaps = router.overlaps();
    assert!(overlaps.iter().all(|overlap| overlap.is_distinct()));
    // What two share is ambiguous between them, and nobody guesses.
    for overlap in overlaps.iter().filter(|overlap| !overlap.shared.is_empty()) {
        let members: Vec<String> = overlap.shared.iter().map(|name| format!("{name:?}:null")).collect();
        let (first, second) = overlap.pair;
        let route = router.route(&format!("{{{}}}", members.join(",")));
        let is_ambiguous =
            matches!(&route, Route::Ambiguous(places) if places.contains(&first) && places.contains(&second));
        assert!(is_ambiguous, "{} and {}: {route:?}", router.name(first), router.name(second));
    }
    let mut table = String::from(
        "| Dataset | Fields | Of its own | Shares most with | Shared fields that leave a record ambiguous |\n|---|---|---|---|---|\n",
    );
    for (place, Dataset { contract, .. }) in datasets.iter().enumerate() {
        let nearest = overlaps.iter().find(|overlap| overlap.pair.0 == place || overlap.pair.1 == place);
        let (other, shared) = match nearest.filter(|overlap| !overlap.shared.is_empty()) {
            Some(overlap) => {
                let other = if overlap.pair.0 == place { overlap.pair.1 } else { overlap.pair.0 };
                (format!("`{}`", router.name(other)), listed(&overlap.shared))
            }
            None => ("nothing".to_owned(), "none".to_owned()),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | {} | {} | {other} | {shared} |",
            contract.name,
            contract.fields.len(),
            router.own_fields(place)
        );
    }
    check_manual(&table);
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 6;
    let mut shown: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    if names.len() > MOST {
        shown.push(format!("and {} more", names.len() - MOST));
    }
    shown.join(", ")
}

fn check_manual(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/datasets.md");
    let page = fs::read_to_string(&path).expect("the manual's page");
    let (before, rest) = page.split_once("<!-- overlaps -->\n").expect("where the table begins");
    let (now, after) = rest.split_once("<!-- end of overlaps -->").expect("where the table ends");
    if std::env::var_os("WEIR_BLESS").is_some() {
        fs::write(&path, format!("{before}<!-- overlaps -->\n{table}<!-- end of overlaps -->{after}")).expect("a page");
    } else {
        assert!(now == table, "the manual's table is old: WEIR_BLESS=1 cargo test -p weir-dataset writes it anew");
    }
}
