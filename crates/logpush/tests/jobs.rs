//! Jobs of the formats that come with weir: each asks for what its format reads, and the body says it as the API wants
//! it.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostics, SourceId};
use weir::{Format, FormatText, Plan};
use weir_dataset::{Contract, read_contract};
use weir_logpush::{DEFAULT_HEADER, Destination, Filter, Form, Job, Limits, Scope, Secret, TimestampFormat};
use weir_logpush::{job_body, requested};

fn formats() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/cloudflare");
    let entries = fs::read_dir(folder).expect("the formats are there");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    found.retain(|path| path.join("dataset.yml").is_file());
    found.sort();
    found
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a file of a format")
}

fn read(text: &str) -> Contract {
    let mut findings = Diagnostics::new();
    let contract = read_contract(text, SourceId(0), &mut findings).expect("a contract");
    assert!(!findings.has_errors(), "{findings:?}");
    contract
}

fn contract(format: &Path) -> Contract {
    read(&text(&format.join("dataset.yml")))
}

fn compiled(format: &Path) -> Format {
    let fields = format.join("_meta/fields.yml");
    let fields = fields.is_file().then(|| ("fields.yml".to_owned(), text(&fields)));
    let parser = ("parser.yml".to_owned(), text(&format.join("ingest/parser.yml")));
    let format = weir::compile(&FormatText { parser, fields: fields.into_iter().collect() });
    assert!(format.plan.is_some());
    format
}

/// What the plan reads of the record, out of its explanation.
fn read_of_record(format: &Format) -> BTreeSet<String> {
    let explained = format.plan.as_ref().map(Plan::explain).unwrap_or_default();
    let mut lines = explained.lines();
    let mut found = BTreeSet::new();
    while let Some(line) = lines.next() {
        if line.contains(" of original.message into ") {
            let read = lines.next().and_then(|line| line.trim().strip_prefix("reads of it ")).expect("what is read");
            let top = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
            found.extend(read.split(", ").map(top));
        }
    }
    found
}

fn named<'v>(body: &'v Value, at: &str) -> BTreeSet<&'v str> {
    body.pointer(at).and_then(Value::as_array).expect("names").iter().filter_map(Value::as_str).collect()
}

fn destination() -> Destination {
    let destination = Destination::parse("https://intake.example.com/plain/batch").expect("a destination");
    destination.with_key(DEFAULT_HEADER, &Secret::new("k+/ =")).expect("a key")
}

#[test]
fn every_field_that_a_format_reads_is_asked_for() {
    let formats = formats();
    assert_eq!(formats.len(), 37);
    for format in formats {
        let (contract, compiled) = (contract(&format), compiled(&format));
        let requested = requested(&contract, Some(&compiled));
        let body = job_body(&contract, &requested.fields, &Job::to(destination())).expect("a body");
        let asked = named(&body, "/output_options/field_names");
        let read = read_of_record(&compiled);
        assert!(!read.is_empty() && !read.contains("everything"), "{}: {read:?}", contract.name);
        // Records of an archive have retired fields; no job can ask for them.
        let is_retired = |name: &str| contract.retired.iter().any(|field| field.name == name);
        assert!(!asked.iter().any(|name| is_retired(name)), "{}", contract.name);
        let missing: Vec<&String> =
            read.iter().filter(|name| !asked.contains(name.as_str()) && !is_retired(name)).collect();
        assert!(missing.is_empty(), "{} reads {missing:?} and does not ask for them", contract.name);
        for (field, _) in &requested.others {
            assert!(!read.contains(*field) && !asked.contains(field), "{}: {field}", contract.name);
        }
        assert_eq!(asked.len() + requested.others.len(), contract.fields.len(), "{}", contract.name);
        assert_eq!(format.file_name().and_then(|name| name.to_str()), Some(&*contract.name));
    }
}

#[test]
fn what_is_left_out_is_asked_for_if_it_is_read_and_only_then() {
    let others = |name: &str| {
        let format = formats().into_iter().find(|format| format.ends_with(name)).expect("the format");
        let contract = contract(&format);
        let names = |format| requested(&contract, format).others.iter().map(|(name, _)| (*name).to_owned()).collect();
        let (with, without): (Vec<String>, Vec<String>) = (names(Some(&compiled(&format))), names(None));
        assert!(without.is_empty(), "without a format all are asked for");
        with
    };
    assert_eq!(others("access_requests"), [""; 0], "Action and Allowed are read into event.type");
    assert_eq!(others("sinkhole_http_logs"), ["Password"], "a credential that nobody reads does not travel");
}

const CONTRACT: &str = "name: doors\nscope: zone\npermissions: [Logs Edit]\ntimestamps: [At]\nfields:\n  At: {type: int}\n  \
                        Who: {type: string}\n";

fn doors() -> Contract {
    read(CONTRACT)
}

#[test]
fn the_body_has_what_was_asked_for_and_nothing_else() {
    let contract = doors();
    let mut job = Job::to(destination());
    let conf = "https://intake.example.com/plain/batch?header_X-SEKOIAIO-INTAKE-KEY=k%2B%2F%20%3D";
    assert_eq!(
        job_body(&contract, &["At", "Who"], &job).expect("a body"),
        json!({
            "dataset": "doors", "enabled": true, "max_upload_bytes": 5_000_000, "max_upload_records": 1000,
            "output_options": {"field_names": ["At", "Who"], "timestamp_format": "rfc3339"}, "destination_conf": conf,
        })
    );
    job.name = Some("example.com-doors".to_owned());
    job.enabled = false;
    job.timestamps = TimestampFormat::UnixNano;
    job.limits = Limits { bytes: Some(0), records: None, interval_seconds: Some(300) };
    job.filter =
        Some(Filter::parse(r#"{ "where": {"key": "Who", "operator": "eq", "value": "ada"} }"#).expect("a filter"));
    job.sample_rate = Some(0.25);
    assert_eq!(
        job_body(&contract, &["At"], &job).expect("a body"),
        json!({
            "name": "example.com-doors", "dataset": "doors", "enabled": false, "max_upload_bytes": 0,
            "max_upload_interval_seconds": 300,
            "filter": r#"{"where":{"key":"Who","operator":"eq","value":"ada"}}"#,
            "output_options": {"field_names": ["At"], "timestamp_format": "unixnano", "sample_rate": 0.25},
            "destination_conf": conf,
        })
    );
    job.sample_rate = None;
    job.form = Form::Legacy;
    let legacy = job_body(&contract, &["At", "Who"], &job).expect("a body");
    assert_eq!(legacy["logpull_options"], "fields=At,Who&timestamps=unixnano");
    assert_eq!(legacy.get("output_options"), None);
}

#[test]
fn what_is_out_of_its_documented_range_is_refused() {
    let refused = |change: &dyn Fn(&mut Job)| {
        let mut job = Job::to(destination());
        change(&mut job);
        job_body(&doors(), &["At"], &job).expect_err("a mistake").to_string()
    };
    let range = |what: &str, given: &str, range: &str| format!("{what} is {given}: it must be {range}");
    for given in [1, 4_999_999, 1_000_000_001, u64::MAX] {
        let expected =
            range("max_upload_bytes", &given.to_string(), "between 5000000 and 1000000000, or 0 for no limit");
        assert_eq!(refused(&|job| job.limits.bytes = Some(given)), expected);
    }
    for given in [999, 1_000_001] {
        let expected = range("max_upload_records", &given.to_string(), "between 1000 and 1000000, or 0 for no limit");
        assert_eq!(refused(&|job| job.limits.records = Some(given)), expected);
    }
    for given in [29, 301] {
        let expected =
            range("max_upload_interval_seconds", &given.to_string(), "between 30 and 300, or 0 for no limit");
        assert_eq!(refused(&|job| job.limits.interval_seconds = Some(given)), expected);
    }
    for given in [0.0, -1.0, 1.01, f64::NAN, f64::INFINITY] {
        let expected = range("sample_rate", &given.to_string(), "above 0 and at most 1");
        assert_eq!(refused(&|job| job.sample_rate = Some(given)), expected);
    }
    for name in ["", "a b", "é", &"a".repeat(513)] {
        assert!(refused(&|job| job.name = Some(name.to_owned())).contains("is not a valid name of a job"));
    }
    let legacy = refused(&|job| (job.form, job.sample_rate) = (Form::Legacy, Some(0.5)));
    assert!(legacy.contains("no place in `logpull_options`"), "{legacy}");
}

#[test]
fn the_ends_of_the_ranges_are_inside() {
    for (bytes, records, interval_seconds) in [(5_000_000, 1_000, 30), (1_000_000_000, 1_000_000, 300), (0, 0, 0)] {
        let limits = Limits { bytes: Some(bytes), records: Some(records), interval_seconds: Some(interval_seconds) };
        let body = job_body(&doors(), &["At"], &Job { limits, sample_rate: Some(1.0), ..Job::to(destination()) });
        assert_eq!(body.expect("a body")["max_upload_records"], records);
    }
}

#[test]
fn a_destination_keeps_its_parameters_and_gets_the_header_encoded() {
    for (url, header, key, expected) in [
        ("https://a.example", "K", "v", "https://a.example?header_K=v"),
        ("https://a.example/p?", "K", "v", "https://a.example/p?header_K=v"),
        ("https://a.example/p?x=1&", "K", "v", "https://a.example/p?x=1&header_K=v"),
        ("https://a.example/p?x=%20&y", "K", "v", "https://a.example/p?x=%20&y&header_K=v"),
        ("https://a.example:8443/p?header_A=b", "K", "v", "https://a.example:8443/p?header_A=b&header_K=v"),
        ("https://[2001:db8::1]/", "K", "v", "https://[2001:db8::1]/?header_K=v"),
        (
            "https://a.example/",
            "Authorization",
            "Basic a+b/c==",
            "https://a.example/?header_Authorization=Basic%20a%2Bb%2Fc%3D%3D",
        ),
        ("https://a.example/", "X-K", "a&b=c#d%41?e", "https://a.example/?header_X-K=a%26b%3Dc%23d%2541%3Fe"),
        ("https://a.example/", "X*K", "~-._", "https://a.example/?header_X%2AK=~-._"),
    ] {
        let destination = Destination::parse(url).and_then(|url| url.with_key(header, &Secret::new(key)));
        assert_eq!(destination.expect("a destination").expose(), expected);
    }
}

#[test]
fn destinations_keys_and_headers_that_cannot_be_are_refused() {
    for (url, expected) in [
        ("", "Logpush pushes to https:// addresses"),
        ("http://a.example/", "Logpush pushes to https:// addresses"),
        ("s3://bucket/path", "Logpush pushes to https:// addresses"),
        ("https://", "it is not a URL"),
        ("https:///path", "it is not a URL"),
        ("https://:443/", "it is not a URL"),
        ("https://a.example:port/", "it is not a URL"),
        ("https://a.example/#x", "it has a fragment"),
        ("https://me:pass@a.example/", "it has a user name"),
        ("https://a.example/a b", "percent-encoded"),
        ("https://a.example/\r\nX: y", "percent-encoded"),
        ("https://é.example/", "percent-encoded"),
        (&format!("https://a.example/{}", "a".repeat(4096)), "longer than 4096"),
    ] {
        let mistake = Destination::parse(url).expect_err(url).to_string();
        assert!(mistake.contains(expected), "{url}: {mistake}");
    }
    let destination = Destination::parse("https://a.example/?header_x-key=1").expect("a destination");
    let refused = |header: &str, key: &str| {
        let mistake = destination.with_key(header, &Secret::new(key)).expect_err("a mistake").to_string();
        assert!(!mistake.contains("geheim"), "{mistake}");
        mistake
    };
    for key in ["", " geheim", "geheim\r\nX-Other: y", "geheim\u{0}", "geheimé"] {
        assert!(refused("K", key).contains("cannot be part of a header"), "{key:?}");
    }
    for header in ["", "a b", "a:b", "é"] {
        assert!(refused(header, "geheim").contains("is not a valid name of a header"), "{header}");
    }
    assert!(refused("X-Key", "geheim").contains("already"));
    assert!(refused("K", &"geheim".repeat(1000)).contains("longer than 4096"));
}

#[test]
fn no_debug_output_holds_a_key() {
    let destination = Destination::parse("https://a.example/p?intake_key=geheim&tag=t").expect("a destination");
    let job = Job::to(destination.with_key("K", &Secret::new("geheim")).expect("a key"));
    let shown = format!("{job:?} {:?} {:?}", Secret::new("geheim"), job.destination.masked().expose());
    assert!(!shown.contains("geheim"), "{shown}");
    assert!(shown.contains("tag=t&header_K=***"), "{shown}");
}

#[test]
fn filters_are_objects_with_where() {
    let nested = r#"{"where":{"and":[{"key":"Who","operator":"eq","value":"a"},{"or":[{"key":"At","operator":"gt","value":1}]}]}}"#;
    assert_eq!(Filter::parse(nested).expect("a filter").fields(), ["Who", "At"]);
    for text in ["", "{", "[]", "{}", r#"{"where":1}"#, r#"{"where":{},"other":1}"#, &"[".repeat(100_000)] {
        let mistake = Filter::parse(text).expect_err(text).to_string();
        assert!(mistake.starts_with("the filter cannot be used: "), "{mistake}");
    }
}

#[test]
fn contracts_that_could_not_stand_in_a_request_are_refused() {
    assert_eq!(Scope::of(&doors()), Ok(Scope::Zone));
    for (from, to) in [
        ("name: doors", "name: ../doors"),
        ("name: doors", "name: doors?x"),
        ("scope: zone", "scope: planet"),
        ("scope: zone\n", ""),
        ("  Who:", "  \"Who,At\":"),
        ("  Who:", "  Who&timestamps:"),
    ] {
        assert!(CONTRACT.contains(from));
        // What the reader of contracts finds already, the request refuses too.
        let contract = read_contract(&CONTRACT.replace(from, to), SourceId(0), &mut Diagnostics::new());
        let contract = contract.expect("a contract");
        assert!(Scope::of(&contract).is_err(), "{to}");
        assert!(job_body(&contract, &["At"], &Job::to(destination())).is_err(), "{to}");
    }
    assert!(Scope::of(&Contract::named("empty")).is_err());
}

#[test]
fn a_format_that_uses_the_record_as_a_whole_asks_for_all_of_it() {
    let contract = read(&format!("{CONTRACT}left_out:\n  Who: it gets no field of its own\n"));
    let asked = |value: &str| {
        let parser = format!(
            "name: doors\npipeline:\n  - name: parsed\n    external:\n      name: json.parse-json\n      properties:\n        \
             input_field: original.message\n  - name: set\nstages:\n  set:\n    actions:\n      - set:\n          \
             event.reason: \"{value}\"\n"
        );
        let format = weir::compile(&FormatText { parser: ("parser.yml".to_owned(), parser), fields: Vec::new() });
        assert!(format.plan.is_some(), "{:?}", format.findings);
        requested(&contract, Some(&format)).fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(asked("{{ parsed.message.At }}"), ["At"]);
    assert_eq!(asked("{{ parsed.message.Who }}"), ["At", "Who"]);
    assert_eq!(asked("{{ parsed.message['Who'] }}"), ["At", "Who"]);
    assert_eq!(asked("{{ parsed.message }}"), ["At", "Who"]);
    assert_eq!(asked("{{ parsed.message.values() | first }}"), ["At", "Who"]);
}
