//! The module of the repository: its contracts, what its formats read of them, and where its recorded events go.
//!
//! `WEIR_BLESS=1 cargo test -p weir-dataset` writes the table of the manual anew.
//!
//! Why so: `docs/decisions/0060`.

use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use weir::FormatText;
use weir::diagnostic::{self, Diagnostics, Sources};
use weir_dataset::{
    Contract, Fit, Observed, Profile, Route, Router, ValueType, mapped_fields, read_contract, validate,
};

/// Pairs of this name are records that no job of the dataset sends: a format has to bear them, and no dataset claims them.
const FOREIGN: &str = "foreign_record";

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
    let text = fs::read_to_string(path).expect("a contract");
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
        let mut today_and_once = contract.clone();
        contract.retired.iter().for_each(|field| today_and_once.document(field.clone()));
        let mapped = mapped_fields(&format.plan.expect("a plan"), &today_and_once);
        let missed = today_and_once
            .fields
            .iter()
            .filter(|field| !mapped.contains(&field.name) && contract.left_out(&field.name).is_none());
        lost.extend(missed.map(|field| format!("{}: {}", contract.name, field.name)));
    }
    assert!(lost.is_empty(), "neither read nor left out:\n{}", lost.join("\n"));
}

/// The recorded events of all datasets in one stream that goes from dataset to dataset with every record: the dataset, the
/// pair and the message of each.
fn stream(datasets: &[Dataset]) -> Vec<(usize, String, String)> {
    let mut turns = Vec::new();
    for (home, Dataset { root, .. }) in datasets.iter().enumerate() {
        let messages = messages(root).into_iter().enumerate();
        turns.extend(messages.map(|(turn, (pair, text))| (turn, home, pair, text)));
    }
    turns.sort();
    turns.into_iter().map(|(_, home, pair, text)| (home, pair, text)).collect()
}

#[test]
fn all_recorded_events_of_all_datasets_in_one_stream_go_home() {
    let datasets = datasets();
    let router = Router::new(datasets.iter().map(|dataset| &dataset.contract));
    let (mut sent, mut foreign, mut astray) = (0, 0, Vec::new());
    for (home, pair, text) in stream(&datasets) {
        let route = router.route(&text);
        let is_right = if pair == FOREIGN {
            foreign += 1;
            matches!(route, Route::Unknown { nearest: None, known: 0, .. })
        } else {
            sent += 1;
            route == Route::Dataset(home)
        };
        if !is_right {
            astray.push(format!("{}/{pair}: {route:?}", datasets[home].contract.name));
        }
    }
    assert!(astray.is_empty(), "of {sent} sent and {foreign} foreign records:\n{}", astray.join("\n"));
    assert!(sent >= 1180 && foreign <= 27, "{sent} sent, {foreign} foreign");
}

/// A job sends every field that it selects, and what a record lacks as `null` or empty.
#[test]
fn all_recorded_events_go_home_with_all_fields_as_a_job_sends_them_and_never_elsewhere_with_few() {
    let datasets = datasets();
    let router = Router::new(datasets.iter().map(|dataset| &dataset.contract));
    let (mut home_alone, mut ambiguous, mut lost) = (0, 0, Vec::new());
    for (home, pair, text) in stream(&datasets) {
        let Dataset { contract, .. } = &datasets[home];
        let place = format!("{}/{pair}", contract.name);
        let record: serde_json::Map<String, Value> = serde_json::from_str(&text).expect("an object");
        let mut whole = record.clone();
        for field in &contract.fields {
            whole.entry(field.name.clone()).or_insert(Value::Null);
        }
        assert_eq!(router.route(&Value::Object(whole).to_string()), Route::Dataset(home), "{place}");
        // One field alone goes home, or is reported as ambiguous with its dataset among the candidates.
        let is_as_documented = |name: &str, value: &Value| {
            let text = value.to_string();
            contract.field(name).is_some_and(|field| Observed::of(&text).fit(field.kind) != Fit::Other)
        };
        // Text where an object is documented does speak for a dataset that documents text: such values are left out.
        for (name, value) in record.iter().filter(|(name, value)| is_as_documented(name, value)) {
            match router.route(&serde_json::json!({ name: value }).to_string()) {
                Route::Dataset(found) if found == home => home_alone += 1,
                Route::Ambiguous(places) if places.contains(&home) => ambiguous += 1,
                other => lost.push(format!("{place}: {name} alone: {other:?}")),
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert!(home_alone > 0 && ambiguous > 0, "{home_alone} and {ambiguous}");
}

#[test]
fn a_glance_decides_as_the_reading_does() {
    let datasets = datasets();
    let router = Router::new(datasets.iter().map(|dataset| &dataset.contract));
    for (home, pair, text) in stream(&datasets) {
        let read = weir_dataset::RawRecord::read(&text).expect("an object");
        assert_eq!(router.route(&text), router.route_fields(&read), "{}/{pair}", datasets[home].contract.name);
    }
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
        let odd = found.findings.iter().filter(|finding| !["notation", "never-filled"].contains(&finding.kind.name()));
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
        let Route::Ambiguous(places) = &route else {
            assert_eq!(
                route,
                Route::Ambiguous(vec![first, second]),
                "{} and {}",
                router.name(first),
                router.name(second)
            );
            continue;
        };
        assert!(places.contains(&first) && places.contains(&second), "{places:?}");
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
