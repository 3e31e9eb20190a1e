//! Drafts out of lists of documented fields: claims, and every dataset of the repository.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use weir::FormatText;
use weir::diagnostic::{Diagnostics, Sources};
use weir_dataset::{Contract, mapped_fields, read_contract};
use weir_propose::{from_list, read_field_list};

/// The datasets of the repository: the folder and the contract of each.
fn datasets() -> Vec<(PathBuf, Contract)> {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/cloudflare");
    let folders = fs::read_dir(module).expect("the module").map(|entry| entry.expect("a folder").path());
    let contract = |root: PathBuf| {
        let text = fs::read_to_string(root.join("dataset.yml")).ok()?;
        let contract = read_contract(&text, Sources::new().add("", &*text), &mut Diagnostics::new());
        Some((root, contract.expect("a contract")))
    };
    folders.filter_map(contract).collect()
}

/// The messages of the recorded pairs of a format.
fn messages(root: &Path) -> Vec<String> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(root.join("tests")).expect("recorded pairs").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let message = |path: &PathBuf| {
        let pair: Value = serde_json::from_str(&fs::read_to_string(path).expect("text")).expect("a recorded pair");
        pair["input"]["message"].as_str().expect("a message").to_owned()
    };
    files.iter().map(message).collect()
}

#[test]
fn a_list_of_fields_is_read_or_refused_with_its_line() {
    let table = [
        ("field\ttype\nA\tint\n\nB\tarray[string]\r\n", Ok(2)),
        ("\u{feff}field\ttype\r\nA\tint\r\n", Ok(1)),
        ("A\tint\n", Err("line 1")),
        ("", Err("line 1")),
        ("field\ttype\n", Err("no fields")),
        ("field\ttype\nA int\n", Err("line 2: there is no tab")),
        ("field\ttype\nA\tstrng\n", Err("did you mean `string`?")),
        ("field\ttype\nA\tint\nA\tint\n", Err("line 3")),
        ("field\ttype\n{{ x }}\tint\n", Err("line 2: a name can have")),
        ("field\ttype\n\"\tint\n", Err("line 2: a name can have")),
    ];
    for (text, expected) in table {
        match (read_field_list(text), expected) {
            (Ok(fields), Ok(count)) => assert_eq!(fields.len(), count, "{text:?}"),
            (Err(reason), Err(part)) => assert!(reason.contains(part), "{text:?}: {reason}"),
            (found, _) => assert!(found.is_err() == expected.is_err(), "{text:?}: {found:?}"),
        }
    }
}

#[test]
fn a_draft_takes_odd_names_and_says_what_it_does_not_know() {
    let list = "field\ttype\non\tstring\n1st\tint\nsrc-ip\tstring\na.b\tobject\na_b\tunknown\nip\tstring\nwhen\tstring\nport\tint\n";
    let list = read_field_list(list).expect("a list");
    let sample =
        r#"{"on":"x","1st":1,"src-ip":"192.0.2.1","a.b":{"k":1},"a_b":[1],"ip":"192.0.2.2","extra":1,"port":"x"}"#;
    let draft =
        from_list("odd", "00000000-0000-0000-0000-000000000000", &list, &[sample.to_owned(), "no json".to_owned()]);
    let draft = draft.expect("a draft");
    let pair = &draft.files.iter().find(|(path, _)| path == "tests/sample_1.json").expect("a pair").1;
    let pair: Value = serde_json::from_str(pair).expect("JSON");
    let event = &pair["expected"];
    assert_eq!(event["source"]["ip"], "192.0.2.1");
    assert_eq!(event["odd"]["on"], "x");
    assert_eq!(event["odd"]["_st"].as_i64().or(event["odd"]["1st"].as_i64()), Some(1));
    assert_eq!(event["odd"]["a_b"]["k"], 1, "{event}");
    assert!(!event["odd"]["a_b_2"].is_null() && event["odd"]["ip"] == "192.0.2.2");
    let asked = |field: &str| draft.decisions.iter().any(|decision| decision.field == field);
    for field in ["", "src-ip", "ip", "a_b", "extra"] {
        assert!(asked(field), "nothing is asked about `{field}`");
    }
    for name in ["", "Odd", "../odd", "1odd", "o d", "-o"] {
        assert!(from_list(name, "", &list, &[sample.to_owned()]).is_err(), "{name}");
    }
    assert!(from_list("odd", "", &list, &["[]".to_owned()]).is_err());
}

#[test]
fn a_draft_of_every_dataset_compiles_reads_all_fields_and_records_its_pairs() {
    let mut drafts = 0;
    for (root, contract) in datasets() {
        let list: Vec<String> = contract.fields.iter().map(|field| format!("{}\t{}", field.name, field.kind)).collect();
        let list = read_field_list(&format!("field\ttype\n{}\n", list.join("\n"))).expect("a list of fields");
        let samples: Vec<String> = messages(&root);
        let draft =
            from_list(&contract.name, "00000000-0000-0000-0000-000000000000", &list, &samples).expect("a draft");
        let file = |name: &str| &draft.files.iter().find(|(path, _)| path == name).expect("a file").1;
        let fields = vec![("_meta/fields.yml".to_owned(), file("_meta/fields.yml").clone())];
        let parser = ("ingest/parser.yml".to_owned(), file("ingest/parser.yml").clone());
        let format = weir::compile(&FormatText { parser, fields });
        let findings: Vec<&String> = format.findings.iter().map(|finding| &finding.title).collect();
        assert!(findings.is_empty(), "{}: {findings:?}", contract.name);
        let mut findings = Diagnostics::new();
        let again = read_contract(file("dataset.yml"), Sources::new().add("", ""), &mut findings).expect("a contract");
        assert!(findings.is_empty() && !again.timestamps.is_empty(), "{}", contract.name);
        assert!(
            contract.fields.iter().all(|field| again.field(&field.name).is_some_and(|found| found.kind == field.kind))
        );
        let mapped = mapped_fields(format.plan.as_ref().expect("a plan"), &contract);
        assert_eq!(mapped.len(), contract.fields.len(), "{}", contract.name);
        let pairs = draft.files.iter().filter(|(path, _)| path.starts_with("tests/")).count();
        assert!((1..=10).contains(&pairs) && !draft.decisions.is_empty(), "{}: {pairs} pairs", contract.name);
        drafts += 1;
    }
    assert!(drafts >= 37, "{drafts} datasets");
}
