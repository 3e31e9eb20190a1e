//! How sources write nothing, and one thing in several notations: every format is held to it, field by field of its contract.

use serde_json::{Map, Value, json};
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use weir::diagnostic::{Diagnostics, Sources};
use weir::{FormatText, Input, Plan, Record, Scratch};
use weir_dataset::{Contract, ValueType, read_contract};

struct Dataset {
    contract: Contract,
    plan: Plan,
    records: Vec<Map<String, Value>>,
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text that can be read")
}

/// All formats of the module, compiled once for all claims.
fn datasets() -> &'static [Dataset] {
    static DATASETS: OnceLock<Vec<Dataset>> = OnceLock::new();
    DATASETS.get_or_init(read_datasets)
}

fn read_datasets() -> Vec<Dataset> {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/cloudflare");
    let folders = fs::read_dir(module).expect("the module").map(|entry| entry.expect("a folder").path());
    let mut roots: Vec<PathBuf> = folders.filter(|path| path.join("ingest/parser.yml").is_file()).collect();
    roots.sort();
    roots.iter().map(|root| dataset(root)).collect()
}

fn dataset(root: &Path) -> Dataset {
    let text = |name: &str| (name.to_owned(), read(&root.join(name)));
    let format =
        weir::compile(&FormatText { parser: text("ingest/parser.yml"), fields: vec![text("_meta/fields.yml")] });
    let contract = read_contract(&read(&root.join("dataset.yml")), Sources::new().add("", ""), &mut Diagnostics::new());
    let samples =
        fs::read_dir(root.join("samples")).expect("samples").map(|entry| read(&entry.expect("a file").path()));
    let lines: Vec<String> = samples.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let records = lines.iter().map(|line| serde_json::from_str(line).expect("an object")).collect();
    Dataset { contract: contract.expect("a contract"), plan: format.plan.expect("a plan"), records }
}

impl Dataset {
    /// The event of a record, without the message that it came from.
    fn event(&self, record: &Map<String, Value>) -> Value {
        let (message, mut out) = (Value::Object(record.clone()).to_string(), Vec::new());
        let record = Record { input: Input::Message(message.as_bytes()), now: 1_715_675_412, event_id: None };
        self.plan.run(&mut Scratch::default(), &record, &mut out);
        let mut event: Value = serde_json::from_slice(&out).expect("an event");
        event.as_object_mut().expect("an object").remove("message");
        event
    }

    /// Changes one field of every sample, and tells where the event is another one.
    fn changed(&self, change: impl Fn(&str, ValueType, &Value) -> Option<(Value, Value)>) -> Vec<String> {
        let mut found = Vec::new();
        for record in &self.records {
            for field in &self.contract.fields {
                let Some(value) = record.get(&field.name) else { continue };
                let Some((left, right)) = change(&field.name, field.kind, value) else { continue };
                let with = |value: &Value| {
                    let mut record = record.clone();
                    record.insert(field.name.clone(), value.clone());
                    self.event(&record)
                };
                let (one, other) = (with(&left), with(&right));
                let name = format!("{} {}: {left} and {right}", self.contract.name, field.name);
                if one != other && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        found
    }
}

/// Runs a change over all fields of all datasets: at least so many were looked at, and none but the known made a difference.
fn hold(at_least: usize, known: &[&str], change: impl Fn(&str, ValueType, &Value) -> Option<(Value, Value)>) {
    let count = std::cell::Cell::new(0);
    let counted = |name: &str, kind: ValueType, value: &Value| {
        let changed = change(name, kind, value);
        count.set(count.get() + usize::from(changed.is_some()));
        changed
    };
    let found: Vec<String> = datasets().iter().flat_map(|dataset| dataset.changed(counted)).collect();
    let new: Vec<&String> = found.iter().filter(|line| !known.iter().any(|known| line.starts_with(known))).collect();
    assert!(
        new.is_empty(),
        "{} of {} make a difference:\n{}",
        new.len(),
        count.get(),
        new.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n")
    );
    assert!(count.get() >= at_least, "only {} were looked at", count.get());
}

#[test]
fn empty_text_is_as_null_in_every_field() {
    hold(1000, &[], |_, _, _| Some((json!(""), Value::Null)));
}

#[test]
fn an_empty_object_or_list_is_as_null() {
    hold(100, &[], |_, kind, _| match kind {
        ValueType::Object => Some((json!({}), Value::Null)),
        ValueType::Texts | ValueType::Ints | ValueType::Objects => Some((json!([]), Value::Null)),
        _ => None,
    });
}

#[test]
fn a_number_in_text_is_as_the_number() {
    hold(100, &[], |_, kind, value| match (kind, value) {
        (ValueType::Int | ValueType::Float, Value::Number(number)) => Some((json!(number.to_string()), value.clone())),
        _ => None,
    });
}

#[test]
fn a_list_in_text_is_as_the_list() {
    hold(100, &[], |_, kind, value| match (kind, value) {
        (ValueType::Texts | ValueType::Ints | ValueType::Objects, Value::Array(items)) if !items.is_empty() => {
            Some((json!(value.to_string()), value.clone()))
        }
        _ => None,
    });
}

#[test]
fn a_mapped_address_is_as_the_address() {
    // Masks, subnets and names that look like an address are kept as they were sent.
    let known = [
        "dex_application_tests HTTPClientIPNetmask",
        "dex_application_tests HTTPServerIPNetmask",
        "dex_application_tests TracerouteDestinationHostname",
        "dex_device_state_events DeviceIPv4Netmask",
        "dex_device_state_events GatewayIPv4Netmask",
        "dex_device_state_events ISPIPv4Netmask",
        "dns_firewall_logs EDNSSubnet",
        "dns_logs EDNSSubnet",
        "sinkhole_http_logs Host",
    ];
    hold(50, &known, |_, kind, value| {
        let address: Ipv4Addr = value.as_str().filter(|_| kind == ValueType::Text)?.parse().ok()?;
        Some((json!(format!("::ffff:{address}")), value.clone()))
    });
}

#[test]
fn a_country_in_small_letters_is_as_in_capitals() {
    // The reference page of access_requests keeps the case; the second of two countries is kept as it was sent.
    let known = ["access_requests Country", "dex_device_state_events ISPIPv6CountryISO"];
    hold(8, &known, |name, _, value| {
        let code = value.as_str().filter(|code| code.len() == 2 && name.contains("Country"))?;
        Some((json!(code.to_lowercase()), json!(code.to_uppercase())))
    });
}

/// T19: elastic/integrations #7762, #7764; cloudflare-docs #29327: timestamps of a format that a collector did not know.
#[test]
fn t19_a_moment_is_the_same_in_all_five_notations() {
    let mut count = 0;
    for dataset in datasets() {
        for name in &dataset.contract.timestamps {
            let record =
                dataset.records.iter().find(|record| record.contains_key(name)).expect("a sample with the moment");
            let event = |value: Value| {
                let mut record = record.clone();
                record.insert(name.clone(), value);
                dataset.event(&record)
            };
            let first = event(json!("2024-05-14T08:30:12Z"));
            let others = [
                json!("2024-05-14T08:30:12.000Z"),
                json!("2024-05-14T08:30:12.000000000Z"),
                json!(1_715_675_412),
                json!(1_715_675_412_000_000_000_i64),
            ];
            for other in others {
                assert_eq!(event(other.clone()), first, "{} {name}: {other}", dataset.contract.name);
                count += 1;
            }
        }
    }
    assert!(count >= 37 * 4, "{count}");
}

/// The leaves of an event, each with the name of its field.
fn leaves(name: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                leaves(&if name.is_empty() { key.clone() } else { format!("{name}.{key}") }, value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(&format!("{name}[]"), item, found)),
        leaf => found.push((name.to_owned(), leaf.clone())),
    }
}

impl Dataset {
    /// The leaves of the events of all samples, with one field after the other changed to each of some values.
    fn with_each(&self, values: &[Value], fields: impl Fn(&str, ValueType) -> bool) -> Vec<(String, String, Value)> {
        let mut all = Vec::new();
        let Some(record) = self.records.iter().max_by_key(|record| record.len()) else { return all };
        for field in self.contract.fields.iter().filter(|field| fields(&field.name, field.kind)) {
            for value in values {
                let mut record = record.clone();
                record.insert(field.name.clone(), value.clone());
                let mut found = Vec::new();
                leaves("", &self.event(&record), &mut found);
                let name = format!("{} {}: {value}", self.contract.name, field.name);
                all.extend(found.into_iter().map(|(field, leaf)| (name.clone(), field, leaf)));
            }
        }
        all
    }
}

/// No leaf is as it must not be, and so many were looked at.
fn never(at_least: usize, leaves: impl Iterator<Item = (String, String, Value)>, bad: impl Fn(&str, &Value) -> bool) {
    let (mut count, mut found) = (0, Vec::new());
    for (name, field, leaf) in leaves {
        count += 1;
        if bad(&field, &leaf) {
            found.push(format!("{name} sets {field} to {leaf}"));
        }
    }
    assert!(found.is_empty(), "{} leaves:\n{}", found.len(), found.join("\n"));
    assert!(count >= at_least, "only {count} leaves were looked at");
}

/// A text that an attacker chooses is what they chose, in every field that has something of it.
#[test]
fn text_that_reads_as_a_list_a_dict_or_nothing_stays_as_it_is() {
    let texts = ["[\"q7\",  \"z8\"]", "{\"q7\":  \"z8\"}", "['q7',  None]", "{'q7':  1}", "(\"q7\",  \"z8\")"];
    let values = texts.map(|text| json!(text));
    let datasets = datasets();
    let events = datasets.iter().flat_map(|set| set.with_each(&values, |_, kind| kind == ValueType::Text));
    // A list of rules in one text, and JSON that is documented as text.
    let known = ["mnm_flow_logs RuleIDs", "mnm_flow_logs AWSVPCFlowJSON", "biso_user_actions Metadata"];
    let events = events.filter(|(name, ..)| !known.iter().any(|known| name.starts_with(known)));
    never(10_000, events, |_, leaf| {
        let text = leaf.as_str().unwrap_or_default().to_lowercase();
        text.contains("q7") && !texts.iter().any(|whole| text.contains(&whole.to_lowercase()))
    });
}

#[test]
fn the_text_none_is_text() {
    let texts = ["UserAgent", "ClientRequestUserAgent", "Subject", "Body", "Payload"];
    let mut count = 0;
    for dataset in datasets() {
        let leaves = dataset.with_each(&[json!("None")], |name, _| texts.contains(&name));
        for field in dataset.contract.fields.iter().filter(|field| texts.contains(&&*field.name)) {
            let name = format!("{} {}", dataset.contract.name, field.name);
            // An object of a Worker or a tag can have the name of a text.
            let is_text = field.kind == ValueType::Text;
            assert!(!is_text || leaves.iter().any(|(at, _, leaf)| at.starts_with(&name) && leaf == "None"), "{name}");
            count += usize::from(is_text);
        }
    }
    assert!(count >= 8, "{count}");
}

#[test]
fn the_zero_time_sets_no_field() {
    let zeros = [
        json!(0),
        json!("0"),
        json!("0.0"),
        json!("1970-01-01T00:00:00Z"),
        json!("1970-01-01T00:00:00.000000000Z"),
        json!("1969-12-31T19:00:00-05:00"),
        json!("0001-01-01T00:00:00Z"),
        json!("0000-00-00T00:00:00Z"),
        json!("1754-08-30T22:43:41.128654848Z"),
        json!(-6_795_364_578_871_345_152_i64),
        json!("-6795364578871345152"),
        json!(-62_135_596_800_i64),
        json!(-62_135_596_800_000_i64),
        json!("-1715675412"),
        json!(-1_715_675_412_000_000_000_i64),
    ];
    let fields = ["@timestamp", "event.start", "event.end", "event.created", "email.origination_timestamp"];
    let datasets = datasets();
    let events = datasets.iter().flat_map(|set| {
        let times = set.contract.timestamps.clone();
        set.with_each(&zeros, move |name, _| times.iter().any(|time| time == name))
    });
    never(5_000, events, |field, leaf| match field {
        "event.duration" => leaf.as_i64().is_none_or(|duration| !(0..1_000_000_000_000_000).contains(&duration)),
        field if fields.contains(&field) => !leaf.as_str().unwrap_or_default().starts_with('2'),
        _ => false,
    });
}

#[test]
fn words_that_say_nothing_are_no_action_reason_cipher_or_place() {
    let words = ["unknown", "UNK", "none", "Unknown", "NONE", "unspecified", "n/a", "-", "null"];
    let values = words.map(|word| json!(word));
    let fields = [
        "event.action",
        "event.reason",
        "event.provider",
        "error.message",
        "error.type",
        "rule.id",
        "rule.name",
        "rule.category",
        "tls.cipher",
        "tls.curve",
        "tls.version",
        "network.application",
        "network.protocol",
        "network.transport",
        "http.version",
        "log.level",
    ];
    let datasets = datasets();
    let own = datasets.iter().filter(|set| set.contract.name != "access_requests");
    let events = own.flat_map(|set| set.with_each(&values, |_, kind| kind == ValueType::Text));
    never(10_000, events, |field, leaf| {
        let is_place = field.contains(".geo.") && field != "source.geo.name";
        (fields.contains(&field) || is_place) && leaf.as_str().is_some_and(|text| words.contains(&text))
    });
}

#[test]
fn an_address_in_brackets_is_no_domain() {
    let values = [json!("[2001:db8::1]"), json!("[2001:db8::1]:8443"), json!("[2001:DB8::1].")];
    let datasets = datasets();
    // The page of access_requests has the whole of `AppDomain` in `url.domain`.
    let own = datasets.iter().filter(|set| set.contract.name != "access_requests");
    let events = own.flat_map(|set| set.with_each(&values, |_, kind| kind == ValueType::Text));
    never(5_000, events, |field, leaf| {
        let text = leaf.as_str().unwrap_or_default();
        field.ends_with(".domain") && (text.contains('[') || field != "url.domain" && text.contains("2001:"))
    });
}

#[test]
fn an_address_mapped_in_hexadecimal_is_the_address() {
    let values = [json!("::ffff:c000:0207"), json!("::FFFF:c000:207"), json!("0:0:0:0:0:ffff:c000:207")];
    let datasets = datasets();
    let events = datasets.iter().flat_map(|set| set.with_each(&values, |_, kind| kind == ValueType::Text));
    never(5_000, events, |field, leaf| {
        field.ends_with(".ip") && leaf.as_str().is_some_and(|text| text.contains("ffff"))
    });
}

#[test]
fn every_event_has_an_action_and_what_was_decided_has_an_outcome() {
    let mut decided = 0;
    for dataset in datasets().iter().filter(|set| set.contract.name != "access_requests") {
        for record in dataset.records.iter().chain([&Map::new()]) {
            let event = &dataset.event(record)["event"];
            let name = format!("{}: {event}", dataset.contract.name);
            assert!(event["action"].is_string(), "{name}");
            let types = event["type"].as_array().expect("types");
            if types.contains(&json!("denied")) {
                assert_eq!(event["outcome"], "failure", "{name}");
                decided += 1;
            } else if types.contains(&json!("allowed")) {
                assert!(event["outcome"].is_string(), "{name}");
                decided += 1;
            }
        }
    }
    assert!(decided >= 15, "{decided}");
}

#[test]
fn the_words_that_say_nothing_are_the_same_in_all_formats() {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/cloudflare");
    let mut lists: Vec<(String, usize)> = Vec::new();
    for folder in fs::read_dir(module).expect("the module").map(|entry| entry.expect("a folder").path()) {
        let spec = fs::read_to_string(folder.join("ingest/parser.yml")).unwrap_or_default();
        for line in spec.lines().filter(|line| line.contains("input_field: '[")) {
            match lists.iter_mut().find(|(list, _)| list == line) {
                Some((_, count)) => *count += 1,
                None => lists.push((line.to_owned(), 1)),
            }
        }
    }
    assert_eq!(lists.len(), 1, "{lists:?}");
    assert!(lists[0].1 >= 30, "{lists:?}");
}

/// A job may send any selection of fields: what one says does not hang on another.
#[test]
fn a_field_that_a_job_sends_alone_is_in_the_event() {
    // What the page of access_requests reads into the type of events only together; a scheme alone is no referrer.
    let known = ["access_requests Action", "access_requests Allowed", "firewall_events ClientRefererScheme"];
    let (mut count, mut lost) = (0, Vec::new());
    for dataset in datasets() {
        let nothing = dataset.event(&Map::new());
        for field in dataset.contract.fields.iter().chain(&dataset.contract.retired) {
            let says = |value: &&Value| {
                let text = value.to_string();
                !["null", "\"\"", "[]", "{}", "0", "false", "\"00\"", "\"NONE\""].contains(&&*text)
            };
            let value = dataset.records.iter().filter_map(|record| record.get(&field.name)).find(says);
            let name = format!("{} {}", dataset.contract.name, field.name);
            let Some(value) = value.filter(|_| dataset.contract.left_out(&field.name).is_none()) else { continue };
            count += 1;
            let record = Map::from_iter([(field.name.clone(), value.clone())]);
            if dataset.event(&record) == nothing && !known.contains(&&*name) {
                lost.push(name);
            }
        }
    }
    assert!(lost.is_empty(), "{} of {count} are lost: {lost:#?}", lost.len());
    assert!(count >= 800, "{count}");
}

#[test]
fn the_host_of_a_url_is_without_the_person_and_among_the_related_hosts() {
    let urls = ["URL", "ServerURL", "HTTPURL", "URI", "ClientRequestURI", "ClientRequestPath"];
    let mut count = 0;
    for dataset in datasets() {
        for field in dataset.contract.fields.iter().filter(|field| urls.contains(&&*field.name)) {
            let url = json!("https://me:pw@Q7.Example.net.:8443/x?y=1");
            let event = dataset.event(&Map::from_iter([(field.name.clone(), url)]));
            let name = format!("{} {}: {event}", dataset.contract.name, field.name);
            assert_eq!(event["url"]["domain"], "q7.example.net", "{name}");
            assert_eq!(event["related"]["hosts"], json!(["q7.example.net"]), "{name}");
            count += 1;
        }
    }
    assert!(count >= 11, "{count}");
}

#[test]
fn a_result_that_is_neither_is_unknown() {
    let results = [
        ("account_abuse_protection_events", "AuthenticationStatus"),
        ("audit_logs", "ActionResult"),
        ("audit_logs_v2", "ActionResult"),
        ("device_posture_results", "PostureEvaluatedResult"),
        ("dex_application_tests", "TracerouteStatus"),
        ("mcp_portal_logs", "Success"),
        ("network_analytics_logs", "Outcome"),
        ("workers_trace_events", "Outcome"),
    ];
    for (name, field) in results {
        let dataset = datasets().iter().find(|set| set.contract.name == name).expect("the dataset");
        let outcome =
            |result: Value| dataset.event(&Map::from_iter([(field.to_owned(), result)]))["event"]["outcome"].clone();
        assert_eq!(outcome(json!("halfway")), "unknown", "{name}");
        assert_eq!(outcome(json!("none")), Value::Null, "{name}");
        assert_eq!(outcome(Value::Null), Value::Null, "{name}");
    }
}

#[test]
fn an_action_is_the_word_of_the_record_in_its_own_case() {
    let words = [
        "Action",
        "ActionType",
        "Event",
        "EventKind",
        "EventType",
        "Method",
        "Operation",
        "Outcome",
        "ProgramType",
        "ResolverDecision",
        "SecurityAction",
        "Type",
    ];
    let mut count = 0;
    for dataset in datasets().iter().filter(|set| set.contract.name != "access_requests") {
        for field in dataset.contract.fields.iter().filter(|field| words.contains(&&*field.name)) {
            let event = dataset.event(&Map::from_iter([(field.name.clone(), json!("Q7_worD"))]));
            let action = event["event"]["action"].as_str().unwrap_or_default();
            let is_of_the_record = action.to_lowercase().contains("q7_word");
            assert!(!is_of_the_record || action == "Q7_worD", "{} {}: {action}", dataset.contract.name, field.name);
            count += usize::from(is_of_the_record);
        }
    }
    assert!(count >= 15, "{count}");
}
