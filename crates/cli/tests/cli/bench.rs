//! `weir bench`: its figures agree with each other, and it says why there are none.

use crate::weir::{Folder, binary};
use serde_json::Value;

const FORMAT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/cloudflare/access_requests");

#[test]
fn a_format_is_measured_entry_by_entry() {
    let output = binary(&["bench", FORMAT, "--seconds", "0", "--format", "json"]).output().expect("a run");
    assert!(output.status.success(), "{output:?}");
    let measured: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let number = |name: &str| measured[name].as_f64().expect("a number");
    assert!(number("records") >= 5.0 && number("event_bytes") > number("bytes"));
    assert!(number("nanoseconds") <= number("median_nanoseconds"));
    let product = number("megabytes_per_second") * number("nanoseconds") / 1e3;
    assert!((product / number("bytes") - 1.0).abs() < 1e-6, "{product}");
    let steps = measured["steps"].as_array().expect("steps");
    let names: Vec<&str> = steps.iter().filter_map(|step| step["name"].as_str()).collect();
    assert_eq!(names[..4], ["record", "access_request", "created_at", "set_event"]);
    assert_eq!(names[names.len() - 3..], ["casts", "inference", "writing"]);
    assert_eq!(steps[1]["extractor"], "json.parse-json");
    let sum = |key: &str| steps.iter().filter_map(|step| step[key].as_f64()).sum::<f64>();
    assert!((sum("share") - 1.0).abs() < 1e-6 && (sum("nanoseconds") / number("nanoseconds") - 1.0).abs() < 1e-6);
}

#[test]
fn it_is_told_as_a_table_too_and_over_other_records() {
    let folder = Folder::new();
    folder.write("records", "{\"who\":\"ada\"}\n\n{\"who\":\"bob\"}\n");
    let ran = folder.run(&["bench", "gates/gate", "--input", "records", "--seconds", "0"]).exits(0);
    assert!(ran.out.starts_with("2 records of 13 bytes on average, events of "), "{}", ran.out);
    assert!(ran.out.contains(" MB/s") && ran.out.contains("writing "), "{}", ran.out);
}

#[test]
fn without_records_there_is_nothing_to_measure() {
    let folder = Folder::new();
    folder.write("records", "\n");
    for arguments in [
        ["bench", "gates/gate", "--input", "records"].as_slice(),
        &["bench", "gates/gate", "--input", "nowhere"],
        &["bench", "nowhere"],
        &["bench", "gates/gate", "--seconds", "-1"],
        &["bench", "gates/gate", "--seconds", "NaN"],
    ] {
        assert!(!folder.run(arguments).exits(2).err.is_empty(), "{arguments:?}");
    }
}
