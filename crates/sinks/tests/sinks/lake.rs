//! Parquet files as pyarrow and DuckDB read them.

use crate::deliverer::Deliverer;
use crate::peers;
use crate::source::Source;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use weir::taxonomy::{Field, Taxonomy};
use weir_sinks::Context;

const EVENTS: usize = 500;

/// The fields that the source's events have, and some that they have not.
const FIELDS: [&str; 9] = [
    "message",
    "event.id",
    "event.category",
    "event.duration",
    "event.risk_score",
    "@timestamp",
    "source.ip",
    "host.ip",
    "event.start",
];

pub fn fields() -> Vec<Field> {
    let field = |name: &&str| Taxonomy::base().get(name).cloned().unwrap_or_else(|| panic!("ECS has no {name}"));
    FIELDS.iter().map(field).collect()
}

/// Delivers the events into a folder.
fn deliver(settings: &str, folder: &Path) -> Deliverer {
    let context = Context::new("lake", &folder.join("data"), [7; 16]).with_fields(Arc::new(|_| Some(fields())));
    let mut deliverer = Deliverer::new(Source::new(EVENTS), settings, context);
    deliverer.run(&[50, 3, 120], &|| false).expect("nobody kills it");
    assert_eq!((deliverer.position, deliverer.failures), (deliverer.source.end(), 0));
    deliverer
}

#[test]
fn pyarrow_and_duckdb_read_the_files() {
    let Some(python) = peers::python("pyarrow_and_duckdb_read_the_files") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let lake = folder.path().join("lake");
    deliver(&format!("{{type: parquet, to: '{}', size: 1kB}}", lake.display()), folder.path());
    let seen = peers::ask(python, "lake.py", &json!(lake));
    let files = seen["files"].as_object().expect("files");
    assert!(files.len() > 8, "{} files", files.len());
    let mut rows = 0;
    for (name, file) in files {
        let is_named = ["access/date=2026-11-30/", "access/date=2026-12-01/", "dns%2Fquery/date=2026-1"]
            .iter()
            .any(|folder| name.starts_with(folder));
        assert!(is_named && name.contains("/070707070707-"), "{name}");
        assert_eq!(
            (&file["sorted"], &file["sorting"], &file["compression"]),
            (&json!(true), &json!(["@timestamp"]), &json!("ZSTD")),
            "{name}"
        );
        let ids: BTreeSet<i64> = file["ids"].as_object().expect("ids").values().filter_map(Value::as_i64).collect();
        assert!(
            ids.len() == file["ids"].as_object().expect("ids").len() && !ids.contains(&0),
            "{name}: {}",
            file["ids"]
        );
        let leaf = |path: &str| {
            file["leaves"].as_array().expect("leaves").iter().find(|leaf| leaf[0] == path).cloned().unwrap_or_default()
        };
        // An optional list of optional items: three levels.
        assert_eq!(
            leaf("event.category.list.element"),
            json!(["event.category.list.element", "BYTE_ARRAY", "String", 4, 1])
        );
        assert!(
            leaf("@timestamp")[2]
                .as_str()
                .is_some_and(|kind| kind.contains("isAdjustedToUTC=true, timeUnit=microseconds")),
            "{}",
            leaf("@timestamp")
        );
        rows += file["rows"].as_u64().expect("a number");
    }
    assert_eq!(rows as usize, EVENTS);
    same_events(&seen);
    let durations: i64 = (0..EVENTS as i64).filter(|number| number % 4 == 1).map(|number| number * 1_000).sum();
    let categories = (0..EVENTS).filter(|number| number % 2 == 0).count() * 2;
    let [count, categories, durations] = [EVENTS, categories, durations as usize].map(|number| number.to_string());
    assert_eq!(seen["duckdb"], json!([count, count, "2026-11-30 23:59:00+00", categories, durations, count]));
    let days: u64 = seen["folders"].as_array().expect("folders").iter().filter_map(|day| day[1].as_u64()).sum();
    assert_eq!((days as usize, seen["folders"].as_array().map(Vec::len)), (EVENTS, Some(2)));
}

/// Each event is there once, with all that it had.
fn same_events(seen: &Value) {
    let source = Source::new(EVENTS);
    let mut numbers = BTreeSet::new();
    for row in seen["rows"].as_array().expect("rows") {
        let rest = row["rest"].as_str().expect("labels have no column");
        let number = Source::number(rest);
        assert!(numbers.insert(number), "event {number} is there twice");
        let event: Value = serde_json::from_str(source.line(number)).expect("an event");
        assert_eq!((&row["message"], &row["event"]["id"]), (&event["message"], &event["event"]["id"]));
        assert_eq!(row["source"]["ip"], event["source"]["ip"]);
        assert_eq!(row["event"]["category"], event["event"]["category"]);
        let text = event["@timestamp"].as_str().expect("a time").replace('T', " ").replace('Z', "+00:00");
        assert_eq!(row["@timestamp"], json!(text));
        let rest: Value = serde_json::from_str(rest).expect("JSON");
        assert_eq!(rest["labels"], event["labels"]);
        // A fraction of a nanosecond does not fit the column.
        assert_eq!(
            rest["event"]["duration"],
            if event["event"]["duration"].is_f64() { event["event"]["duration"].clone() } else { Value::Null }
        );
    }
    assert_eq!(numbers.len(), EVENTS);
}

#[test]
fn a_security_lake_has_its_folders() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = folder.path().join("lake");
    let preset = "security_lake: {source: 'weir-{format}', region: eu-west-1, account: '123456789012'}";
    deliver(&format!("{{type: parquet, to: '{}', {preset}}}", lake.display()), folder.path());
    let mut folders = BTreeSet::new();
    for file in walk(&lake) {
        let name = file.strip_prefix(&lake).expect("below").parent().expect("a folder").display().to_string();
        folders.insert(name);
    }
    let day =
        |format: &str, day: &str| format!("ext/weir-{format}/region=eu-west-1/accountId=123456789012/eventDay={day}");
    let wanted = [
        day("access", "20261130"),
        day("access", "20261201"),
        day("dns%2Fquery", "20261130"),
        day("dns%2Fquery", "20261201"),
    ];
    assert_eq!(folders.into_iter().collect::<Vec<_>>(), wanted);
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn lines_are_one_file_a_folder_and_hidden_while_they_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = folder.path().join("events");
    let settings = format!("{{type: ndjson, to: '{}', compress: gzip, partition: '{{format}}'}}", lake.display());
    let settings: weir_sinks::Settings = serde_yaml::from_str(&settings).expect("settings");
    let mut sink = settings.open(&Context::new("events", &folder.path().join("data"), [7; 16])).expect("a sink");
    let source = Source::new(EVENTS);
    sink.write(&source.batch(weir_sinks::Place::default(), EVENTS)).expect("it is taken");
    assert!(
        walk(&lake)
            .iter()
            .all(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".weir-")))
    );
    assert!(sink.due().is_some_and(|due| due > std::time::Instant::now() + std::time::Duration::from_secs(200)));
    assert_eq!(sink.stored(), weir_sinks::Place::default());
    sink.flush().expect("it is stored");
    assert_eq!((sink.stored(), sink.due()), (source.end(), None));
    let names: Vec<String> =
        walk(&lake).iter().map(|path| path.strip_prefix(&lake).expect("below").display().to_string()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&walk(&lake)[0]).expect("a file"));
    assert_eq!(mode & 0o777, 0o600);
}
