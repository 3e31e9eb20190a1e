//! `weir dataset`, and records of a module on their way to its formats.

use crate::weir::{Folder, json_lines, workspace};
use serde_json::{Value, json};
use std::fs;

const CONTRACT: &str = "name: gate\ntimestamps: [at]\nfields:\n  at: {type: int or string}\n  who: {type: string}\n  from: \
                        {type: string}\n  n: {type: int}\n  tags: {type: 'array[string]'}\n";

/// The module `gates` with contracts: `gate`, and `door`, which shares `who` and `at` with it.
fn module() -> Folder {
    let folder = Folder::new();
    folder.write("gates/gate/dataset.yml", CONTRACT);
    folder.write("gates/door/ingest/parser.yml", crate::weir::PARSER.replace("name: gate", "name: door"));
    folder.write(
        "gates/door/dataset.yml",
        CONTRACT.replace("gate", "door").replace("from", "via").replace("  n:", "  m:").replace("tags", "marks"),
    );
    folder
}

const MIXED: &str = "{\"who\":\"ada\",\"from\":\"192.0.2.1\",\"n\":7}\n{\"who\":\"bob\",\"via\":\"x\"}\n{\"who\":\"eve\"}\nnot json\n{\"x\":1}\n";

#[test]
fn records_of_a_module_go_home_and_nothing_is_lost() {
    let folder = module();
    let ran = folder.pipe(&["run", "gates", "--errors", "errors", "--profile", "profile"], MIXED.as_bytes()).exits(0);
    let events = ran.events();
    assert_eq!(events.len(), 5, "one event for each record, in order");
    assert_eq!(events[0]["source"]["ip"], "192.0.2.1");
    assert_eq!(events[1]["user"]["name"], "bob");
    assert_eq!(events[2]["message"], "{\"who\":\"eve\"}");
    assert_eq!(events[2]["sekoiaio"]["intake"]["parsing_error"], "the record fits several datasets: door, gate");
    assert!(ran.err.contains("5 records, 3 failed (2 fit no dataset, 1 fit several)"), "{}", ran.err);
    let errors = json_lines(&folder.read("errors"));
    let told: Vec<(u64, &str)> =
        errors.iter().filter_map(|error| Some((error["record"].as_u64()?, error["code"].as_str()?))).collect();
    assert_eq!(told, [(3, "ambiguous-dataset"), (4, "unknown-dataset"), (5, "unknown-dataset")]);
    assert_eq!(errors[0]["candidates"], json!(["door", "gate"]));
    assert_eq!(errors[1]["message"], "not json");
    let profile: Value = serde_json::from_str(&folder.read("profile")).expect("a profile");
    assert_eq!(profile["unrouted"], 3);
    assert_eq!(profile["datasets"]["gate"]["fields"]["who"]["filled"], 1);
    folder.pipe(&["run", "gates", "--strict", "-q"], MIXED.as_bytes()).exits(1);
    folder.pipe(&["run", "gates", "--errors", "same", "--profile", "same"], b"").exits(2);
    folder.pipe(&["run", "gates", "--errors", "other", "--profile", "./other"], b"").exits(2);
}

#[test]
fn the_user_says_which_dataset_wins() {
    let folder = module();
    let record = b"{\"who\":\"eve\"}\n";
    let names = |arguments: &[&str]| {
        let ran = folder.pipe(&[&["run", "gates", "--strict", "--profile", "seen"], arguments].concat(), record);
        let seen: Value = serde_json::from_str(&folder.read("seen")).expect("a profile");
        let records = |name: &str| seen["datasets"][name]["records"].as_u64().unwrap_or_default();
        (ran.code, records("door"), records("gate"))
    };
    assert_eq!(names(&[]), (1, 0, 0), "nobody says");
    assert_eq!(names(&["--prefer", "gate,door"]), (0, 0, 1));
    assert_eq!(names(&["--prefer", "door"]), (0, 1, 0));
    folder.write("gates/_meta/routing.yml", "prefer:\n  - gate\n  - door\n");
    assert_eq!(names(&[]), (0, 0, 1), "the module says");
    assert_eq!(names(&["--prefer", "door"]), (0, 1, 0), "the user has the last word");
    let ran = folder.pipe(&["run", "gates", "--prefer", "dor"], record).exits(2);
    assert!(ran.err.contains("there is no dataset `dor`, which --prefer names; did you mean `door`?"), "{}", ran.err);
    folder.pipe(&["run", "gates/gate", "--prefer", "gate"], record).exits(2);
    folder.write("gates/_meta/routing.yml", "prefer: [gate, doors]\n");
    let ran = folder.pipe(&["run", "gates"], record).exits(2);
    assert!(
        ran.err.contains("gates/_meta/routing.yml:1:16") && ran.err.contains("did you mean `door`?"),
        "{}",
        ran.err
    );
    let ran = folder.run(&["check", "gates"]).exits(1);
    assert!(ran.out.contains("contract-value"), "{}", ran.out);
}

#[test]
fn a_list_of_records_is_told_with_what_would_read_it() {
    let ran = module().pipe(&["run", "gates"], b"[{\"who\":\"ada\",\"n\":1}]\n").exits(0);
    assert!(ran.err.contains("1 failed (1 fit no dataset") && ran.err.contains("--records '$[*]'"), "{}", ran.err);
}

#[test]
fn records_of_one_format_run_batch_and_keep_their_places() {
    let long = "x".repeat(10_000);
    let record = |number: usize| match number % 50 {
        0..30 => format!("{{\"who\":\"ada\",\"from\":\"192.0.2.1\",\"n\":{number}}}"),
        30 => format!("{{\"who\":\"{long}\",\"from\":\"192.0.2.1\",\"n\":{number}}}"),
        31..33 => format!("not json {number}"),
        _ => format!("{{\"who\":\"bob\",\"via\":\"x\",\"m\":{number}}}"),
    };
    let records: Vec<String> = (0..200).map(record).collect();
    let folder = module();
    let input = records.join("\n");
    let ran = folder.pipe(&["run", "gates", "--errors", "errors", "--meta"], input.as_bytes()).exits(0);
    let events = ran.events();
    let messages: Vec<&str> = events.iter().filter_map(|event| event["message"].as_str()).collect();
    assert_eq!(messages, records);
    let ids: std::collections::BTreeSet<&str> =
        events.iter().filter_map(|event| event["event"]["id"].as_str()).collect();
    assert_eq!(ids.len(), records.len());
    let failed: Vec<u64> =
        json_lines(&folder.read("errors")).iter().filter_map(|error| error["record"].as_u64()).collect();
    assert_eq!(failed, [32, 33, 82, 83, 132, 133, 182, 183]);
}

#[test]
fn events_are_routed_by_their_message_and_say_of_themselves_what_others_say() {
    let line =
        json!({"message": "{\"who\":\"ada\",\"n\":1}", "note": "kept"}).to_string() + "\n{\"message\":\"x\"}\n{}\n";
    let ran = module().pipe(&["run", "gates", "--input", "events", "--meta", "-q"], line.as_bytes()).exits(0);
    let events = ran.events();
    assert_eq!(events[0]["gate"], json!({"count": 1, "note": "kept"}));
    for failed in &events[1..] {
        assert_eq!(failed["sekoiaio"]["intake"]["parsing_status"], "failure");
        assert_eq!(failed["event"]["id"].as_str().map(str::len), Some(36));
    }
}

#[test]
fn a_module_without_contracts_is_refused_and_a_format_without_one_is_told() {
    let folder = Folder::new();
    let ran = folder.pipe(&["run", "gates"], MIXED.as_bytes()).exits(2);
    assert!(ran.err.contains("none of them has a dataset.yml") && ran.err.contains("gates/gate"), "{}", ran.err);
    folder.run(&["run", "nowhere"]).exits(2);
    folder.write("empty/file", "");
    folder.run(&["run", "empty"]).exits(2);
    let folder = module();
    folder.write("gates/bare/ingest/parser.yml", crate::weir::PARSER);
    let ran = folder.pipe(&["run", "gates"], MIXED.as_bytes()).exits(0);
    assert!(ran.err.contains("gates/bare has no dataset.yml"), "{}", ran.err);
    folder.write("gates/twin/ingest/parser.yml", crate::weir::PARSER);
    folder.write("gates/twin/dataset.yml", CONTRACT.replace("name: gate", "name: twin"));
    let ran = folder.pipe(&["run", "gates"], MIXED.as_bytes()).exits(0);
    assert!(ran.err.contains("gate and twin document the same fields"), "{}", ran.err);
    folder.write("gates/twin/dataset.yml", "name: twin\nfeilds: {}\n");
    let ran = folder.pipe(&["run", "gates"], MIXED.as_bytes()).exits(2);
    assert!(ran.err.contains("contract-key") && ran.err.contains("dataset.yml:2:1"), "{}", ran.err);
    let checked = folder.run(&["check", "gates"]).exits(1);
    assert!(checked.out.contains("contract-key"), "{}", checked.out);
}

#[test]
fn all_samples_of_the_repository_in_one_stream_come_out_as_their_formats_make_them() {
    let module = workspace().join("specs/cloudflare");
    let (mut stream, mut expected) = (String::new(), Vec::new());
    let mut formats: Vec<_> =
        fs::read_dir(&module).expect("the module").map(|entry| entry.expect("a folder").path()).collect();
    formats.sort();
    for format in formats.iter().filter(|format| format.join("samples").is_dir()) {
        let sample =
            fs::read_dir(format.join("samples")).expect("samples").next().expect("a sample").expect("a file").path();
        let first = fs::read_to_string(sample).expect("text").lines().next().expect("a record").to_owned() + "\n";
        expected.push(format.file_name().expect("a name").to_string_lossy().into_owned());
        stream.push_str(&first);
    }
    assert!(expected.len() >= 37);
    let ran = Folder::new().pipe(&["run", &module.display().to_string(), "--strict"], stream.as_bytes()).exits(0);
    let datasets: Vec<String> =
        ran.events().iter().map(|event| event["event"]["dataset"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(datasets, expected);
}

#[test]
fn validate_names_exactly_what_was_renamed_added_and_retyped() {
    let format = workspace().join("specs/cloudflare/access_requests");
    let samples = fs::read_to_string(format.join("samples/access_requests.ndjson")).expect("samples");
    let record = samples.lines().next().expect("a record");
    let folder = Folder::new();
    let format = format.display().to_string();
    folder.pipe(&["dataset", "validate", &format], record.as_bytes()).exits(0);
    let changed = record
        .replace("\"IPAddress\"", "\"ClientIPAddress\"")
        .replace("\"Allowed\":true", "\"Allowed\":\"maybe\",\"Novel\":1");
    assert_ne!(changed.len(), record.len() + 6, "the sample has what is changed");
    let ran = folder.pipe(&["dataset", "validate", &format, "--format", "json"], changed.as_bytes()).exits(1);
    let found: Value = serde_json::from_str(&ran.out).expect("JSON");
    let failing: Vec<(&str, &str)> = found["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["fails"] == true)
        .filter_map(|finding| Some((finding["kind"].as_str()?, finding["field"].as_str()?)))
        .collect();
    assert_eq!(failing, [("renamed", "IPAddress"), ("unknown", "Novel"), ("type", "Allowed")]);
    assert_eq!(found["findings"][0]["renamed_to"], "ClientIPAddress");
    folder.pipe(&["dataset", "validate", &format, "--allow", "renamed,unknown,type"], changed.as_bytes()).exits(0);
    folder.pipe(&["dataset", "validate", &format, "--deny", "never-filled"], record.as_bytes()).exits(1);
}

#[test]
fn validate_needs_a_contract_records_and_fields_that_are_documented() {
    let folder = module();
    folder.write("records", "{\"at\":1,\"who\":\"a\"}\n");
    for (arguments, code) in [
        (vec!["gates/gate", "records"], 1),
        (vec!["gates/gate", "records", "--allow", "missing"], 0),
        (vec!["gates/gate", "records", "--fields", "at,who"], 0),
        (vec!["gates/gate", "records", "--fields", "at,whom"], 2),
        (vec!["gates/gate", "records", "--allow", "nothing"], 2),
        (vec!["gates/gate", "records", "--allow", "missing", "--deny", "unmapped"], 1),
        (vec!["gates/gate"], 2),
        (vec!["gates/gate", "nowhere"], 2),
        (vec!["gates", "records"], 2),
    ] {
        let all: Vec<&str> = ["dataset", "validate"].into_iter().chain(arguments.iter().copied()).collect();
        let ran = folder.run(&all);
        assert_eq!(ran.code, code, "{arguments:?}: {}{}", ran.out, ran.err);
    }
    let ran = folder.run(&["dataset", "validate", "gates/gate", "records", "--all"]).exits(1);
    assert!(ran.out.contains("--allow missing") && ran.out.contains("filled 100.0 %"), "{}", ran.out);
    assert!(
        folder
            .run(&["dataset", "validate", "gates/gate", "records", "--fields", "whom"])
            .err
            .contains("did you mean who?")
    );
}

#[test]
fn drift_compares_what_two_runs_saw() {
    let folder = module();
    let monday = "{\"who\":\"ada\",\"from\":\"192.0.2.1\",\"n\":7}\n".repeat(50);
    let friday = "{\"who\":\"ada\",\"from\":192,\"new\":1}\n".repeat(50);
    folder.pipe(&["run", "gates/gate", "-q", "--profile", "monday"], monday.as_bytes()).exits(0);
    folder.pipe(&["run", "gates/gate", "-q", "--profile", "friday"], friday.as_bytes()).exits(0);
    assert_eq!(folder.run(&["dataset", "drift", "monday", "monday"]).exits(0).out, "nothing changed\n");
    let ran = folder.run(&["dataset", "drift", "monday", "friday", "--format", "json"]).exits(1);
    let found: Value = serde_json::from_str(&ran.out).expect("JSON");
    let changes = found["changes"].as_array().expect("changes").iter();
    let changes: Vec<(&str, &str)> =
        changes.filter_map(|change| Some((change["kind"].as_str()?, change["field"].as_str()?))).collect();
    assert_eq!(changes, [("field-gone", "n"), ("type-changed", "from"), ("value-new", "from"), ("field-new", "new")]);
    assert!(folder.run(&["dataset", "drift", "monday", "friday"]).exits(1).out.starts_with("4 changes\n"));
    folder.run(&["dataset", "drift", "monday", "nowhere"]).exits(2);
    folder.write("other", "{\"datasets\":7}");
    folder.run(&["dataset", "drift", "other", "monday"]).exits(2);
    folder.run(&["dataset", "drift", "monday", "friday", "--threshold", "nan"]).exits(2);
}

#[test]
fn a_profile_counts_translations_that_fall_back() {
    let folder = Folder::new();
    let parser = crate::weir::PARSER.to_owned()
        + "      - translate:\n        dictionary: {ada: start}\n        mapping: {parsed.message.who: event.action}\n        fallback: end\n";
    folder.write("gates/gate/ingest/parser.yml", parser);
    folder.pipe(&["run", "gates/gate", "--profile", "p"], b"{\"who\":\"ada\"}\n{\"who\":\"bob\"}\n").exits(0);
    let profile: Value = serde_json::from_str(&folder.read("p")).expect("a profile");
    assert_eq!(profile["datasets"]["gate"]["fallbacks"], json!({"set_fields: event.action": 1}));
}

#[test]
fn a_new_format_checks_and_passes_and_is_never_written_over_another() {
    let folder = Folder::new();
    folder.write("fields.tsv", "field\ttype\nTimestamp\tint or string\nClientIP\tstring\nFloor\tint\nBadge\tobject\n");
    folder.write("records", "{\"Timestamp\":1715675412,\"ClientIP\":\"192.0.2.1\",\"Floor\":2,\"Badge\":{\"id\":1}}\n");
    let arguments = ["dataset", "new", "doors", "--fields", "fields.tsv", "--samples", "records"];
    let ran = folder.run(&arguments).exits(0);
    assert!(ran.out.contains("ClientIP: Is it source.ip?"), "{}", ran.out);
    folder.run(&["check", "doors", "--deny-warnings"]).exits(0);
    folder.run(&["test", "doors"]).exits(0);
    folder.run(&["dataset", "validate", "doors", "records"]).exits(0);
    let events = folder.run(&["run", "doors", "records", "-q"]).exits(0).events();
    assert_eq!(events[0]["@timestamp"], "2024-05-14T08:30:12Z");
    assert_eq!(events[0]["source"]["ip"], "192.0.2.1");
    assert_eq!(events[0]["doors"], json!({"Badge": {"id": 1}, "Floor": 2}));
    let before = folder.read("doors/ingest/parser.yml");
    let ran = folder.run(&arguments).exits(2);
    assert!(ran.err.contains("already exists"), "{}", ran.err);
    assert_eq!(folder.read("doors/ingest/parser.yml"), before);
    folder.run(&[&arguments[..], &["--output", "other/doors"]].concat()).exits(0);
    folder.run(&["test", "other"]).exits(0);
    folder.write("bad.tsv", "A\tint\n");
    let bad = ["dataset", "new", "bad", "--fields", "bad.tsv", "--samples", "records"];
    assert!(folder.run(&bad).exits(2).err.contains("bad.tsv: line 1"));
    assert!(!folder.path("bad").exists());
}
